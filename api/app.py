"""The application: routes, pages, errors, logs. ``uvicorn api.app:app`` runs it."""

import gc
import importlib
import pkgutil
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

import api.pages
import api.routes
from api import documented, errors, health, logs
from api.changes import API
from api.headers import Headers
from api.hosts import Hosts
from api.limits import BodyLimit
from service.core import production
from service.core.db import make_engine, make_sessions
from service.core.settings import ROOT, load


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    """Open the connections when the application starts; let them go when it stops."""
    settings = load()
    production.require_strong(production.weaknesses(settings))
    engine = make_engine(settings.database_url)
    app.state.sessions = make_sessions(engine)
    async with app.state.sessions() as session:
        production.require_strong(await production.weaknesses_of_database(settings, session))
    gc.freeze()  # what the start has made stays for good: no collection need look at it again
    yield
    await engine.dispose()


def routers() -> Iterator[tuple[APIRouter, str]]:
    """Every router with the prefix that it hangs under: health, each module of ``api.routes``, each of ``api.pages``."""
    yield health.router, ""
    for package, prefix in ((api.routes, API), (api.pages, "")):
        for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
            router = getattr(importlib.import_module(module.name), "router", None)
            if router is not None:
                yield router, prefix


class Raymi(FastAPI):
    """The application inside the layers that every answer passes, also that to a failure, which is made outside of middleware."""

    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, with what holds for every operation alike."""
        if self.openapi_schema is None:
            self.openapi_schema = documented.with_headers(super().openapi())
        return self.openapi_schema

    def build_middleware_stack(self) -> ASGIApp:
        """The outermost first: the log, the headers, the gate; then what the framework stacks."""
        return logs.RequestLog(Headers(Hosts(super().build_middleware_stack())))


def create_app() -> FastAPI:
    """The application with every route of ``api.routes`` and every page of ``api.pages``."""
    logs.configure(load().log_level)
    made = Raymi(
        title="Raymi",
        version="1",
        summary="Competitive awards for rural development: judging, deliberation, contracts, tied money, and proof of all of it.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url=f"{API}/openapi.json",
    )
    errors.install(made)
    for router, prefix in routers():
        made.include_router(router, prefix=prefix, include_in_schema=prefix == API, responses=documented.REFUSALS)
    made.mount("/static", StaticFiles(directory=ROOT / "static"))
    made.add_middleware(BodyLimit)
    return made


app = create_app()

"""Whether the process lives (``/healthz``) and whether it can work (``/readyz``): public, for supervisors and load balancers."""

from fastapi import APIRouter, Request
from sqlalchemy import text
from starlette.responses import JSONResponse, Response

from service.core.migrations import newest

router = APIRouter(include_in_schema=False)


@router.get("/healthz")
async def alive() -> dict[str, str]:
    """200 while the process answers."""
    return {"status": "alive"}


@router.get("/readyz")
async def ready(request: Request) -> Response:
    """200 when the database answers at the schema this code expects, otherwise 503 with the reason."""
    try:
        async with request.app.state.sessions() as session:
            at = await session.scalar(text("SELECT version_num FROM alembic_version"))
    except Exception as error:  # whatever the database says, the answer is the same
        return JSONResponse({"status": "not ready", "reason": type(error).__name__}, 503)
    if at != newest():
        return JSONResponse({"status": "not ready", "reason": f"the schema is at {at}, this code expects {newest()}"}, 503)
    return JSONResponse({"status": "ready", "schema": at})

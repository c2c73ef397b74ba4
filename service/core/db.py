"""The database: engines and sessions. PostgreSQL through asyncpg, nothing else.

Nothing below ``api/deps.py`` and ``scripts/`` commits: a use case works inside the transaction that it is given.
"""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from sqlalchemy import event
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from service.core.errors import Refusal
from service.core.money import show

Session = AsyncSession
Sessions = async_sessionmaker[AsyncSession]


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for ``postgresql://...``. Connections are checked when taken and speak UTC."""
    engine = create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=0,
        json_serializer=to_json,
        hide_parameters=True,  # what people typed does not enter the texts of errors, and so no log
        connect_args={"server_settings": {"timezone": "UTC", "application_name": "raymi", "jit": "off"}},
    )
    event.listen(engine.sync_engine, "checkout", _require_open)
    return engine


def make_sessions(engine: AsyncEngine) -> Sessions:
    """A factory of sessions; objects stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def beside(session: Session) -> Sessions:
    """A factory of sessions on the same database, for what is committed whatever becomes of this transaction."""
    return make_sessions(cast(AsyncEngine, session.bind))


def async_url(url: str) -> str:
    """The same address for SQLAlchemy's asyncpg driver."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[Session]:
    """One transaction: committed when the block ends well, otherwise rolled back. For scripts and jobs."""
    async with sessions() as session, session.begin():
        yield session


@asynccontextmanager
async def refusing(session: Session, refusals: Mapping[str, type[Refusal] | Refusal]) -> AsyncIterator[None]:
    """Turn what the database refuses in the block into a named refusal, and keep the transaction usable.

    ``refusals`` are by SQLSTATE (``"RY014"``) or by name of the constraint (``"uq_call_office_id_code"``). The block runs in a
    savepoint, at whose end what is pending is flushed; an error that is not listed goes on as it is.
    """
    try:
        async with session.begin_nested():
            yield
    except DBAPIError as error:
        state = getattr(error.orig, "sqlstate", None)
        constraint = getattr(error.orig.__cause__, "constraint_name", None) if error.orig else None
        refusal = refusals.get(str(constraint)) or refusals.get(str(state))
        if refusal is None:
            raise
        raise refusal from error


def to_json(value: Any) -> str:
    """JSON for a JSONB column: amounts and identifiers as strings, floats refused."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)


def _require_open(connection: Any, *_: object) -> None:
    """Let the pool replace a connection that the server has closed: the socket knows, so this costs no round trip."""
    if connection.driver_connection.is_closed():
        raise DisconnectionError


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return show(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")

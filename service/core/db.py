"""The database: engines and sessions. PostgreSQL through asyncpg, nothing else.

Nothing below ``api/deps.py`` and ``scripts/`` commits: a use case works inside the transaction that it is given.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker, create_async_engine

from service.core.money import show

Session = AsyncSession
Sessions = async_sessionmaker[AsyncSession]


def make_engine(url: str, *, pool_size: int = 10) -> AsyncEngine:
    """An engine for ``postgresql://...``. Connections are checked when taken and speak UTC."""
    return create_async_engine(
        async_url(url),
        pool_size=pool_size,
        max_overflow=0,
        pool_pre_ping=True,
        json_serializer=to_json,
        connect_args={"server_settings": {"timezone": "UTC", "application_name": "raymi", "jit": "off"}},
    )


def make_sessions(engine: AsyncEngine) -> Sessions:
    """A factory of sessions; objects stay readable after a commit."""
    return async_sessionmaker(engine, expire_on_commit=False)


def async_url(url: str) -> str:
    """The same address for SQLAlchemy's asyncpg driver."""
    return "postgresql+asyncpg://" + url.split("://", 1)[1]


@asynccontextmanager
async def transaction(sessions: Sessions) -> AsyncIterator[Session]:
    """One transaction: committed when the block ends well, otherwise rolled back. For scripts and jobs."""
    async with sessions() as session, session.begin():
        yield session


def to_json(value: Any) -> str:
    """JSON for a JSONB column: amounts and identifiers as strings, floats refused."""
    return json.dumps(value, default=_plain, ensure_ascii=False, allow_nan=False)


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return show(value)
    if isinstance(value, UUID):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no JSON form here")

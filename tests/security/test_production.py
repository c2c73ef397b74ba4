"""A production installation with weak settings does not start, and says everything that is weak at once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import text

from scripts.cluster import OWNER, SUPERUSER, Cluster
from service.core import production
from service.core.db import Session, make_engine, make_sessions
from service.core.settings import ROOT, BadSetting, Settings, read

STRONG = {
    "RAYMI_ENV": "production",
    "RAYMI_SECRET_KEY": "Zx8-kQ3v0b7mZJx2yPq8sT5uW1aC4dE6",
    "RAYMI_PUBLIC_URL": "https://raymi.example.pe",
    "DATABASE_URL": "postgresql://raymi_app:kQ3v0b7mZJx2@db.internal/raymi",
    "MIGRATION_DATABASE_URL": "postgresql://raymi_owner:xx@db.internal/raymi",
    "RAYMI_DATA_KEYS_FILE": str(ROOT / "tests" / "landed" / "data_keys"),
}
WEAK: list[tuple[str, str, str]] = [
    ("RAYMI_SECRET_KEY", "", "RAYMI_SECRET_KEY"),
    ("RAYMI_SECRET_KEY", "short", "RAYMI_SECRET_KEY"),
    ("RAYMI_SECRET_KEY", "a" * 64, "RAYMI_SECRET_KEY"),
    ("RAYMI_PUBLIC_URL", "http://raymi.example.pe", "TLS proxy"),
    ("RAYMI_PUBLIC_URL", "https://localhost", "TLS proxy"),
    ("RAYMI_TRUSTED_PROXY", "*", "RAYMI_TRUSTED_PROXY"),
    ("RAYMI_TRUSTED_PROXY", "0.0.0.0/0", "RAYMI_TRUSTED_PROXY"),
    ("RAYMI_LOG_LEVEL", "debug", "RAYMI_LOG_LEVEL"),
    ("RAYMI_DATA_KEYS_FILE", "/nowhere/data_keys", "raymi data-keys new"),
    ("RAYMI_DATA_KEYS_FILE", str(ROOT / "README.md"), "RAYMI_DATA_KEYS_FILE"),
    ("DATABASE_URL", "postgresql://raymi_app@db.internal/raymi", "password"),
    ("DATABASE_URL", "postgresql://raymi_app:raymi_app@db.internal/raymi", "password"),
    ("DATABASE_URL", "postgresql://raymi_owner:kQ3v0b7mZJx2@db.internal/raymi", "name one role"),
]


def settings(**changed: str) -> Settings:
    """Those of a production installation, some changed."""
    return read({**STRONG, **changed})


def test_a_strong_installation_starts() -> None:
    assert production.weaknesses(settings()) == []
    assert production.weaknesses(settings(RAYMI_TRUSTED_PROXY="10.0.0.1, 10.0.1.0/24")) == []
    production.require_strong([])


@pytest.mark.parametrize(("name", "value", "said"), WEAK)
def test_each_weak_setting_is_named(name: str, value: str, said: str) -> None:
    found = production.weaknesses(settings(**{name: value}))
    assert len(found) == 1
    assert said in found[0]


def test_all_of_them_are_said_at_once() -> None:
    found = production.weaknesses(
        read({"RAYMI_ENV": "production", "RAYMI_LOG_LEVEL": "DEBUG", "DATABASE_URL": "postgresql://a:b@c/d"})
    )
    with pytest.raises(BadSetting) as refused:
        production.require_strong(found)
    for said in ("RAYMI_SECRET_KEY", "RAYMI_PUBLIC_URL", "RAYMI_LOG_LEVEL", "DATABASE_URL"):
        assert said in str(refused.value)


def test_nothing_is_asked_of_an_installation_for_trying_out() -> None:
    assert production.weaknesses(read({"RAYMI_ENV": "demo", "RAYMI_SECRET_KEY": "x"})) == []


@pytest.mark.parametrize("role", [OWNER, SUPERUSER])
async def test_a_mighty_role_of_the_database_is_refused(role: str, cluster: Cluster, peopled: str) -> None:
    engine = make_engine(cluster.url(role, peopled), pool_size=1)
    async with make_sessions(engine)() as mighty:
        found = await production.weaknesses_of_database(settings(), mighty)
    await engine.dispose()
    assert len(found) == 1
    assert "superuser or the owner" in found[0]


async def test_the_role_of_the_application_and_real_time_are_accepted_and_a_moved_clock_is_not(session: Session) -> None:
    assert await production.weaknesses_of_database(settings(), session) == []
    await session.execute(
        text("INSERT INTO clock_offset (id, microseconds) VALUES (1, 5) ON CONFLICT (id) DO UPDATE SET microseconds = 5")
    )
    found: list[Any] = await production.weaknesses_of_database(settings(), session)
    assert [each.split(":")[0] for each in found] == ["The database's clock was moved"]
    assert await production.weaknesses_of_database(replace(settings(), environment="demo"), session) == []

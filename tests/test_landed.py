"""A database that the last landed version filled is upgraded by this one, and everything in it still holds.

``landed/`` holds backups, named after their revision: ``scripts/raymi demo --no-serve`` and ``scripts/raymi backup`` of a landed version
made each. When a version has landed, its backup joins them; the older ones go when nobody runs their version any more. What they hold
encrypted is under ``landed/data_keys``, made for these invented people and used in tests alone.
"""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from scripts.archive import Server, put_back
from scripts.cluster import APP, OWNER, Cluster
from scripts.rekeying import rewrite_all
from service.contracts.models import Contract
from service.core import encrypting, migrations
from service.core.db import Session, make_engine, make_sessions
from service.disbursements.models import PaymentOrder
from service.documents.models import Document, StoredFile
from service.people.groups import BeneficiaryAccount
from service.people.models import Nec
from service.record.sequencer import sequence
from service.transparency.checks import run_checks

LANDED = Path(__file__).parent / "landed"


@pytest.fixture(scope="module", params=sorted(LANDED.glob("*.dump")), ids=lambda backup: backup.stem)
def upgraded(cluster: Cluster, request: pytest.FixtureRequest) -> str:
    """A landed database, put back and upgraded; the URL of the application's role."""
    name = f"landed_{request.param.stem}"
    cluster.ensure_database(name)
    owner = cluster.url(OWNER, name)
    put_back(Server.at(owner, cluster), request.param, keep_in=None)
    assert asyncio.run(migrations.current(owner)) == request.param.stem
    migrations.upgrade(owner, APP)
    return cluster.url(APP, name)


@pytest.fixture
async def landed(upgraded: str) -> AsyncIterator[Session]:
    """A transaction on it."""
    engine = make_engine(upgraded, pool_size=1)
    async with make_sessions(engine)() as session, session.begin():
        yield session
    await engine.dispose()


async def test_a_landed_database_comes_to_the_newest_schema(upgraded: str) -> None:
    assert await migrations.current(upgraded) == migrations.newest()


async def test_every_invariant_holds_of_what_an_earlier_version_wrote(landed: Session) -> None:
    await sequence(landed)
    assert await run_checks(landed) == []


async def test_all_that_is_encrypted_is_written_anew_under_another_key_and_the_old_one_may_go(
    upgraded: str, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner, old = cluster.url(OWNER, make_url(upgraded).database or ""), encrypting.keys()
    new = encrypting.Key(b"new!", bytes(range(32)))
    before = await kept(upgraded)
    monkeypatch.setattr(encrypting, "keys", lambda: (new, *old))
    counts = dict(await rewrite_all(owner))
    assert counts["beneficiary_account"] > 0
    assert counts["payment_order"] > 0
    assert counts["stored_file"] > 0
    assert set(dict(await rewrite_all(owner)).values()) == {0}
    monkeypatch.setattr(encrypting, "keys", lambda: (new,))
    after = await kept(upgraded)
    assert after["values"] == before["values"]
    assert after["marks"] != before["marks"]
    engine = make_engine(upgraded, pool_size=1)
    async with make_sessions(engine)() as session, session.begin():
        await sequence(session)
        assert await run_checks(session) == []
        with pytest.raises(DBAPIError):
            await session.execute(text("UPDATE beneficiary_account SET cci = cci_mark"))
    await engine.dispose()
    monkeypatch.setattr(encrypting, "keys", lambda: (*old, new))
    await rewrite_all(owner)
    assert await kept(upgraded) == before


async def kept(url: str) -> dict[str, Any]:
    """What is encrypted, as it is read; and the marks."""
    engine = make_engine(url, pool_size=1)
    columns: tuple[Any, ...] = (
        Nec.cci,
        PaymentOrder.cci,
        Contract.data,
        Document.data,
        StoredFile.content,
        BeneficiaryAccount.number,
    )
    async with make_sessions(engine)() as session:
        values = [list(await session.scalars(select(each).order_by(each.class_.id))) for each in columns]
        marks = list(await session.scalars(select(col(BeneficiaryAccount.cci_mark)).order_by(col(BeneficiaryAccount.id))))
    await engine.dispose()
    return {"values": values, "marks": marks}


async def test_what_was_decided_is_still_told(landed: Session) -> None:
    rows = await landed.execute(_ANNOUNCED)
    assert [tuple(row) for row in rows][:3] == [("D", "84.17"), ("A", "84.17"), ("B", "69.83")]


_ANNOUNCED = text("""
    SELECT a.code, r.total_shown FROM ranked_application r JOIN application a ON a.id = r.application_id
    WHERE r.run_id = (
        SELECT n.run_id FROM announcement n JOIN contest c ON c.id = n.contest_id WHERE c.code = 'PDN' ORDER BY n.at DESC LIMIT 1
    ) ORDER BY r.rank NULLS LAST
""")

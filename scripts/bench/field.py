"""A field to measure on: a database of its own with an office, and contests of as many proposals as asked, five jurors (unless
told) and six criteria.

People, contests, seats and windows are made through the use cases; what there are thousands of is inserted in bulk.
"""

import contextlib
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import text

from scripts.cluster import APP, DATABASE, OWNER, Cluster, temporary_cluster
from service.contests.models import Contest
from service.core import migrations
from service.core.actor import Actor
from service.core.db import Session, Sessions, make_engine, make_sessions
from service.people.models import Committee
from service.territory.usecases import load_ubigeos
from tests.cast import Cast, make_cast
from tests.make.contests import make_contest
from tests.make.people import make_committee
from tests.make.scoring import make_panel, open_stages

STAGE = "single"
JURORS = ("J1", "J2", "J3", "J4", "J5")
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
"""What a real installation runs with."""

BOOK: dict[str, Any] = {
    "format": "raymi-rules/1",
    "title": "Bench",
    "currency": "PEN",
    "stages": [
        {
            "code": STAGE,
            "criteria": [{"code": f"c{place}", "kind": "points", "max": "20", "step": "0.5"} for place in range(1, 6)]
            + [{"code": "c6", "kind": "points", "max": "20", "step": "0.5", "na": True}],
        }
    ],
    "decision": {"mode": "pass_mark", "mark": "60"},
    "ties": [{"by": "filed_at"}, {"by": "draw", "seed": "bench"}],
}


@dataclass(frozen=True)
class Field:
    """The people of the office, and its committee."""

    cast: Cast
    committee: Committee


@contextlib.contextmanager
def durable_database() -> Iterator[Cluster]:
    """A migrated PostgreSQL of its own that keeps what it commits, lost at the end."""
    with temporary_cluster(options=DURABLE) as cluster:
        migrations.upgrade(cluster.url(OWNER, DATABASE), APP)
        yield cluster


@contextlib.asynccontextmanager
async def sessions_on(cluster: Cluster) -> AsyncIterator[Sessions]:
    """Sessions of the application's role."""
    engine = make_engine(cluster.url(APP, DATABASE))
    try:
        yield make_sessions(engine)
    finally:
        await engine.dispose()


async def make_field(session: Session) -> Field:
    """The places, the cast and the committee."""
    await load_ubigeos(session)
    cast = await make_cast(session)
    return Field(cast, await make_committee(session, cast))


async def make_large_contest(session: Session, field: Field, proposals: int, jurors: Sequence[Actor] = ()) -> Contest:
    """A published contest of so many eligible proposals, open for scoring, every juror declared free of conflict.

    ``jurors`` are the cast's unless told; they must sit in the committee.
    """
    contest = await make_contest(session, field.cast, "pdn-first", book=BOOK)
    seats = {f"J{place}": [STAGE] for place in range(1, len(jurors or JURORS) + 1)}
    await make_panel(session, field.cast, contest, seats, *jurors)
    await open_stages(session, field.cast, contest)
    named = {"contest": contest.id, "office": field.cast.office.id, "plan": contest.plan_type, "many": proposals}
    for statement in (_APPLICATIONS, _DECLARATIONS):
        await session.execute(statement, named)
    return contest


async def application_ids(session: Session, contest: Contest) -> list[UUID]:
    """The proposals of a contest, in order."""
    rows = await session.execute(text("SELECT id FROM application WHERE contest_id = :id ORDER BY code"), {"id": contest.id})
    return list(rows.scalars())


async def insert_sheets(session: Session, contest: Contest) -> None:
    """A locked sheet of every juror for every proposal, the same scores each time."""
    for statement in (_SHEETS, _SCORES):
        await session.execute(statement, {"contest": contest.id})


def bulk_sheets(cluster: Cluster, contest_id: UUID) -> None:
    """The same sheets by the server's superuser, past triggers and foreign keys: a lock for each of 700,000 would not fit.

    The contest must be committed. The tables are analysed afterwards, as they would be by the time a contest is decided.
    """
    inserts = ";".join(str(statement).replace(":contest", ":'contest'") for statement in (_SHEETS, _SCORES))
    cluster.sql(f"SET session_replication_role = replica; {inserts}; ANALYZE;", DATABASE, contest=str(contest_id))


_APPLICATIONS = text("""
    WITH groups AS (
        INSERT INTO "group" (id, office_id, kind, name, registration, ubigeo, place, sort_key)
        SELECT gen_random_uuid(), :office, 'association', 'Asociación ' || n, 'in_formation', '080601', 'Hercca', 'asociacion ' || n
        FROM generate_series(1, CAST(:many AS integer)) n RETURNING id, substr(name, 12) AS n
    ), proposals AS (
        INSERT INTO proposal (id, group_id, plan_type, title, summary)
        SELECT gen_random_uuid(), id, :plan, 'Riego tecnificado ' || n, 'Siembra y cosecha de agua.' FROM groups
        RETURNING id, group_id
    )
    INSERT INTO application (id, proposal_id, contest_id, group_id, code, requested, own_share, filed_at, status, must_confirm)
    SELECT gen_random_uuid(), p.id, :contest, g.id, 'P' || lpad(g.n, 6, '0'), 10000.05, 2500.00,
        now() - CAST(g.n AS integer) * interval '1 second', 'eligible', false
    FROM groups g JOIN proposals p ON p.group_id = g.id
""")
_DECLARATIONS = text("""
    INSERT INTO conflict_declaration (application_id, person_id, conflict, reason, at)
    SELECT a.id, s.person_id, false, '', now() FROM application a JOIN seat s ON s.contest_id = a.contest_id
    WHERE a.contest_id = :contest
""")
# Sheets are numbered by time and lie beside their scores, as those that the application locks.
_SHEETS = text("""
    INSERT INTO score_sheet (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at)
    SELECT uuidv7(), a.id, s.contest_id, s.stage, s.person_id, b.id, now()
    FROM seat s JOIN application a ON a.contest_id = s.contest_id JOIN rule_book b ON b.contest_id = s.contest_id
    WHERE s.contest_id = :contest
""")
_SCORES = text("""
    INSERT INTO score (sheet_id, criterion_id, written, points)
    SELECT t.id, c.id, each.points, CAST(each.points AS numeric)
    FROM score_sheet t JOIN application a ON a.id = t.application_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (t.contest_id, t.stage, t.person_id)
    JOIN rule_book_criterion c ON c.rule_book_id = t.rule_book_id
    CROSS JOIN LATERAL (SELECT CAST((abs(hashtext(a.code || s.juror || c.code)) % 41) / 2.0 AS numeric(3, 1))::text AS points) each
    WHERE t.contest_id = :contest ORDER BY t.id
""")

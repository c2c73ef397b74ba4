"""From the database to a bundle: everything that decides a contest, in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from service.core.canonical import sha256_hex
from service.core.clock import PERU
from service.core.db import Session
from service.core.money import show
from service.scoring.bundle import Bundle
from service.scoring.panels import book_of
from service.scoring.rules import JUDGED

FORMAT = "raymi-inputs/1"


@dataclass(frozen=True, slots=True)
class Gathered:
    """The bundle of a contest, and the identifiers of its applications by code."""

    bundle: Bundle
    ids: Mapping[str, UUID]


async def gather_bundle(
    session: Session, contest_id: UUID, *, as_of: datetime | None = None, applications: Collection[UUID] | None = None
) -> Gathered:
    """The bundle that decides a contest, from the sheets that no other supersedes.

    As it is now; or, to show again what an earlier run of the judge saw, with the attributes recorded up to ``as_of`` and of those
    ``applications`` whatever became of them later. Raises ``NotFound``, ``ContestNotRunning``.
    """
    known = await book_of(session, contest_id)
    of = {
        "contest": contest_id,
        "judged": list(JUDGED),
        "only": None if applications is None else list(applications),
        "as_of": as_of,
        "stages": list(known.book.stages),
    }
    rows = (await session.execute(_APPLICATIONS, of)).all()
    of["applications"] = [row.id for row in rows]
    attributes: dict[UUID, dict[str, str]] = defaultdict(dict)
    for row in await session.execute(_ATTRIBUTES, of):
        attributes[row.application_id][row.name] = row.value
    bundle = Bundle(
        rules=known.book.value,
        applications=[
            (row.code, row.filed_at.astimezone(PERU).isoformat(), show(row.requested), attributes[row.id]) for row in rows
        ],
        jurors=[(juror, stages) for juror, stages in await session.execute(_JURORS, of)],
        sheets=[tuple(row) for row in await session.execute(_SHEETS, of)],
        recusals=[tuple(row) for row in await session.execute(_RECUSALS, of)],
        absences=[tuple(row) for row in await session.execute(_ABSENCES, of)],
    )
    return Gathered(bundle, {row.code: row.id for row in rows})


def inputs_sha256(bundle: Bundle) -> str:
    """The lower-case hex SHA-256 of all that goes into the judging (canonical JSON, rows sorted); the order of rows is no matter."""
    return sha256_hex(
        {
            "format": FORMAT,
            "rules": bundle.rules,
            "applications": sorted([[*row[:3], dict(row[3])] for row in bundle.applications], key=lambda row: str(row[0])),
            "jurors": sorted([juror, sorted(stages)] for juror, stages in bundle.jurors),
            "sheets": sorted(bundle.sheets),
            "recusals": sorted(bundle.recusals),
            "absences": sorted(bundle.absences),
        }
    )


_APPLICATIONS = text(
    """
    SELECT id, code, filed_at, requested FROM application
    WHERE contest_id = :contest
        AND CASE WHEN CAST(:only AS uuid[]) IS NULL THEN status = ANY(:judged) ELSE id = ANY(:only) END
    ORDER BY code
    """
)
_ATTRIBUTES = text(
    """
    SELECT DISTINCT ON (application_id, name) application_id, name, value FROM application_attribute
    WHERE application_id = ANY(:applications) AND at <= COALESCE(CAST(:as_of AS timestamptz), 'infinity')
    ORDER BY application_id, name, version DESC
    """
)
_JURORS = text(
    """
    SELECT juror, array_agg(stage ORDER BY array_position(CAST(:stages AS text[]), stage)) AS stages FROM seat
    WHERE contest_id = :contest AND stage = ANY(:stages) GROUP BY juror ORDER BY juror
    """
)
_SHEETS = text(
    """
    SELECT a.code, t.stage, s.juror, c.code, r.written FROM score_sheet t
    JOIN application a ON a.id = t.application_id AND a.id = ANY(:applications)
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (t.contest_id, t.stage, t.person_id)
    JOIN score r ON r.sheet_id = t.id JOIN rule_book_criterion c ON c.id = r.criterion_id
    WHERE t.contest_id = :contest AND NOT EXISTS (SELECT FROM score_sheet later WHERE later.supersedes_id = t.id)
    ORDER BY a.code, array_position(CAST(:stages AS text[]), t.stage), s.juror, c.code
    """
)
_RECUSALS = text(
    """
    SELECT DISTINCT a.code, s.juror FROM recusal r JOIN application a ON a.id = r.application_id
    JOIN seat s ON s.contest_id = a.contest_id AND s.person_id = r.person_id AND s.stage = ANY(:stages)
    WHERE r.application_id = ANY(:applications) ORDER BY a.code, s.juror
    """
)
_ABSENCES = text(
    """
    SELECT a.code, n.stage, s.juror FROM recorded_absence n JOIN application a ON a.id = n.application_id
    JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (n.contest_id, n.stage, n.person_id)
    WHERE n.application_id = ANY(:applications) AND n.stage = ANY(:stages) ORDER BY a.code, n.stage, s.juror
    """
)

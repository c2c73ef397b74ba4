"""From the database to the files of a bundle, row by row: as much memory for a hundred thousand applications as for a hundred."""

from collections.abc import AsyncIterator, Collection, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import Row, TextClause, text

from service.core.clock import PERU
from service.core.db import Session
from service.core.money import show
from service.scoring import gather
from service.scoring.bundle import (
    ABSENCE,
    APPLICATION,
    JUROR,
    RECUSAL,
    SHEET,
    ApplicationRow,
    SheetRow,
    application_line,
    csv_file,
    juror_line,
    write_json,
)
from service.scoring.inputs import FORMAT, InputsHash, canonical_jurors

AT_ONCE = 2000
"""Rows that are held at a time."""


async def export_bundle(
    session: Session, contest_id: UUID, folder: Path, *, as_of: datetime, applications: Collection[UUID]
) -> str:
    """Write the six files of the bundle that ``gather_bundle`` gives for the same arguments into an existing folder.

    Gives the hash of what was written, as ``inputs_sha256`` does: read it before you trust the files. Raises ``NotFound``,
    ``ContestNotRunning``.
    """
    known, of = await gather.scope_of(session, contest_id, as_of, applications)
    of["applications"] = of["only"]
    hashed = InputsHash()  # its members come in the order of their names
    await _copy(session, gather.ABSENCES, of, folder / "absences.csv", ABSENCE, hashed)
    await _applications(session, of, folder / "applications.csv", hashed)
    hashed.value("format", FORMAT)
    jurors = [(juror, stages) for juror, stages in await session.execute(gather.JURORS, of)]
    hashed.value("jurors", canonical_jurors(jurors))
    with csv_file(folder / "jurors.csv", JUROR) as write:
        write(map(juror_line, jurors))
    await _copy(session, gather.RECUSALS, of, folder / "recusals.csv", RECUSAL, hashed, "origin")
    hashed.value("rules", known.book.value)
    write_json(folder / "rules.json", known.book.value)
    await _sheets(session, of, folder / "sheets.csv", hashed)
    return hashed.hexdigest()


async def stream(session: Session, statement: TextClause, of: dict[str, Any]) -> AsyncIterator[Sequence[Row[Any]]]:
    """The rows of a query through a cursor of the server, some at a time."""
    found = await session.stream(statement, of, execution_options={"yield_per": AT_ONCE})
    async for rows in found.partitions(AT_ONCE):
        yield rows


async def _copy(
    session: Session,
    statement: TextClause,
    of: dict[str, Any],
    path: Path,
    header: Sequence[str],
    hashed: InputsHash,
    *further: str,
) -> None:
    """A file whose rows come in the order of the hash; the file has the hash's name without its ending.

    ``further`` are columns that the format does not know, so that they are not hashed.
    """
    hashed.open(path.stem)
    with csv_file(path, (*header, *further)) as write:
        async for rows in stream(session, statement, of):
            texts = [tuple(row) for row in rows]
            hashed.add([row[: len(header)] for row in texts])
            write(texts)
    hashed.close()


async def _applications(session: Session, of: dict[str, Any], path: Path, hashed: InputsHash) -> None:
    names = list((await session.execute(_NAMES, of)).scalars())
    hashed.open("applications")
    with csv_file(path, (*APPLICATION, *names)) as write:
        async for rows in stream(session, _APPLICATIONS, of):
            applications: list[ApplicationRow] = [
                (row.code, row.filed_at.astimezone(PERU).isoformat(), show(row.requested), row.attributes or {}) for row in rows
            ]
            hashed.applications(applications)
            write(application_line(each, names) for each in applications)
    hashed.close()


async def _sheets(session: Session, of: dict[str, Any], path: Path, hashed: InputsHash) -> None:
    """The file has the stages in the book's order, the hash in that of their codes: so what is hashed is whole applications."""
    hashed.open("sheets")
    with csv_file(path, SHEET) as write:
        async for rows in _whole(stream(session, gather.SHEETS, of)):
            scores: list[SheetRow] = gather.scores_in(rows)
            write(scores)
            scores.sort()
            hashed.add(scores)
    hashed.close()


async def _whole(parts: AsyncIterator[Sequence[Row[Any]]]) -> AsyncIterator[Sequence[Row[Any]]]:
    """The same rows in parts that end where an application ends."""
    held: list[Row[Any]] = []
    async for rows in parts:
        held += rows
        cut = len(held)
        while cut and held[cut - 1].code == held[-1].code:
            cut -= 1
        if cut:
            yield held[:cut]
            del held[:cut]
    if held:
        yield held


_NAMES = text(
    """
    SELECT v.name FROM application_attribute v JOIN application a ON a.id = v.application_id
    WHERE v.application_id = ANY(:applications) AND v.at <= CAST(:as_of AS timestamptz)
    GROUP BY v.name ORDER BY min(a.code COLLATE "C") COLLATE "C", v.name COLLATE "C"
    """
)
_APPLICATIONS = text(
    """
    SELECT a.code, a.filed_at, a.requested, (
        SELECT jsonb_object_agg(v.name, v.value) FROM (
            SELECT DISTINCT ON (name) name, value FROM application_attribute
            WHERE application_id = a.id AND at <= CAST(:as_of AS timestamptz) ORDER BY name, version DESC
        ) v
    ) AS attributes
    FROM application a WHERE a.contest_id = :contest AND a.id = ANY(:applications) ORDER BY a.code COLLATE "C"
    """
)

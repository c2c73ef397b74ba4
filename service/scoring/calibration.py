"""The calibration round: jurors score two files of nobody before they score, then talk about what the criteria mean.

A round belongs to a stage: open --send--> open --the last sheet, or the secretary--> closed. Its sheets stay out of bundles, of the
judge and of every count; a juror sees those of the others once the round is closed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.contests.book import Stage
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.documents.models import StoredFile
from service.documents.usecases import get_file, store_file
from service.record import usecases as record
from service.scoring import calibration_rules, calibration_store, panel_rules, rules, store
from service.scoring.books import known_book
from service.scoring.calibration_models import CalibrationClosing, CalibrationSample, CalibrationSheet
from service.scoring.calibration_rules import PLACES, Spread
from service.scoring.models import Seat
from service.scoring.shapes import CalibrationIn, SampleIn

_RACES = {
    "RY127": calibration_rules.CalibrationClosed,
    "RY128": calibration_rules.SamplesScored,
    "pk_calibration_sheet": calibration_rules.CalibrationSent,
}


@dataclass(frozen=True)
class Round:
    """A stage's round as the reader may see it: who has sent how many sheets, one's own, and once closed those of all."""

    contest_id: UUID
    stage: Stage
    samples: Mapping[int, CalibrationSample]
    sent: Mapping[str, int]
    mine: Mapping[int, Mapping[str, str]]
    seated: bool
    may_close: bool
    closed: CalibrationClosing | None
    scoring_begun: bool
    spreads: Mapping[int, Sequence[Spread]]


async def keep_sample(
    session: Session, actor: Actor, contest_id: UUID, given: SampleIn, file: tuple[str, bytes] | None = None
) -> CalibrationSample:
    """Enter one of the two samples, or put a better one in its place while no juror has scored one.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``NotASampleShare``, ``SamplesScored``, what ``store_file`` raises.
    """
    arena = await store.arena(session, contest_id, lock=True)
    if arena is None:
        raise NotFound
    actor.require(Act.KEEP_SAMPLES, arena.office_id)
    panel_rules.require_running(arena.status)
    calibration_rules.require_share(given.share)
    if await calibration_store.any_sheet(session, contest_id):
        raise calibration_rules.SamplesScored
    before = (await calibration_store.samples(session, contest_id)).get(given.place)
    sample = CalibrationSample(
        contest_id=contest_id,
        version=before.version + 1 if before else 1,
        file_id=(await store_file(session, *file)).id if file else None,
        at=await clock.now(session),
        kept_by=actor.person_id,
        **given.model_dump(),
    )
    async with refusing(session, _RACES):
        session.add(sample)
    payload = {"version": sample.version, **given.model_dump(mode="json")}
    await record.append(session, actor, "calibration.sample_kept", f"contest:{contest_id}", payload)
    return sample


async def round_of(session: Session, actor: Actor, contest_id: UUID, stage: str) -> Round:
    """A stage's round, for its jurors and the office. Raises ``NotFound``, ``StageNotInBook``."""
    arena, _, known, seats = await _round(session, actor, contest_id, stage)
    sheets = await calibration_store.sheets(session, contest_id, stage)
    closed = await calibration_store.closing(session, contest_id, stage)
    samples = await calibration_store.samples(session, contest_id)
    names = {seat.person_id: seat.juror for seat in seats}
    spreads = {
        place: calibration_rules.side_by_side(
            known, {names[each.person_id]: each.scores for each in sheets if each.place == place}, sample.share
        )
        for place, sample in samples.items()
        if closed
    }
    window = (await store.windows(session, [contest_id])).get((contest_id, stage))
    return Round(
        contest_id,
        known,
        samples,
        {seat.juror: sum(each.person_id == seat.person_id for each in sheets) for seat in seats},
        {each.place: each.scores for each in sheets if each.person_id == actor.person_id},
        actor.person_id in names,
        actor.may(Act.KEEP_SAMPLES, arena.office_id) and closed is None and bool(sheets),
        closed,
        window is not None,
        spreads,
    )


async def samples_of(session: Session, actor: Actor, contest_id: UUID) -> tuple[Mapping[int, CalibrationSample], list[str]]:
    """The samples of a contest and the stages of its rules, for its jurors and the office. Raises ``NotFound``."""
    arena = await store.arena(session, contest_id)
    if arena is None or arena.rule_book_id is None:
        raise NotFound
    await _require_reader(session, actor, arena)
    return await calibration_store.samples(session, contest_id), list(
        (await known_book(session, arena.rule_book_id)).book.stages
    )


async def get_sample_file(session: Session, actor: Actor, contest_id: UUID, place: int) -> StoredFile:
    """The paper of a sample. Raises ``NotFound``."""
    samples, _ = await samples_of(session, actor, contest_id)
    sample = samples.get(place)
    if sample is None or sample.file_id is None:
        raise NotFound
    return await get_file(session, sample.file_id)


async def send_calibration(
    session: Session, actor: Actor, contest_id: UUID, stage: str, given: CalibrationIn
) -> CalibrationSheet:
    """Send one's scores of a sample for good; the last sheet of the panel closes the round.

    Raises ``NotFound``, ``StageNotInBook``, ``NotAJuror``, ``ContestNotRunning``, ``CalibrationOver``, ``CalibrationClosed``,
    ``SamplesMissing``, ``CalibrationSent`` and what ``rules.read_sheet`` raises.
    """
    arena, rule_book_id, known, seats = await _round(session, actor, contest_id, stage, lock=True)
    if actor.person_id not in {seat.person_id for seat in seats}:
        raise rules.NotAJuror
    samples = await _require_open(session, arena, stage)
    sheets = await calibration_store.sheets(session, contest_id, stage)
    if any((each.person_id, each.place) == (actor.person_id, given.place) for each in sheets):
        raise calibration_rules.CalibrationSent
    sample = samples[given.place]
    calibration_rules.read_sample_sheet(known, given.scores, sample.share)
    sheet = CalibrationSheet(
        contest_id=contest_id,
        stage=stage,
        place=given.place,
        person_id=actor.person_id,
        version=sample.version,
        rule_book_id=rule_book_id,
        scores=given.scores,
        at=await clock.now(session),
    )
    async with refusing(session, _RACES):
        session.add(sheet)
    payload = {"stage": stage, "sample": given.place, "scores": given.scores}
    await record.append(session, actor, "calibration.sent", f"contest:{contest_id}", payload)
    if len(sheets) + 1 == len(seats) * len(PLACES):
        await _close(session, actor, contest_id, stage)
    return sheet


async def close_calibration(session: Session, actor: Actor, contest_id: UUID, stage: str) -> CalibrationClosing:
    """Close a round before every juror has sent both sheets.

    Raises ``NotFound``, ``MissingRole``, ``StageNotInBook``, ``ContestNotRunning``, ``CalibrationOver``, ``CalibrationClosed``,
    ``SamplesMissing``.
    """
    arena, _, _, _ = await _round(session, actor, contest_id, stage, lock=True)
    actor.require(Act.KEEP_SAMPLES, arena.office_id)
    await _require_open(session, arena, stage)
    return await _close(session, actor, contest_id, stage)


async def rounds_of(session: Session, contest_ids: Sequence[UUID]) -> list[Row[Any]]:
    """The closed rounds of contests with their jurors: for minutes."""
    return await calibration_store.rounds(session, contest_ids)


async def _round(
    session: Session, actor: Actor, contest_id: UUID, stage: str, *, lock: bool = False
) -> tuple[store.Arena, UUID, Stage, list[Seat]]:
    arena = await store.arena(session, contest_id, lock=lock)
    if arena is None or arena.rule_book_id is None:
        raise NotFound
    await _require_reader(session, actor, arena)
    known = panel_rules.require_stage((await known_book(session, arena.rule_book_id)).book, stage)
    return arena, arena.rule_book_id, known, [seat for seat in await store.seats(session, contest_id) if seat.stage == stage]


async def _require_reader(session: Session, actor: Actor, arena: store.Arena) -> None:
    seats = await store.seats(session, arena.contest_id)
    seated = any(seat.person_id == actor.person_id for seat in seats)
    if not actor.may(Act.READ_CALIBRATION, arena.office_id, None, (Relation.JUROR,) if seated else ()):
        raise NotFound


async def _require_open(session: Session, arena: store.Arena, stage: str) -> Mapping[int, CalibrationSample]:
    panel_rules.require_running(arena.status)
    if await calibration_store.closing(session, arena.contest_id, stage):
        raise calibration_rules.CalibrationClosed
    windows = await store.windows(session, [arena.contest_id])
    calibration_rules.require_before_scoring(rules.window_of((arena.contest_id, stage) in windows, closed=False))
    samples = await calibration_store.samples(session, arena.contest_id)
    if set(samples) != set(PLACES):
        raise calibration_rules.SamplesMissing
    return samples


async def _close(session: Session, actor: Actor, contest_id: UUID, stage: str) -> CalibrationClosing:
    closing = CalibrationClosing(contest_id=contest_id, stage=stage, at=await clock.now(session), closed_by=actor.person_id)
    async with refusing(session, _RACES):
        session.add(closing)
    await record.append(session, actor, "calibration.closed", f"contest:{contest_id}", {"stage": stage})
    return closing

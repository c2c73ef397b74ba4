"""Drafting, locking and correcting sheets, and recording absences.

Locking is the busiest act of Raymi, so it is written for few round trips: one query for all that decides, one statement for the
sheet with its scores and its trace. A race that the query could not see is refused by the database and named here, without a
savepoint: whoever catches the refusal gives the transaction up.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from sqlalchemy.exc import DBAPIError

from service.contests.book import Stage
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session, refusing
from service.core.errors import NotFound, Refusal
from service.record import usecases as record
from service.scoring import panel_rules, rules, sealing, store
from service.scoring.books import known_book
from service.scoring.models import RecordedAbsence, ScoreDraft, ScoreSheet
from service.scoring.rules import Access, WrittenScore
from service.scoring.shapes import CorrectionIn, DraftIn, ScoresIn

_RACES: dict[str, type[Refusal]] = {
    "RY004": rules.Recused,
    "RY005": rules.RecordedAsAbsent,
    "RY006": NotFound,
    "RY007": rules.WindowClosed,
    "RY008": rules.RulesChanged,
    "RY110": rules.NotAJuror,
    "RY135": rules.AlreadyLocked,
    "uq_score_sheet_first": rules.AlreadyLocked,
    "uq_score_sheet_supersedes_id": rules.AlreadyLocked,
}
"""What the database refuses where somebody else was faster, by SQLSTATE or constraint."""


_ABSENCE_RACES = {
    "RY013": rules.JurorHasSheet,
    "RY110": rules.JurorNotSeated,
    "pk_recorded_absence": rules.AbsenceRecorded,
}


@dataclass(frozen=True, slots=True)
class Opened:
    """A sheet as a juror stands to it, and the rules that hold for it."""

    application_id: UUID
    contest_id: UUID
    stage: str
    person_id: UUID
    rule_book_id: UUID
    juror: str
    access: Access


async def save_draft(session: Session, actor: Actor, application_id: UUID, stage: str, given: DraftIn) -> ScoreDraft:
    """Keep what a juror has typed so far, complete or not, right or not yet; never over a draft that is newer.

    Raises ``NotFound``, ``UnknownCriterion``, ``DraftIsOlder`` and what ``rules.require_may_lock`` raises.
    """
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    rules.require_may_lock(opened.access)
    book = (await known_book(session, opened.rule_book_id)).book
    rules.require_known_criteria(panel_rules.require_stage(book, stage), given.scores)
    now = await clock.now(session)
    draft = ScoreDraft(
        application_id=application_id, stage=stage, person_id=actor.person_id, scores=given.scores, updated_at=now
    )
    try:
        version = await store.keep_draft(session, draft, given.version)
    except DBAPIError as error:
        raise _named(error) from error
    if version is None:
        kept = await store.draft(session, application_id, stage, actor.person_id)
        if kept is None or kept.scores != given.scores:
            raise rules.DraftIsOlder
        return kept
    draft.version = version
    return draft


async def lock_scoresheet(
    session: Session, actor: Actor, application_id: UUID, stage: str, given: ScoresIn, version: int | None = None
) -> ScoreSheet:
    """Lock a juror's sheet for good; the draft stays as it is. ``version`` is that of the draft that it was typed on, if told.

    Raises ``NotFound``, ``DraftIsOlder``, what ``rules.require_may_lock`` and ``rules.read_sheet`` raise, and ``RulesChanged``.
    """
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    rules.require_may_lock(opened.access)
    kept = None if version is None else await store.draft(session, application_id, stage, actor.person_id)
    if kept is not None and kept.version != version and kept.scores != given.scores:
        raise rules.DraftIsOlder
    return await lock_opened(session, actor, opened, given.scores)


async def supersede_scoresheet(
    session: Session, actor: Actor, application_id: UUID, stage: str, given: CorrectionIn
) -> ScoreSheet:
    """Put a corrected sheet in place of the juror's locked one, with the reason; both stay, and the newer counts.

    Raises ``NotFound``, ``PanelReasonMissing``, what ``rules.require_may_correct`` and ``rules.read_sheet`` raise, and ``RulesChanged``.
    """
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    rules.require_may_correct(opened.access)
    panel_rules.require_reason(given.reason)
    earlier = await store.live_sheet_id(session, application_id, stage, actor.person_id)
    return await lock_opened(session, actor, opened, given.scores, earlier, given.reason)


async def lock_by_ruling(session: Session, actor: Actor, application_id: UUID, stage: str, given: CorrectionIn) -> ScoreSheet:
    """The same after the stage closed, for the area whose ruling opened this sheet; a first one where the juror has none.

    Raises what ``supersede_scoresheet`` and ``lock_scoresheet`` raise; ``WindowClosed`` where no ruling opened it.
    """
    opened = await open_sheet(session, application_id, stage, actor.person_id)
    access = replace(opened.access, window=rules.Window.OPEN)
    if access.locked:
        rules.require_may_correct(access)
    else:
        rules.require_may_lock(replace(access, declared=True))
    earlier = await store.live_sheet_id(session, application_id, stage, actor.person_id)
    return await lock_opened(session, actor, opened, given.scores, earlier, given.reason)


async def record_absence(
    session: Session, actor: Actor, application_id: UUID, stage: str, person_id: UUID, session_key: str
) -> RecordedAbsence:
    """Record that a seated juror was not there for an item, in the minutes of ``session_key``.

    Called from the area of sessions, which has asked who may. Raises ``NotFound``, what ``rules.require_may_be_absent`` raises.
    """
    opened = await open_sheet(session, application_id, stage, person_id)
    rules.require_may_be_absent(opened.access)
    absence = RecordedAbsence(
        application_id=application_id,
        stage=stage,
        person_id=person_id,
        contest_id=opened.contest_id,
        session_key=session_key,
        at=await clock.now(session),
        recorded_by=actor.person_id,
    )
    async with refusing(session, _ABSENCE_RACES):
        session.add(absence)
    payload = {"person_id": str(person_id), "stage": stage, "session": session_key}
    await record.append(session, actor, "absence.recorded", f"application:{application_id}", payload)
    return absence


async def open_sheet(session: Session, application_id: UUID, stage: str, person_id: UUID) -> Opened:
    """How a person stands to a sheet: a query, without judging it. Raises ``NotFound``."""
    row = await store.access(session, application_id, stage, person_id)
    if row is None or row.rule_book_id is None:
        raise NotFound
    access = Access(
        seated=row.juror is not None,
        judged=row.status in rules.JUDGED,
        declared=row.declared,
        recused=row.recused,
        absent=row.absent,
        window=rules.window_of(row.opened_at is not None, row.closed_at is not None),
        locked=row.locked,
    )
    return Opened(application_id, row.contest_id, stage, person_id, row.rule_book_id, row.juror or "", access)


async def read_scores(session: Session, opened: Opened, scores: Mapping[str, str]) -> tuple[Stage, list[WrittenScore]]:
    """The stage of a sheet, and its scores once the rules allow them. Raises what ``rules.read_sheet`` does."""
    stage = panel_rules.require_stage((await known_book(session, opened.rule_book_id)).book, opened.stage)
    chosen_by = rules.band_attributes(stage)
    attributes = await store.attributes(session, opened.application_id, chosen_by) if chosen_by else {}
    return stage, rules.read_sheet(stage, scores, attributes)


async def lock_opened(
    session: Session,
    actor: Actor,
    opened: Opened,
    scores: Mapping[str, str],
    supersedes_id: UUID | None = None,
    reason: str | None = None,
    paper: Mapping[str, object] | None = None,
) -> ScoreSheet:
    """Insert the sheet with its scores, once the rules allow them, and the trace; ``paper`` says where it was typed from.

    For use cases that have asked who may. Raises what ``rules.read_sheet`` does, and what a race ends in.
    """
    known = await known_book(session, opened.rule_book_id)
    stage, read = await read_scores(session, opened, scores)
    sheet = ScoreSheet(
        application_id=opened.application_id,
        contest_id=opened.contest_id,
        stage=opened.stage,
        person_id=opened.person_id,
        rule_book_id=opened.rule_book_id,
        locked_at=await clock.now(session),
        supersedes_id=supersedes_id,
        reason=reason,
        nonce=sealing.new_nonce(),
    )
    columns: dict[str, list[Any]] = {
        "criteria": [known.criteria[stage.code, score.criterion] for score in read],
        "written": [score.written for score in read],
        "points": [rules.stored(score.points) for score in read],
    }
    act = "scoresheet.superseded" if supersedes_id else "scoresheet.locked"
    written = {score.criterion: score.written for score in read}
    payload = _payload(sheet, opened.juror, known.sha256, written) | ({"paper": dict(paper)} if paper else {})
    leaf = await record.new_leaf(session, actor, act, f"scoresheet:{sheet.id}", payload)
    try:
        await store.insert_sheet(session, sheet, columns, leaf)
    except DBAPIError as error:
        raise _named(error) from error
    return sheet


def _named(error: DBAPIError) -> Exception:
    """The refusal that a race ends in; any other error as it is."""
    state = str(getattr(error.orig, "sqlstate", ""))
    constraint = str(getattr(getattr(error.orig, "__cause__", None), "constraint_name", ""))
    refusal = _RACES.get(constraint) or _RACES.get(state)
    return refusal() if refusal else error


def _payload(sheet: ScoreSheet, juror: str, rules_sha256: str, scores: Mapping[str, str]) -> dict[str, object]:
    """What the record keeps: a commitment to the scores and no score, for others may read it before all sheets are in."""
    return {
        "application_id": str(sheet.application_id),
        "stage": sheet.stage,
        "juror": juror,
        "rules_sha256": rules_sha256,
        "commitment": sealing.commit(sheet.nonce or b"", sealing.sealed(sheet, juror, rules_sha256, scores)),
        "supersedes_id": str(sheet.supersedes_id) if sheet.supersedes_id else None,
    }

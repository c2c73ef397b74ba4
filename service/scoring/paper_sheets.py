"""Sheets on paper, where there is neither network nor phone: printing one, and typing it in by two people.

Each of the two types without seeing what the other typed. Alike, they lock the sheet of the juror, who signed the paper; where they
differ, both are told in which criteria, and both type again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from service.contests.book import Stage
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.core.machine import advance
from service.documents.models import DocumentKind
from service.documents.usecases import request_document, store_file
from service.record import usecases as record
from service.scoring import panel_rules, paper_rules, paper_store, rules, sheets, store
from service.scoring.books import known_book
from service.scoring.paper_data import blank_sheet
from service.scoring.paper_models import PaperSheet, PaperStatus, PaperTyping
from service.scoring.paper_rules import PAPER_LIFE, PaperAction
from service.scoring.shapes import PaperTypingIn
from service.scoring.sheets import Opened, open_sheet

Scan = tuple[str, bytes]
"""The name and the content of a scanned page."""

_TYPING_RACES = {
    "RY070": paper_rules.PaperLocked,
    "RY071": paper_rules.TypistIsJuror,
    "RY072": rules.JurorRecused,
    "uq_paper_typing_paper_id_round_typed_by": paper_rules.SameTypist,
    "ck_paper_typing_not_the_juror": paper_rules.TypistIsJuror,
}


@dataclass(frozen=True, slots=True)
class PaperView:
    """A paper sheet to type: whose it is, what to score, how far it is, in what the last typings differed; no value of it."""

    paper: PaperSheet
    stage: Stage
    book: dict[str, Any]
    application: str
    applicant: str
    juror: str
    typed_by_me: bool


async def print_sheet(
    session: Session, actor: Actor, application_id: UUID, stage: str, person_id: UUID, *, correcting: bool = False
) -> PaperSheet:
    """Print a juror's sheet to fill in by hand, or the same one again: by the secretary, or by the juror.

    ``correcting`` prints one that will supersede the juror's locked sheet.

    Raises ``NotFound``, ``MissingRole``, ``UnknownStage``, and what ``paper_rules.require_may_print`` raises.
    """
    found = await store.application(session, application_id)
    if found is None:
        raise NotFound
    office_id = found[1]
    if actor.person_id != person_id:
        actor.require(Act.PRINT_SHEET, office_id)
    opened = await open_sheet(session, application_id, stage, person_id)
    panel_rules.require_stage((await known_book(session, opened.rule_book_id)).book, stage)
    paper_rules.require_may_print(opened.access, correcting=correcting)
    corrects_id = await store.live_sheet_id(session, application_id, stage, person_id) if correcting else None
    paper = await paper_store.paper_of(session, application_id, stage, person_id, opened.rule_book_id, corrects_id)
    if paper is None:
        paper = await _new_paper(session, actor, opened, corrects_id)
        payload = {
            "code": paper.code,
            "application_id": str(application_id),
            "stage": stage,
            "juror": opened.juror,
            "corrects_id": str(corrects_id) if corrects_id else None,
        }
        await record.append(session, actor, "papersheet.printed", f"papersheet:{paper.id}", payload)
    data = await blank_sheet(session, paper, office_id)
    await request_document(session, DocumentKind.BLANK_SHEET, f"papersheet:{paper.id}", data)
    return paper


async def type_paper(session: Session, actor: Actor, given: PaperTypingIn, scan: Scan | None = None) -> PaperSheet:
    """Type what stands on a paper sheet. The second typing of a round locks the sheet, or says in what the two differ.

    Raises ``MistypedCode``, ``UnknownPaper``, ``TypistIsJuror``, ``PaperLocked``, ``SameTypist``, ``RulesChanged``,
    ``ControlSumDiffers``, and what ``require_may_type`` and ``require_correction`` of ``paper_rules``, ``rules.read_sheet`` and ``store_file`` raise.
    """
    paper = await _require_paper(session, actor, given.code)
    before = await paper_store.typings(session, paper)
    await _require_typist(session, actor, paper, before)
    opened = await open_sheet(session, paper.application_id, paper.stage, paper.person_id)
    paper_rules.require_may_type(opened.access, correcting=paper.corrects_id is not None)
    live_id = await store.live_sheet_id(session, paper.application_id, paper.stage, paper.person_id)
    paper_rules.require_correction(paper.corrects_id, live_id, given.reason)
    if opened.rule_book_id != paper.rule_book_id:
        raise rules.RulesChanged
    stage, read = await sheets.read_scores(session, opened, given.scores)
    paper_rules.require_control_sum(read, given.control_sum)
    typing = PaperTyping(
        paper_id=paper.id,
        round=paper.round,
        place=len(before) + 1,
        juror_id=paper.person_id,
        typed_by=actor.person_id,
        typed_at=await clock.now(session),
        scores=given.scores,
        reason=given.reason,
        scan_sha256=(await store_file(session, *scan)).sha256 if scan else None,
    )
    async with refusing(session, _TYPING_RACES):
        session.add(typing)
    payload = {"code": paper.code, "round": typing.round, "place": typing.place, "scan_sha256": typing.scan_sha256}
    await record.append(session, actor, "papersheet.typed", f"papersheet:{paper.id}", payload)
    if not before:
        paper.status = advance(PAPER_LIFE, paper.status, PaperAction.TYPE)
    else:
        await _settle(session, actor, paper, opened, stage, (before[0], typing))
    await session.flush()
    return paper


async def find_paper(session: Session, actor: Actor, code: str) -> PaperView:
    """A paper sheet to type, without any value of it. Raises ``MistypedCode``, ``UnknownPaper``, ``TypistIsJuror``."""
    paper = await _require_paper(session, actor, code)
    before = {each.typed_by for each in await paper_store.typings(session, paper)}
    if actor.person_id in await _jurors(session, paper):
        raise paper_rules.TypistIsJuror
    about, known = await paper_store.about(session, paper), await known_book(session, paper.rule_book_id)
    return PaperView(
        paper=paper,
        stage=known.book.stages[paper.stage],
        book=dict(known.book.value),
        application=about.code,
        applicant=about.applicant,
        juror=about.juror,
        typed_by_me=actor.person_id in before,
    )


async def get_paper_sheet(session: Session, actor: Actor, paper_id: UUID) -> PaperSheet:
    """A paper sheet, for the secretary and its juror. Raises ``NotFound``, ``MissingRole``."""
    found = await paper_store.paper(session, paper_id=paper_id)
    if found is None:
        raise NotFound
    paper, office_id = found
    if paper.person_id != actor.person_id:
        actor.require(Act.PRINT_SHEET, office_id)
    return paper


async def list_papers(session: Session, actor: Actor, contest_id: UUID) -> Sequence[Row[Any]]:
    """The paper sheets of a contest and how far they are, for its office's typists. Raises ``NotFound``, ``MissingRole``."""
    arena = await store.arena(session, contest_id)
    if arena is None:
        raise NotFound
    actor.require(Act.TYPE_SHEET, arena.office_id)
    return await paper_store.papers_of_contest(session, contest_id)


async def _new_paper(session: Session, actor: Actor, opened: Opened, corrects_id: UUID | None) -> PaperSheet:
    paper = PaperSheet(
        code=await paper_store.free_code(session),
        application_id=opened.application_id,
        contest_id=opened.contest_id,
        stage=opened.stage,
        person_id=opened.person_id,
        rule_book_id=opened.rule_book_id,
        corrects_id=corrects_id,
        printed_by=actor.person_id,
        printed_at=await clock.now(session),
        differing=[],
    )
    session.add(paper)
    await session.flush()
    return paper


async def _require_paper(session: Session, actor: Actor, typed: str) -> PaperSheet:
    """The paper with a code, for a typist of its office; nobody else learns that there is one."""
    found = await paper_store.paper(session, code=paper_rules.require_code(typed))
    if found is None or not actor.may(Act.TYPE_SHEET, found[1]):
        raise paper_rules.UnknownPaper("code", code=typed)
    return found[0]


async def _require_typist(session: Session, actor: Actor, paper: PaperSheet, before: Sequence[PaperTyping]) -> None:
    jurors, typed = await _jurors(session, paper), {each.typed_by for each in before}
    paper_rules.require_typist(paper.status, actor.person_id, jurors, typed)


async def _jurors(session: Session, paper: PaperSheet) -> set[UUID]:
    return {seat.person_id for seat in await store.seats(session, paper.contest_id)}


async def _settle(
    session: Session, actor: Actor, paper: PaperSheet, opened: Opened, stage: Stage, pair: tuple[PaperTyping, PaperTyping]
) -> None:
    """Lock the sheet of two typings that agree; otherwise begin another round."""
    first, second = pair
    wrong = paper_rules.differing(stage, first.scores, second.scores)
    wrong += [] if paper_rules.alike_words(first.reason, second.reason) else [paper_rules.REASON]
    if wrong:
        paper.status = advance(PAPER_LIFE, paper.status, PaperAction.DIFFER)
        paper.differing, paper.round = wrong, paper.round + 1
        payload = {"code": paper.code, "criteria": wrong}
        await record.append(session, actor, "papersheet.differed", f"papersheet:{paper.id}", payload)
        return
    origin = {
        "code": paper.code,
        "typed_by": [str(each.typed_by) for each in pair],
        "scans": [each.scan_sha256 for each in pair if each.scan_sha256],
    }
    sheet = await sheets.lock_opened(session, actor, opened, second.scores, paper.corrects_id, second.reason, paper=origin)
    paper.status = advance(PAPER_LIFE, paper.status, PaperAction.AGREE)
    paper.sheet_id, paper.differing = sheet.id, []


__all__ = ["PaperStatus", "PaperView", "find_paper", "get_paper_sheet", "list_papers", "print_sheet", "type_paper"]

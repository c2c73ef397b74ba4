"""Scores are sealed until all of them are in: who may read which is asked with the phase that this file finds.

A contest is *tallied*, and its scores are there to be read, once the stages of its rule book are closed and a tally has found that no
sheet is missing: each juror on the panel of each application that is still in the race has locked one, is recused, or is recorded as
absent. Not when a stage closes, for a later stage would be scored with the earlier one known; not at a tally that lacks a sheet, for its
juror could still make it fit; and no longer once a stage is opened again. Until then a lock is a
commitment: the record holds SHA-256 of the sheet's 32 random bytes followed by its canonical form, so that nobody who reads the record can
guess the scores, and nobody can change them without being found (a hash commitment: hiding by the nonce, binding by SHA-256).
"""

import hashlib
import secrets
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from service.contests.models import Call, Contest
from service.contests.rules import WITH_RESULT, contest_phase
from service.contests.usecases import contest_with_call
from service.core import clock
from service.core.actor import Actor, may
from service.core.acts import Act, Phase, Relation
from service.core.canonical import canonical
from service.core.db import Session
from service.core.errors import NotFound
from service.record import usecases as record
from service.scoring import panel_rules, store
from service.scoring.models import ScoreReveal, ScoreSheet

FORMAT = "raymi-sheet/1"
NONCE_BYTES = 32
SHUT = (Phase.UPCOMING, Phase.OPEN, Phase.CLOSED)


@dataclass(frozen=True, slots=True)
class Opening:
    """What opens the commitment of a sheet: its 32 random bytes, and what was committed to."""

    sheet_id: UUID
    locked_at: datetime
    nonce: bytes
    committed: Mapping[str, object]

    @property
    def commitment(self) -> str:
        """As the record has it, unless somebody altered the one or the other."""
        return commit(self.nonce, self.committed)


def new_nonce() -> bytes:
    """32 random bytes: scores are few, so that without them a hash would be guessed by trying all (NIST SP 800-90A source of the system)."""
    return secrets.token_bytes(NONCE_BYTES)


def sealed(sheet: ScoreSheet | Row[Any], juror: str, rules_sha256: str, scores: Mapping[str, str]) -> dict[str, object]:
    """What a juror commits to: the scores as they stand in the sheet, on what, by whom, under which rules, in place of which and why."""
    return {
        "format": FORMAT,
        "sheet": str(sheet.id),
        "application": str(sheet.application_id),
        "stage": sheet.stage,
        "juror": juror,
        "rules_sha256": rules_sha256,
        "scores": dict(scores),
        "supersedes": str(sheet.supersedes_id) if sheet.supersedes_id else None,
        "reason": sheet.reason,
    }


def commit(nonce: bytes, committed: Mapping[str, object]) -> str:
    """SHA-256 of the nonce followed by the canonical form (RFC 8785 as in ``core.canonical``), in hexadecimal."""
    return hashlib.sha256(nonce + canonical(dict(committed))).hexdigest()


async def all_in(session: Session, contest_ids: Collection[UUID]) -> set[UUID]:
    """Those of these contests whose sheets are all in: every stage is closed, and a tally since has found nothing missing."""
    return set((await session.execute(_ALL_IN, {"contests": list(contest_ids)})).scalars()) if contest_ids else set()


async def reveal(session: Session, actor: Actor, contest_id: UUID) -> None:
    """Let the scores of a contest be read from now on, until a stage is opened again: called by a tally that lacks no sheet."""
    revealed = ScoreReveal(contest_id=contest_id, at=await clock.now(session), revealed_by=actor.person_id)
    session.add(revealed)
    await session.flush()
    await record.append(session, actor, "scores.revealed", f"contest:{contest_id}", {"reveal_id": str(revealed.id)})


async def sealed_of(session: Session, contests: Sequence[Contest]) -> set[UUID]:
    """Those of these contests whose scores nobody reads yet but each juror the own."""
    waiting = {contest.id for contest in contests if contest.status not in WITH_RESULT}
    return waiting - await all_in(session, waiting)


async def stands_at(session: Session, contest: Contest, call: Call) -> Phase:
    """Where a contest stands, its sheets looked at too."""
    phase = contest_phase(contest, call, await clock.now(session))
    return Phase.TALLIED if phase in SHUT and await all_in(session, [contest.id]) else phase


async def list_openings(session: Session, actor: Actor | None, contest_id: UUID) -> list[Opening]:
    """What opens the commitments of a contest's sheets, so that anybody can compare them with the record: for everybody once the
    result is announced, before that for who may read the sheets. Sheets of before commitments have none. Raises ``NotFound``, ``SheetsSealed``.
    """
    contest, call = await contest_with_call(session, contest_id)
    phase = await stands_at(session, contest, call)
    if may(actor, Act.READ_RESULT, call.office_id, phase):
        return [opening async for opening in openings(session, contest_id)]
    sits = actor is not None and any(seat.person_id == actor.person_id for seat in await store.seats(session, contest_id))
    own = {Relation.JUROR} if sits else set()
    if not may(actor, Act.READ_SHEETS, call.office_id, None, own):
        raise NotFound
    if not may(actor, Act.READ_SHEETS, call.office_id, phase, own):
        raise panel_rules.SheetsBeforeResult if sits else panel_rules.SheetsSealed
    return [opening async for opening in openings(session, contest_id)]


async def openings(session: Session, contest_id: UUID | None = None) -> AsyncIterator[Opening]:
    """The same for use cases and checks that ask no right; of every contest where none is named. In the order of locking."""
    async for row in await session.stream(_OPENINGS, {"contest": contest_id}):
        committed = sealed(row, row.juror, row.rules_sha256, row.scores)
        yield Opening(row.id, row.locked_at, row.nonce, committed)


_ALL_IN = text(
    """
    SELECT c.id FROM contest c
    JOIN LATERAL (SELECT book FROM rule_book WHERE contest_id = c.id ORDER BY version DESC LIMIT 1) b ON true
    WHERE c.id = ANY(:contests) AND NOT EXISTS (
        SELECT FROM jsonb_array_elements(b.book -> 'stages') AS stage (value) WHERE NOT EXISTS (
            SELECT FROM scoring_window w
            WHERE w.contest_id = c.id AND w.stage = stage.value ->> 'code' AND w.closed_at IS NOT NULL
        )
    ) AND EXISTS (
        SELECT FROM score_reveal r WHERE r.contest_id = c.id
        AND r.at >= (SELECT max(closed_at) FROM scoring_window WHERE contest_id = c.id)
    )
    """
)
_OPENINGS = text(
    """
    SELECT t.id, t.application_id, t.stage, s.juror, t.locked_at, t.nonce, t.supersedes_id, t.reason, b.sha256 AS rules_sha256,
        (SELECT json_object_agg(c.code, r.written) FROM score r JOIN rule_book_criterion c ON c.id = r.criterion_id
            WHERE r.sheet_id = t.id) AS scores
    FROM score_sheet t JOIN seat s ON (s.contest_id, s.stage, s.person_id) = (t.contest_id, t.stage, t.person_id)
    JOIN rule_book b ON b.id = t.rule_book_id
    WHERE t.nonce IS NOT NULL AND (CAST(:contest AS uuid) IS NULL OR t.contest_id = :contest)
    ORDER BY t.locked_at, t.id
    """
)

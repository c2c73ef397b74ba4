"""Rehearsing rules before they are published: the judge on an invented contest, or on the sheets of one that was decided.

Nothing is written but that it was done, by whom and with which book; the result is computed again whenever it is read.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from service.contests import drafts, rules
from service.contests.book import RuleBook
from service.contests.decision import PassMark, Ranking
from service.contests.models import Contest, ContestStatus, Rehearsal, RehearsalKind
from service.contests.refusals import BundleRefusal
from service.contests.shapes import RehearsalIn
from service.contests.usecases import contest_with_call
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Phase
from service.core.db import Session
from service.core.errors import Conflict, NotFound
from service.core.money import ZERO
from service.core.texts import Phrase
from service.scoring.bundle import Bundle
from service.scoring.gather import gather_bundle
from service.scoring.invented import Size, invent
from service.scoring.judge import judge
from service.scoring.result import Result, Standing


class NotDecided(Conflict):
    """Only what is over may be looked at again: a rehearsal on a running contest would be a tally."""

    message = "This contest is not decided yet. Rehearse on one that is, or on an invented one."


class DoesNotFit(Conflict):
    """The sheets of the past contest cannot be judged by these rules."""

    message = (
        "The sheets of that contest do not fit these rules: {misfits}. Choose another contest, or rehearse on an invented one."
    )


@dataclass(frozen=True)
class Tie:
    """Applications of equal total: in their order, with the ranks they were given."""

    total: str
    applications: tuple[str, ...]
    ranks: tuple[int, ...]


@dataclass(frozen=True)
class Rehearsed:
    """What came of a rehearsal. ``purse`` is what could be given (None without a purse or prizes), ``before`` what was decided then."""

    rehearsal: Rehearsal
    bundle: Bundle
    result: Result
    purse: Decimal | None
    given: Decimal
    ties: tuple[Tie, ...]
    before: Mapping[str, Standing]


async def rehearse(session: Session, actor: Actor, contest_id: UUID, given: RehearsalIn) -> Rehearsal:
    """Try the rules being written of a contest, and record that this was done with this very book.

    Raises ``NotFound``, ``MissingRole``, ``NothingWritten``, what ``rules.require_book`` raises (a draft with a fault is not judged),
    ``NotDecided``, ``DoesNotFit``.
    """
    contest, call = await contest_with_call(session, contest_id)
    actor.require(Act.REHEARSE, call.office_id)
    book = await _book(session, actor, contest)
    rehearsal = Rehearsal(
        contest_id=contest_id,
        sha256=book.sha256,
        kind=RehearsalKind.PAST if given.past_contest_id else RehearsalKind.INVENTED,
        seed=given.seed,
        applications=given.applications,
        jurors=given.jurors,
        past_contest_id=given.past_contest_id,
        at=await clock.now(session),
        rehearsed_by=actor.person_id,
    )
    _judge(rehearsal, book, await _bundle(session, rehearsal, book, call.office_id), None)
    return await drafts.add_rehearsal(session, actor, rehearsal)


async def get_rehearsal(session: Session, actor: Actor, rehearsal_id: UUID) -> tuple[Contest, Rehearsal, Rehearsed | None]:
    """A rehearsal with what came of it, for the office; None where the rules have changed since. Raises ``NotFound``."""
    rehearsal = await session.get(Rehearsal, rehearsal_id)
    if rehearsal is None:
        raise NotFound
    contest, call = await contest_with_call(session, rehearsal.contest_id)
    if not actor.may(Act.READ_CONTEST, call.office_id, Phase.DRAFT):
        raise NotFound
    _, draft = await drafts.current_draft(session, actor, contest.id)
    if draft is None or draft.sha256 != rehearsal.sha256:
        return contest, rehearsal, None
    book = rules.require_book(contest, draft.book)
    past = await _past(session, rehearsal.past_contest_id, call.office_id) if rehearsal.past_contest_id else None
    bundle = await _bundle(session, rehearsal, book, call.office_id)
    return contest, rehearsal, _judge(rehearsal, book, bundle, judge(past) if past else None)


def misfits(book: RuleBook, past: Bundle) -> list[Phrase]:
    """What stands in the way of judging past sheets by a book: stages and criteria that only one of the two has."""
    scored: dict[str, set[str]] = defaultdict(set)
    for _, stage, _, criterion, _ in past.sheets:
        scored[stage].add(criterion)
    asked = {code: set(stage.criteria) for code, stage in book.stages.items()}
    found = [Phrase("there are no sheets of the stage “{stage}”", stage=stage) for stage in asked if stage not in scored]
    found += [Phrase("these rules have no stage “{stage}”", stage=stage) for stage in sorted(scored) if stage not in asked]
    for stage in [each for each in asked if each in scored]:
        for criterion in sorted(asked[stage] - scored[stage]):
            found.append(Phrase("“{criterion}” of “{stage}” was not scored", criterion=criterion, stage=stage))
        for criterion in sorted(scored[stage] - asked[stage]):
            found.append(Phrase("these rules have no “{criterion}” in “{stage}”", criterion=criterion, stage=stage))
    return found


async def _book(session: Session, actor: Actor, contest: Contest) -> RuleBook:
    _, draft = await drafts.current_draft(session, actor, contest.id)
    if draft is None:
        raise drafts.NothingWritten
    return rules.require_book(contest, draft.book)


async def _bundle(session: Session, rehearsal: Rehearsal, book: RuleBook, office_id: UUID) -> Bundle:
    if rehearsal.past_contest_id is None:
        return invent(book, Size(rehearsal.applications, rehearsal.jurors), rehearsal.seed)
    past = await _past(session, rehearsal.past_contest_id, office_id)
    found = misfits(book, past)
    if found:
        raise DoesNotFit("past_contest_id", misfits=tuple(found))
    return replace(past, rules=book.value)


async def _past(session: Session, contest_id: UUID, office_id: UUID) -> Bundle:
    past, call = await contest_with_call(session, contest_id)
    if call.office_id != office_id:
        raise NotFound("past_contest_id")
    if past.status != ContestStatus.DECIDED:
        raise NotDecided("past_contest_id")
    return (await gather_bundle(session, contest_id)).bundle


def _judge(rehearsal: Rehearsal, book: RuleBook, bundle: Bundle, before: Result | None) -> Rehearsed:
    try:
        result = judge(bundle)
    except BundleRefusal as refusal:
        wrong = Phrase(refusal.message, **refusal.values)
        raise DoesNotFit("past_contest_id", misfits=(wrong,)) from refusal
    return Rehearsed(
        rehearsal=rehearsal,
        bundle=bundle,
        result=result,
        purse=_purse(book),
        given=sum((each.award for each in result.standings if each.award is not None), ZERO),
        ties=tuple(_ties(result.standings)),
        before={each.application: each for each in before.standings} if before else {},
    )


def _purse(book: RuleBook) -> Decimal | None:
    if isinstance(book.decision, Ranking):
        return sum(book.decision.prizes, ZERO)
    assert isinstance(book.decision, PassMark)
    return book.decision.purse


def _ties(standings: Sequence[Standing]) -> list[Tie]:
    equal: dict[str, list[Standing]] = defaultdict(list)
    for each in standings:
        if each.total is not None:
            equal[str(each.total)].append(each)
    return [
        Tie(total, tuple(each.application for each in group), tuple(each.rank or 0 for each in group))
        for total, group in equal.items()
        if len(group) > 1
    ]

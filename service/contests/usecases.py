"""What is done with calls, contests and their rules."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.contests import rules, store, terms
from service.contests.bounds import bounds_of
from service.contests.models import (
    Call,
    Contest,
    PublishedRuleBook,
    RuleBookCriterion,
    RuleBookDraft,
)
from service.contests.rules import Action
from service.contests.shapes import CallIn, ContestIn, RevisionIn, RulesIn
from service.core import clock
from service.core.actor import Actor, may
from service.core.acts import Act, Phase
from service.core.canonical import sha256_hex
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.core.machine import advance
from service.people.group_usecases import get_group
from service.people.usecases import get_office
from service.record import usecases as record


@dataclass(frozen=True)
class ContestEntry:
    """A contest with the call that announces it, and where the call stands by its dates."""

    contest: Contest
    call: Call
    phase: Phase


async def create_call(session: Session, actor: Actor, given: CallIn) -> Call:
    """Prepare a call of an office. Raises ``NotFound``, ``MissingRole``, ``DatesReversed``, ``CodeTaken``."""
    await get_office(session, actor, given.office_id)
    actor.require(Act.CREATE_CALL, given.office_id)
    rules.require_dates(given.opens_at, given.closes_at)
    call = Call(**given.model_dump())
    async with refusing(session, {"uq_call_office_id_code": rules.CodeTaken("code", code=given.code)}):
        session.add(call)
    await record.append(session, actor, "call.created", f"call:{call.id}", given.model_dump(mode="json"))
    return call


async def create_contest(session: Session, actor: Actor, call_id: UUID, given: ContestIn) -> Contest:
    """Add a contest to a call that is still a draft.

    Raises ``NotFound``, ``MissingRole``, ``CallIsPublished``, ``HostMismatch``, ``NoSecondRequest``, ``CodeTaken``.
    """
    call = await store.call_for_update(session, call_id)
    actor.require(Act.CREATE_CONTEST, call.office_id)
    rules.require_draft(call.status)
    rules.require_contest(given)
    if given.host_group_id is not None and (await get_group(session, actor, given.host_group_id)).office_id != call.office_id:
        raise NotFound("host_group_id")
    contest = Contest(call_id=call_id, **given.model_dump())
    async with refusing(session, {"uq_contest_call_id_code": rules.CodeTaken("code", code=given.code)}):
        session.add(contest)
    await record.append(session, actor, "contest.created", f"contest:{contest.id}", given.model_dump(mode="json"))
    return contest


async def save_rules(session: Session, actor: Actor, contest_id: UUID, given: RulesIn) -> RuleBookDraft:
    """Keep the rules of a contest that is not published yet, in place of what was saved before.

    Raises ``NotFound``, ``MissingRole``, ``CallIsPublished``; ``BadTerms``, ``TranchesDoNotSum`` and what ``rules.require_book``
    raises: so a book with a gap in its bands is refused here.
    """
    contest, call = await store.contest_for_update(session, contest_id)
    actor.require(Act.WRITE_RULES, call.office_id)
    rules.require_draft(contest.status)
    rules.require_book(contest, given.book)
    value = terms.terms_value(given.terms)
    saved = RuleBookDraft(contest_id=contest_id, book=given.book, terms=value, updated_at=await clock.now(session))
    draft = await session.merge(saved)
    await session.flush()
    payload = {"sha256": sha256_hex(draft.book), "terms_sha256": terms.terms_sha256(draft.terms)}
    await record.append(session, actor, "rules.saved", f"contest:{contest_id}", payload)
    return draft


async def publish_call(session: Session, actor: Actor, call_id: UUID) -> Call:
    """Announce a call with all its contests, and freeze their rules as version 1.

    Raises ``NotFound``, ``MissingRole``, ``WrongState``, ``NoContests``, ``RulesMissing``, ``CallOver``, and what ``read_terms``
    and ``rules.require_book`` raise where a draft is not finished.
    """
    call = await store.call_for_update(session, call_id)
    actor.require(Act.PUBLISH_CALL, call.office_id)
    status = advance(rules.CALL_LIFE, call.status, Action.PUBLISH)
    contests = await store.contests_for_update(session, call_id)
    drafts = await store.drafts(session, [contest.id for contest in contests])
    now = await clock.now(session)
    rules.require_publishable(call, contests, set(drafts), now)
    call.status, call.published_at = status, now
    for contest in contests:
        contest.status = advance(rules.CONTEST_LIFE, contest.status, Action.PUBLISH)
        await _freeze(session, actor, contest, 1, drafts[contest.id].book, drafts[contest.id].terms, "")
    payload = {"code": call.code, "opens_at": call.opens_at.isoformat(), "closes_at": call.closes_at.isoformat()}
    await record.append(session, actor, "call.published", f"call:{call_id}", payload)
    return call


async def revise_rules(session: Session, actor: Actor, contest_id: UUID, given: RevisionIn) -> PublishedRuleBook:
    """Put new rules in force in place of published ones, with the reason.

    Raises ``NotFound``, ``MissingRole``, ``NotPublished``, ``RulesLocked``, ``NothingChanged``, ``BadTerms``,
    ``TranchesDoNotSum`` and what ``rules.require_book`` raises.
    """
    contest, call = await store.contest_for_update(session, contest_id)
    actor.require(Act.REVISE_RULES, call.office_id)
    rules.require_revisable(contest.status)
    before = await rules_in_force(session, contest_id)
    value = terms.terms_value(given.terms)
    rules.require_change(before, rules.require_book(contest, given.book).sha256, terms.terms_sha256(value))
    async with refusing(session, {"RY014": rules.RulesLocked}):
        return await _freeze(session, actor, contest, before.version + 1, given.book, value, given.reason)


async def _freeze(
    session: Session, actor: Actor, contest: Contest, version: int, book: dict[str, Any], value: dict[str, Any], reason: str
) -> PublishedRuleBook:
    """Insert a version of a contest's rules, what the database shall know of its criteria, and the trace."""
    parsed = rules.require_book(contest, book)
    terms.read_terms(value)
    published = PublishedRuleBook(
        contest_id=contest.id,
        version=version,
        book=book,
        sha256=parsed.sha256,
        terms=value,
        terms_sha256=terms.terms_sha256(value),
        reason=reason,
        published_at=await clock.now(session),
        published_by=actor.person_id,
    )
    session.add(published)
    await session.flush()
    session.add_all(RuleBookCriterion(rule_book_id=published.id, **vars(bounds)) for bounds in bounds_of(parsed))
    await session.flush()
    payload = {"version": version, "reason": reason, "sha256": published.sha256, "terms_sha256": published.terms_sha256}
    await record.append(session, actor, "rulebook.published", f"contest:{contest.id}", payload)
    return published


async def move_contest(session: Session, contest_id: UUID, action: Action) -> Contest:
    """A contest whose result is announced, or whose minutes are signed: for the area that does it and leaves the trace.

    Raises ``NotFound``, ``WrongState``.
    """
    contest, _ = await store.contest_for_update(session, contest_id)
    contest.status = advance(rules.CONTEST_LIFE, contest.status, action)
    await session.flush()
    return contest


async def require_filing_open(session: Session, contest: Contest) -> Call:
    """The call of a contest whose filing is open at this moment, in Peru's time. Raises ``NotPublished``, ``PhaseClosed``."""
    call = await store.call(session, contest.call_id)
    rules.require_phase(Act.REQUEST_SECOND_TRANCHE, call, (await clock.now(session)).astimezone(clock.PERU))
    return call


async def rules_in_force(session: Session, contest_id: UUID) -> PublishedRuleBook:
    """The newest published rules of a contest, for areas above. Raises ``NotPublished``."""
    newest = await store.newest_rule_book(session, contest_id)
    if newest is None:
        raise rules.NotPublished
    return newest


async def contest_with_call(session: Session, contest_id: UUID) -> tuple[Contest, Call]:
    """A contest and its call, which names the office: for areas above that check who may see it. Raises ``NotFound``."""
    return await store.contest(session, contest_id)


async def contest_locked(session: Session, contest_id: UUID) -> tuple[Contest, Call]:
    """The same, with the contest locked until the end of the transaction. Raises ``NotFound``."""
    return await store.contest_for_update(session, contest_id)


async def get_call(session: Session, actor: Actor | None, call_id: UUID) -> Call:
    """A call: a published one for everybody, a draft for its office. Raises ``NotFound``."""
    call = await store.call(session, call_id)
    if not may(actor, Act.READ_CONTEST, call.office_id, rules.phase_of(call, await clock.now(session))):
        raise NotFound
    return call


async def list_calls(session: Session, actor: Actor | None, office_id: UUID | None = None) -> list[tuple[Call, Phase]]:
    """The calls that the actor may see, of one office or of all: the latest to close first."""
    now = await clock.now(session)
    return [(call, rules.phase_of(call, now)) for call in await store.calls(session, office_id, _offices_read(actor))]


async def get_contest(session: Session, actor: Actor | None, contest_id: UUID) -> Contest:
    """A contest: a published one for everybody, a draft for its office. Raises ``NotFound``."""
    contest, call = await store.contest(session, contest_id)
    if not may(actor, Act.READ_CONTEST, call.office_id, rules.contest_phase(contest, call, await clock.now(session))):
        raise NotFound
    return contest


async def list_contests(
    session: Session, actor: Actor | None, office_id: UUID | None = None, call_id: UUID | None = None
) -> list[ContestEntry]:
    """The contests that the actor may see: of one call, of one office or of all; the latest call to close first, then by code."""
    calls = await store.calls(session, office_id, _offices_read(actor))
    wanted = [call.id for call in calls if call_id in (None, call.id)]
    now = await clock.now(session)
    entries = await store.contests_with_calls(session, wanted)
    return [ContestEntry(contest, call, rules.phase_of(call, now)) for contest, call in entries]


async def get_rules_draft(session: Session, actor: Actor, contest_id: UUID) -> RuleBookDraft | None:
    """The rules of a contest as they were last saved, for its office. Raises ``NotFound``."""
    _, call = await store.contest(session, contest_id)
    if not may(actor, Act.READ_CONTEST, call.office_id, Phase.DRAFT):
        raise NotFound
    return await store.draft(session, contest_id)


async def list_rule_books(session: Session, actor: Actor | None, contest_id: UUID) -> list[PublishedRuleBook]:
    """Every published version of a contest's rules, the newest first: public. Raises ``NotFound``."""
    await get_contest(session, actor, contest_id)
    return list(await store.rule_books(session, contest_id))


def _offices_read(actor: Actor | None) -> list[UUID] | None:
    """The offices whose drafts the actor may see; None for every office."""
    offices = actor.offices(Act.READ_OFFICE) if actor else frozenset()
    return None if offices is None else list(offices)

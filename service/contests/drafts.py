"""What is done with rules while they are being written: begun, kept right or wrong, checked, put in force, carried to another contest."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from service.contests import rules, store, terms, usecases
from service.contests.fields import require_json, require_no_number
from service.contests.inspection import Inspection, inspect
from service.contests.models import Contest, PublishedRuleBook, Rehearsal, RuleBookDraft
from service.contests.questions import copy_questions
from service.contests.ready_books import template, templates
from service.contests.shapes import CloneIn, ContestIn, DraftIn, ReasonIn, RevisionIn, StartIn, TermsIn
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Phase
from service.core.canonical import sha256_hex
from service.core.db import Session
from service.core.errors import Conflict, NotFound, Rejected
from service.people.group_usecases import get_group
from service.record import usecases as record


class DraftChanged(Conflict):
    """Somebody saved these rules after the form was opened."""

    message = "Somebody else saved these rules in the meantime. What you typed is still here: compare, and save again to put it in place of theirs."


class OneStart(Rejected):
    """Rules begin from a ready book or from another contest."""

    message = "Choose a ready rule book, or another contest that has rules: one of the two."


class NothingWritten(Conflict):
    """There is no draft to work with."""

    message = "No rules have been written for this contest yet. Start from a ready rule book or from another contest."


class HostElsewhere(Conflict):
    """The families of the contest belong to a community of another office."""

    message = "The families of this contest belong to a community of another office. Make the contest anew there, and start its rules from this one."


@dataclass(frozen=True)
class Draft:
    """Rules as they are being written; ``seen`` is their hash, ``sha256`` the one that the rule book would be published under."""

    book: dict[str, Any]
    terms: dict[str, Any]

    @property
    def sha256(self) -> str:
        """The lower-case hex SHA-256 of the canonical form (RFC 8785) of the book."""
        return sha256_hex(self.book)

    @property
    def seen(self) -> str:
        """The hash of book and terms together."""
        return sha256_hex({"book": self.book, "terms": self.terms})


async def keep_draft(session: Session, actor: Actor, contest_id: UUID, given: DraftIn) -> Inspection:
    """Keep rules as they were typed, right or wrong, in place of the draft before; what is wrong with them is the answer.

    After publication this prepares a revision; nothing is in force until it is published. Raises ``NotFound``, ``MissingRole``,
    ``RulesLocked``, ``DraftChanged``; ``MalformedBundle``, ``NumberInRules``, ``TextCannotBeKept`` on what no form can write.
    """
    contest, call = await store.contest_for_update(session, contest_id)
    actor.require(Act.WRITE_RULES, call.office_id)
    rules.require_rules_open(Act.WRITE_RULES, contest.status)
    require_json(given.book)
    require_no_number(given.book)
    rules.require_kept({"book": given.book, "terms": given.terms.model_dump()})
    before = await _current(session, contest)
    if given.seen is not None and before is not None and given.seen != before.seen:
        raise DraftChanged
    draft = Draft(given.book, {"format": terms.FORMAT, **given.terms.model_dump()})
    await _put(session, actor, contest, draft, "rules.kept")
    return inspect(contest, draft.book, draft.terms)


async def start_draft(session: Session, actor: Actor, contest_id: UUID, given: StartIn) -> Draft:
    """Begin the rules of a contest from a ready rule book, or from those of another contest that the actor may see.

    Raises ``NotFound``, ``MissingRole``, ``CallIsPublished``, ``OneStart``, ``NothingWritten``.
    """
    contest, call = await store.contest_for_update(session, contest_id)
    actor.require(Act.WRITE_RULES, call.office_id)
    rules.require_draft(contest.status)
    if (given.ready is None) == (given.contest_id is None):
        raise OneStart("ready")
    draft = _ready(given.ready) if given.ready else await _rules_of(session, actor, given.contest_id)
    draft = Draft({**draft.book, "currency": contest.currency}, draft.terms)
    await _put(session, actor, contest, draft, "rules.started")
    return draft


async def current_draft(session: Session, actor: Actor, contest_id: UUID) -> tuple[Contest, Draft | None]:
    """A contest with its rules as they are being written, for its office; after publication those in force, until they are edited.

    Raises ``NotFound``.
    """
    contest, call = await store.contest(session, contest_id)
    if not actor.may(Act.READ_CONTEST, call.office_id, Phase.DRAFT):
        raise NotFound
    return contest, await _current(session, contest)


async def inspect_draft(session: Session, actor: Actor, contest_id: UUID) -> Inspection:
    """The live check of the rules being written. Raises ``NotFound``, ``NothingWritten``."""
    contest, draft = await current_draft(session, actor, contest_id)
    if draft is None:
        raise NothingWritten
    return inspect(contest, draft.book, draft.terms)


async def publish_draft(session: Session, actor: Actor, contest_id: UUID, given: ReasonIn) -> PublishedRuleBook:
    """Put the draft in force in place of published rules, with the reason. Raises ``NothingWritten`` and what ``revise_rules`` raises."""
    contest, call = await store.contest(session, contest_id)
    actor.require(Act.REVISE_RULES, call.office_id)
    draft = await _current(session, contest)
    if draft is None:
        raise NothingWritten
    terms.read_terms(draft.terms)
    typed = TermsIn(**{name: value for name, value in draft.terms.items() if name != "format"})
    return await usecases.revise_rules(
        session, actor, contest_id, RevisionIn(book=draft.book, terms=typed, reason=given.reason)
    )


async def clone_contest(session: Session, actor: Actor, contest_id: UUID, given: CloneIn) -> Contest:
    """Make a draft contest in a draft call like one that the actor may see: with its rules and terms as a draft, and its questions.

    Raises ``NotFound``, ``HostElsewhere`` and what ``create_contest`` raises.
    """
    like = await usecases.get_contest(session, actor, contest_id)
    draft = await _current(session, like)
    call = await usecases.get_call(session, actor, given.call_id)
    actor.require(Act.CLONE_CONTEST, call.office_id)
    if like.host_group_id and (await get_group(session, actor, like.host_group_id)).office_id != call.office_id:
        raise HostElsewhere("call_id")
    made = await usecases.create_contest(
        session,
        actor,
        given.call_id,
        ContestIn(**like.model_dump(include=set(ContestIn.model_fields)) | given.model_dump(include={"code", "title"})),
    )
    if draft is not None:
        await _put(session, actor, made, draft, "rules.started")
    await copy_questions(session, like.id, made.id)
    await record.append(session, actor, "contest.cloned", f"contest:{made.id}", {"from": str(like.id)})
    return made


async def add_rehearsal(session: Session, actor: Actor, rehearsal: Rehearsal) -> Rehearsal:
    """Keep that rules were rehearsed, for the area that knows the judge."""
    session.add(rehearsal)
    await session.flush()
    payload = {"sha256": rehearsal.sha256, "kind": rehearsal.kind.value, "rehearsal": str(rehearsal.id)}
    await record.append(session, actor, "rules.rehearsed", f"contest:{rehearsal.contest_id}", payload)
    return rehearsal


async def list_rehearsals(session: Session, actor: Actor, contest_id: UUID) -> list[Rehearsal]:
    """The rehearsals of a contest's rules, the newest first, for its office. Raises ``NotFound``."""
    await current_draft(session, actor, contest_id)
    return list(await store.rehearsals(session, [contest_id]))


async def first_rehearsals(session: Session, actor: Actor | None, contest_id: UUID) -> dict[str, Rehearsal]:
    """When each book of a contest was first rehearsed, by its hash: for the published ones public. Raises ``NotFound``."""
    await usecases.get_contest(session, actor, contest_id)
    return {each.sha256: each for each in await store.rehearsals(session, [contest_id])}


@dataclass(frozen=True)
class Readiness:
    """How far the rules of a contest are from publication; ``draft`` None where none have been written."""

    draft: Draft | None
    inspection: Inspection | None
    rehearsals: tuple[Rehearsal, ...]
    """Of this very book, the newest first."""


async def readiness(session: Session, actor: Actor, contests: list[Contest]) -> dict[UUID, Readiness]:
    """How far the rules of draft contests of one call are, for its office, by contest. Raises ``NotFound``."""
    if not contests:
        return {}
    call = await store.call(session, contests[0].call_id)
    if not actor.may(Act.READ_CONTEST, call.office_id, Phase.DRAFT):
        raise NotFound
    ids = [contest.id for contest in contests]
    drafts, rehearsed = await store.drafts(session, ids), await store.rehearsals(session, ids)
    found: dict[UUID, Readiness] = {}
    for contest in contests:
        row = drafts.get(contest.id)
        draft = Draft(row.book, row.terms) if row else None
        inspection = inspect(contest, draft.book, draft.terms) if draft else None
        same = tuple(each for each in rehearsed if draft and (each.contest_id, each.sha256) == (contest.id, draft.sha256))
        found[contest.id] = Readiness(draft, inspection, same)
    return found


async def _put(session: Session, actor: Actor, contest: Contest, draft: Draft, act: str) -> None:
    now = await clock.now(session)
    await session.merge(RuleBookDraft(contest_id=contest.id, book=draft.book, terms=draft.terms, updated_at=now))
    await session.flush()
    payload = {"sha256": draft.sha256, "terms_sha256": terms.terms_sha256(draft.terms)}
    await record.append(session, actor, act, f"contest:{contest.id}", payload)


async def _current(session: Session, contest: Contest) -> Draft | None:
    """The draft, unless a version was published after it."""
    row, newest = await store.draft(session, contest.id), await store.newest_rule_book(session, contest.id)
    if newest is not None and (row is None or row.updated_at <= newest.published_at):
        return Draft(newest.book, newest.terms)
    return Draft(row.book, row.terms) if row else None


async def _rules_of(session: Session, actor: Actor, contest_id: UUID | None) -> Draft:
    other = await usecases.get_contest(session, actor, contest_id) if contest_id else None
    draft = await _current(session, other) if other else None
    if draft is None:
        raise NothingWritten("contest_id")
    return draft


def _ready(code: str) -> Draft:
    if code not in {each.code for each in templates()}:
        raise NotFound("ready")
    chosen = template(code)
    return Draft(chosen.book, terms.terms_value(chosen.terms))

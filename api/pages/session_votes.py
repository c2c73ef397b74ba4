"""The votes on a session's page: who voted how, what followed, and the forms of the secretary."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import Field

from api.language import say
from api.pages.forms import Form, Typed, form
from api.pages.session_recusals import step_out_form, stepped_out_table
from api.pages.views import Cell, State, Table, Word
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import decisions, vote_rules, votes
from service.deliberation.models import SessionStatus
from service.deliberation.rules import MEMBERS
from service.deliberation.session_view import SessionView
from service.deliberation.shapes import CarryOutIn, CorrectionIn, MajorityIn, VoteIn
from service.deliberation.vote_models import Adjustment, Ballot, Choice, Deferral, MajorityRule, VoteMatter
from service.deliberation.vote_queries import MotionEntry, decisions_on, kept_from, majorities_of, votes_of

Choices = Sequence[tuple[str, str]]


class VoteChoiceIn(CarryOutIn, extra="forbid"):
    """A vote of the session, and why it is carried out."""

    motion_id: UUID = Field(description="Vote")


class VoteCorrectionIn(CorrectionIn, extra="forbid"):
    """A vote of the session that was entered wrongly."""

    motion_id: UUID = Field(description="Vote")


@dataclass(frozen=True)
class VotesPart:
    """What the section of votes shows."""

    tables: Sequence[Table]
    acts: Sequence[Form]


async def votes_part(
    session: Session, view: SessionView, reader: Actor | None, *, leads: bool, language: str, typed: Typed | None
) -> VotesPart | None:
    """The votes of a session and the forms that its state allows; None where there is nothing to show."""
    status = view.session.status
    if status in vote_rules.BEFORE_TALLY:
        out, steps = await stepped_out_table(session, view), step_out_form(view, reader, typed, leads=leads)
        if not leads:
            return VotesPart(out, steps) if out or steps else None
        rules = list((await majorities_of(session, view.session.id)).values())
        act = form(f"/sessions/{view.session.id}/majorities", "Set a majority", MajorityIn, typed=typed)
        return VotesPart([_majorities(rules), *out], [act, *steps])
    found = await votes_of(session, view.session.id, kept_from(view.session, reader))
    acts = _forms(view, found, typed) if leads and status in vote_rules.VOTING else []
    acts += step_out_form(view, reader, typed, leads=leads)
    out = await stepped_out_table(session, view)
    if not found and not acts and not out:
        return None
    decided = await _decisions(session, view, found) if found else None  # without a vote nothing is decided beside the result
    return VotesPart([_votes(found, language), *([decided] if decided and decided.rows else []), *out], acts)


def _majorities(rules: Sequence[MajorityRule]) -> Table:
    rows: list[list[Cell]] = [
        [
            Word(row.matter.value),
            Word("more than" if row.strict else "at least"),
            row.at_least,
            Word(row.base.value),
            Word("yes" if row.casting else "no"),
        ]
        for row in _sorted(rules)
    ]
    columns = ["What is voted on", "Majority", "Share", "Counted of", "Casting vote of the chair"]
    return Table("Majorities", columns, rows, empty="None set: more than half of the votes in favour and against carry.")


def _sorted(rules: Sequence[MajorityRule]) -> list[MajorityRule]:
    """The rules in the order of their matters."""
    return sorted(rules, key=lambda row: list(VoteMatter).index(row.matter))


def _votes(found: Sequence[MotionEntry], language: str) -> Table:
    """The votes with the names of who voted; amounts have a column where one was put to the vote."""
    amounts = ["Amount"] if any(entry.motion.amount is not None for entry in found) else []
    rows: list[list[Cell]] = [
        [
            entry.motion.number,
            entry.motion.title,
            entry.code,
            *([entry.motion.amount] if amounts else []),
            *(f"{len(names)}: {'; '.join(names)}" if names else 0 for names in map(entry.last.names, Choice)),
            vote_rules.votes_needed(entry.last.majority, entry.last.count),
            State("carried" if entry.last.ballot.carried else "not_carried"),
            "; ".join(_remarks(entry, language)),
        ]
        for entry in found
    ]
    columns = ["Number", "Question put to the vote", "Application", *amounts, "In favour", "Against", "Abstained"]
    return Table("Votes", [*columns, "Needed", "Outcome", "Remarks"], rows, empty="No votes so far.")


def _remarks(entry: MotionEntry, language: str) -> list[str]:
    """Dissents, who was recused, and why earlier ballots were wrong."""
    dissents = [
        say(language, "Dissent of {name}: {words}", name=vote.name, words=vote.dissent)
        for vote in entry.last.votes
        if vote.dissent
    ]
    recused = [say(language, "Recused: {names}", names=entry.recused)] if entry.recused else []
    corrected = [say(language, "Corrected: {reason}", reason=each.ballot.reason) for each in entry.ballots[1:]]
    return [*dissents, *recused, *corrected]


async def _decisions(session: Session, view: SessionView, found: Sequence[MotionEntry]) -> Table:
    decided = await decisions_on(session, [contest.id for contest in view.contests])
    items = {entry.motion.number: (entry.code, entry.applicant) for entry in found}
    rows: list[list[Cell]] = [
        [*items[act.number], Word(act.matter.value), act.amount, act.reason, act.number]
        for act in decided.acts
        if act.number in items
    ]
    return Table("Decisions beside the result", ["Application", "Who", "What", "Amount", "Reason", "Vote"], rows)


def _forms(view: SessionView, found: Sequence[MotionEntry], typed: Typed | None) -> list[Form]:
    here = f"/sessions/{view.session.id}"
    came = {person.id: (row, person) for row, person in view.attendance if row.capacity in MEMBERS}
    present: Choices = [(str(key), person.name) for key, (row, person) in came.items() if row.left_at is None]
    everybody: Choices = [(str(key), person.name) for key, (_, person) in came.items()]
    codes = {contest.id: contest.code for contest in view.contests}
    items: Choices = [
        (str(each.presentation.application_id), f"{codes[each.contest_id]} · {each.code} · {each.applicant}")
        for each in view.presentations
    ]
    explain = "Each member present votes once; who is recused from the application takes no part."
    acts = [
        form(
            f"{here}/votes",
            "Record a vote",
            VoteIn,
            choices={"application_id": items, **_voters(present)},
            typed=typed,
            explain=explain,
        )
    ]
    named = {entry.motion.id: f"{entry.motion.number}. {entry.motion.title}" for entry in found}
    if found:
        explain = "The wrong votes are kept beside the right ones, with the reason."
        choices = {"motion_id": [(str(key), text) for key, text in named.items()], **_voters(everybody)}
        acts.append(
            form(f"{here}/corrections", "Correct a vote", VoteCorrectionIn, choices=choices, typed=typed, explain=explain)
        )
    if view.session.status == SessionStatus.ANNOUNCED:
        acts += [
            form(f"{here}/{path}", title, VoteChoiceIn, choices={"motion_id": due}, typed=typed)
            for matter, path, title in (
                (VoteMatter.ADJUSTMENT, "adjustments", "Adjust the amount, as voted"),
                (VoteMatter.DEFERRAL, "deferrals", "Defer the application, as voted"),
            )
            if (due := _due(found, matter, named))
        ]
    return acts


def _voters(members: Choices) -> dict[str, Choices]:
    return dict.fromkeys(("in_favour", "against", "abstained", "dissents.person_id"), members)


def _due(found: Sequence[MotionEntry], matter: VoteMatter, named: dict[UUID, str]) -> list[tuple[str, str]]:
    """The carried votes on a matter that are not carried out yet."""
    waiting = [entry.motion for entry in found if entry.last.ballot.carried and not entry.carried_out]
    return [(str(motion.id), named[motion.id]) for motion in waiting if motion.matter == matter]


async def correct(session: Session, who: Actor, _session_id: UUID, given: VoteCorrectionIn) -> Ballot:
    """Correct a vote that was chosen on the page."""
    right = CorrectionIn.model_validate(given.model_dump(exclude={"motion_id"}))
    return await votes.correct_vote(session, who, given.motion_id, right)


async def adjust(session: Session, who: Actor, _session_id: UUID, given: VoteChoiceIn) -> Adjustment:
    """Carry out a vote on an amount that was chosen on the page."""
    return await decisions.adjust_amount(session, who, given.motion_id, CarryOutIn(reason=given.reason))


async def defer(session: Session, who: Actor, _session_id: UUID, given: VoteChoiceIn) -> Deferral:
    """Carry out a vote on a deferral that was chosen on the page."""
    return await decisions.defer_application(session, who, given.motion_id, CarryOutIn(reason=given.reason))

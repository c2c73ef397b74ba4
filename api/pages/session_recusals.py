"""Stepping out of the votes on an application, on a session's page: who did, and the form of the member or the secretary."""

from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Table
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation.rules import MEMBERS
from service.deliberation.session_view import SessionView
from service.deliberation.shapes import VoteRecusalIn
from service.deliberation.vote_recusals import SITTING, members_out


async def stepped_out_table(session: Session, view: SessionView) -> list[Table]:
    """The members who stepped out of votes of the session; nothing where none did."""
    if not view.anybody_out:
        return []
    items = {each.presentation.application_id: each for each in view.presentations}
    rows: list[list[Cell]] = [
        [items[row.application_id].code, items[row.application_id].applicant, person.name, row.reason]
        for row, person in await members_out(session, view.session.id)
        if row.application_id in items
    ]
    return [Table("Stepped out of the votes", ["Application", "Who", "Member", "Reason"], rows)] if rows else []


def step_out_form(view: SessionView, actor: Actor | None, typed: Typed | None, *, leads: bool) -> list[Form]:
    """The form with which a member present steps out; the secretary's has every member present."""
    here = {person.id: person.name for row, person in view.attendance if row.left_at is None and row.capacity in MEMBERS}
    if not leads:
        here = {key: name for key, name in here.items() if actor is not None and key == actor.person_id}
    if view.session.status not in SITTING or not here or not view.presentations:
        return []
    codes = {contest.id: contest.code for contest in view.contests}
    choices = {
        "person_id": [(str(key), name) for key, name in here.items()],
        "application_id": [
            (str(each.presentation.application_id), f"{codes[each.contest_id]} · {each.code} · {each.applicant}")
            for each in view.presentations
        ],
    }
    explain = "Because of a conflict of interest: no vote on it from now on, out of its quorum, and the minutes say so."
    title = "Step out of the votes on an application"
    return [
        form(f"/sessions/{view.session.id}/vote-recusals", title, VoteRecusalIn, choices=choices, typed=typed, explain=explain)
    ]

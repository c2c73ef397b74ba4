"""Appeals on pages: filing one, and the page of each with what its reader may do now."""

from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.appeal_tables import facts_of, tables_of
from api.pages.documents import paper_link
from api.pages.forms import Form, Typed, form
from api.pages.views import Cell, Link, State, Table, View, show
from service.applications.queries import papers_of
from service.core.actor import Actor
from service.core.acts import Act
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import appeal_queries, appeals, remedies, resolutions, settling
from service.deliberation.appeal_models import AppealStatus
from service.deliberation.appeal_queries import AppealView
from service.deliberation.appeal_shapes import AppealIn, OpinionIn, PanelIn, RulingIn, WithdrawalIn
from service.deliberation.models import SessionStatus
from service.deliberation.refusals import refuse_resolution
from service.deliberation.result_sheet import get_result_sheet
from service.deliberation.shapes import SignatureRefusalIn
from service.documents.models import DocumentKind
from service.scoring import usecases as scoring

router = new_router("appeals")


@router.get("/applications/{application_id}/appeal")
async def show_filing(request: Request, session: Work, who: Who, application_id: UUID) -> Response:
    """The form of an appeal, for the applicant's people and those who file it for them."""
    return await _filing(request, session, who, application_id)


async def _filing(request: Request, session: Session, who: Actor, application_id: UUID, typed: Typed | None = None) -> Response:
    found = await get_result_sheet(session, application_id)
    time = await appeal_queries.appeal_time(session, found.contest.id, application_id)
    if not await appeal_queries.may_appeal(session, who, application_id):
        raise NotFound
    language = language_of(request)
    notes = (
        [] if time is None or time.until is None else [say(language, "Until the end of {until}.", until=time.until.isoformat())]
    )
    papers = [(str(row.id), say(language, row.kind.value)) for row in await papers_of(session, application_id)]
    explain = "Three persons without a part in the result hear the appeal. What is public later is what became of it."
    filing = form(
        f"/applications/{application_id}/appeal",
        "Appeal this result",
        AppealIn,
        choices={"paper_id": papers},
        typed=typed,
        explain=explain,
    )
    crumbs = [Link(f"{found.code} · {found.applicant}", f"/applications/{application_id}/result")]
    return show(request, View("Appeal", translate_title=True, crumbs=crumbs, notes=notes, acts=[filing]))


@router.get("/sessions/{session_id}/appeals")
async def show_appeals(request: Request, session: Work, who: Who, session_id: UUID) -> Response:
    """The appeals against the results of a session, for its office."""
    found = await appeal_queries.list_appeals(session, who, session_id)
    rows: list[list[Cell]] = [
        [Link(each.code, f"/appeals/{each.appeal.id}"), each.applicant, each.appeal.filed_at, State(each.appeal.status)]
        for each in found
    ]
    crumbs = [Link("Session", f"/sessions/{session_id}", translate=True)]
    table = Table("Appeals", ["Application", "Who", "Filed", "State"], rows)
    return show(request, View("Appeals", translate_title=True, crumbs=crumbs, tables=[table]))


@router.get("/appeals/{appeal_id}")
async def show_appeal(request: Request, session: Work, who: Who, appeal_id: UUID) -> Response:
    """An appeal, and what can be done about it now."""
    return await _appeal(request, session, who, appeal_id)


async def _appeal(request: Request, session: Session, who: Actor, appeal_id: UUID, typed: Typed | None = None) -> Response:
    view = await appeal_queries.get_appeal(session, who, appeal_id)
    language = language_of(request)
    paper = await paper_link(session, DocumentKind.RESOLUTION, f"resolution:{view.resolution.id}") if view.resolution else None
    withdrawn = view.withdrawal.reason if view.withdrawal else ""
    return show(
        request,
        View(
            "Appeal",
            translate_title=True,
            state=view.appeal.status.value,
            crumbs=[Link(view.contest.title, f"/contests/{view.contest.id}")],
            facts=facts_of(view, paper),
            texts=[
                ("What is wrong with the result, and why", view.appeal.ground),
                ("Why it was taken back", withdrawn),
                ("What the panel rules", view.ruling.reason if view.ruling else ""),
            ],
            tables=tables_of(view, language),
            acts=await _acts(session, who, view, typed),
        ),
    )


async def _acts(session: Session, who: Actor, view: AppealView, typed: Typed | None) -> list[Form]:
    """What this reader may do in the appeal's present state."""
    here = f"/appeals/{view.appeal.id}"
    match view.appeal.status:
        case AppealStatus.FILED:
            return await _before_panel(session, who, view, here, typed)
        case AppealStatus.HEARD if who.person_id in view.panel:
            return await _panel_acts(session, who, view, here, typed)
        case AppealStatus.UPHELD | AppealStatus.REJECTED:
            return [*_after_ruling(who, view, here, typed), *await _widening(session, who, view, here, typed)]
    return []


async def _before_panel(session: Session, who: Actor, view: AppealView, here: str, typed: Typed | None) -> list[Form]:
    acts = []
    if who.may(Act.NAME_PANEL, view.session.office_id):
        people = await appeal_queries.free_to_hear(session, who, view.appeal.id)
        choices = {"person_ids": [(str(row.id), f"{row.family_names}, {row.given_names}") for row in people]}
        explain = (
            "Three, or a larger odd number. Nobody who scored it, ranked it, checked it, filed it or is tied to the applicant."
        )
        acts.append(form(f"{here}/panel", "Name who hears it", PanelIn, choices=choices, typed=typed, explain=explain))
    if await appeal_queries.may_appeal(session, who, view.appeal.application_id):
        acts.append(form(f"{here}/withdrawal", "Take the appeal back", WithdrawalIn, typed=typed, danger=True))
    return acts


async def _panel_acts(session: Session, who: Actor, view: AppealView, here: str, typed: Typed | None) -> list[Form]:
    if who.person_id not in view.opinions:
        explain = "It is yours, it is signed by your being signed in, and it is never changed. A dissent is kept."
        return [form(f"{here}/opinion", "Give your opinion", OpinionIn, typed=typed, explain=explain)]
    if len(view.opinions) < len(view.panel):
        return []
    choices = await _remedy_choices(session, view)
    explain = (
        "What more than half of the panel said. Where it upholds, name what may be corrected: a sheet by its juror and stage, "
        "an attribute by its name, or a juror who is to be recused."
    )
    return [form(f"{here}/ruling", "Write the ruling", RulingIn, choices=choices, typed=typed, explain=explain)]


async def _widening(session: Session, who: Actor, view: AppealView, here: str, typed: Typed | None) -> list[Form]:
    opinion = view.opinions.get(who.person_id)
    if view.appeal.status != AppealStatus.UPHELD or view.resolution is not None or opinion is None or not opinion.uphold:
        return []
    explain = "Where what was opened does not lead to a complete result, such as sheets that were never given."
    choices = await _remedy_choices(session, view)
    return [form(f"{here}/remedies", "Name a further correction", RulingIn, choices=choices, typed=typed, explain=explain)]


async def _remedy_choices(session: Session, view: AppealView) -> dict[str, list[tuple[str, str]]]:
    seats = await scoring.seats_of(session, view.contest.id)
    jurors = {str(seat.person_id): seat.juror for seat in seats}
    stages = list(dict.fromkeys(seat.stage for seat in seats))
    return {"remedies.person_id": list(jurors.items()), "remedies.stage": [(each, each) for each in stages]}


def _after_ruling(who: Actor, view: AppealView, here: str, typed: Typed | None) -> list[Form]:
    acts = []
    leads = who.may(Act.SETTLE_APPEAL, view.session.office_id)
    upheld = view.appeal.status == AppealStatus.UPHELD
    corrected = all(each.use for each in view.remedies)
    if leads and upheld and corrected and view.resolution is None:
        explain = "The applications of the announced result are judged again. A second person checks it off."
        acts.append(form(f"{here}/ranking", "Rank again", explain=explain))
    ready = not upheld or view.check is not None
    if leads and ready and view.needs_resolution and view.resolution is None:
        explain = (
            "It gets its number, and what it says is fixed. The panel signs it; with the last signature it is carried out."
        )
        acts.append(form(f"{here}/resolution", "Issue the resolution", explain=explain))
    if leads and upheld and ready and view.session.status == SessionStatus.ANNOUNCED:
        explain = "Everybody can read the new result from then on; the earlier one is kept."
        acts.append(form(f"{here}/announcement", "Announce the new result", explain=explain))
    if any(person.id == who.person_id for person in view.unsigned):
        acts.append(form(f"{here}/signature", "Sign the resolution", explain="You sign what it says, by its SHA-256."))
    return [*acts, *_refusing(who, view, here, typed)]


def _refusing(who: Actor, view: AppealView, here: str, typed: Typed | None) -> list[Form]:
    """Not signing: for the member who does not, and for who leads and has waited for a member."""
    waiting = {str(person.id): person.name for person in view.unsigned}
    leads, own = who.may(Act.SETTLE_APPEAL, view.session.office_id), str(who.person_id)
    if not waiting or (not leads and own not in waiting):
        return []
    explain = "What most of the panel sign takes effect all the same. The reason stands beside the signatures."
    choices = {"person_id": [("", ""), *waiting.items()] if leads else [(own, waiting[own])]}
    title = "Note that a member does not sign" if leads else "Say that you do not sign"
    return [form(f"{here}/refusals", title, SignatureRefusalIn, choices=choices, typed=typed, explain=explain)]


def _to_appeal(_result: Any, appeal_id: UUID) -> str:
    return f"/appeals/{appeal_id}"


act(
    router,
    "/applications/{application_id}/appeal",
    AppealIn,
    appeals.file_appeal,
    page=_filing,
    to=lambda appeal, _: f"/appeals/{appeal.id}",
)
for _path, _shape, _do in (
    ("withdrawal", WithdrawalIn, appeals.withdraw_appeal),
    ("panel", PanelIn, appeals.name_panel),
    ("opinion", OpinionIn, appeals.give_opinion),
    ("ruling", RulingIn, appeals.rule_on_appeal),
    ("remedies", RulingIn, remedies.widen_ruling),
    ("ranking", Empty, remedies.rank_again),
    ("announcement", Empty, settling.announce_again),
    ("resolution", Empty, resolutions.issue_resolution),
    ("signature", Empty, resolutions.sign_resolution),
    ("refusals", SignatureRefusalIn, refuse_resolution),
):
    act(router, f"/appeals/{{appeal_id}}/{_path}", _shape, _do, page=_appeal, to=_to_appeal)

"""Contests: what everybody may see of them, and what the office does in them."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say
from api.pages.acts import Empty, act
from api.pages.forms import Form, Typed, form
from api.pages.offices import person_choices
from api.pages.ranking import decisions_table, quotas_of_result, ranking_table, rankings_table
from api.pages.views import Cell, Link, State, Table, View, Word, show
from service.applications import usecases as applications
from service.applications.queries import list_applications
from service.applications.shapes import ApplicationIn
from service.contests import usecases
from service.contests.drafts import clone_contest
from service.contests.models import ApplicantKind, Call, Contest, ContestStatus, Question
from service.contests.questions import list_questions, write_questions
from service.contests.rules import WITH_RESULT, phase_of
from service.contests.shapes import CloneIn, QuestionsIn
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Phase
from service.core.db import Session
from service.core.rights import phases
from service.core.texts import Phrase, Reason
from service.people.group_usecases import families_of, get_group, list_groups
from service.people.usecases import get_office, persons_by_id
from service.scoring import panels
from service.scoring.rules import Window
from service.scoring.shapes import SeatIn

router = new_router("contests")


@router.get("/contests")
async def list_contests(request: Request, session: Work, who: Anyone) -> Response:
    """The contests that the reader may see."""
    entries = await usecases.list_contests(session, who)
    table = Table(
        "Contests",
        ["Code", "Title", "Type of plan", "Call", "Filing closes", "State"],
        [
            [
                Link(entry.contest.code, f"/contests/{entry.contest.id}"),
                entry.contest.title,
                entry.contest.plan_type.value,
                Link(entry.call.title, f"/calls/{entry.call.id}"),
                entry.call.closes_at,
                State(entry.contest.status.value),
            ]
            for entry in entries
        ],
        empty="No contest has been announced yet.",
    )
    return show(request, View("Contests", translate_title=True, tables=[table]))


@router.get("/contests/{contest_id}")
async def show_contest(request: Request, session: Work, who: Anyone, contest_id: UUID, page: int = 1) -> Response:
    """A contest, with its ranking once it is announced, and the office's work for those who do it."""
    return await _contest(request, session, who, contest_id, page=page)


async def _contest(
    request: Request, session: Session, who: Actor | None, contest_id: UUID, typed: Typed | None = None, page: int = 1
) -> Response:
    language = language_of(request)
    contest = await usecases.get_contest(session, who, contest_id)
    _, call = await usecases.contest_with_call(session, contest_id)
    office = await get_office(session, who, call.office_id)
    tables = [
        await ranking_table(session, contest, language, page),
        await rankings_table(session, contest),
        *await quotas_of_result(session, contest),
        await decisions_table(session, contest),
    ]
    if who and who.may(Act.READ_OFFICE, office.id) and contest.status != ContestStatus.DRAFT:
        tables += [
            await _applications(session, who, contest, call, typed),
            *await _panel(session, who, contest, call, language, typed),
        ]
    facts: list[tuple[str, Cell]] = [
        ("Call", Link(call.title, f"/calls/{call.id}")),
        ("Office", office.name),
        ("Type of plan", contest.plan_type.value),
        ("Filing opens", call.opens_at),
        ("Filing closes", call.closes_at),
        ("Rules", Link("See the rules and their hash", f"/contests/{contest_id}/rules", translate=True)),
    ]
    if contest.status in WITH_RESULT:
        there = f"/api/v1/contests/{contest_id}/bundle"
        facts.append(("To judge it again", Link("Download all that decided it (ZIP)", there, translate=True)))
    if contest.status == ContestStatus.DECIDED:
        facts.append(("Ledger", Link("See every movement of its money", f"/contests/{contest_id}/ledger", translate=True)))
    if who and who.may(Act.TYPE_SHEET, office.id) and contest.status != ContestStatus.DRAFT:
        there = f"/contests/{contest_id}/paper-sheets"
        facts.append(("Paper sheets", Link("See the sheets on paper, and type them in", there, translate=True)))
    seats = await panels.seated(session, contest_id) if who else set()
    if who and (who.may(Act.READ_CALIBRATION, office.id) or who.person_id in seats) and contest.status != ContestStatus.DRAFT:
        facts.append(
            (
                "Calibration of the jurors",
                Link("See the sample files and the rounds", f"/contests/{contest_id}/calibration", translate=True),
            )
        )
    crumbs = [Link("Contests", "/contests", translate=True)]
    tables.append(await _questions(session, who, contest, call, language, typed))
    acts = await _clone(session, who, contest, call, typed)
    shown = [table for table in tables if table]
    return show(request, View(contest.title, state=contest.status.value, crumbs=crumbs, facts=facts, tables=shown, acts=acts))


async def _questions(
    session: Session, who: Actor | None, contest: Contest, call: Call, language: str, typed: Typed | None
) -> Table | None:
    """What the contest asks of whoever applies; the programme writes it while the contest is a draft."""
    questions = await list_questions(session, who, contest.id)
    writes = contest.status == ContestStatus.DRAFT and who is not None and who.may(Act.WRITE_QUESTIONS, call.office_id)
    if not questions and not writes:
        return None
    values = {"questions": [question.model_dump(exclude={"id", "contest_id"}) for question in questions]}
    explain = "Questions are fixed when the call is published. Change the places to put them in another order. Empty a row to take its question out."
    write = form(
        f"/contests/{contest.id}/questions", "Write the questions", QuestionsIn, values=values, typed=typed, explain=explain
    )
    rows: list[list[Cell]] = [
        [asked(row, language), Word(row.kind.value), ", ".join(row.choices), Word("yes") if row.required else Word("no")]
        for row in questions
    ]
    columns = ["Question", "Kind of answer", "To choose from", "Must be answered"]
    return Table("Questions", columns, rows, acts=[write] if writes else ())


def asked(question: Question, language: str) -> str:
    """A question in the reader's language, in Spanish where it is not written in that."""
    labels = {"en": question.label_en, "qu": question.label_qu}
    return labels.get(language) or question.label_es


async def _clone(session: Session, who: Actor | None, contest: Contest, call: Call, typed: Typed | None) -> list[Form]:
    """Making a contest like this one, for who has a draft call to put it in."""
    if who is None or not who.may(Act.CLONE_CONTEST, call.office_id):
        return []
    drafted = [each for each, phase in await usecases.list_calls(session, who) if phase == Phase.DRAFT]
    choices = {
        "call_id": [
            (str(each.id), f"{each.code} · {each.title}") for each in drafted if who.may(Act.CLONE_CONTEST, each.office_id)
        ]
    }
    values = {"code": contest.code, "title": contest.title}
    explain = "The new contest takes the rules, the terms and the questions as a draft; no applications, seats or dates."
    new = form(
        f"/contests/{contest.id}/clones",
        "Make a contest like this one",
        CloneIn,
        choices=choices,
        values=values,
        typed=typed,
        explain=explain,
    )
    return [new] if drafted else []


async def _applications(session: Session, who: Actor, contest: Contest, call: Call, typed: Typed | None) -> Table:
    entries = await list_applications(session, who, contest_id=contest.id)
    rows: list[list[Cell]] = [
        [
            Link(entry.application.code, f"/applications/{entry.application.id}"),
            entry.group.name if entry.family is None else f"{entry.family} · {entry.group.name}",
            entry.proposal.title,
            entry.application.requested,
            entry.application.filed_at,
            State(entry.application.status.value),
        ]
        for entry in entries
    ]
    acts: list[Form] = []
    files = who.may(Act.REGISTER_APPLICATION, call.office_id)
    if files and contest.request_number == 1 and phase_of(call, await clock.now(session)) in phases(Act.REGISTER_APPLICATION):
        choices = await _applicants(session, who, contest, call)
        acts.append(
            form(f"/contests/{contest.id}/applications", "Register an application", ApplicationIn, choices=choices, typed=typed)
        )
    return Table("Applications", ["Short name", "Organisation", "Plan", "Amount requested", "Filed", "State"], rows, acts=acts)


async def _applicants(session: Session, who: Actor, contest: Contest, call: Call) -> dict[str, list[tuple[str, str]]]:
    if contest.applicant_kind == ApplicantKind.FAMILY and contest.host_group_id:
        host = await get_group(session, who, contest.host_group_id)
        families = await families_of(session, host.id)
        return {
            "group_id": [(str(host.id), host.name)],
            "family_id": [(str(each.family.id), f"{each.family.code} · {each.head.name}") for each in families],
            "proposal_id": [],
        }
    groups = await list_groups(session, who, call.office_id, limit=2000)
    return {"group_id": [(str(group.id), group.name) for group in groups], "family_id": [], "proposal_id": []}


async def _panel(session: Session, who: Actor, contest: Contest, call: Call, language: str, typed: Typed | None) -> list[Table]:
    seats = await panels.list_seats(session, who, contest.id)
    people = await persons_by_id(session, [seat.person_id for seat in seats])
    book = (await panels.book_of(session, contest.id)).book
    windows = await panels.windows_of(session, [contest.id])
    runs = who.may(Act.RUN_PANEL, call.office_id) and contest.status == ContestStatus.PUBLISHED
    choices = (
        {"person_id": await person_choices(session, who), "stages": [(code, say(language, code)) for code in book.stages]}
        if runs
        else {}
    )
    seated = Table(
        "Jurors",
        ["Short name", "Name", "Stage"],
        [[seat.juror, people[seat.person_id].name, Word(seat.stage)] for seat in seats],
        links=[Link("Roster, assignments and alternates", f"/contests/{contest.id}/panel", translate=True)] if seats else (),
        acts=[form(f"/contests/{contest.id}/seats", "Seat a juror", SeatIn, choices=choices, typed=typed)] if runs else (),
    )
    acts = [
        form(
            f"/contests/{contest.id}/windows/{code}",
            Phrase("Open the stage “{stage}” for scoring", stage=Reason(code)),
            typed=typed,
        )
        for code in book.stages
        if runs and seats and windows.get((contest.id, code), Window.NEVER) == Window.NEVER
    ]
    stages = Table(
        "Stages",
        ["Stage", "State"],
        [[Word(code), State(windows.get((contest.id, code), Window.NEVER).value)] for code in book.stages],
        acts=acts,
    )
    return [seated, stages]


def _back(_result: object, contest_id: UUID, *_: object) -> str:
    return f"/contests/{contest_id}"


async def _contest_of_stage(
    request: Request, session: Session, who: Actor, contest_id: UUID, _stage: str, typed: Typed
) -> Response:
    return await _contest(request, session, who, contest_id, typed)


act(
    router,
    "/contests/{contest_id}/applications",
    ApplicationIn,
    applications.register_application,
    page=_contest,
    to=lambda application, _: f"/applications/{application.id}",
)
act(router, "/contests/{contest_id}/questions", QuestionsIn, write_questions, page=_contest, to=_back)
act(
    router,
    "/contests/{contest_id}/clones",
    CloneIn,
    clone_contest,
    page=_contest,
    to=lambda contest, _: f"/contests/{contest.id}/rules",
)
act(router, "/contests/{contest_id}/seats", SeatIn, panels.seat_juror, page=_contest, to=_back)
act(router, "/contests/{contest_id}/windows/{stage}", Empty, panels.open_window, page=_contest_of_stage, to=_back)

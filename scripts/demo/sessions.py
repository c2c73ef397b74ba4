"""The committee's sessions: convened, opened with quorum, heard in public, tallied, announced, put in minutes and signed."""

from collections.abc import Awaitable, Callable

from scripts.demo.judging import declare, lock_sheets, open_stage, score, seat_panel, stages_of
from scripts.demo.programme import juror_names
from scripts.demo.scores import Script
from scripts.demo.stage import Scene, Stage
from service.deliberation import attendance, minutes, presentations, ranking, run_checks, sessions, votes
from service.deliberation.models import Capacity
from service.deliberation.queries import list_presentations
from service.deliberation.rules import FieldSheetsMissing, SheetsMissing, StillPending
from service.deliberation.shapes import AbsenceIn, ArrivalIn, DissentIn, NarrativeIn, SessionIn, VoteIn
from service.deliberation.vote_models import VoteMatter

AGENDA = "Verificación del quórum\nEntrega de resultados de campo\nExposición y calificación de las propuestas\nResultados y asignación de recursos\nLectura y firma del acta"

MOTION = (
    "Que los ganadores expongan sus avances en la feria de agosto",
    "juror J5",
    "En agosto varias comunidades están en cosecha y no podrán ir.",
)
"""What the committee votes on in the story, who is against it, and why."""

Heard = dict[str, Script]
"""The contests that a session hears, by their names on the stage."""


def convene(name: str, title: str, day: str, contests: list[str]) -> Callable[[Stage], Awaitable[str]]:
    """A step that convenes a session for some contests."""

    async def step(stage: Stage) -> str:
        given = SessionIn.model_validate(
            {
                "committee_id": stage["committee"],
                "title": title,
                "place": "Coliseo Cerrado de Sicuani",
                "ubigeo": "080601",
                "agenda": AGENDA,
                "convened_for": day,
                "contest_ids": [stage[f"contest {contest}"] for contest in contests],
            }
        )
        row = await sessions.convene_session(stage.session, await stage.actor("secretary"), given)
        stage[name] = row.id
        return f"Session {row.number}-{row.year}."

    return step


def attend(name: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the members come, and staff with them."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        people = [("mayor", Capacity.CHAIR), *((f"juror {juror}", Capacity.MEMBER) for juror in juror_names(stage))]
        people += [("head", Capacity.STAFF), ("secretary", Capacity.STAFF)]
        for person, capacity in people:
            given = ArrivalIn(person_id=stage[person], capacity=capacity)
            await attendance.record_arrival(stage.session, secretary, stage[name], given)
        return f"{len(people)} present."

    return step


def open_it(name: str) -> Callable[[Stage], Awaitable[str]]:
    """A step that opens the session, with quorum."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        await sessions.open_session(stage.session, secretary, stage[name])
        quorum = await attendance.quorum_of(stage.session, stage[name])
        await sessions.hand_out_field_results(stage.session, secretary, stage[name])
        return f"Quorum: {quorum.present} of {quorum.appointed} appointed members; field results handed out."

    return step


def hear(name: str, contest: str, script: Script) -> Callable[[Stage], Awaitable[str]]:
    """A step in which every applicant of a contest is called, heard and scored."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        stages = {code for code in stages_of(script) if code != "field"}
        for application, code, juror in script.bundle.absences:
            given = AbsenceIn(
                application_id=stage[f"application {contest} {application}"], stage=code, person_id=stage[f"juror {juror}"]
            )
            await presentations.record_absence(stage.session, secretary, stage[name], given)
        heard = await list_presentations(stage.session, secretary, stage[name])
        wanted = {stage[f"application {contest} {row[0]}"]: row[0] for row in script.bundle.applications}
        locked = 0
        for row in heard:
            if row.presentation.application_id not in wanted:
                continue
            await presentations.call_presentation(stage.session, secretary, row.presentation.application_id)
            await presentations.hear_defence(stage.session, secretary, row.presentation.application_id)
            locked += await lock_sheets(stage, contest, script, stages, wanted[row.presentation.application_id])
            await presentations.close_presentation(stage.session, secretary, row.presentation.application_id)
        return f"{locked} sheets locked in public."

    return step


def tally(name: str, heard: Heard) -> Callable[[Stage], Awaitable[str]]:
    """A step that tallies, has the office head check the rankings off and announces; what is announced is compared with what the judge says of the script's own files."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        runs = {run.contest_id: run for run in await ranking.tally(stage.session, secretary, stage[name])}
        said = []
        for contest, script in heard.items():
            run = runs[stage[f"contest {contest}"]]
            _require_same(contest, run.result, script.expected.as_json())
            lines = [f"{row['application']} {row['total_shown'] or row['status']}" for row in run.result["results"]]
            said.append(f"{contest}: {', '.join(lines)}")
        for run in runs.values():
            await run_checks.check_run(stage.session, await stage.actor("head"), run.id)
        await ranking.announce(stage.session, secretary, stage[name])
        return "; ".join(said) + "."

    return step


NOTHING_TO_ANNOUNCE = (StillPending, SheetsMissing, FieldSheetsMissing)
"""Why a session announces nothing: with incomplete scores the story ends there, as the committee's would."""


class AnotherResult(Exception):
    """What the session announces is not what the judge says of the same files."""


def _require_same(contest: str, announced: object, expected: object) -> None:
    if announced != expected:
        raise AnotherResult(contest)


def vote(name: str, title: str, against: str, words: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the committee votes on a motion; one member is against it and dissents."""

    async def step(stage: Stage) -> str:
        voters = [stage[person] for person in ("mayor", *(f"juror {juror}" for juror in juror_names(stage)))]
        given = VoteIn(
            matter=VoteMatter.MOTION,
            title=title,
            in_favour=[person for person in voters if person != stage[against]],
            against=[stage[against]],
            dissents=[DissentIn(person_id=stage[against], words=words)],
        )
        ballot = await votes.record_vote(stage.session, await stage.actor("secretary"), stage[name], given)
        return f"{len(given.in_favour)} in favour, 1 against: {'carried' if ballot.carried else 'not carried'}."

    return step


def sign(name: str) -> Callable[[Stage], Awaitable[str]]:
    """A step that closes the minutes and has every member present sign them; the awards are made with the last signature."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        given = NarrativeIn(
            development="El presidente del CLAR dio la bienvenida a las familias y a las autoridades presentes. Cada organización expuso su propuesta y respondió a las preguntas del jurado.",
            custody="Las fichas de calificación quedan en custodia de la secretaría técnica de la Oficina Local.",
        )
        await minutes.edit_minutes(stage.session, secretary, stage[name], given)
        closed = await minutes.close_minutes(stage.session, secretary, stage[name])
        for person in ["mayor", *(f"juror {juror}" for juror in juror_names(stage))]:
            await minutes.sign_minutes(stage.session, await stage.actor(person), stage[name])
        await minutes.publish_minutes(stage.session, secretary, stage[name])
        return f"Minutes {closed.number}, SHA-256 {closed.data_sha256}."

    return step


def first_session(stage: Stage) -> list[Scene]:
    """The session that decides the business plans, the work and the families' contest."""
    scores, day = stage.scores, "2026-03-06"
    heard: Heard = {"plans": scores.plans, "idl": scores.idl, "cif": scores.cif}
    name = "session 1"
    return [
        Scene(
            "Convene the session",
            "2026-02-27T09:00:00-05:00",
            convene(name, "Primera sesión del CLAR 2026", f"{day}T09:00:00-05:00", list(heard)),
        ),
        Scene("Members come to the session", f"{day}T08:45:00-05:00", attend(name)),
        Scene("Open the session", f"{day}T09:05:00-05:00", open_it(name)),
        *(
            Scene(f"Hear {contest}", f"{day}T{hour}:00:00-05:00", hear(name, contest, script))
            for hour, (contest, script) in zip((10, 12, 15), heard.items(), strict=True)
        ),
        Scene("Tally and announce", f"{day}T17:00:00-05:00", tally(name, heard)),
        Scene("Vote on a motion", f"{day}T17:30:00-05:00", vote(name, *MOTION)),
        Scene("Sign the minutes", f"{day}T18:00:00-05:00", sign(name)),
    ]


def second_session(stage: Stage) -> list[Scene]:
    """The session that hears the second requests."""
    script, day, name = stage.scores.second, "2026-08-21", "session 2"
    heard: Heard = {"second": script}
    return [
        Scene("Seat the jurors of the second requests", "2026-08-06T09:00:00-05:00", seat_panel("second", script)),
        Scene("Declare conflicts on the second requests", "2026-08-07T09:00:00-05:00", declare("second", script)),
        Scene("Open the field stage of the second requests", "2026-08-10T06:00:00-05:00", open_stage("second", "field")),
        Scene("Score the second requests in the field", "2026-08-13T16:00:00-05:00", score("second", script, "field")),
        Scene(
            "Convene the second session",
            "2026-08-14T09:00:00-05:00",
            convene(name, "Segunda sesión del CLAR 2026", f"{day}T09:00:00-05:00", ["second"]),
        ),
        Scene("Members come to the second session", f"{day}T08:45:00-05:00", attend(name)),
        Scene("Open the second session", f"{day}T09:05:00-05:00", open_it(name)),
        Scene("Hear the second requests", f"{day}T10:00:00-05:00", hear(name, "second", script)),
        Scene("Tally and announce the second requests", f"{day}T12:00:00-05:00", tally(name, heard)),
        Scene("Sign the second minutes", f"{day}T13:00:00-05:00", sign(name)),
    ]

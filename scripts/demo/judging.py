"""The panels: seats, declarations, field visits scored before the session and public hearings scored in it."""

from collections.abc import Awaitable, Callable

from scripts.demo.scores import Script
from scripts.demo.stage import Scene, Stage
from service.scoring import panels, recusals, sheets
from service.scoring.shapes import DeclarationIn, ScoresIn, SeatIn


def seat_panel(name: str, script: Script, *, with_mayor: bool = False) -> Callable[[Stage], Awaitable[str]]:
    """A step that seats the script's jurors, and the mayor beside them if wanted."""

    async def step(stage: Stage) -> str:
        secretary, contest_id = await stage.actor("secretary"), stage[f"contest {name}"]
        for juror, stages in script.bundle.jurors:
            given = SeatIn(person_id=stage[f"juror {juror}"], juror=juror, stages=list(stages))
            await panels.seat_juror(stage.session, secretary, contest_id, given)
        if with_mayor:
            given = SeatIn(person_id=stage["mayor"], juror="ALCALDE", stages=["single"])
            await panels.seat_juror(stage.session, secretary, contest_id, given)
        seated = len(script.bundle.jurors) + with_mayor
        found = await recusals.list_recusals(
            stage.session, [stage[f"application {name} {row[0]}"] for row in script.bundle.applications]
        )
        told = "".join(f"; recused, as the system knows: {', '.join(row.reasons)}" for row in found)
        return f"{seated} jurors seated{told}."

    return step


def open_stage(name: str, stage_code: str) -> Callable[[Stage], Awaitable[str]]:
    """A step that opens a stage for scoring."""

    async def step(stage: Stage) -> str:
        await panels.open_window(stage.session, await stage.actor("secretary"), stage[f"contest {name}"], stage_code)
        return f"Stage {stage_code} is open."

    return step


def declare(name: str, script: Script) -> Callable[[Stage], Awaitable[str]]:
    """A step in which every juror declares on every file before it opens."""

    async def step(stage: Stage) -> str:
        conflicts = set(script.bundle.recusals)
        for application, *_ in script.bundle.applications:
            for juror, _ in script.bundle.jurors:
                actor = await stage.actor(f"juror {juror}")
                conflict = (application, juror) in conflicts
                given = DeclarationIn(conflict=conflict, reason="Parentesco con la directiva" if conflict else "")
                await recusals.declare_conflict(stage.session, actor, stage[f"application {name} {application}"], given)
        declared = len(script.bundle.applications) * len(script.bundle.jurors)
        return f"{declared} declarations, {len(conflicts)} with a conflict."

    return step


async def lock_sheets(stage: Stage, name: str, script: Script, stages: set[str], application: str | None = None) -> int:
    """Lock the script's sheets of some stages, of one application if given; how many there were."""
    locked = 0
    for (code, stage_code, juror), scores in script.sheets.items():
        if stage_code in stages and application in (None, code):
            actor = await stage.actor(f"juror {juror}")
            await sheets.lock_scoresheet(
                stage.session, actor, stage[f"application {name} {code}"], stage_code, ScoresIn(scores=scores)
            )
            locked += 1
    return locked


def score(name: str, script: Script, stage_code: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the jurors lock their sheets of a stage."""

    async def step(stage: Stage) -> str:
        return f"{await lock_sheets(stage, name, script, {stage_code})} sheets locked."

    return step


def panels_of_first_session(stage: Stage) -> list[Scene]:
    """Seats, declarations and field scores before the first session."""
    scores = stage.scores
    scenes = [
        Scene("Seat the jurors of the business plans", "2026-02-19T09:00:00-05:00", seat_panel("plans", scores.plans)),
        Scene(
            "Seat the jurors of the works, and the mayor",
            "2026-02-19T09:30:00-05:00",
            seat_panel("idl", scores.idl, with_mayor=True),
        ),
        Scene("Seat the jurors of the families' contest", "2026-02-19T10:00:00-05:00", seat_panel("cif", scores.cif)),
        Scene("Declare conflicts on the business plans", "2026-02-20T09:00:00-05:00", declare("plans", scores.plans)),
        Scene("Declare conflicts on the works", "2026-02-20T09:30:00-05:00", declare("idl", scores.idl)),
        Scene("Declare conflicts on the families", "2026-02-20T10:00:00-05:00", declare("cif", scores.cif)),
    ]
    if "field" in stages_of(scores.plans):
        scenes += [
            Scene("Open the field stage", "2026-02-23T06:00:00-05:00", open_stage("plans", "field")),
            Scene("Score in the field", "2026-02-26T16:00:00-05:00", score("plans", scores.plans, "field")),
        ]
    return scenes


def stages_of(script: Script) -> list[str]:
    """The codes of a script's stages, in order."""
    return [stage["code"] for stage in script.book["stages"]]

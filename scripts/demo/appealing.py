"""Two appeals after the first session: one that the panel rejects, one that it upholds, each ended by a resolution."""

from collections.abc import Awaitable, Callable

from scripts.demo.stage import Scene, Stage
from service.deliberation import appeals, remedies, resolutions, run_checks
from service.deliberation.appeal_models import RemedyKind
from service.deliberation.appeal_queries import get_appeal
from service.deliberation.appeal_shapes import AppealIn, OpinionIn, PanelIn, RemedyIn, RulingIn
from service.scoring.shapes import ScoresIn

PANEL = ("programme", "treasurer", "officer")
"""Three persons without a part in the result."""
JUROR, CRITERION, RIGHT = "J3", "in_map", "8"
"""The juror who wrote a point less than was said, and what should have stood there."""


def file(code: str, ground: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the president of a group appeals its result."""

    async def step(stage: Stage) -> str:
        president = await stage.actor(f"president of group plans {code}")
        given = AppealIn(ground=ground)
        appeal = await appeals.file_appeal(stage.session, president, stage[f"application plans {code}"], given)
        stage[f"appeal {code}"] = appeal.id
        return f"The president of {code} appeals: {ground}."

    return step


def hear(code: str, opinions: tuple[bool, bool, bool], reason: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the head names the panel, each member gives an opinion, and the majority rules."""

    async def step(stage: Stage) -> str:
        appeal_id = stage[f"appeal {code}"]
        given = PanelIn(person_ids=[stage[name] for name in PANEL])
        await appeals.name_panel(stage.session, await stage.actor("head"), appeal_id, given)
        for name, uphold in zip(PANEL, opinions, strict=True):
            opinion = OpinionIn(uphold=uphold, reason=reason if uphold == opinions[0] else "La grabación no es clara")
            await appeals.give_opinion(stage.session, await stage.actor(name), appeal_id, opinion)
        sheet = RemedyIn(kind=RemedyKind.SHEET, person_id=stage[f"juror {JUROR}"], stage="public")
        ruling = RulingIn(reason=reason, remedies=[sheet] if opinions[0] else [])
        ruled = await appeals.rule_on_appeal(stage.session, await stage.actor(PANEL[0]), appeal_id, ruling)
        return f"The panel {'upholds' if ruled.upheld else 'rejects'} it, {sum(opinions)} of 3 in favour."

    return step


def correct(code: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the juror corrects the sheet, the secretary ranks again and the head checks that off."""

    async def step(stage: Stage) -> str:
        appeal_id = stage[f"appeal {code}"]
        (entry,) = (await get_appeal(stage.session, await stage.actor("secretary"), appeal_id)).remedies
        written = stage.scores.plans.sheets[code, "public", JUROR]
        given = ScoresIn(scores={**written, CRITERION: RIGHT})
        await remedies.correct_sheet(stage.session, await stage.actor(f"juror {JUROR}"), entry.remedy.id, given)
        run = await remedies.rank_again(stage.session, await stage.actor("secretary"), appeal_id)
        await run_checks.check_run(stage.session, await stage.actor("head"), run.id)
        line = next(row for row in run.result["results"] if row["application"] == code)
        return f"Ranked again and checked off: {code} has {line['total_shown']}."

    return step


def resolve(code: str) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the resolution is issued and its panel signs; the last signature carries it out."""

    async def step(stage: Stage) -> str:
        issued = await resolutions.issue_resolution(stage.session, await stage.actor("secretary"), stage[f"appeal {code}"])
        for name in PANEL:
            await resolutions.sign_resolution(stage.session, await stage.actor(name), stage[f"appeal {code}"])
        return f"Resolution {issued.number}, SHA-256 {issued.data_sha256}."

    return step


def appealing(stage: Stage) -> list[Scene]:
    """The appeals of the two plans that were scored below the mark; with other scores for the plans there are none."""
    standings = {row.application: row for row in stage.scores.plans.expected.standings}
    if any(standings[code].status != "not_approved" for code in ("B", "C")):
        return []
    short, wrong = "Nos faltó poco y el mapa estaba completo", "El jurado dijo ocho en el mapa y anotó siete"
    return [
        Scene("Appeal of plan B", "2026-03-09T09:00:00-05:00", file("B", short)),
        Scene("Appeal of plan C", "2026-03-09T10:00:00-05:00", file("C", wrong)),
        Scene(
            "Hear the appeal of plan B",
            "2026-03-10T09:00:00-05:00",
            hear("B", (False, True, False), "Las fichas son correctas"),
        ),
        Scene(
            "Hear the appeal of plan C",
            "2026-03-10T11:00:00-05:00",
            hear("C", (True, True, False), "Se oye ocho en la grabación"),
        ),
        Scene("Correct the sheet and rank again", "2026-03-10T15:00:00-05:00", correct("C")),
        Scene("Resolution on the appeal of plan B", "2026-03-11T09:00:00-05:00", resolve("B")),
        Scene("Resolution on the appeal of plan C", "2026-03-11T10:00:00-05:00", resolve("C")),
    ]

"""What came of a rehearsal: who would win by the rules being written."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say, say_reasons
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from api.templating import fraction
from service.contests.models import RehearsalKind
from service.contests.numbers import exact, two_decimals
from service.people.usecases import persons_by_id
from service.scoring.rehearsals import Rehearsed, get_rehearsal

router = new_router("rules")


@router.get("/rehearsals/{rehearsal_id}")
async def show_rehearsal(request: Request, session: Work, who: Who, rehearsal_id: UUID) -> Response:
    """A rehearsal: its result, what it takes of the purse, its ties; computed anew from the same rules."""
    contest, rehearsal, found = await get_rehearsal(session, who, rehearsal_id)
    people = await persons_by_id(session, [rehearsal.rehearsed_by])
    facts: list[tuple[str, Cell]] = [
        ("Rehearsed by", people[rehearsal.rehearsed_by].name),
        ("When", rehearsal.at),
        ("On what", Word(rehearsal.kind.value)),
        ("SHA-256", Hash(rehearsal.sha256)),
    ]
    if rehearsal.past_contest_id:
        facts.append(("Contest", Link("See the contest", f"/contests/{rehearsal.past_contest_id}", translate=True)))
    notes = (
        [say(language_of(request), "The rules have changed since this rehearsal. Rehearse them again.")] if not found else []
    )
    if found and found.purse is not None:
        facts += [("Purse", found.purse), ("Given", found.given), ("Left over", found.purse - found.given)]
    elif found:
        facts += [("Given", found.given)]
    crumbs = [
        Link(contest.title, f"/contests/{contest.id}"),
        Link("Rules", f"/contests/{contest.id}/rules/form", translate=True),
    ]
    tables = _tables(found, language_of(request)) if found else []
    lead = "An invented contest: nobody applied, nobody scored." if rehearsal.kind == RehearsalKind.INVENTED else ""
    view = View("Rehearsal", translate_title=True, lead=lead, crumbs=crumbs, facts=facts, tables=tables, notes=notes)
    return show(request, view)


def _tables(found: Rehearsed, language: str) -> list[Table]:
    stages = list(next((each.stages for each in found.result.standings if each.stages), {}))
    then = ["Decided then"] if found.before else []
    rows: list[list[Cell]] = [
        [
            each.rank,
            each.application,
            *(fraction(exact(each.stages[stage])) if stage in each.stages else None for stage in stages),
            None if each.total is None else two_decimals(each.total),
            State(each.status),
            each.award,
            say_reasons(language, each.reasons),
            *([State(found.before[each.application].status)] if found.before else []),
        ]
        for each in found.result.standings
    ]
    ties: list[list[Cell]] = [
        [fraction(tie.total), ", ".join(tie.applications), ", ".join(map(str, tie.ranks))] for tie in found.ties
    ]
    away: list[list[Cell]] = [[juror, code, Word("recused")] for code, juror in found.bundle.recusals]
    away += [[juror, f"{code} · {say(language, stage)}", Word("absent")] for code, stage, juror in found.bundle.absences]
    return [
        Table("Result", ["Place", "Short name", *stages, "Total", "Outcome", "Award", "Why", *then], rows),
        Table("Equal totals", ["Total", "Short name", "Place"], ties),
        Table("Who took no part", ["Juror", "Short name", "Why"], away),
    ]

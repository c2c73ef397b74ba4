"""A ranking as a second person sees it: who ran it, what judging anew gives, and the button that checks it off."""

from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Anyone, Work, new_router
from api.language import language_of, say, say_reasons
from api.pages.acts import Empty, act
from api.pages.forms import Typed, form
from api.pages.views import Cell, Hash, Link, State, Table, View, Word, show
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation.run_checks import RunView, check_run, get_run

router = new_router("runs")


@router.get("/runs/{run_id}")
async def show_run(request: Request, session: Work, who: Anyone, run_id: UUID) -> Response:
    """A ranking and its check."""
    return await page_of_run(request, session, who, run_id)


async def page_of_run(
    request: Request, session: Session, who: Actor | None, run_id: UUID, _typed: Typed | None = None
) -> Response:
    """The page of a run, for who may see it."""
    found = await get_run(session, who, run_id)
    language = language_of(request)
    explain = "The contest is judged anew and compared with this ranking. Your name stands in the minutes."
    acts = [form(f"/runs/{run_id}/check", "Check this ranking off", explain=explain)] if found.may_check else []
    notes = [say(language, _verdict(found))]
    again: list[tuple[str, Cell]] = [
        ("To compute it again", Link("Download what was judged", f"/api/v1/runs/{run_id}/bundle", translate=True)),
        ("Then, in the folder that you unpack it to", "scripts/raymi judge ."),
    ]
    view = View(
        f"{found.contest.code} · {found.contest.title}",
        state="announced" if found.announced else None,
        crumbs=[Link(found.session.title, f"/sessions/{found.session.id}")],
        notes=notes,
        facts=[*_facts(found), *again],
        acts=acts,
        tables=[_lines(found, language)],
    )
    return show(request, view)


def _verdict(found: RunView) -> str:
    if found.run.provisional:
        return "Something is pending in this ranking, so it cannot be announced."
    if found.check is not None:
        return "A second person has checked this ranking off."
    if found.announced:
        return "This ranking was announced before rankings were checked off."
    return (
        "Judged anew, the contest gives this very result." if found.same else "Judged anew, the contest gives ANOTHER result."
    )


def _facts(found: RunView) -> list[tuple[str, Cell]]:
    facts: list[tuple[str, Cell]] = [
        ("Ranked by", found.ran_by),
        ("Ranked", found.run.ran_at),
        ("Hash of what was judged", Hash(found.run.inputs_sha256)),
        ("Hash of the rules", Hash(found.run.rules_sha256)),
    ]
    if found.anew_sha256:
        facts.append(("Hash of what is judged anew", Hash(found.anew_sha256)))
    if found.check:
        facts += [("Checked off by", found.checked_by), ("Checked off", found.check.at)]
    else:
        facts.append(("Checked off by", Word("nobody yet")))
    return facts


def _lines(found: RunView, language: str) -> Table:
    rows: list[list[Cell]] = [
        [
            each.line.rank,
            each.code,
            each.applicant,
            each.line.total_shown,
            State(each.line.status),
            each.line.award,
            say_reasons(language, each.line.reasons),
        ]
        for each in found.lines
    ]
    return Table("Result", ["Place", "Short name", "Who", "Total", "Outcome", "Award", "Why"], rows)


act(router, "/runs/{run_id}/check", Empty, check_run, page=page_of_run, to=lambda _, run_id: f"/runs/{run_id}")

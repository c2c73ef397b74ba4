"""The ranking of a contest, once it is announced: never a tally before its time."""

from api.language import say_reasons
from api.pages.quotas import quota_tables
from api.pages.views import Cell, Hash, Link, State, Table, Word
from api.templating import fraction
from service.contests.models import Contest
from service.contests.rules import WITH_RESULT
from service.core.db import Session
from service.deliberation.announced import announced_page, announced_rankings
from service.deliberation.quotas import announced_quotas
from service.deliberation.vote_queries import published_decisions

SHOWN = 50
"""Rows of a page."""


async def ranking_table(session: Session, contest: Contest, language: str, page: int = 1) -> Table | None:
    """A page of the announced ranking; None before anything is announced."""
    page = min(max(page, 1), 100_000)
    found = await announced_page(session, contest.id, (page - 1) * SHOWN, SHOWN)
    if found is None:
        return None
    stages = list(next((line.stages for line in found.lines if line.stages), {}))
    rows: list[list[Cell]] = [
        [
            line.rank,
            Link(line.code, f"/applications/{line.application_id}/result"),
            line.applicant,
            line.district,
            *(fraction(line.stages[stage]) if stage in line.stages else None for stage in stages),
            line.total_shown,
            State(line.status),
            line.award,
            say_reasons(language, line.reasons),
        ]
        for line in found.lines
    ]
    columns = ["Place", "Short name", "Who", "District", *stages, "Total", "Outcome", "Award", "Why"]
    here = f"/contests/{contest.id}?page="
    earlier = [Link("Earlier places", f"{here}{page - 1}", translate=True)] if page > 1 else []
    later = [Link("Later places", f"{here}{page + 1}", translate=True)] if page * SHOWN < found.total else []
    return Table("Result", columns, rows, links=[*earlier, *later])


async def rankings_table(session: Session, contest: Contest) -> Table | None:
    """The announced rankings of a contest with what each of them judged, the one that holds first; None before the first."""
    found = await announced_rankings(session, contest.id)
    rows: list[list[Cell]] = [
        [
            each.at,
            each.ran_by,
            each.checked_by,
            Hash(each.rules_sha256),
            Hash(each.inputs_sha256),
            Link("See this ranking", f"/runs/{each.run_id}", translate=True),
        ]
        for each in found
    ]
    columns = ["Announced", "Ranked by", "Checked off by", "Hash of the rules", "Hash of what was judged", "Ranking"]
    return Table("Rankings announced", columns, rows) if rows else None


async def quotas_of_result(session: Session, contest: Contest) -> list[Table]:
    """What the quotas brought about in the announced result; nothing before it, and where there are none."""
    found = await announced_quotas(session, contest.id) if contest.status in WITH_RESULT else None
    return quota_tables(found.effect, found.applicants) if found else []


async def decisions_table(session: Session, contest: Contest, only: str | None = None) -> Table | None:
    """What carried votes changed beside the announced result, once the minutes are published; None where nothing.

    ``only`` is the short name of the one application that is asked about.
    """
    rows: list[list[Cell]] = [
        [code, applicant, Word(act.matter.value), act.amount, act.reason, act.number]
        for act, code, applicant in await published_decisions(session, contest.id)
        if only in (None, code)
    ]
    columns = ["Application", "Who", "What", "Amount", "Reason", "Vote"]
    return Table("Decisions beside the result", columns, rows) if rows else None

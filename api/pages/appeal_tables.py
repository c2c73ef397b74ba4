"""What the page of an appeal shows of it."""

from decimal import Decimal

from api.language import say
from api.pages.views import Cell, Hash, Link, State, Table, Word
from api.templating import money
from service.deliberation.appeal_queries import AppealView


def facts_of(view: AppealView, paper: Cell) -> list[tuple[str, Cell]]:
    """What is known of an appeal in a word each."""
    appeal = view.appeal
    facts: list[tuple[str, Cell]] = [
        ("Application", Link(f"{view.code} · {view.applicant}", f"/applications/{appeal.application_id}/result")),
        ("Filed by", view.filed_by),
        ("Filed", appeal.filed_at),
    ]
    if appeal.paper_id is not None:
        facts.append(("Paper", Link("See the paper that shows it", f"/papers/{appeal.paper_id}", translate=True)))
    if view.run is not None:
        facts.append(("New ranking", Link("See the new ranking and its check", f"/runs/{view.run.id}", translate=True)))
        facts.append(("Earlier ranking", Link("See the ranking that was appealed", f"/runs/{appeal.run_id}", translate=True)))
    if view.resolution is not None:
        facts += [("Resolution", view.resolution.number), ("Paper", paper), ("SHA-256", Hash(view.resolution.data_sha256))]
    return facts


def tables_of(view: AppealView, language: str) -> list[Table]:
    """The panel with its opinions, what the ruling opened, what changed, and who signed."""
    tables = []
    if view.panel:
        tables.append(_panel(view))
    if view.remedies:
        tables.append(_remedies(view, language))
    if view.run is not None and (view.changes or view.announced):
        tables.append(_changes(view, language))
    return tables


def _panel(view: AppealView) -> Table:
    rows: list[list[Cell]] = []
    for key, person in view.panel.items():
        opinion, signed, refused = view.opinions.get(key), view.signatures.get(key), view.refusals.get(key)
        said = Word("uphold" if opinion.uphold else "reject") if opinion else Word("no opinion yet")
        rows.append(
            [person.name, said, opinion.reason if opinion else "", signed.at if signed else refused.reason if refused else None]
        )
    return Table("Panel", ["Name", "Opinion", "Reasons", "Signed the resolution, or why not"], rows)


def _remedies(view: AppealView, language: str) -> Table:
    rows: list[list[Cell]] = []
    for each in view.remedies:
        what = ", ".join(part for part in (each.juror, say(language, each.remedy.stage or ""), each.remedy.attribute) if part)
        link = Link("Correct it", f"/remedies/{each.remedy.id}", translate=True)
        rows.append([Word(each.remedy.kind.value), what, each.use.at if each.use else link])
    return Table("What the ruling opened", ["What is to be corrected", "Which", "Corrected"], rows)


def _changes(view: AppealView, language: str) -> Table:
    rows: list[list[Cell]] = [
        [
            each.code,
            each.applicant,
            State(each.before[0]),
            _place(language, *each.before[1:]),
            State(each.after[0]),
            _place(language, *each.after[1:]),
        ]
        for each in view.changes
    ]
    columns = ["Short name", "Who", "Before", "Place, total, award before", "Now", "Place, total, award now"]
    return Table("What the new ranking changes", columns, rows, empty="Nothing changes.")


def _place(language: str, rank: int | None, award: Decimal | None, total: str | None) -> str:
    parts = [
        str(rank) if rank is not None else "–",
        total or "–",
        money(award) if award is not None else say(language, "no award"),
    ]
    return " · ".join(parts)

"""What a tallied result hangs on, and how far its jurors agree: for those who may see the tally, before they decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from fastapi import Request
from starlette.responses import Response

from api.deps import Who, Work, new_router
from api.language import language_of, say
from api.pages.calls import label
from api.pages.plots import Plot, spread
from api.pages.quotas import quota_tables
from api.pages.views import Cell, Hash, Link, State, Table, Word
from api.templating import money, page
from service.contests.numbers import amount, two_decimals
from service.deliberation.usecases import ContestAnalysis, analyse_contest
from service.scoring.agreement import Agreement
from service.scoring.equal_shares import Shared
from service.scoring.nudges import Nudge
from service.scoring.quotas import QuotaEffect
from service.scoring.sensitivity import Flip

router = new_router("results")

METHODS = {
    "mean": "Mean of all",
    "median": "Median",
    "trimmed": "Without the highest and the lowest",
    "centred": "Strict and generous jurors evened out",
}
"""What each way of putting sheets together is called."""


SHOWN = 100
"""Applications whose sheets are drawn and listed."""


@dataclass(frozen=True)
class Section:
    """A part of the page: sentences, facts, plots and tables under a title, which a name of its own may come before."""

    title: str
    heading: str = ""
    texts: Sequence[str] = ()
    facts: Sequence[tuple[str, Cell]] = ()
    plots: Sequence[Plot] = ()
    tables: Sequence[Table] = ()


@dataclass(frozen=True)
class Reading:
    """What is shown, to whom: the reader's language, and what the rule book calls the stages."""

    found: ContestAnalysis
    language: str
    stages: Mapping[str, str] = field(default_factory=dict)


@router.get("/contests/{contest_id}/analysis")
async def show_analysis(request: Request, session: Work, who: Who, contest_id: UUID) -> Response:
    """The analysis of a tallied contest."""
    found = await analyse_contest(session, who, contest_id)
    language = language_of(request)
    reading = Reading(found, language, _stages(found.rules, language))
    contest = found.contest
    notes = []
    if not found.announced:
        notes.append(say(reading.language, "Not announced yet: keep what you see here to yourself."))
    if found.run.provisional:
        notes.append(say(reading.language, "Something is pending: this is only about the applications that are judged."))
    facts: list[tuple[str, Cell]] = [
        ("Contest", Link(contest.code, f"/contests/{contest.id}")),
        ("Session", Link("See the session", f"/sessions/{found.session_id}", translate=True)),
        ("Tallied", found.run.ran_at),
        ("Hash of what was judged", Hash(found.run.inputs_sha256)),
    ]
    sections = [
        _methods(reading),
        _jurors(reading),
        _changes(reading),
        *(_agreement(reading, each) for each in found.analysis.agreements),
        *([_quotas(reading, found.analysis.quotas)] if found.analysis.quotas else []),
        *([_shares(reading, found.analysis.shared)] if found.analysis.shared else []),
    ]
    crumbs = [Link("Contests", "/contests", translate=True), Link(contest.title, f"/contests/{contest.id}")]
    return page(request, "pages/analysis.html", contest=contest, crumbs=crumbs, notes=notes, facts=facts, sections=sections)


def _stages(rules: Mapping[str, Any], language: str) -> dict[str, str]:
    """What the stages are called; the code, translated, where the book has no label."""
    stages: Sequence[dict[str, Any]] = rules["stages"]
    return {each["code"]: label(each, language) if each.get("label") else say(language, each["code"]) for each in stages}


def _methods(reading: Reading) -> Section:
    text = say(
        reading.language, "What would be decided otherwise if the sheets of every stage were put together in another way."
    )
    ways = [(say(reading.language, METHODS[way.method]), flips) for way, flips in reading.found.analysis.methods.items()]
    return _flips("Other ways of counting", "Way", text, ways, reading)


def _jurors(reading: Reading) -> Section:
    text = say(reading.language, "What would be decided otherwise if one of the jurors had not been on the panel.")
    return _flips("Without one juror", "Juror", text, list(reading.found.analysis.jurors.items()), reading)


def _flips(title: str, way: str, text: str, ways: Sequence[tuple[str, Sequence[Flip]]], reading: Reading) -> Section:
    """A table of what would flip, and a sentence that names the ways in which nothing would."""
    rows: list[list[Cell]] = [
        [
            name,
            flip.application,
            reading.found.applicants[flip.application],
            State(flip.status),
            flip.award,
            State(flip.other_status),
            flip.other_award,
        ]
        for name, flips in ways
        for flip in flips
    ]
    same = "; ".join(name for name, flips in ways if not flips)
    texts = [text, say(reading.language, "Nothing would change with: {ways}.", ways=same)] if same else [text]
    table = Table(title, [way, "Short name", "Who", "Now", "Award", "Then", "Award then"], rows)
    return Section(title, texts=texts, tables=[table] if rows else [])


def _changes(reading: Reading) -> Section:
    changes, title = reading.found.analysis.changes, "The smallest change of one sheet"
    if changes is None:
        text = say(reading.language, "There are too many applications to look for it here.")
        return Section(title, texts=[text])
    text = say(
        reading.language,
        "The least by which one juror's total for one application would have to differ, for an award to be another.",
    )
    alike: dict[tuple[str, ...], list[str]] = {}
    for each in changes:
        named = (each.application, each.stage, _change(reading, each), ", ".join(each.altered))
        alike.setdefault(named, []).append(each.juror)
    rows: list[list[Cell]] = [
        [", ".join(jurors), reading.stages[stage], code, reading.found.applicants[code], change, altered]
        for (code, stage, change, altered), jurors in alike.items()
    ]
    columns = ["Each of these jurors", "Stage", "Short name", "Who", "Change in points", "Would alter the awards of"]
    return Section(title, texts=[text], tables=[Table(title, columns, rows, empty="No single sheet could alter an award.")])


def _change(reading: Reading, each: Nudge) -> str:
    """The change, with its sign: exactly this, or any more (or less) than this."""
    points = two_decimals(abs(each.change))
    if each.reached:
        return f"{'+' if each.change > 0 else '−'}{points}"
    if each.change == 0:
        return say(reading.language, "any rise, however small") if each.up else say(reading.language, "any fall, however small")
    if each.change > 0:
        return say(reading.language, "more than +{points}", points=points)
    return say(reading.language, "more than −{points}", points=points)


def _agreement(reading: Reading, found: Agreement) -> Section:
    far = {each.juror for each in found.leanings if each.outlying}
    scored = [code for code in reading.found.applicants if code in found.panels]
    names = scored[:SHOWN]
    by_application = [
        (
            code,
            [(juror, total, juror in far) for juror, total in found.panels[code].items()],
        )
        for code in names
    ]
    jurors = sorted({juror for panel in found.panels.values() for juror in panel})
    by_juror = [
        (juror, [(code, found.panels[code][juror], juror in far) for code in names if juror in found.panels[code]])
        for juror in jurors
    ]
    texts = [
        say(reading.language, "Each dot is a sheet; the stroke is their mean."),
        *([say(reading.language, "Shown are the first {count} in the ranking.", count=SHOWN)] if len(scored) > SHOWN else []),
        *(
            [
                say(
                    reading.language,
                    "In red: jurors who on average lie a tenth of the points or more from the middle of the panel.",
                )
            ]
            if far
            else []
        ),
    ]
    plots = [
        spread(say(reading.language, "Sheet totals by application"), by_application, found.full),
        spread(say(reading.language, "Sheet totals by juror"), by_juror, found.full),
    ]
    return Section(
        "Agreement of the jurors",
        heading=reading.stages[found.stage],
        texts=texts if names else [],
        facts=[
            ("Krippendorff's alpha (1: all agree)", _ratio(found.alpha)),
            ("Kendall's W (1: all rank alike)", _ratio(found.concordance)),
        ],
        plots=plots if names else [],
        tables=[_leanings_table(found), _totals_table(reading, found, names, jurors)],
    )


def _leanings_table(found: Agreement) -> Table:
    rows: list[list[Cell]] = [
        [
            each.juror,
            each.sheets,
            _signed(each.lean),
            two_decimals(each.distance),
            Word("far from the others") if each.outlying else None,
        ]
        for each in found.leanings
    ]
    columns = ["Juror", "Sheets", "Above or below the others", "Distance from the middle", "Remark"]
    return Table("Jurors beside the others", columns, rows, empty="No two jurors scored the same application.")


def _totals_table(reading: Reading, found: Agreement, names: Sequence[str], jurors: Sequence[str]) -> Table:
    rows: list[list[Cell]] = []
    for code in names:
        panel = found.panels[code]
        totals: list[Cell] = [two_decimals(panel[juror]) if juror in panel else None for juror in jurors]
        rows.append([code, reading.found.applicants[code], *totals])
    return Table("Sheet totals", ["Short name", "Who", *jurors], rows)


def _quotas(reading: Reading, found: QuotaEffect) -> Section:
    text = say(reading.language, "Shares of the purse that are kept first, and what would be decided without them.")
    return Section("Quotas", texts=[text], tables=quota_tables(found, reading.found.applicants))


def _shares(reading: Reading, found: Shared) -> Section:
    text = say(
        reading.language,
        "A simulation: each of the {jurors} jurors spends an equal share of the purse of {purse} by the points they gave, raised by "
        "{unit} at a time while the purse holds. Quotas and parts are left aside. The rule book alone decides.",
        jurors=found.jurors,
        purse=money(_soles(found.purse)),
        unit=money(_soles(found.unit)),
    )
    rows: list[list[Cell]] = [
        [
            each.rank,
            each.application,
            reading.found.applicants[each.application],
            _soles(each.requested),
            _soles(each.given) if each.given else None,
            _soles(each.shared) if each.shared else None,
        ]
        for each in found.lines
    ]
    given, shared = (sum(getattr(each, name) for each in found.lines) for name in ("given", "shared"))
    total: list[Cell] = ["", "", Word("Sum"), "", _soles(given), _soles(shared)]
    title = "The purse by equal shares"
    columns = ["Place", "Short name", "Who", "Amount requested", "By the rule book", "By equal shares"]
    return Section(title, texts=[text], tables=[Table(title, columns, rows, total=total, empty="Nobody reaches the mark.")])


def _soles(cents: int) -> Decimal:
    """Cents as an amount."""
    return Decimal(amount(cents))


def _signed(number: Fraction) -> str:
    """Two decimals with a sign."""
    return f"{'+' if number > 0 else '−' if number < 0 else ''}{two_decimals(abs(number))}"


def _ratio(number: Fraction | None) -> Cell:
    """Three decimals, as such figures are printed; a dash where there is none."""
    return None if number is None else f"{float(number):.3f}"

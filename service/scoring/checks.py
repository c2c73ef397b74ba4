"""What a bundle must satisfy before it is judged: names known, seats held, scores allowed, sheets complete.

All rows are checked, and of everything found the refusal that comes first by precedence is raised. What is left is a
``CheckedBundle`` whose scores are whole numbers, so that the judge can add them up exactly and fast.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from service.contests.book import RuleBook, Stage, read_book
from service.contests.criteria import Bands
from service.contests.numbers import Instant, read_cents, read_instant, read_number
from service.contests.refusals import (
    AbsentSheet,
    BundleRefusal,
    DuplicateRow,
    DuplicateScore,
    Findings,
    IncompleteSheet,
    MalformedBundle,
    NotANumber,
    NotSeated,
    RecusedSheet,
    UnknownApplication,
    UnknownCriterion,
    UnknownJuror,
    UnknownStage,
    quoted,
)
from service.scoring.bundle import AbsenceRow, ApplicationRow, Bundle, JurorRow, RecusalRow, SheetRow

Scores = dict[str, int | None]
"""A locked sheet: by criterion, the points in units of one over the stage's ``denominator``, or None for ``na``."""

Worth = Mapping[str, Scores]
"""By criterion, what each text that was met so far is worth on a sheet."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application: ``requested`` in cents, ``numbers`` the attributes that the book reads as numbers."""

    code: str
    filed_at: Instant
    requested: int
    attributes: Mapping[str, str]
    numbers: Mapping[str, Fraction]


class CheckedBundle:
    """A bundle that breaks no rule; ``check`` makes it.

    ``seats`` are the jurors of each stage, ``recused`` those of each application, ``absent`` those of each application and stage.
    ``sheets`` are, by application and stage and then by juror, those of jurors present: seated, not recused, not recorded absent.
    """

    def __init__(self, book: RuleBook, findings: Findings) -> None:
        self.book = book
        self.applications: dict[str, Application] = {}
        self.seats: dict[str, set[str]] = {stage: set() for stage in book.stages}
        self.recused: dict[str, set[str]] = {}
        self.absent: dict[tuple[str, str], set[str]] = {}
        self.sheets: dict[tuple[str, str], dict[str, Scores]] = {}
        self._jurors: set[str] = set()
        self._findings = findings
        self._worth: dict[str, dict[str, Scores]] = {
            code: {each: {} for each in stage.criteria} for code, stage in book.stages.items()
        }
        self._bands = {code: _bands_of(stage) for code, stage in book.stages.items()}
        self._worth_in_band: dict[tuple[str, str, int | None], Scores] = {}

    def take_applications(self, rows: Iterable[ApplicationRow], filed: Iterable[tuple[Instant, int]]) -> None:
        """Take in the applications, with their instants of filing and requested cents."""
        names = self.book.number_attributes
        for (code, _, _, attributes), (filed_at, requested) in zip(rows, filed, strict=True):
            if code in self.applications:
                self._findings.add(DuplicateRow, "applications.csv", f"application {quoted(code)}")
            numbers = {name: self._number(code, name, attributes[name]) for name in names if attributes.get(name)}
            self.applications[code] = Application(code, filed_at, requested, attributes, numbers)

    def take_jurors(self, rows: Iterable[JurorRow]) -> None:
        """Take in the jurors and their seats."""
        for juror, stages in rows:
            if juror in self._jurors:
                self._findings.add(DuplicateRow, "jurors.csv", f"juror {quoted(juror)}")
            self._jurors.add(juror)
            for stage in stages:
                if stage in self.seats:
                    self.seats[stage].add(juror)
                else:
                    self._findings.add(UnknownStage, "jurors.csv", f"juror {quoted(juror)}", f"stage {quoted(stage)}")

    def take_recusals(self, rows: Iterable[RecusalRow]) -> None:
        """Take in the recusals; the jurors must be there."""
        for application, juror in rows:
            refusal = self._unknown(application, juror)
            recused = self.recused.setdefault(application, set())
            if juror in recused:
                refusal = DuplicateRow
            recused.add(juror)
            if refusal is not None:
                self._findings.add(refusal, "recusals.csv", f"application {quoted(application)}", f"juror {quoted(juror)}")

    def take_absences(self, rows: Iterable[AbsenceRow]) -> None:
        """Take in the absences; the jurors and their seats must be there."""
        for application, stage, juror in rows:
            refusal = self._unknown(application, juror) or self._unseated(stage, juror)
            absent = self.absent.setdefault((application, stage), set())
            if juror in absent:
                refusal = DuplicateRow
            absent.add(juror)
            if refusal is not None:
                self._findings.add(refusal, "absences.csv", *_sheet_place(application, stage, juror))

    def take_sheets(self, rows: Iterable[SheetRow]) -> None:
        """Take in the scores; everything else must be there. This loop runs once per score, so it does little."""
        opened: tuple[str, str, str] | None = None
        scores: Scores = {}
        worth: Worth = {}
        for application, stage, juror, criterion, text in rows:
            if (application, stage, juror) != opened:
                opened = (application, stage, juror)
                scores, worth = self._open_sheet(*opened)
            known = worth.get(criterion)
            if known is None:
                self._note_criterion(worth, opened, criterion)
                continue
            if criterion in scores:
                self._findings.add(DuplicateScore, "sheets.csv", *_sheet_place(*opened), f"criterion {quoted(criterion)}")
            if text not in known:
                self._learn(known, opened, criterion, text)
            scores[criterion] = known.get(text, 0)

    def check_completeness(self) -> None:
        """Every sheet scores every criterion, and at least one with points."""
        for (application, stage), panel in self.sheets.items():
            size = len(self.book.stages[stage].criteria)
            for juror, scores in panel.items():
                if len(scores) < size or all(points is None for points in scores.values()):
                    self._findings.add(IncompleteSheet, "sheets.csv", *_sheet_place(application, stage, juror))

    def _number(self, code: str, name: str, text: str) -> Fraction:
        number = read_number(text)
        if number is None:
            where = ("applications.csv", f"application {quoted(code)}", f"attribute {quoted(name)} is {quoted(text)}")
            self._findings.add(NotANumber, *where)
        return number or Fraction(0)

    def _unknown(self, application: str, juror: str) -> type[BundleRefusal] | None:
        if application not in self.applications:
            return UnknownApplication
        return None if juror in self._jurors else UnknownJuror

    def _unseated(self, stage: str, juror: str) -> type[BundleRefusal] | None:
        if stage not in self.seats:
            return UnknownStage
        return None if juror in self.seats[stage] else NotSeated

    def _open_sheet(self, application: str, stage: str, juror: str) -> tuple[Scores, Worth]:
        """The sheet's scores so far, and what texts are worth on it; nothing is, on a sheet that may not be there."""
        refusal = self._unknown(application, juror) or self._unseated(stage, juror)
        if refusal is None and juror in self.recused.get(application, ()):
            refusal = RecusedSheet
        if refusal is None and juror in self.absent.get((application, stage), ()):
            refusal = AbsentSheet
        if refusal is not None:
            self._findings.add(refusal, "sheets.csv", *_sheet_place(application, stage, juror))
            return {}, {}
        scores = self.sheets.setdefault((application, stage), {}).setdefault(juror, {})
        return scores, self._worth_on(stage, self.applications[application])

    def _worth_on(self, stage: str, application: Application) -> Worth:
        """What texts are worth: the same for all applications whose attributes choose the same bands."""
        worth, bands = self._worth[stage], self._bands[stage]
        if not bands:
            return worth
        chosen = [(stage, each.code, each.band_of(application.numbers.get(each.attribute))) for each in bands]
        return worth | {place[1]: self._worth_in_band.setdefault(place, {}) for place in chosen}

    def _learn(self, known: Scores, sheet: tuple[str, str, str], criterion_code: str, text: str) -> None:
        """Enter what a text is worth, or note why it is refused."""
        application, stage = self.applications[sheet[0]], self.book.stages[sheet[1]]
        criterion = stage.criteria[criterion_code]
        value = application.numbers.get(criterion.attribute) if isinstance(criterion, Bands) else None
        try:
            points = criterion.points(text, value)
        except BundleRefusal as refusal:
            where = ("sheets.csv", *_sheet_place(*sheet), f"criterion {quoted(criterion_code)}")
            self._findings.add(type(refusal), *where, refusal.detail)
        else:
            known[text] = None if points is None else int(points * stage.denominator)

    def _note_criterion(self, worth: Worth, sheet: tuple[str, str, str], criterion: str) -> None:
        if worth:
            self._findings.add(UnknownCriterion, "sheets.csv", *_sheet_place(*sheet), f"criterion {quoted(criterion)}")


def check(bundle: Bundle) -> CheckedBundle:
    """The bundle, checked. Raises the refusal that comes first by precedence (``refusals.PRECEDENCE``)."""
    findings = Findings()
    book = read_book(bundle.rules, findings)
    filed = _read_forms(bundle, findings)
    findings.raise_first()
    checked = CheckedBundle(book, findings)
    checked.take_applications(bundle.applications, filed)
    checked.take_jurors(bundle.jurors)
    checked.take_recusals(bundle.recusals)
    checked.take_absences(bundle.absences)
    checked.take_sheets(bundle.sheets)
    checked.check_completeness()
    findings.raise_first()
    return checked


def _read_forms(bundle: Bundle, findings: Findings) -> list[tuple[Instant, int]]:
    """The instant of filing and the requested cents of each application; what is malformed in a row is noted."""
    filed = []
    for code, filed_at, requested, _ in bundle.applications:
        instant, cents = read_instant(filed_at), read_cents(requested)
        if not code:
            findings.add(MalformedBundle, "applications.csv", "an application without a code")
        if instant is None:
            findings.add(MalformedBundle, "applications.csv", f"application {quoted(code)}", f"filed_at {quoted(filed_at)}")
        if cents is None:
            findings.add(MalformedBundle, "applications.csv", f"application {quoted(code)}", f"requested {quoted(requested)}")
        filed.append((instant or (0, ""), cents or 0))
    if not all(juror for juror, _ in bundle.jurors):
        findings.add(MalformedBundle, "jurors.csv", "a juror without a code")
    return filed


def _bands_of(stage: Stage) -> list[Bands]:
    return [criterion for criterion in stage.criteria.values() if isinstance(criterion, Bands)]


def _sheet_place(application: str, stage: str, juror: str) -> tuple[str, str, str]:
    return f"application {quoted(application)}", f"stage {quoted(stage)}", f"juror {quoted(juror)}"

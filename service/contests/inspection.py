"""The live check of rules that are still being written: everything that stands in the way of publishing them, at its place.

A rule book is read by the one reader there is (``book.read_book``), which stops at the first part that cannot be read. So that part
is noted, replaced in a copy by something harmless, and the copy read again, until it can be read as a whole.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from service.contests import terms
from service.contests.book import RuleBook, read_book
from service.contests.bounds import lowest
from service.contests.criteria import Bands
from service.contests.healing import heal, name_levels
from service.contests.models import Contest, PlanType
from service.contests.numbers import exact, read_number
from service.contests.refusals import BundleRefusal, Findings, MalformedBundle, UndefinedBand
from service.contests.rules import MOST_POINTS, CurrencyDiffers, HeadingDiffers, TooManyPoints, require_book, total_of
from service.core.errors import Refusal
from service.core.texts import Phrase

PLANS = frozenset({PlanType.PIT, PlanType.PGRN, PlanType.PDN, PlanType.PDN_J, PlanType.IDL})
PLANS_OUT_OF = 100
MOST_FINDINGS = 200
"""More wrong parts than anybody corrects at one sitting."""

_PLACE = re.compile(r"[a-z_]+(\.[0-9]+|\.[a-z_]+)*")


@dataclass(frozen=True)
class Finding:
    """Something to look at: where (dotted path), what to say, and whether publishing would be refused for it, by what name."""

    place: str
    text: Phrase
    refusal: str = ""

    @property
    def grave(self) -> bool:
        """Whether rules with it cannot be published."""
        return bool(self.refusal)


@dataclass(frozen=True)
class Inspection:
    """What was found, and what each sheet sums to beside its heading (None where a maximum cannot be read)."""

    findings: tuple[Finding, ...]
    sums: Mapping[str, Fraction | None]
    total: Fraction | None

    @property
    def grave(self) -> tuple[Finding, ...]:
        """The findings for which publishing would be refused."""
        return tuple(each for each in self.findings if each.grave)


class _All(Findings):
    """Every refusal that the reader notes, not only the first by precedence."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[BundleRefusal] = []

    def add(self, refusal: type[BundleRefusal], *where: str | Phrase) -> None:
        """Note a refusal."""
        self.noted.append(refusal(detail=where))


def inspect(contest: Contest, book: dict[str, Any], written_terms: Mapping[str, Any]) -> Inspection:
    """All that is to be said of a contest's rules as they are written; nothing grave, and they can be published."""
    draft = copy.deepcopy(book)
    found = [_finding(refusal) for refusal in name_levels(draft)]
    read, noted = _read(draft)
    found += noted
    if read is not None:
        found += _beyond_the_reader(contest, read, draft, {each.place for each in found})
    found += [_finding(fault) for fault in terms.faults_of(written_terms)]
    if not any(each.grave for each in found):
        found += _last_word(contest, book)
    found = list({each.place: each for each in reversed(found)}.values())[::-1]  # the first at each place
    broken = {stage for each in found if each.grave and (stage := _criterion_stage(each.place)) is not None}
    sums = dict(_sums(read, broken)) if read else {}
    total = None if read is None or None in sums.values() else _total(read)
    if total not in (None, PLANS_OUT_OF) and contest.plan_type in PLANS:
        text = Phrase("The best that an application can reach is {total}. Plans are scored out of 100.", total=exact(total))
        found.append(Finding("stages", text))
    return Inspection(tuple(found), sums, total)


def _read(draft: dict[str, Any]) -> tuple[RuleBook | None, list[Finding]]:
    """The book with what cannot be read replaced, or None where that is beyond repair; and what was found on the way."""
    found: list[Finding] = []
    while len(found) < MOST_FINDINGS:
        findings = _All()
        try:
            book = read_book(draft, findings)
        except MalformedBundle as refusal:
            found.append(_finding(refusal))
            if not heal(draft, refusal.field or "", f"?{len(found)}"):
                return None, found
            continue
        except BundleRefusal as refusal:
            return None, [*found, _finding(refusal)]
        unread = {each.place.rpartition(".bands")[0] for each in found if ".bands" in each.place}
        noted = [_finding(refusal) for refusal in findings.noted]
        return book, found + [
            each for each in noted if each.refusal != UndefinedBand.__name__ or each.place.rpartition(".bands")[0] not in unread
        ]
    return None, found


def _beyond_the_reader(contest: Contest, book: RuleBook, draft: dict[str, Any], seen: set[str]) -> Iterator[Finding]:
    """What ``rules.require_book`` asks beyond a book that can be read; nothing of a sheet in which something cannot be read."""
    if book.currency not in ("", contest.currency):
        yield _finding(CurrencyDiffers("currency", written=book.currency, currency=contest.currency))
    for number, (stage, value) in enumerate(zip(book.stages.values(), draft["stages"], strict=True)):
        where = f"stages.{number}"
        for place, (code, criterion) in enumerate(stage.criteria.items()):
            without_bands = isinstance(criterion, Bands) and not criterion.bands
            if not without_bands and max(abs(lowest(criterion)), criterion.maximum) > MOST_POINTS:
                yield _finding(TooManyPoints(f"{where}.criteria.{place}", code=code, most=MOST_POINTS))
        heading = value.get("heading")
        whole = not any(place.startswith(f"{where}.criteria") for place in seen)
        if heading is not None and whole and read_number(str(heading)) != total_of(stage):
            total = exact(total_of(stage))
            yield _finding(HeadingDiffers(f"{where}.heading", stage=stage.code, heading=heading, total=total))


def _sums(book: RuleBook, broken: set[int]) -> Iterator[tuple[str, Fraction | None]]:
    """What each sheet sums to, None for the stages in which a criterion could not be read."""
    for number, (code, stage) in enumerate(book.stages.items()):
        yield code, None if number in broken else total_of(stage)


def _total(book: RuleBook) -> Fraction:
    """The most that an application can reach over all stages; a stage of negative weight adds nothing."""
    return sum((max(stage.weight, Fraction(0)) * total_of(stage) for stage in book.stages.values()), Fraction(0))


def _criterion_stage(place: str) -> int | None:
    """The number of the stage in whose criteria a place lies."""
    match = re.match(r"stages\.([0-9]+)\.criteria", place)
    return int(match[1]) if match else None


def _last_word(contest: Contest, book: dict[str, Any]) -> Iterator[Finding]:
    """What publishing would say: so nothing that it refuses goes unseen here."""
    try:
        require_book(contest, book)
    except Refusal as refusal:
        yield _finding(refusal)


def _finding(refusal: Refusal) -> Finding:
    """A refusal as a finding: at its field or at the place that its detail names, and without repeating the place."""
    detail = refusal.values.get("detail")
    if isinstance(detail, tuple) and len(detail) == 1:
        detail = detail[0]
    place = (refusal.field or "").removeprefix("book.")
    if isinstance(detail, Phrase) and "where" in detail.values:
        place = place or str(detail.values["where"])
        detail = detail.values["what"] or detail.values["where"]
    if place == "book" or not _PLACE.match(place):
        place = ""
    return Finding(place, Phrase(refusal.message, **{**refusal.values, "detail": detail}), refusal.name)

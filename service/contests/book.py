"""The rule book: what decides a contest, as one JSON value (format ``raymi-rules/1``, described in ``docs/bundle.md``)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import lcm
from typing import Any, Literal

from service.contests.criteria import Bands, Criterion, read_criterion
from service.contests.decision import Decision, PassMark, read_decision
from service.contests.fields import Fields, is_number, malformed, require_json, require_no_number
from service.contests.refusals import Findings, PurseNeedsTotalOrder, UnknownFormat, UnknownMethod, in_rules, quoted
from service.contests.ties import AttributeTie, DrawTie, FiledTie, Tie, read_tie
from service.core.canonical import sha256_hex
from service.core.texts import Phrase

FORMAT = "raymi-rules/1"

Method = Literal["mean", "median", "trimmed", "centred"]


@dataclass(frozen=True)
class Aggregate:
    """How the sheet totals of a stage become one value; ``drop`` is how many a trimmed mean leaves out at each end."""

    method: Method
    drop: int = 0


@dataclass(frozen=True)
class Stage:
    """One hearing of the applications, with its own sheet and its own jurors."""

    code: str
    weight: Fraction
    aggregate: Aggregate
    criteria: Mapping[str, Criterion]

    @cached_property
    def denominator(self) -> int:
        """A whole number that makes every score and every maximum of the stage whole."""
        return lcm(*(criterion.denominator for criterion in self.criteria.values()))


@dataclass(frozen=True)
class Quorum:
    """The share of the seats, after recusals, that must be present: more than ``at_least`` where strict, else at least."""

    at_least: Fraction
    strict: bool

    def holds(self, present: int, base: int) -> bool:
        """Whether so many of so many seats make a quorum; nobody never does."""
        if present == 0:
            return False
        have, need = present * self.at_least.denominator, base * self.at_least.numerator
        return have > need or (have == need and not self.strict)


@dataclass(frozen=True)
class KnockOut:
    """An application whose attribute is below the limit is not judged."""

    attribute: str
    below: Fraction


@dataclass(frozen=True)
class RuleBook:
    """The rules of one contest. ``value`` is the JSON they were read from, with the keys that nobody here reads."""

    stages: Mapping[str, Stage]
    quorum: Quorum
    knock_outs: tuple[KnockOut, ...]
    decision: Decision
    ties: tuple[Tie, ...]
    title: str
    currency: str
    value: Mapping[str, Any] = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """The lower-case hex SHA-256 of the canonical form (RFC 8785) of the whole book."""
        return sha256_hex(self.value)

    @cached_property
    def number_attributes(self) -> frozenset[str]:
        """The attributes that must be numbers where they are not missing: those of knock-outs, bands and ties."""
        criteria = [criterion for stage in self.stages.values() for criterion in stage.criteria.values()]
        return frozenset(
            [knock_out.attribute for knock_out in self.knock_outs]
            + [criterion.attribute for criterion in criteria if isinstance(criterion, Bands)]
            + [tie.attribute for tie in self.ties if isinstance(tie, AttributeTie)]
        )


def parse(value: object) -> RuleBook:
    """The rule book that a JSON value holds.

    Raises the first by precedence of ``UnknownMethod``, ``UnknownDecision``, ``UnknownTieRule``, ``UndefinedBand``,
    ``QuotasExceedPurse`` and ``PurseNeedsTotalOrder``; before these ``UnknownFormat``, ``NumberInRules`` or ``MalformedBundle``.
    """
    findings = Findings()
    book = read_book(value, findings)
    findings.raise_first()
    return book


def read_book(value: object, findings: Findings) -> RuleBook:
    """The rule book that a JSON value holds; where it notes a refusal, a book that must not be used.

    Raises what makes the book unreadable: ``UnknownFormat``, ``NumberInRules``, ``MalformedBundle``. Notes the other refusals.
    """
    require_json(value)
    fields = Fields(value, "")
    _require_format(fields, value)
    require_no_number(value)
    stages = _read_stages(fields, findings)
    decision = read_decision(fields.child("decision", required=True), findings)
    ties = tuple(read_tie(each, _criteria_codes(stages), findings) for each in fields.children("ties"))
    if (
        isinstance(decision, PassMark)
        and decision.purse is not None
        and not any(isinstance(tie, FiledTie | DrawTie) for tie in ties)
    ):
        findings.add(PurseNeedsTotalOrder, in_rules("ties"))
    knock_outs = tuple(KnockOut(each.code("attribute"), each.number("below")) for each in fields.children("knock_outs"))
    quorum = fields.child("panel").child("quorum")
    return RuleBook(
        stages=stages,
        quorum=Quorum(quorum.number("at_least", "1/2"), quorum.flag("strict", True)),
        knock_outs=knock_outs,
        decision=decision,
        ties=ties,
        title=fields.text("title", ""),
        currency=fields.text("currency", ""),
        value=fields.value,
    )


def _require_format(fields: Fields, value: object) -> None:
    """An unknown format ends the reading; a format that is a bare number is nothing but that."""
    if is_number(fields.value.get("format")):
        require_no_number(value)
    written = fields.text("format")
    if written != FORMAT:
        raise UnknownFormat(field="format", detail=f"rules.json, format {quoted(written)}")


def _read_stages(fields: Fields, findings: Findings) -> dict[str, Stage]:
    stages: dict[str, Stage] = {}
    for each in fields.children("stages", required=True):
        code = each.code("code")
        if code in stages:
            raise malformed(each.at("code"), Phrase("{value} stands twice", value=quoted(code)))
        weight, aggregate = (
            each.number("weight", "1"),
            _read_aggregate(each.child("aggregate"), each.has("aggregate"), findings),
        )
        stages[code] = Stage(code, weight, aggregate, _read_criteria(each, findings))
    if not stages:
        raise malformed(fields.at("stages"), Phrase("at least one is needed"))
    return stages


def _read_criteria(fields: Fields, findings: Findings) -> dict[str, Criterion]:
    criteria: dict[str, Criterion] = {}
    for each in fields.children("criteria", required=True):
        criterion = read_criterion(each, findings)
        if criterion.code in criteria:
            raise malformed(each.at("code"), Phrase("{value} stands twice", value=quoted(criterion.code)))
        criteria[criterion.code] = criterion
    if not criteria:
        raise malformed(fields.at("criteria"), Phrase("at least one is needed"))
    return criteria


def _read_aggregate(fields: Fields, given: bool, findings: Findings) -> Aggregate:
    match fields.text("method", "" if given else "mean"):
        case "trimmed":
            drop = fields.number("drop")
            if drop < 0 or drop.denominator != 1:
                raise malformed(fields.at("drop"), Phrase("a whole number, not below zero, is expected"))
            return Aggregate("trimmed", int(drop))
        case "mean" | "median" | "centred" as method:
            return Aggregate(method)
        case unknown:
            findings.add(UnknownMethod, in_rules(fields.at("method"), quoted(unknown)))
            return Aggregate("mean")


def _criteria_codes(stages: Mapping[str, Stage]) -> dict[str, frozenset[str]]:
    return {stage.code: frozenset(stage.criteria) for stage in stages.values()}

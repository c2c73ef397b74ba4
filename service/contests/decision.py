"""The decision of a rule book: a pass mark, with or without a purse, or a ranking with prizes."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from service.contests.fields import Fields, malformed
from service.contests.refusals import Findings, QuotasExceedPurse, UnknownDecision, in_rules, quoted
from service.core.texts import Phrase

Cut = Literal["stop", "skip", "part"]


@dataclass(frozen=True)
class Quota:
    """A share of the purse that is kept first for applications whose attribute is this text."""

    attribute: str
    value: str
    share: Fraction


@dataclass(frozen=True)
class PassMark:
    """Approved is what reaches the mark, as far as the purse goes; ``cut`` says what happens where a request does not fit."""

    mark: Fraction
    purse: Decimal | None = None
    cut: Cut = "stop"
    part_at_least: Fraction = Fraction(0)
    quotas: tuple[Quota, ...] = ()


@dataclass(frozen=True)
class Ranking:
    """Place n takes prize n; under the mark, if there is one, nothing is given."""

    prizes: tuple[Decimal, ...]
    mark: Fraction | None = None


Decision = PassMark | Ranking


def read_decision(fields: Fields, findings: Findings) -> Decision:
    """The decision of a rule book. Raises ``MalformedBundle``; notes ``UnknownDecision``, ``QuotasExceedPurse``."""
    mode = fields.text("mode")
    if mode == "pass_mark":
        return _read_pass_mark(fields, findings)
    if mode == "ranking":
        return Ranking(fields.amounts("prizes"), fields.number("mark") if fields.has("mark") else None)
    findings.add(UnknownDecision, in_rules(fields.at("mode"), quoted(mode)))
    return Ranking(())


def _read_pass_mark(fields: Fields, findings: Findings) -> PassMark:
    purse = fields.amount("purse") if fields.has("purse") else None
    quotas = tuple(_read_quota(each) for each in fields.children("quotas"))
    if quotas and purse is None:
        findings.add(QuotasExceedPurse, in_rules(fields.at("quotas"), Phrase("there is no purse")))
    if sum((quota.share for quota in quotas), Fraction(0)) > 1:
        findings.add(QuotasExceedPurse, in_rules(fields.at("quotas"), Phrase("the shares sum to more than 1")))
    return PassMark(fields.number("mark"), purse, _read_cut(fields, findings), fields.number("part_at_least", "0"), quotas)


def _read_quota(fields: Fields) -> Quota:
    quota = Quota(fields.code("attribute"), fields.text("value"), fields.number("share"))
    if quota.share < 0:
        raise malformed(fields.at("share"), Phrase("it must not be below zero"))
    return quota


def _read_cut(fields: Fields, findings: Findings) -> Cut:
    match fields.text("cut", "stop"):
        case "stop" | "skip" | "part" as cut:
            return cut
        case unknown:
            findings.add(UnknownDecision, in_rules(fields.at("cut"), quoted(unknown)))
            return "stop"

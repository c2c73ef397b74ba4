"""The tie rules of a rule book: by what applications of equal total are ordered, one rule after the other."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.contests.fields import Fields
from service.contests.refusals import Findings, UnknownTieRule, in_rules, quoted


@dataclass(frozen=True)
class StageTie:
    """The higher value of a stage first."""

    stage: str


@dataclass(frozen=True)
class CriterionTie:
    """The higher mean of a criterion's counted scores first."""

    stage: str
    criterion: str


@dataclass(frozen=True)
class AttributeTie:
    """The lower (or, descending, the higher) number first."""

    attribute: str
    descending: bool


@dataclass(frozen=True)
class FiledTie:
    """The earlier filed first."""


@dataclass(frozen=True)
class DrawTie:
    """A public draw: ascending SHA-256 of seed and application."""

    seed: str


Tie = StageTie | CriterionTie | AttributeTie | FiledTie | DrawTie


def read_tie(fields: Fields, criteria: Mapping[str, frozenset[str]], findings: Findings) -> Tie:
    """A tie rule of the rule book; ``criteria`` are the codes of each stage. Raises ``MalformedBundle``, notes ``UnknownTieRule``."""
    by = fields.text("by", "")
    known = True
    tie: Tie = FiledTie()
    if by == "draw":
        tie = DrawTie(fields.text("seed"))
    elif by == "stage":
        tie = StageTie(fields.text("stage", ""))
        known = tie.stage in criteria
    elif by == "criterion":
        tie = CriterionTie(fields.text("stage", ""), fields.text("criterion", ""))
        known = tie.criterion in criteria.get(tie.stage, ())
    elif by == "attribute":
        order = fields.text("order", "ascending")
        tie, known = AttributeTie(fields.code("attribute"), order == "descending"), order in ("ascending", "descending")
    elif by != "filed_at":
        known = False
    if not known:
        findings.add(UnknownTieRule, in_rules(fields.where, quoted(by)))
    return tie

"""The named refusals of a rule book or a bundle, and which of them is named when several apply.

Each message says what is wrong, with the place in ``{detail}``, and what to do about it.
"""

import json

from service.core.errors import Rejected
from service.core.texts import Phrase, fill


class BundleRefusal(Rejected):
    """The root of the refusals of a bundle; ``detail`` says where in the bundle."""

    message = "The bundle breaks a rule: {detail}."

    @property
    def detail(self) -> str:
        """What and where."""
        return fill("{detail}", self.values)


class MalformedBundle(BundleRefusal):
    """A file or column is missing, a book or row cannot be read, or an amount or time has the wrong form."""

    message = "This cannot be read: {detail}. Write it as the bundle format says."


class UnknownFormat(BundleRefusal):
    """The rule book is in a format that this judge does not know."""

    message = 'The format is not known: {detail}. This judge reads "raymi-rules/1".'


class NumberInRules(BundleRefusal):
    """The rule book holds a bare JSON number."""

    message = "A bare number stands in the rule book: {detail}. Write numbers as texts, between quotation marks."


class UnknownMethod(BundleRefusal):
    """A stage is aggregated by a method that does not exist."""

    message = 'The method is not known: {detail}. Choose "mean", "median", "trimmed" or "centred".'


class UnknownDecision(BundleRefusal):
    """The decision has a mode or a cut that does not exist."""

    message = 'The decision is not known: {detail}. Choose mode "pass_mark" or "ranking", and cut "stop", "skip" or "part".'


class UnknownTieRule(BundleRefusal):
    """A tie rule does not exist, or names a stage, criterion or order that does not."""

    message = "The tie rule is not known: {detail}. Choose a rule, stage, criterion and order that exist."


class UndefinedBand(BundleRefusal):
    """The bands of a criterion leave a value of [0, 1] without a band, or give it two."""

    message = "The bands do not tile [0, 1]: {detail}. Let each band begin where the one before ends."


class QuotasExceedPurse(BundleRefusal):
    """The quotas keep more than the purse, or there is no purse to keep from."""

    message = "The quotas exceed the purse: {detail}. Let the shares sum to 1 or less, of a purse."


class PurseNeedsTotalOrder(BundleRefusal):
    """A purse is given out down the ranks, so the tie chain must end in filing time or a draw."""

    message = 'A purse needs a total order: {detail}. Add "filed_at" or "draw" to the ties.'


class DuplicateRow(BundleRefusal):
    """An application, juror, recusal or absence stands twice."""

    message = "This stands twice: {detail}. Keep one of the two."


class UnknownApplication(BundleRefusal):
    """A row names an application that did not apply."""

    message = "The application is not known: {detail}. Name one of the applications."


class UnknownJuror(BundleRefusal):
    """A row names somebody who is no juror."""

    message = "The juror is not known: {detail}. Name one of the jurors."


class UnknownStage(BundleRefusal):
    """A row names a stage that the book does not have."""

    message = "The stage is not known: {detail}. Name a stage of the rule book."


class NotSeated(BundleRefusal):
    """A sheet or an absence is of a juror without a seat in the stage."""

    message = "The juror has no seat there: {detail}. Give the seat or take the row out."


class RecusedSheet(BundleRefusal):
    """A recused juror has scored."""

    message = "A recused juror may not score: {detail}. Take the sheet out."


class AbsentSheet(BundleRefusal):
    """A juror recorded absent has scored."""

    message = "A juror recorded absent cannot have scored: {detail}. Take the sheet or the absence out."


class UnknownCriterion(BundleRefusal):
    """A score is for a criterion that the stage does not have."""

    message = "The criterion is not known: {detail}. Name a criterion of the stage."


class DuplicateScore(BundleRefusal):
    """A juror has scored the same criterion of the same application twice."""

    message = "This is scored twice: {detail}. Keep one of the two."


class UnknownLevel(BundleRefusal):
    """A score names a level that the criterion does not have."""

    message = "The level is not known: {detail}. Choose a level of the criterion."


class NotANumber(BundleRefusal):
    """A score or an attribute that must be a number is none, or ``na`` stands where it is not allowed."""

    message = "This is not a number: {detail}. Write it like 7, 7.5 or 15/2."


class AttributeOutOfRange(BundleRefusal):
    """The attribute that chooses a band is missing or outside [0, 1]."""

    message = "The attribute chooses no band: {detail}. Give it a value from 0 to 1."


class ScoreOutOfRange(BundleRefusal):
    """A score is outside its range or off its step."""

    message = "The score is not allowed: {detail}. Stay in the range and on the steps."


class IncompleteSheet(BundleRefusal):
    """A sheet lacks a criterion, or says nothing but ``na``."""

    message = "The sheet is not complete: {detail}. Score every criterion, and at least one with points."


PRECEDENCE: tuple[type[BundleRefusal], ...] = (
    MalformedBundle,
    UnknownFormat,
    NumberInRules,
    UnknownMethod,
    UnknownDecision,
    UnknownTieRule,
    UndefinedBand,
    QuotasExceedPurse,
    PurseNeedsTotalOrder,
    DuplicateRow,
    UnknownApplication,
    UnknownJuror,
    UnknownStage,
    NotSeated,
    RecusedSheet,
    AbsentSheet,
    UnknownCriterion,
    DuplicateScore,
    UnknownLevel,
    NotANumber,
    AttributeOutOfRange,
    ScoreOutOfRange,
    IncompleteSheet,
)
"""Where several apply, the one that stands first here is named."""

_PLACE = {refusal: place for place, refusal in enumerate(PRECEDENCE)}


class Findings:
    """The refusals found so far, of which only the first by precedence is kept."""

    def __init__(self) -> None:
        self._first: type[BundleRefusal] | None = None
        self._detail: tuple[str | Phrase, ...] = ()

    def add(self, refusal: type[BundleRefusal], *where: str | Phrase) -> None:
        """Note a refusal; ``where`` are the parts of its detail."""
        if self._first is None or _PLACE[refusal] < _PLACE[self._first]:
            self._first, self._detail = refusal, where

    def raise_first(self) -> None:
        """Raise the refusal that comes first by precedence, if any was found."""
        if self._first is not None:
            raise self._first(detail=self._detail)


def in_rules(where: str | Phrase, what: str | Phrase = "") -> Phrase:
    """The detail of a refusal: where in the rule book (dotted path, ``stages.0.criteria.2``), and what is wrong there."""
    text = "rules.json, {where}: {what}" if what else "rules.json, {where}"
    return Phrase(text, where=where, what=what)


def quoted(text: str) -> str:
    """A text as a refusal shows it: on one line, and not without end."""
    shown = json.dumps(text[:80], ensure_ascii=False)
    return shown if len(text) <= 80 else f"{shown[:-1]}..."

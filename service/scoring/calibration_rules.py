"""What holds in a calibration round, and its scores side by side: pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from service.contests.book import Stage
from service.contests.numbers import read_number
from service.core.errors import Conflict, Rejected
from service.scoring import rules
from service.scoring.rules import Window

PLACES = (1, 2)
"""The two samples."""


class SamplesMissing(Conflict):
    """There are not two samples yet."""

    message = "The two sample files are not there yet. Wait until the secretary has entered both."


class SamplesScored(Conflict):
    """A juror has scored a sample."""

    message = "A juror has scored a sample already, so both stay as they are. Go on with the round."


class NotASampleShare(Rejected):
    """The share of a sample chooses bands, and these lie between 0 and 1."""

    message = "Write the share of the sample from 0 to 1, like 0.75 or 14/30."


class CalibrationClosed(Conflict):
    """The round is closed."""

    message = "The calibration round of this stage is closed. Look at the scores side by side."


class CalibrationOver(Conflict):
    """Scoring of the stage has begun."""

    message = "Scoring of this stage has been opened. Calibration comes before it."


class CalibrationSent(Conflict):
    """The juror has sent this sheet."""

    message = "You have sent your scores of this sample, and they stay. Go on with the other one."


@dataclass(frozen=True)
class Spread:
    """The scores of a criterion side by side, by juror as written; ``mean`` and ``spread`` over those that are points."""

    criterion: str
    written: Mapping[str, str]
    mean: Fraction | None
    spread: Fraction | None


def require_before_scoring(window: Window) -> None:
    """Raises ``CalibrationOver``."""
    if window != Window.NEVER:
        raise CalibrationOver


def require_share(share: str) -> None:
    """Raises ``NotASampleShare``."""
    number = read_number(share)
    if number is None or not 0 <= number <= 1:
        raise NotASampleShare("share")


def read_sample_sheet(stage: Stage, scores: Mapping[str, str], share: str) -> list[rules.WrittenScore]:
    """A whole sheet of a sample, read as a real one; its share stands for every attribute. Raises what ``rules.read_sheet`` does."""
    return rules.read_sheet(stage, scores, dict.fromkeys(rules.band_attributes(stage), share))


def side_by_side(stage: Stage, sheets: Mapping[str, Mapping[str, str]], share: str) -> Sequence[Spread]:
    """The sheets of a sample by juror, criterion by criterion in the order of the sheet."""
    read = {
        juror: {each.criterion: each for each in read_sample_sheet(stage, scores, share)} for juror, scores in sheets.items()
    }
    return [_spread(code, {juror: each[code] for juror, each in read.items()}) for code in stage.criteria]


def _spread(criterion: str, scores: Mapping[str, rules.WrittenScore]) -> Spread:
    points = [each.points for each in scores.values() if each.points is not None]
    return Spread(
        criterion,
        {juror: each.written for juror, each in scores.items()},
        sum(points, Fraction(0)) / len(points) if points else None,
        max(points) - min(points) if points else None,
    )

"""What minutes hold of the time before the scores: families present at the visits, calibration rounds."""

from typing_extensions import TypedDict

from service.documents.shapes import Moment, exact


@exact
class PresenceLine(TypedDict):
    """The families present at a visit, counted person by person; ``reason`` where an earlier count was corrected."""

    application_code: str
    organisation: str
    present: int
    families: int
    closed_by: str
    reason: str


@exact
class CalibrationLine(TypedDict):
    """A calibration round: which, when, and with whom."""

    contest_code: str
    stage: str
    closed_at: Moment
    jurors: list[str]


@exact
class BeforeScores(TypedDict):
    """What came before the scores: the visits and the calibration rounds."""

    presences: list[PresenceLine]
    calibrations: list[CalibrationLine]

"""What the minutes hold of panels where not every juror scored everything."""

from typing import Literal

from typing_extensions import TypedDict

from service.documents.shapes import exact


@exact
class PanelLine(TypedDict):
    """The applications that a juror scored in a stage whose applications were divided among the jurors, by short name."""

    contest_code: str
    stage: str
    juror: str
    applications: list[str]


@exact
class StandInLine(TypedDict):
    """An alternate who scored one item in place of a juror, and why."""

    application_code: str
    organisation: str
    stage: str
    juror: str
    stands_in_for: str
    why: Literal["recused", "absent"]

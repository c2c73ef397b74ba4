"""The main job in the order of its days."""

from scripts.demo.filing import filing
from scripts.demo.groups import ENTERING
from scripts.demo.judging import panels_of_first_session
from scripts.demo.programme import CALLING, FUNDING, OPENING
from scripts.demo.stage import Scene, Stage


def story(stage: Stage) -> list[Scene]:
    """Every scene, from the opening of the office to the closed accounts."""
    return [*OPENING, *ENTERING, *FUNDING, *CALLING, *filing(stage), *panels_of_first_session(stage)]

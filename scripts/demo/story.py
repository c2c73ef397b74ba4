"""The main job in the order of its days."""

from scripts.demo.filing import filing
from scripts.demo.groups import ENTERING
from scripts.demo.programme import CALLING, SETTING_UP
from scripts.demo.stage import Scene, Stage


def story(stage: Stage) -> list[Scene]:
    """Every scene, from the opening of the office to the closed accounts."""
    return [*SETTING_UP, *ENTERING, *CALLING, *filing(stage)]

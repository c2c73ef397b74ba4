"""What the steps of the demo stand on: one transaction for each step, marked in the record, so that a run goes on where one ended."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from scripts.demo.scores import Scores
from scripts.refusal import Refused
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session, Sessions, transaction
from service.people.usecases import actor_for_person
from service.record import usecases as record

_MARK = text(
    "SELECT p.payload FROM record_leaf l JOIN record_payload p ON p.leaf_id = l.id WHERE l.act = 'demo.step' AND l.subject = :subject"
)
_BALANCE = text("SELECT COALESCE(sum(amount), 0) FROM posting")


class OtherStory(Refused):
    """This database holds a story with other scores."""


class LedgerOff(Exception):
    """The postings do not sum to zero: the demo stops at once."""


@dataclass
class Stage:
    """What a step works with: its transaction, the story's scores, and the names given to what earlier steps made."""

    sessions: Sessions
    scores: Scores
    ids: dict[str, UUID] = field(default_factory=dict)
    session: Session = field(init=False)

    async def actor(self, name: str) -> Actor:
        """The person that an earlier step named, with the roles held at this moment."""
        return await actor_for_person(self.session, self.ids[name], via="demo")

    def __getitem__(self, name: str) -> UUID:
        return self.ids[name]

    def __setitem__(self, name: str, value: UUID) -> None:
        self.ids[name] = value

    def __contains__(self, name: str) -> bool:
        return name in self.ids


Step = Callable[[Stage], Awaitable[str]]
"""Does one thing and says in a line what came of it."""


@dataclass(frozen=True)
class Scene:
    """A step of the story: its name, the moment it happens at (Peru's time), and what it does."""

    name: str
    at: str
    step: Step


async def play(stage: Stage, scenes: list[Scene], say: Callable[[str], None]) -> None:
    """Play each scene once, ever: what a killed run did not commit is done again, what it committed is kept."""
    for number, scene in enumerate(scenes, 1):
        say(f"{number:2}/{len(scenes)} {scene.at[:10]} {scene.name}")
        async with transaction(stage.sessions) as session:
            stage.session = session
            said, known = await _known(stage, scene)
            if known is None:
                said = await _perform(stage, scene)
            else:
                stage.ids |= known
        say(f"      {said}")


async def _known(stage: Stage, scene: Scene) -> tuple[str, dict[str, UUID] | None]:
    payload = (await stage.session.execute(_MARK, {"subject": f"demo:{scene.name}"})).scalar()
    if payload is None:
        return "", None
    if payload["scores"] != stage.scores.digest:
        raise OtherStory("this database holds the demo with other scores: use an empty database.")
    return payload["said"], {name: UUID(value) for name, value in payload["ids"].items()}


async def _perform(stage: Stage, scene: Scene) -> str:
    before = dict(stage.ids)
    await clock.set_time(stage.session, datetime.fromisoformat(scene.at))
    said = await scene.step(stage)
    made = {name: str(value) for name, value in stage.ids.items() if before.get(name) != value}
    payload = {"said": said, "ids": made, "scores": stage.scores.digest}
    narrator = await stage.actor("system")
    await record.append(stage.session, narrator, "demo.step", f"demo:{scene.name}", payload)
    await stage.session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    if (await stage.session.execute(_BALANCE)).scalar_one() != 0:
        raise LedgerOff(scene.name)
    return said

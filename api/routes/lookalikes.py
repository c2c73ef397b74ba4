"""Groups and persons that may be registered twice: who looks like whom and why, and what was decided on a pair."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel

from api.deps import Who, Work, new_router
from api.routes.answers import Out
from service.people import lookalike_usecases
from service.people.likeness import Likeness, Pair, Profile
from service.people.shapes import DistinctIn

router = new_router("lookalikes")


class OneOut(Out):
    """One of two that look alike."""

    id: UUID
    name: str


class PairOut(BaseModel):
    """Two that look alike, and why."""

    first: OneOut
    second: OneOut
    reasons: list[Likeness]


class ApartOut(Out):
    """Two that are marked as not the same, with their names, why, and by whom."""

    first_id: UUID
    first: str
    second_id: UUID
    second: str
    reason: str
    decided_by: str
    decided_at: datetime


class LookalikesOut(BaseModel):
    """What looks alike in an office, the most reasons first, and what is marked as not the same, the newest first."""

    groups: list[PairOut]
    persons: list[PairOut]
    groups_apart: list[ApartOut]
    persons_apart: list[ApartOut]


class DistinctOut(Out):
    """A step on a pair: an odd one says that the two are not the same, an even one takes that back."""

    first_id: UUID
    second_id: UUID
    step: int
    reason: str
    decided_by: UUID
    decided_at: datetime


@router.get("/offices/{office_id}/lookalikes")
async def list_lookalikes(session: Work, who: Who, office_id: UUID) -> LookalikesOut:
    """The groups of an office and the persons on their rolls and boards that look like others."""
    groups = await lookalike_usecases.list_groups_alike(session, who, office_id)
    persons = await lookalike_usecases.list_persons_alike(session, who, office_id)
    groups_apart = await lookalike_usecases.list_groups_apart(session, who, office_id)
    persons_apart = await lookalike_usecases.list_persons_apart(session, who, office_id)
    return LookalikesOut(
        groups=[pair_out(each) for each in groups],
        persons=[pair_out(each) for each in persons],
        groups_apart=[ApartOut.of(each) for each in groups_apart],
        persons_apart=[ApartOut.of(each) for each in persons_apart],
    )


@router.get("/groups/{group_id}/lookalikes")
async def groups_like(session: Work, who: Who, group_id: UUID) -> list[PairOut]:
    """The groups that one looks like."""
    return [pair_out(each) for each in await lookalike_usecases.groups_like(session, who, group_id)]


@router.get("/persons/{person_id}/lookalikes")
async def persons_like(session: Work, who: Who, person_id: UUID) -> list[PairOut]:
    """The persons whom one looks like."""
    return [pair_out(each) for each in await lookalike_usecases.persons_like(session, who, person_id)]


@router.post("/groups/{group_id}/distinctions", status_code=201)
async def distinguish_groups(session: Work, who: Who, group_id: UUID, given: DistinctIn) -> DistinctOut:
    """Mark two groups that look alike as not the same."""
    return DistinctOut.of(await lookalike_usecases.distinguish_groups(session, who, group_id, given))


@router.post("/persons/{person_id}/distinctions", status_code=201)
async def distinguish_persons(session: Work, who: Who, person_id: UUID, given: DistinctIn) -> DistinctOut:
    """Mark two persons who look alike as not the same."""
    return DistinctOut.of(await lookalike_usecases.distinguish_persons(session, who, person_id, given))


@router.post("/groups/{group_id}/distinctions/again", status_code=201)
async def reconsider_groups(session: Work, who: Who, group_id: UUID, given: DistinctIn) -> DistinctOut:
    """Take back that two groups are not the same: they are shown again."""
    return DistinctOut.of(await lookalike_usecases.reconsider_groups(session, who, group_id, given))


@router.post("/persons/{person_id}/distinctions/again", status_code=201)
async def reconsider_persons(session: Work, who: Who, person_id: UUID, given: DistinctIn) -> DistinctOut:
    """Take back that two persons are not the same: they are shown again."""
    return DistinctOut.of(await lookalike_usecases.reconsider_persons(session, who, person_id, given))


def pair_out(pair: Pair) -> PairOut:
    """The answer for two that look alike."""
    return PairOut(first=_one(pair.first), second=_one(pair.second), reasons=list(pair.reasons))


def _one(profile: Profile) -> OneOut:
    return OneOut.of(profile)

"""Seats of jurors, and the windows in which stages are scored."""

from collections.abc import Collection, Sequence
from uuid import UUID

from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session, refusing
from service.core.errors import NotFound
from service.record import usecases as record
from service.scoring import assign_store, assigning, bonds, panel_rules, paper_store, rules, store
from service.scoring.books import KnownBook, known_book
from service.scoring.models import ScoringWindow, Seat
from service.scoring.recusals import find_among
from service.scoring.rules import Window
from service.scoring.shapes import SeatIn


async def seat_juror(session: Session, actor: Actor, contest_id: UUID, given: SeatIn) -> list[Seat]:
    """Give a committee member seats in stages of a contest, and recuse the juror from what the system ties the juror to.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``StageNotInBook``, ``WindowClosed``, ``NotAppointed``,
    ``HasTypedPapers``, ``NameTaken``, ``OtherShortName``, ``AlreadySeated``, ``SitsElsewhere``.
    """
    arena, book = await running(session, actor, contest_id)
    windows = await store.windows(session, [contest_id])
    stages = list(dict.fromkeys(given.stages))
    for stage in stages:
        panel_rules.require_stage(book.book, stage, "stages")
        rules.require_not_closed(_state(windows.get((contest_id, stage))))
    if not await store.is_appointed(session, arena.office_id, given.person_id, await clock.today(session)):
        raise panel_rules.NotAppointed("person_id")
    if await paper_store.has_typed(session, contest_id, given.person_id):
        raise panel_rules.HasTypedPapers("person_id")
    before = await store.seats(session, contest_id)
    taken = [(seat.person_id, seat.juror, seat.stage) for seat in before]
    panel_rules.require_free_seat(taken, given.person_id, given.juror, stages)
    own = [seat for seat in before if seat.person_id == given.person_id]
    divided = await assign_store.divided(session, contest_id)
    every = {*stages, *(seat.stage for seat in own)}
    if given.alternate or any(seat.alternate for seat in own) or every & divided.keys():
        assigning.require_one_seat({given.juror: every})
    now = await clock.now(session)
    seats = [
        Seat(
            contest_id=contest_id,
            stage=stage,
            person_id=given.person_id,
            juror=given.juror,
            at=now,
            alternate=given.alternate,
        )
        for stage in stages
    ]
    name_taken = panel_rules.NameTaken("juror", juror=given.juror)
    async with refusing(
        session,
        {"uq_seat_contest_id_stage_juror": name_taken, "pk_seat": panel_rules.AlreadySeated, "RY112": assigning.SitsElsewhere},
    ):
        session.add_all(seats)
    payload = {"person_id": str(given.person_id), "juror": given.juror, "stages": stages, "alternate": given.alternate}
    await record.append(session, actor, "juror.seated", f"contest:{contest_id}", payload)
    await find_among(session, actor, [given.person_id], await bonds.applicants(session, contest_id))
    return seats


async def open_window(session: Session, actor: Actor, contest_id: UUID, stage: str) -> ScoringWindow:
    """Open a stage for scoring, after recusing the jurors from what the system ties them to.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``StageNotInBook``, ``NoSeats``, ``WindowOpen``, ``WindowClosed``.
    """
    _, book = await running(session, actor, contest_id)
    panel_rules.require_stage(book.book, stage, "stage")
    state = _state((await store.windows(session, [contest_id])).get((contest_id, stage)))
    panel_rules.require_never_opened(state)
    seats = await store.seats(session, contest_id)
    panel_rules.require_seats((seat.stage for seat in seats if not seat.alternate), stage)
    await find_among(session, actor, {seat.person_id for seat in seats}, await bonds.applicants(session, contest_id))
    window = ScoringWindow(contest_id=contest_id, stage=stage, opened_at=await clock.now(session))
    async with refusing(session, {"pk_scoring_window": panel_rules.WindowOpen}):
        session.add(window)
    await _trace(session, actor, "window.opened", window)
    return window


async def close_window(session: Session, actor: Actor, contest_id: UUID, stage: str) -> ScoringWindow:
    """Close a stage: sheets that are being locked at this moment are waited for, later ones are refused.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``WindowNotOpen``, ``WindowClosed``.
    """
    window = await _window(session, actor, contest_id, stage)
    rules.require_open(_state(window))
    window.closed_at = await clock.now(session)
    await session.flush()
    await _trace(session, actor, "window.closed", window)
    return window


async def reopen_window(session: Session, actor: Actor, contest_id: UUID, stage: str) -> ScoringWindow:
    """Open a closed stage again, for what is still pending: called from the area of sessions, no door leads here.

    Raises ``NotFound``, ``MissingRole``, ``ContestNotRunning``, ``WindowNotOpen``, ``WindowOpen``.
    """
    window = await _window(session, actor, contest_id, stage)
    panel_rules.require_closed(_state(window))
    window.closed_at = None
    await session.flush()
    await _trace(session, actor, "window.reopened", window)
    return window


async def list_seats(session: Session, actor: Actor, contest_id: UUID) -> Sequence[Seat]:
    """The seats of a contest, for the office and the jurors themselves, by short name and stage. Raises ``NotFound``."""
    arena = await store.arena(session, contest_id)
    seats = await store.seats(session, contest_id) if arena else []
    own = {Relation.JUROR} if any(seat.person_id == actor.person_id for seat in seats) else ()
    if arena is None or not actor.may(Act.READ_SEATS, arena.office_id, None, own):
        raise NotFound
    return seats


async def seats_of(session: Session, contest_id: UUID) -> Sequence[Seat]:
    """The seats of a contest, by short name and stage: for areas above that have asked who may see them."""
    return await store.seats(session, contest_id)


async def seated(session: Session, contest_id: UUID) -> set[UUID]:
    """The persons with a seat in any stage of a contest: for areas above."""
    return {seat.person_id for seat in await store.seats(session, contest_id)}


async def windows_of(session: Session, contest_ids: Collection[UUID]) -> dict[tuple[UUID, str], Window]:
    """Which stages of contests are or were open, by contest and stage: for areas above."""
    return {key: _state(window) for key, window in (await store.windows(session, contest_ids)).items()}


async def book_of(session: Session, contest_id: UUID) -> KnownBook:
    """The rule book in force in a contest, read: for areas above. Raises ``NotFound``, ``ContestNotRunning``."""
    arena = await store.arena(session, contest_id)
    if arena is None:
        raise NotFound
    if arena.rule_book_id is None:
        raise panel_rules.ContestNotRunning
    return await known_book(session, arena.rule_book_id)


async def running(session: Session, actor: Actor, contest_id: UUID) -> tuple[store.Arena, KnownBook]:
    """A published contest, locked, that the actor runs as its secretary."""
    arena = await store.arena(session, contest_id, lock=True)
    if arena is None:
        raise NotFound
    actor.require(Act.RUN_PANEL, arena.office_id)
    panel_rules.require_running(arena.status)
    if arena.rule_book_id is None:
        raise panel_rules.ContestNotRunning
    return arena, await known_book(session, arena.rule_book_id)


async def require_not_closed(session: Session, contest_id: UUID, stage: str) -> None:
    """Raises ``WindowClosed``."""
    window = (await store.windows(session, [contest_id])).get((contest_id, stage))
    rules.require_not_closed(_state(window))


async def _window(session: Session, actor: Actor, contest_id: UUID, stage: str) -> ScoringWindow:
    await running(session, actor, contest_id)
    window = (await store.windows(session, [contest_id])).get((contest_id, stage))
    if window is None:
        raise rules.WindowNotOpen
    return window


def _state(window: ScoringWindow | None) -> Window:
    return rules.window_of(window is not None, window is not None and window.closed_at is not None)


async def _trace(session: Session, actor: Actor, act: str, window: ScoringWindow) -> None:
    await record.append(session, actor, act, f"contest:{window.contest_id}", {"stage": window.stage})

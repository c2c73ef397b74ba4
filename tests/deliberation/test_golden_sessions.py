"""Whole sessions with figures worked out by hand: plans, a recusal that the system finds, family prizes, second requests."""

from decimal import Decimal

import pytest
from sqlalchemy import select, text
from sqlmodel import col

from service.applications.models import Application, ApplicationStatus
from service.contests.models import Contest, ContestStatus
from service.core.db import Session
from service.deliberation import usecases
from service.deliberation.models import SessionStatus
from service.deliberation.rules import StillPending
from service.deliberation.shapes import AbsenceIn
from service.funding.models import Reservation
from service.funding.usecases import assign_fund, fund_balances
from service.scoring.shapes import DeclarationIn, SeatIn
from service.scoring.usecases import declare_conflict, list_recusals, seat_juror
from tests.cast import Cast
from tests.make.deliberation import make_open_session, sign_all, tally_all
from tests.make.funding import make_fund
from tests.make.people import make_committee
from tests.make.scoring import Played, play_bundle


async def result_of(session: Session, contest: Contest) -> list[tuple[str, str, str | None, int | None, str | None]]:
    """Application, status, total, rank and award of the newest run, in its order."""
    run = await usecases.latest_run(session, contest.id)
    assert run is not None
    rows = run.result["results"]
    return [(row["application"], row["status"], row["total_shown"], row["rank"], row["award"]) for row in rows]


async def statuses(session: Session, played: Played) -> dict[str, ApplicationStatus]:
    """The state of each application, as the database has it."""
    rows = await session.scalars(select(Application).where(col(Application.contest_id) == played.contest.id))
    return {row.code: row.status for row in rows}


async def reserved(session: Session) -> list[Decimal]:
    """The amounts of all reservations, the largest first."""
    return list(await session.scalars(select(col(Reservation.amount)).order_by(col(Reservation.amount).desc())))


async def test_plans_are_ranked_awarded_and_paid_from_the_fund(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans")
    fund = await make_fund(session, cast, "30000.00")
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    assert await result_of(session, played.contest) == [
        ("D", "approved", "84.17", 1, "10000.05"),
        ("A", "approved", "84.17", 2, "15333.33"),
        ("B", "not_approved", "69.83", 3, None),
        ("C", "not_approved", "63.17", 4, None),
        ("E", "disqualified", None, None, None),
    ]
    await sign_all(session, cast, row)
    await session.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    assert await statuses(session, played) == {
        "A": ApplicationStatus.APPROVED,
        "B": ApplicationStatus.NOT_APPROVED,
        "C": ApplicationStatus.NOT_APPROVED,
        "D": ApplicationStatus.APPROVED,
        "E": ApplicationStatus.DISQUALIFIED,
    }
    awards = await usecases.awards_of(session, played.contest.id)
    assert [(award.rank, award.amount) for award in awards] == [(1, Decimal("10000.05")), (2, Decimal("15333.33"))]
    assert await reserved(session) == [Decimal("15333.33"), Decimal("10000.05")]
    assert (await fund_balances(session, fund.id)).available == Decimal("4666.62")
    assert (row.status, played.contest.status) == (SessionStatus.SIGNED, ContestStatus.DECIDED)


async def test_a_declared_recusal_and_a_recorded_absence_leave_smaller_panels(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-recusal-and-absence")
    row = await make_open_session(session, cast, committee, played.contest)
    juror = played.panel["J5"]
    conflict = DeclarationIn(conflict=True, reason="Es mi cuñada")
    await declare_conflict(session, juror, played.applications["A"].id, conflict)
    absence = AbsenceIn(application_id=played.applications["B"].id, stage="public", person_id=juror.person_id)
    await usecases.record_absence(session, cast.mayor, row.id, absence)
    await tally_all(session, cast, row)
    assert await result_of(session, played.contest) == [
        ("D", "approved", "84.17", 1, "10000.05"),
        ("A", "approved", "84.00", 2, "15333.33"),
        ("B", "not_approved", "69.50", 3, None),
        ("C", "not_approved", "63.17", 4, None),
        ("E", "disqualified", None, None, None),
    ]


async def test_a_missing_sheet_is_pending_and_never_announced(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-missing-sheet")
    row = await make_open_session(session, cast, committee, played.contest)
    await usecases.hand_out_field_results(session, cast.secretary, row.id)
    (run,) = await usecases.tally(session, cast.secretary, row.id)
    assert run.provisional
    assert await result_of(session, played.contest) == [
        ("D", "approved", "84.17", 1, "10000.05"),
        ("B", "not_approved", "69.83", 2, None),
        ("C", "not_approved", "63.17", 3, None),
        ("A", "pending", None, None, None),
        ("E", "disqualified", None, None, None),
    ]
    with pytest.raises(StillPending) as refused:
        await usecases.announce(session, cast.secretary, row.id)
    assert refused.value.values == {"reasons": (f"{played.contest.code}:A:missing_sheet:public:J5",)}
    assert await usecases.announced_run(session, played.contest.id) is None


async def test_the_mayor_is_recused_from_the_own_municipality_and_out_of_the_quorum(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "idl")
    await seat_juror(
        session,
        cast.secretary,
        played.contest.id,
        SeatIn(person_id=cast.mayor.person_id, juror="J4", stages=["single"]),
    )
    (recusal,) = await list_recusals(session, [played.applications["IDL-1"].id])
    assert (recusal.person_id, recusal.origin, recusal.reasons) == (cast.mayor.person_id, "found", ["board_member"])
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    assert await result_of(session, played.contest) == [("IDL-1", "approved", "85.33", 1, "60000.00")]


async def test_families_that_tie_share_their_prizes_and_the_sum_is_the_purse(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "cif-prizes")
    fund = await make_fund(session, cast, "1200.00")
    await assign_fund(session, cast.programme, played.contest.id, fund.id)
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    await sign_all(session, cast, row)
    awards = await usecases.awards_of(session, played.contest.id)
    prizes = [300, 240, 180, 100, 100, 100, 60, 50, 40, 30]
    assert [award.amount for award in awards] == [Decimal(f"{prize}.00") for prize in prizes]
    assert [award.rank for award in awards] == [1, 2, 3, 4, 4, 4, 7, 8, 9, 10]
    by_code = {code: (await usecases.award_of(session, each.id)) for code, each in played.applications.items()}
    assert {code for code, award in by_code.items() if award and award.rank == 4} == {"F02", "F04", "F09"}
    assert await reserved(session) == [Decimal(f"{prize}.00") for prize in prizes]
    assert (await fund_balances(session, fund.id)).available == Decimal("0.00")


async def test_second_requests_are_awarded_without_a_reservation(session: Session, cast: Cast) -> None:
    committee = await make_committee(session, cast)
    played = await play_bundle(session, cast, "plans-second")
    row = await make_open_session(session, cast, committee, played.contest)
    await tally_all(session, cast, row)
    assert await result_of(session, played.contest) == [
        ("D-2", "approved", "86.00", 1, "3000.01"),
        ("A-2", "approved", "71.67", 2, "4600.00"),
    ]
    await sign_all(session, cast, row)
    awards = await usecases.awards_of(session, played.contest.id)
    assert [award.amount for award in awards] == [Decimal("3000.01"), Decimal("4600.00")]
    assert await reserved(session) == []

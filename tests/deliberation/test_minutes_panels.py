"""Minutes of a divided stage: who scored what, who stood in for whom and why; who was not assigned is no recusal there."""

from service.core.db import Session
from service.deliberation import usecases
from service.funding.usecases import assign_fund
from service.people.usecases import list_committees
from service.scoring import usecases as scoring
from service.scoring.recusals import declare_conflict
from service.scoring.shapes import CallInIn, DeclarationIn
from tests.cast import Cast
from tests.make.deliberation import make_open_session, sign_all, tally_all
from tests.make.funding import make_fund
from tests.make.panels import PUBLIC, divide, make_arena, seat_alternate
from tests.make.scoring import score_all


async def test_the_minutes_say_who_scored_what_and_who_stood_in(session: Session, cast: Cast) -> None:
    arena = await make_arena(session, cast, "ABC")
    await assign_fund(session, cast.programme, arena.contest.id, (await make_fund(session, cast)).id)
    await seat_alternate(session, cast, arena)
    await divide(session, cast, arena.contest, 2)
    (committee,) = await list_committees(session, cast.secretary, cast.office.id)
    row = await make_open_session(session, cast, committee, arena.contest)
    conflict = DeclarationIn(conflict=True, reason="Es mi cuñada")
    await declare_conflict(session, arena.panel["J5"], arena.applications["B"].id, conflict)
    given = CallInIn(stage=PUBLIC, person_id=cast.mayor.person_id, stands_in_for=arena.panel["J5"].person_id)
    await scoring.call_in(session, cast.secretary, arena.contest.id, given)
    await score_all(session, cast, arena.contest, *arena.applications.values())
    await tally_all(session, cast, row)
    await sign_all(session, cast, row)
    data = (await usecases.get_minutes(session, cast.secretary, row.id)).minutes.data
    code = arena.contest.code
    assert [(each["contest_code"], each["stage"], each["juror"], each["applications"]) for each in data["panels"]] == [
        (code, data["panels"][0]["stage"], "Justina Callo Merma", ["A", "B"]),
        (code, data["panels"][0]["stage"], "Juan Deza Noa", ["A", "C"]),
        (code, data["panels"][0]["stage"], "Marcos Champi Sulca", ["B"]),
        (code, data["panels"][0]["stage"], "Juana Espirilla Oré", ["C"]),
    ]
    assert [(each["application_code"], each["juror"], each["stands_in_for"], each["why"]) for each in data["stand_ins"]] == [
        ("B", "Marcos Champi Sulca", "Juana Espirilla Oré", "recused")
    ]
    assert [(each["application_code"], each["juror"]) for each in data["recusals"]] == [("B", "Juana Espirilla Oré")]

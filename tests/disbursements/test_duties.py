"""Every pair of the table of duties along a payment: who did the one is refused the other, whatever roles and sign-ins there are."""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.core import clock
from service.core.actor import Actor, Grant
from service.core.acts import Act, Role
from service.core.db import Session
from service.core.duties import DUTIES, TRACES
from service.core.errors import Forbidden
from service.disbursements import bank_usecases, usecases
from service.disbursements.duties import REFUSALS
from service.disbursements.shapes import BatchIn
from tests.cast import Cast
from tests.make.contracts import make_contract_in_force
from tests.make.disbursements import COMPLETE, prepare, request_first

STEPS = (Act.CHECK_REQUEST, Act.AUTHORISE_REQUEST, Act.PREPARE_BATCH, Act.RELEASE_BATCH)
PAIRS = [(duty.earlier, duty.later) for duty in DUTIES if duty.later in STEPS]


def test_every_earlier_act_has_its_name_in_the_record_and_its_refusal() -> None:
    assert {duty.earlier for duty in DUTIES} == set(TRACES)
    assert {earlier for earlier, _ in PAIRS} == set(REFUSALS)
    assert len({(duty.earlier, duty.later) for duty in DUTIES}) == len(DUTIES)


@pytest.mark.parametrize(("earlier", "later"), PAIRS)
async def test_who_did_the_one_does_not_do_the_other(session: Session, cast: Cast, earlier: Act, later: Act) -> None:
    """The person holds every role, and comes in by another sign-in: what counts is who it is."""
    contract = await make_contract_in_force(session, cast)
    request = await request_first(session, cast, contract)
    did = {
        Act.FILL_SHEET: cast.jurors[4],
        Act.PROPOSE_ACCOUNT: cast.promoter,
        Act.DECIDE_ACCOUNT: cast.second_officer,
        Act.REQUEST_PAYMENT: cast.head,
        Act.CHECK_REQUEST: cast.administrator,
        Act.AUTHORISE_REQUEST: cast.programme,
        Act.PREPARE_BATCH: cast.administrator,
    }
    by: Actor = replace(did[earlier], grants=frozenset({Grant(role) for role in Role}), via="sign_in:another")
    refusals = (REFUSALS[earlier],) if earlier != Act.CHECK_REQUEST else (REFUSALS[earlier], REFUSALS[Act.PREPARE_BATCH])
    if later == Act.CHECK_REQUEST:
        return await refused(usecases.check_request(session, by, request.id, COMPLETE), *refusals)
    await usecases.check_request(session, cast.administrator, request.id, COMPLETE)
    if later == Act.AUTHORISE_REQUEST:
        return await refused(usecases.authorise_request(session, by, request.id), *refusals)
    await usecases.authorise_request(session, cast.programme, request.id)
    if later == Act.PREPARE_BATCH:
        given = BatchIn(execution_date=await clock.today(session) + timedelta(days=1))
        return await refused(bank_usecases.prepare_batch(session, by, cast.office.id, given), *refusals)
    batch = await prepare(session, cast)
    return await refused(bank_usecases.release_batch(session, by, batch.id), *refusals)


async def refused(done: object, *refusals: type[Forbidden]) -> None:
    """What was begun ends in one of these refusals."""
    with pytest.raises(refusals):
        await done  # type: ignore[misc]  # a coroutine of any result

"""The payout of a family contest: what was reserved for each prize becomes payable to the host group as one sum."""

from uuid import UUID

from service.contests.models import Call, Contest
from service.contests.usecases import rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.core.ids import new_id
from service.core.money import ZERO, show
from service.deliberation.appeal_holds import require_settled
from service.disbursements import prize_store, rules
from service.disbursements.models import PrizePayout
from service.disbursements.paper import prize_rows, receipts_data
from service.documents.models import DocumentKind
from service.documents.usecases import request_document
from service.funding.usecases import commit_for_payout
from service.people.group_usecases import get_group, signatories_on
from service.people.letterheads import letterhead, organisation
from service.record import usecases as record


async def make_payout(session: Session, actor: Actor, contest: Contest, call: Call, host_id: UUID) -> PrizePayout:
    """The payout of a decided contest, with one posting for each prize, and the receipts that the families will sign.

    Raises ``NothingAwarded``, ``AppealOpen``, ``StillAppealable``, ``BoardIncomplete``.
    """
    await require_settled(session, contest.id)
    prizes = await prize_store.prizes_of(session, contest.id)
    if not prizes:
        raise rules.NothingAwarded
    payout = PrizePayout(
        id=new_id(),
        contest_id=contest.id,
        group_id=host_id,
        amount=sum((prize.award.amount for prize in prizes), ZERO),
        prizes=prize_rows(prizes),
        at=await clock.now(session),
    )
    for prize in prizes:
        await commit_for_payout(session, actor, f"award:{prize.award.id}", f"payout:{payout.id}")
    session.add(payout)
    await session.flush()
    await _request_receipts(session, contest, call, payout, prizes)
    payload = {"contest_id": str(contest.id), "amount": show(payout.amount), "prizes": payout.prizes}
    await record.append(session, actor, "payout.made", f"payout:{payout.id}", payload)
    return payout


async def _request_receipts(
    session: Session, contest: Contest, call: Call, payout: PrizePayout, prizes: list[prize_store.Prize]
) -> None:
    heading = await letterhead(session, call.office_id)
    group = await get_group(session, None, payout.group_id)
    data = receipts_data(
        number=f"{heading['office_code']}-{call.code}-{contest.code}",
        at=payout.at,
        contest=contest,
        prizes=prizes,
        minutes=await prize_store.minutes_of_contest(session, contest.id),
        rules_sha256=(await rules_in_force(session, contest.id)).sha256,
        contract=await prize_store.contract_of_host(session, payout.group_id),
        letterhead=heading,
        group=await organisation(session, group),
        payer=(await signatories_on(session, group.id, await clock.today(session)))[-1],  # the treasurer, or the mayor
    )
    await request_document(session, DocumentKind.RECEIPTS, f"payout:{payout.id}", data)

"""The paper of an authorisation, gathered from what it pays."""

from service.contests.models import Contest
from service.core.db import Session
from service.disbursements import prize_store, store
from service.disbursements.models import Authorisation, PaymentRequest
from service.disbursements.paper import Steps, Subject, authorisation_data, of_contract, of_prizes
from service.disbursements.store import Payment
from service.documents.models import Document, DocumentKind
from service.documents.usecases import request_document
from service.funding.models import Fund
from service.funding.usecases import fund_of_contest
from service.people.group_usecases import get_group
from service.people.groups import BeneficiaryAccount
from service.people.letterheads import letterhead, organisation
from service.people.models import Nec, Office
from service.people.usecases import persons_by_id


async def request_paper(
    session: Session, payment: Payment, authorisation: Authorisation, account: BeneficiaryAccount
) -> Document:
    """Ask for the paper of an authorisation that was just given."""
    request = payment.request
    subject, fund = await _subject(session, payment)
    office = await store.fetch(session, Office, request.office_id)
    data = authorisation_data(
        authorisation,
        subject,
        letterhead=await letterhead(session, office.id),
        nec=await store.fetch(session, Nec, office.nec_id),
        fund=fund.name,
        group=await organisation(session, await get_group(session, None, request.group_id)),
        account=account,
        steps=await _steps(session, request, authorisation),
    )
    return await request_document(session, DocumentKind.AUTHORISATION, f"authorisation:{authorisation.id}", data)


async def _subject(session: Session, payment: Payment) -> tuple[Subject, Fund]:
    if payment.payout is None:
        contract, tranche = payment.of_tranche()
        before = await store.authorised_before(session, contract.id, tranche.number)
        return of_contract(contract, tranche.number, before), await store.fetch(session, Fund, contract.fund_id)
    payout = payment.payout
    contest = await store.fetch(session, Contest, payout.contest_id)
    minutes = await prize_store.minutes_of_contest(session, contest.id)
    host_contract = await prize_store.contract_of_host(session, payout.group_id)
    return of_prizes(contest, payout, minutes, host_contract), await fund_of_contest(session, contest.id)


async def _steps(session: Session, request: PaymentRequest, authorisation: Authorisation) -> Steps:
    if request.checked_by is None or request.checked_at is None:
        raise ValueError(f"payment {request.id} is authorised without a check")
    people = await persons_by_id(session, [request.requested_by, request.checked_by, authorisation.authorised_by])
    return Steps(
        requested=(people[request.requested_by], request.requested_at),
        checked=(people[request.checked_by], request.checked_at),
        check_note=request.check_note or "",
        authorised=(people[authorisation.authorised_by], authorisation.authorised_at),
    )

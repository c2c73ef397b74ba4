"""An office in the middle of its work: something waits for everybody."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from service.applications import eligibility
from service.applications.models import Application
from service.applications.shapes import ReturnIn
from service.contracts.models import Contract, ContractDraft, InkSignature, Party
from service.core import clock
from service.core.db import Session
from service.deliberation.models import CommitteeSession
from service.disbursements.models import BankBatch, PaymentRequest
from service.disbursements.usecases import authorise_request, check_request
from service.people import account_usecases
from service.people.groups import BeneficiaryAccount
from service.people.models import Committee
from service.scoring import calibration
from service.scoring.calibration_models import CalibrationSample
from service.scoring.shapes import SampleIn
from tests.cast import Cast
from tests.make import contracts as contract
from tests.make.applications import file_application, make_application, make_eligible
from tests.make.contests import make_contest, without_appeals
from tests.make.deliberation import convene
from tests.make.disbursements import COMPLETE, deposit_own, prepare, request_first
from tests.make.people import account_in, make_committee, make_group
from tests.make.scoring import make_panel


@dataclass(frozen=True)
class Office:
    """What waits, by who sees to it. The second draft cannot be numbered, as its group has no account."""

    drafts: list[ContractDraft]
    scan: InkSignature
    due: Contract
    requested: PaymentRequest
    checked: PaymentRequest
    batch: BankBatch
    account: BeneficiaryAccount
    filed: Application
    returned: Application
    begun: Application
    unvisited: Application
    session: CommitteeSession
    contest: UUID


async def make_office(session: Session, cast: Cast) -> Office:
    """Contracts from draft to payment, applications from draft to visit, a session and a calibration round."""
    drafts = [await _draft(session, cast, account=number != 1) for number in range(3)]
    scanned = await contract.make_contract(session, cast, terms=without_appeals())
    due = await _in_force(session, cast)
    await deposit_own(session, cast, due)
    requested = await request_first(session, cast, await _in_force(session, cast))
    checked = await _checked(session, cast)
    await authorise_request(session, cast.programme, (await _checked(session, cast)).id)
    bare = await make_group(session, cast, account=False)
    account = await account_usecases.propose_account(session, cast.promoter, bare.id, account_in())
    contest, committee = await make_contest(session, cast), await make_committee(session, cast)
    returned = await file_application(session, cast, contest)
    until = ReturnIn(note="Falta el acta", correct_until=await clock.now(session) + timedelta(days=5))
    await eligibility.return_application(session, cast.secretary, returned.id, until)
    return Office(
        drafts=drafts,
        scan=await contract.register(session, cast, scanned, Party.GROUP),
        due=due,
        requested=requested,
        checked=checked,
        batch=await prepare(session, cast),
        account=account,
        filed=await file_application(session, cast, contest),
        returned=returned,
        begun=await make_application(session, cast, contest),
        unvisited=await make_eligible(session, cast, contest, present=None),
        session=await _judged(session, cast, committee),
        contest=contest.id,
    )


async def _draft(session: Session, cast: Cast, *, account: bool) -> ContractDraft:
    group = await make_group(session, cast, account=account)
    return await contract.make_draft(
        session, cast, await contract.make_award(session, cast, group=group, terms=without_appeals())
    )


async def _in_force(session: Session, cast: Cast) -> Contract:
    return await contract.make_contract_in_force(session, cast, terms=without_appeals())


async def _checked(session: Session, cast: Cast) -> PaymentRequest:
    request = await request_first(session, cast, await _in_force(session, cast))
    return await check_request(session, cast.administrator, request.id, COMPLETE)


async def _judged(session: Session, cast: Cast, committee: Committee) -> CommitteeSession:
    """A session whose contest has a panel, two applications and the samples of its calibration."""
    contest = await make_contest(session, cast)
    await make_panel(session, cast, contest)
    for code in ("X", "Y"):
        await make_eligible(session, cast, contest, code=code)
    for place in (1, 2):
        await _sample(session, cast, contest.id, place)
    return await convene(session, cast, committee, contest)


async def _sample(session: Session, cast: Cast, contest_id: UUID, place: int) -> CalibrationSample:
    given = SampleIn(place=place, title=f"Muestra {place}", text="Un plan de riego.", share="9/10")
    return await calibration.keep_sample(session, cast.secretary, contest_id, given)

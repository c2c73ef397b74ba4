"""Awards in signed minutes and contracts in every state of their life, made through the use cases."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from scripts.demo.scans import scan
from service.applications.models import BudgetSource
from service.applications.shapes import BudgetIn, BudgetLineIn
from service.contests.shapes import TermsIn
from service.contracts import signature_usecases, usecases
from service.contracts.models import Contract, ContractDraft, InkSignature, Party
from service.contracts.shapes import ContractDraftIn, InkIn, ReasonIn, SignatoryIn
from service.core import clock
from service.core.db import Session
from service.deliberation.models import Award
from service.deliberation.usecases import award_of
from service.funding.models import Fund
from service.funding.usecases import assign_fund
from service.people.group_usecases import signatories_on
from service.people.groups import Group
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.deliberation import sign_contest
from tests.make.funding import make_fund
from tests.make.people import make_group, make_municipality

PDF = scan("the signed original")
REASON = ReasonIn(act="Carta 015-2026-OL-SICUANI", reason="La asamblea lo pidió")
DRAFT = ContractDraftIn(resolution="Resolución Directoral 041-2025-NEC", obligations="Poner el cartel del programa.")


def money_budget(requested: str = "10000.05", own_share: str = "2500.00", in_kind: str = "0.00") -> BudgetIn:
    """Two lines of the fund (the first 6000.00), one of the group's own share in money, one of what it gives in kind."""
    whole, own, labour = Decimal(requested), Decimal(own_share), Decimal(in_kind)
    pumps = min(whole, Decimal("6000.00"))
    lines = [
        BudgetLineIn(description="Motobombas", source=BudgetSource.FUND, amount=pumps),
        BudgetLineIn(description="Mangueras", source=BudgetSource.FUND, amount=whole - pumps),
        BudgetLineIn(description="Semillas", source=BudgetSource.OWN, amount=own),
        BudgetLineIn(description="Mano de obra", source=BudgetSource.OWN, in_kind=True, amount=labour),
    ]
    return BudgetIn(requested=whole, own_share=own + labour, lines=[line for line in lines if line.amount])


async def make_award(
    session: Session,
    cast: Cast,
    budget: BudgetIn | None = None,
    *,
    ready: str = "pdn-first",
    terms: TermsIn | None = None,
    group: Group | None = None,
    fund: Fund | None = None,
    book: dict[str, Any] | None = None,
) -> Award:
    """What signed minutes award to a group (new unless told) that asked for ``budget``; paid by a fund with 100000.00 unless told."""
    fund = fund or await make_fund(session, cast)
    contest = await make_contest(session, cast, ready, terms=terms, book=book)
    await assign_fund(session, cast.programme, contest.id, fund.id)
    group = group or await (make_municipality if ready.startswith("idl") else make_group)(session, cast)
    fields = (budget or money_budget()).model_dump()
    application = await make_eligible(session, cast, contest, group, **fields)
    await sign_contest(session, cast, contest, application)
    award = await award_of(session, application.id)
    assert award is not None
    return award


async def make_draft(session: Session, cast: Cast, award: Award) -> ContractDraft:
    """A draft of the secretary."""
    return await usecases.draft_contract(session, cast.secretary, award.id, DRAFT)


async def make_contract(session: Session, cast: Cast, budget: BudgetIn | None = None, **award: Any) -> Contract:
    """A numbered contract; ``award`` are further arguments of ``make_award``."""
    made = await make_award(session, cast, budget, **award)
    return await usecases.number_contract(session, cast.head, (await make_draft(session, cast, made)).id)


async def ink_in(session: Session, cast: Cast, contract: Contract, party: Party, *persons: UUID, **changes: Any) -> InkIn:
    """Signed today by those who sign for that side, or by ``persons``."""
    today = await clock.today(session)
    board = [person.id for _, person in await signatories_on(session, contract.group_id, today)]
    signing = persons or (board if party == Party.GROUP else [cast.head.person_id])
    signatories = [SignatoryIn(person_id=person_id) for person_id in signing]
    given = InkIn(party=party, signed_on=today, signatories=signatories)
    return InkIn(**{**given.model_dump(), **changes})


async def register(session: Session, cast: Cast, contract: Contract, party: Party) -> InkSignature:
    """A scan that the secretary registers; it waits for a second officer."""
    given = await ink_in(session, cast, contract, party)
    scan = PDF + f"{contract.number} {party}".encode()
    return await signature_usecases.register_ink_signature(session, cast.secretary, contract.id, given, "contrato.pdf", scan)


async def sign(session: Session, cast: Cast, contract: Contract, *parties: Party) -> Contract:
    """The contract once these sides (both, unless told) have signed and the second officer has confirmed."""
    for party in parties or (Party.GROUP, Party.OFFICE):
        signature = await register(session, cast, contract, party)
        await signature_usecases.confirm_ink_signature(session, cast.second_officer, signature.id)
    return contract


async def make_contract_in_force(session: Session, cast: Cast, budget: BudgetIn | None = None, **award: Any) -> Contract:
    """A contract that both sides have signed; ``award`` are further arguments of ``make_award``."""
    return await sign(session, cast, await make_contract(session, cast, budget, **award))

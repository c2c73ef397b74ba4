"""Valid funds, cofunders and pledges, made through the use cases."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from service.core.db import Session
from service.funding import pledge_usecases, usecases
from service.funding.models import Cofunder, CofunderKind, CofunderSigner, Deposit, Fund, Pledge, PledgeKind
from service.funding.shapes import CertificateIn, CofunderIn, DepositIn, FundDepositIn, FundIn, PledgeIn, SignerIn
from tests.cast import SINCE, Cast
from tests.make.people import next_number, next_ruc


async def make_fund(session: Session, cast: Cast, amount: str | None = "100000.00", **changes: Any) -> Fund:
    """A fund with ``amount`` available, deposited by the programme; empty with None."""
    given = FundIn(office_id=cast.office.id, code=f"F{next_number()}", name="Fondo Sierra Sur", currency="PEN")
    fund = await usecases.create_fund(session, cast.programme, given.model_copy(update=changes))
    if amount is not None:
        await make_deposit(session, cast, fund, amount)
    return fund


async def make_deposit(
    session: Session, cast: Cast, fund: Fund, amount: str, cofunder: Cofunder | None = None, reference: str | None = None
) -> Deposit:
    """Money in a fund without a pledge: of a new cofunder of kind programme unless told."""
    cofunder = cofunder or await make_cofunder(session, cast, kind=CofunderKind.PROGRAMME, name="Programa")
    reference = reference or f"OP-{next_number()}"
    given = FundDepositIn(cofunder_id=cofunder.id, amount=Decimal(amount), bank_reference=reference)
    return await pledge_usecases.record_deposit(session, cast.administrator, fund.id, given)


def cofunder_in(cast: Cast, **changes: Any) -> CofunderIn:
    """A mining company."""
    given = CofunderIn(office_id=cast.office.id, kind=CofunderKind.COMPANY, name="Minera Tintaya", ruc=next_ruc())
    return CofunderIn(**{**given.model_dump(), **changes})


async def make_cofunder(session: Session, cast: Cast, **changes: Any) -> Cofunder:
    """A cofunder of the cast's office; ``changes`` are fields of ``CofunderIn``."""
    return await usecases.create_cofunder(session, cast.programme, cofunder_in(cast, **changes))


async def make_signer(session: Session, cast: Cast, cofunder: Cofunder, person_id: UUID, **changes: Any) -> CofunderSigner:
    """A person who signs for a cofunder since 2020."""
    given = SignerIn(person_id=person_id, position="Gerente", since=SINCE)
    return await usecases.appoint_signer(session, cast.programme, cofunder.id, given.model_copy(update=changes))


def pledge_in(fund: Fund, cofunder: Cofunder, amount: str = "3000.00", **changes: Any) -> PledgeIn:
    """A pledge in cash for all that a fund pays; ``changes`` are fields of ``PledgeIn``."""
    fields = {"cofunder_id": cofunder.id, "fund_id": fund.id, "kind": PledgeKind.CASH, "amount": amount, "purpose": "Premios"}
    return PledgeIn.model_validate({**fields, **changes})


async def make_pledge(
    session: Session, cast: Cast, fund: Fund, cofunder: Cofunder, amount: str = "3000.00", **changes: Any
) -> Pledge:
    """A declared pledge: by the secretary."""
    return await pledge_usecases.declare_pledge(session, cast.secretary, pledge_in(fund, cofunder, amount, **changes))


async def make_certified_pledge(
    session: Session, cast: Cast, fund: Fund, cofunder: Cofunder, amount: str = "3000.00", **changes: Any
) -> Pledge:
    """A pledge that the administrator has certified."""
    pledge = await make_pledge(session, cast, fund, cofunder, amount, **changes)
    certificate = CertificateIn(number="CCP 0042-2020", certified_on=SINCE)
    return await pledge_usecases.certify_pledge(session, cast.administrator, pledge.id, certificate)


async def make_deposited_pledge(
    session: Session, cast: Cast, fund: Fund, cofunder: Cofunder, amount: str = "3000.00", **changes: Any
) -> Deposit:
    """A pledge in cash that has arrived."""
    pledge = await make_certified_pledge(session, cast, fund, cofunder, amount, **changes)
    given = DepositIn(bank_reference=f"OP-{next_number()}")
    return await pledge_usecases.deposit_pledge(session, cast.administrator, pledge.id, given)

"""What is allowed with contracts: their life, who signs, what a number looks like, how a budget fits an award."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from uuid import UUID

from service.applications.models import BudgetLine, BudgetSource
from service.contests.models import ApplicantKind, Contest
from service.contracts.models import ContractStatus, InkSignature, Party
from service.core.actor import Actor
from service.core.errors import Conflict, Forbidden, Rejected
from service.core.money import ZERO, split_by_shares
from service.core.series import written


class ContractAction(StrEnum):
    """What happens to a numbered contract."""

    SIGN_GROUP = "sign_group"
    SIGN_HEAD = "sign_head"
    REPORT = "report"
    LIQUIDATE = "liquidate"
    COMPLETE = "complete"
    WRITE_OFF = "write_off"
    ANNUL = "annul"
    SUSPEND = "suspend"
    RESUME = "resume"
    TERMINATE = "terminate"


TRANSITIONS = {
    (ContractStatus.NUMBERED, ContractAction.SIGN_GROUP): ContractStatus.SIGNED_BY_GROUP,
    (ContractStatus.SIGNED_BY_GROUP, ContractAction.SIGN_HEAD): ContractStatus.IN_FORCE,
    (ContractStatus.IN_FORCE, ContractAction.REPORT): ContractStatus.REPORTED,
    (ContractStatus.REPORTED, ContractAction.LIQUIDATE): ContractStatus.LIQUIDATED,
    (ContractStatus.LIQUIDATED, ContractAction.COMPLETE): ContractStatus.COMPLETED,
    (ContractStatus.COMPLETED, ContractAction.WRITE_OFF): ContractStatus.WRITTEN_OFF,
    (ContractStatus.NUMBERED, ContractAction.ANNUL): ContractStatus.ANNULLED,
    (ContractStatus.SIGNED_BY_GROUP, ContractAction.ANNUL): ContractStatus.ANNULLED,
    (ContractStatus.IN_FORCE, ContractAction.SUSPEND): ContractStatus.SUSPENDED,
    (ContractStatus.SUSPENDED, ContractAction.RESUME): ContractStatus.IN_FORCE,
    (ContractStatus.IN_FORCE, ContractAction.TERMINATE): ContractStatus.TERMINATED,
    (ContractStatus.SUSPENDED, ContractAction.TERMINATE): ContractStatus.TERMINATED,
}

SIGNING = {Party.GROUP: ContractAction.SIGN_GROUP, Party.OFFICE: ContractAction.SIGN_HEAD}
"""What a side's confirmed signature does."""


class NotForAContract(Conflict):
    """The award belongs to a second request or to a family."""

    message = (
        "A contract is made for the first request of a group. Second requests and family prizes are paid without a new one."
    )


class AwardHasContract(Conflict):
    """The award has a contract that is not annulled."""

    message = "There is already a contract for this award: {number}. Annul it first if a new one is needed."


class HeadWithoutDni(Conflict):
    """The office head's DNI is not entered."""

    message = "The contract names the DNI of the office head. Enter it under your name first."


class AccountInAnotherCurrency(Conflict):
    """The confirmed account does not hold the contest's currency."""

    message = "The group's account is in {account}, the contract in {currency}. Propose an account in {currency}."


class SignatureWaiting(Conflict):
    """That side's signature is registered or confirmed already."""

    message = "The signature of this side is already registered. Let another officer confirm or refuse that scan."


class SignatureDecided(Conflict):
    """The scan was confirmed or refused before."""

    message = "This scan has already been decided on. Reload the page to see what became of it."


class WrongSignatories(Rejected):
    """Those named are not exactly those who sign for that side on that day."""

    message = "On {day} this side is signed for by: {expected}. Name exactly them, or correct the day."


class SigningDayImpossible(Rejected):
    """A day of signing in the future, before the contract was numbered, or before the other side signed."""

    message = "The day of signing lies between {earliest} and {latest}. Copy it again from the paper."


class NobodyHeadsTheOffice(Conflict):
    """The office has no head on the day of signing."""

    message = "On {day} this office has no head who could sign. Enter the role first, or correct the day."


class RegistrarCannotConfirm(Forbidden):
    """Who registered a scan decides on it."""

    message = "Who registered a scan cannot confirm it. Ask another officer to compare it with the paper."


def require_contractable(contest: Contest) -> None:
    """Contracts are for first requests of groups. Raises ``NotForAContract``."""
    if contest.request_number != 1 or contest.applicant_kind != ApplicantKind.GROUP:
        raise NotForAContract


def require_currency(account: str, currency: str) -> None:
    """Raises ``AccountInAnotherCurrency``."""
    if account != currency:
        raise AccountInAnotherCurrency(account=account, currency=currency)


def contract_number(serial: int, year: int, plan_type: str, office_code: str) -> str:
    """``001-2026-PDN-SICUANI``."""
    return f"{written(serial)}-{year}-{plan_type}-{office_code}"


def require_signatories(named: Iterable[UUID], expected: Sequence[tuple[UUID, str]], day: date) -> None:
    """All of ``expected`` (person and name) and nobody else are named, each once. Raises ``WrongSignatories``."""
    if sorted(named) != sorted(person_id for person_id, _ in expected):
        raise WrongSignatories("signatories", day=day.isoformat(), expected=", ".join(name for _, name in expected))


def require_one_head(named: Sequence[UUID], heads: Sequence[tuple[UUID, str]], day: date) -> None:
    """One of the office's heads of that day signs alone. Raises ``NobodyHeadsTheOffice``, ``WrongSignatories``."""
    if not heads:
        raise NobodyHeadsTheOffice("signed_on", day=day.isoformat())
    if len(named) != 1 or named[0] not in {person_id for person_id, _ in heads}:
        raise WrongSignatories("signatories", day=day.isoformat(), expected=", ".join(name for _, name in heads))


def require_signing_day(signed_on: date, earliest: date, latest: date) -> None:
    """Both ends included. Raises ``SigningDayImpossible``."""
    if not earliest <= signed_on <= latest:
        raise SigningDayImpossible("signed_on", earliest=earliest.isoformat(), latest=latest.isoformat())


def require_undecided(signature: InkSignature) -> None:
    """Raises ``SignatureDecided``."""
    if signature.confirmed_by is not None or signature.refused_because is not None:
        raise SignatureDecided


def require_second_officer(actor: Actor, registrars: Collection[UUID]) -> None:
    """``registrars``: who registered the scan, and whom that person stood in for. Raises ``RegistrarCannotConfirm``."""
    if not actor.persons.isdisjoint(registrars):
        raise RegistrarCannotConfirm


def fitted(lines: Sequence[BudgetLine], amount: Decimal) -> list[Decimal]:
    """What each budget line comes to when the fund gives ``amount``: the fund's lines in proportion, the others as they are.

    An award below what was asked for (a purse that ended) shrinks every line of the fund by the same share; the last of them takes
    the rest, so that they sum to ``amount``.
    """
    asked = [line.amount for line in lines if line.source == BudgetSource.FUND]
    total = sum(asked, ZERO)
    parts = iter(split_by_shares(amount, [Fraction(each) / Fraction(total) for each in asked]) if asked else ())
    return [next(parts) if line.source == BudgetSource.FUND else line.amount for line in lines]

"""The papers of payments as plain values: the fund-transfer authorisation and the families' receipts. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from service.contests.models import Contest
from service.contracts.models import Contract
from service.contracts.paper import day_of, instant
from service.core.money import ZERO, show
from service.deliberation.models import Minutes
from service.disbursements.models import Authorisation, PrizePayout
from service.disbursements.prize_store import Prize
from service.documents.shapes import Letterhead, Organisation
from service.people.groups import BeneficiaryAccount, BoardMandate
from service.people.models import Nec, Person


@dataclass(frozen=True)
class Subject:
    """What an authorisation pays, in the words of its paper. ``tranche`` is None for prizes."""

    contract_number: str
    contract_day: str
    minutes_number: str
    plan_type: str
    plan_title: str
    currency: str
    tranche: int | None
    tranches: int
    whole: Decimal
    paid_before: Decimal


def of_contract(contract: Contract, tranche: int, paid_before: Decimal) -> Subject:
    """A tranche of a contract."""
    data = contract.data
    return Subject(
        contract_number=contract.number,
        contract_day=day_of(contract.numbered_at),
        minutes_number=data["background"]["minutes_number"],
        plan_type=contract.plan_type.value,
        plan_title=data["plan_title"],
        currency=data["currency"],
        tranche=tranche,
        tranches=len(data["tranches"]),
        whole=contract.amount,
        paid_before=paid_before,
    )


def of_prizes(contest: Contest, payout: PrizePayout, minutes: Minutes, contract: Contract | None) -> Subject:
    """The prizes of a contest, which the host's contract (where it has one) is about."""
    return Subject(
        contract_number=contract.number if contract else "-",
        contract_day=day_of(contract.numbered_at if contract else minutes.closed_at),
        minutes_number=minutes.number,
        plan_type=contest.plan_type.value,
        plan_title=contest.title,
        currency=contest.currency,
        tranche=None,
        tranches=1,
        whole=payout.amount,
        paid_before=ZERO,
    )


@dataclass(frozen=True)
class Steps:
    """Who requested, checked and authorised, and when."""

    requested: tuple[Person, datetime]
    checked: tuple[Person, datetime]
    check_note: str
    authorised: tuple[Person, datetime]


def authorisation_data(
    authorisation: Authorisation,
    subject: Subject,
    letterhead: Letterhead,
    nec: Nec,
    fund: str,
    group: Organisation,
    account: BeneficiaryAccount,
    steps: Steps,
) -> dict[str, Any]:
    """The values of ``AuthorisationPaper``."""
    return {
        "letterhead": letterhead,
        "number": authorisation.number,
        "issued_at": instant(authorisation.authorised_at),
        "fund": fund,
        "grantor": nec.name,
        "grantor_ruc": nec.ruc,
        "contract_number": subject.contract_number,
        "contract_day": subject.contract_day,
        "minutes_number": subject.minutes_number,
        "plan_type": subject.plan_type,
        "plan_title": subject.plan_title,
        "group": group,
        "account": account.model_dump(include={"bank", "number", "cci", "holder", "currency"}),
        "tranche": subject.tranche,
        "tranches": subject.tranches,
        "currency": subject.currency,
        "contract_amount": show(subject.whole),
        "paid_before": show(subject.paid_before),
        "amount": show(authorisation.amount),
        "left": show(subject.whole - subject.paid_before - authorisation.amount),
        "requested": _step(*steps.requested, "office_head"),
        "checked": _step(*steps.checked, "administrator", steps.check_note),
        "authorised": _step(*steps.authorised, "programme"),
    }


def receipts_data(
    number: str,
    at: datetime,
    contest: Contest,
    prizes: Sequence[Prize],
    minutes: Minutes,
    rules_sha256: str,
    contract: Contract | None,
    letterhead: Letterhead,
    group: Organisation,
    payer: tuple[BoardMandate, Person],
) -> dict[str, Any]:
    """The values of ``ReceiptsPaper``: one receipt for each family."""
    mandate, person = payer
    return {
        "letterhead": letterhead,
        "number": number,
        "issued_at": instant(at),
        "contest_code": contest.code,
        "contest_title": contest.title,
        "rules_sha256": rules_sha256,
        "minutes_number": minutes.number,
        "minutes_day": day_of(minutes.closed_at),
        "contract_number": contract.number if contract else "-",
        "group": group,
        "payer": {"name": person.name, "dni": person.dni, "role": mandate.role.value, "body": group["name"]},
        "currency": contest.currency,
        "receipts": [_receipt(serial, prize) for serial, prize in enumerate(prizes, start=1)],
        "total": show(sum((prize.award.amount for prize in prizes), ZERO)),
    }


def prize_rows(prizes: Sequence[Prize]) -> list[dict[str, Any]]:
    """The prizes as a payout keeps them: families by code and head, places, amounts."""
    return [
        {
            "award_id": str(prize.award.id),
            "application": prize.application.code,
            "family": prize.family.code,
            "head": prize.head.name,
            "place": prize.award.rank,
            "amount": show(prize.award.amount),
        }
        for prize in prizes
    ]


def _receipt(serial: int, prize: Prize) -> dict[str, Any]:
    return {
        "serial": serial,
        "family_code": prize.family.code,
        "name": prize.head.name,
        "dni": prize.head.dni,
        "place": prize.award.rank,
        "pooled": "tie_pooled" in prize.ranked.reasons,
        "amount": show(prize.award.amount),
    }


def _step(person: Person, at: datetime, role: str, note: str = "") -> dict[str, Any]:
    return {"name": person.name, "dni": person.dni, "role": role, "at": instant(at), "note": note}

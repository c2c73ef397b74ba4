"""What is allowed among groups: boards, rolls of families, accounts."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from enum import StrEnum

from service.core.errors import Conflict, Forbidden, Rejected
from service.core.machine import advance
from service.core.text import sort_key
from service.people.groups import AccountStatus, BeneficiaryAccount, BoardMandate, BoardRole, Group, GroupKind, Registration
from service.people.models import Person
from service.people.rules import overlap, require_term
from service.people.shapes import AccountIn, FamilyIn, GroupIn, MandateIn, MemberIn


class AccountAction(StrEnum):
    """What happens to a beneficiary account."""

    CONFIRM = "confirm"
    REFUSE = "refuse"
    REPLACE = "replace"


ACCOUNT_LIFE = {
    (AccountStatus.PENDING, AccountAction.CONFIRM): AccountStatus.CONFIRMED,
    (AccountStatus.PENDING, AccountAction.REFUSE): AccountStatus.REFUSED,
    (AccountStatus.CONFIRMED, AccountAction.REPLACE): AccountStatus.REPLACED,
}


class RegistrySheetMissing(Rejected):
    """A registered group without its sheet."""

    message = "Write the number of the registry sheet, or say that the group is still in formation."


class NotRegisteredYet(Rejected):
    """A registry sheet of a group said to be in formation."""

    message = "A group in formation has no registry sheet. Say that it is registered, or leave the sheet out."


class AlreadyRegistered(Conflict):
    """The group's registration is entered."""

    message = "This group is already registered. Reload the page to see its registry sheet."


class SeatNotOnThisBoard(Rejected):
    """A mayor of an association, a treasurer of a municipality."""

    message = "A municipality has a mayor; other groups have a president, a treasurer and a secretary. Choose the seat again."


class SeatTaken(Conflict):
    """Another mandate for the same seat overlaps."""

    message = "Somebody else holds this seat at that time. End that mandate first."


class OnTheBoardAlready(Conflict):
    """The person holds another seat at that time."""

    message = "This person already has a seat on the board at that time. End that mandate first."


class BoardIncomplete(Conflict):
    """A seat that signs for the group is empty."""

    message = "Nobody holds this seat of the board on {day}: {seats}. Enter the mandate first."


class CodeTwice(Rejected):
    """A family's code stands twice."""

    message = "The number “{code}” stands twice on the roll. Give every family a number of its own."


class PersonTwice(Rejected):
    """A person stands twice on the roll."""

    message = "The person with DNI {dni} stands twice on the roll. Leave the person in one family."


class OneHead(Rejected):
    """A family without a head, or with two."""

    message = "Family “{code}” has {heads} heads. Mark exactly one member as head of the family."


class OtherName(Rejected):
    """The DNI belongs to somebody with other family names."""

    message = "The DNI {dni} is entered for {name}. Copy the DNI again, or correct that person first."


class SameAccount(Conflict):
    """The proposed account is the one in use."""

    message = "This account is already in use for the group. There is nothing to change."


class AccountReasonMissing(Rejected):
    """A change of account without a reason."""

    message = "An account is in use already. Write why it changes."


class AccountWaiting(Conflict):
    """An earlier proposal waits for its decision."""

    message = "Another account is waiting for a second officer. Decide on that one first."


class OwnProposal(Forbidden):
    """Who proposed an account decides on it."""

    message = "Who proposed an account cannot confirm it. Ask another officer to decide."


class NoConfirmedAccount(Conflict):
    """The group has no account in use."""

    message = "The group has no confirmed account. Propose one and let a second officer confirm it."


def require_registration(given: GroupIn) -> None:
    """A registry sheet where there is an entry, and only there; a municipality exists by law without one.

    Raises ``RegistrySheetMissing``, ``NotRegisteredYet``.
    """
    if given.registration == Registration.IN_FORMATION and given.registry_sheet:
        raise NotRegisteredYet("registry_sheet")
    if given.registration == Registration.REGISTERED and not given.registry_sheet and given.kind != GroupKind.MUNICIPALITY:
        raise RegistrySheetMissing("registry_sheet")


def signing_seats(kind: GroupKind) -> tuple[BoardRole, ...]:
    """The seats that sign for a group of this kind, in order."""
    return (BoardRole.MAYOR,) if kind == GroupKind.MUNICIPALITY else (BoardRole.PRESIDENT, BoardRole.TREASURER)


def require_free_seat(group: Group, mandates: Iterable[BoardMandate], given: MandateIn) -> None:
    """One person a seat and one seat a person at a time. Raises ``TermReversed``, ``SeatNotOnThisBoard``, ``SeatTaken``, ``OnTheBoardAlready``."""
    require_term(given.since, given.until)
    if (given.role == BoardRole.MAYOR) != (group.kind == GroupKind.MUNICIPALITY):
        raise SeatNotOnThisBoard("role")
    together = [m for m in mandates if overlap(m.since, m.until, given.since, given.until)]
    if any(m.role == given.role for m in together):
        raise SeatTaken("role")
    if any(m.person_id == given.person_id for m in together):
        raise OnTheBoardAlready("person_id")


def signatories(group: Group, board: Sequence[tuple[BoardMandate, Person]], day: date) -> list[tuple[BoardMandate, Person]]:
    """Those of a day's ``board`` who sign for the group, in order of seats. Raises ``BoardIncomplete``."""
    by_seat = {mandate.role: (mandate, person) for mandate, person in board}
    seats = signing_seats(group.kind)
    missing = [seat for seat in seats if seat not in by_seat]
    if missing:
        raise BoardIncomplete(seats=tuple(missing), day=day.isoformat())
    return [by_seat[seat] for seat in seats]


def require_roll(families: Sequence[FamilyIn], known_codes: set[str], enrolled_dnis: set[str]) -> None:
    """New families against each other and the roll so far. Raises ``CodeTwice``, ``PersonTwice``, ``OneHead``."""
    codes, dnis = set(known_codes), set(enrolled_dnis)
    for at, family in enumerate(families):
        if family.code in codes:
            raise CodeTwice(f"families.{at}.code", code=family.code)
        codes.add(family.code)
        heads = Counter(member.head for member in family.members)[True]
        if heads != 1:
            raise OneHead(f"families.{at}.members", code=family.code, heads=heads)
        for place, member in enumerate(family.members):
            if member.dni in dnis:
                raise PersonTwice(f"families.{at}.members.{place}.dni", dni=member.dni)
            dnis.update({member.dni} if member.dni else ())


def require_same_name(known: Person, given: MemberIn, field: str) -> None:
    """A DNI found is the person meant: the family names agree but for case and marks on letters. Raises ``OtherName``."""
    if plain(known.family_names) != plain(given.family_names):
        raise OtherName(field, dni=given.dni, name=known.name)


def plain(name: str) -> str:
    """A name without case and marks on letters, to compare with others."""
    return sort_key(name).replace("\uffff", "")  # an ñ too may be typed without its mark


def require_new_account(given: AccountIn, accounts: Iterable[BeneficiaryAccount]) -> None:
    """One change at a time, to another account, with its reason. Raises ``AccountWaiting``, ``SameAccount``, ``AccountReasonMissing``."""
    by_status = {account.status: account for account in accounts}
    if AccountStatus.PENDING in by_status:
        raise AccountWaiting
    in_use = by_status.get(AccountStatus.CONFIRMED)
    if in_use and (in_use.cci, in_use.holder) == (given.cci, given.holder):
        raise SameAccount("cci")
    if in_use and not given.reason:
        raise AccountReasonMissing("reason")


def decided(account: BeneficiaryAccount, accept: bool) -> AccountStatus:
    """What a decision makes of an account. Raises ``WrongState``."""
    return advance(ACCOUNT_LIFE, account.status, AccountAction.CONFIRM if accept else AccountAction.REFUSE)


def replaced(account: BeneficiaryAccount) -> AccountStatus:
    """What a newly confirmed account makes of the one in use. Raises ``WrongState``."""
    return advance(ACCOUNT_LIFE, account.status, AccountAction.REPLACE)

"""The values that several papers print: plain texts in one written form each, so that their JSON has one hash.

Every shape is exact: a missing key, a further key or a text of another form is refused when a document is asked for.
"""

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, ConfigDict, StringConstraints, with_config
from typing_extensions import TypedDict

exact = with_config(ConfigDict(extra="forbid", strict=True))
"""Marks a shape whose keys and types are all checked."""


def _moment(text: str) -> str:
    if datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("the time has no offset")
    return text


def _day(text: str) -> str:
    if date.fromisoformat(text).isoformat() != text:
        raise ValueError("a day is written YYYY-MM-DD")
    return text


Amount = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,12}\.[0-9]{2}$")]
"""Money with two decimals: ``"10000.05"``."""

Balance = Annotated[str, StringConstraints(pattern=r"^-?[0-9]{1,12}\.[0-9]{2}$")]
"""A difference of two amounts, which may be negative."""

Percent = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,3}(\.[0-9]{1,2})?$")]
"""A share in percent: ``"70"``."""

Points = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+(\.[0-9]+|/[1-9][0-9]*)?$")]
"""A score: a decimal or a fraction of two whole numbers."""

Shown = Annotated[str, StringConstraints(pattern=r"^-?[0-9]+\.[0-9]{2}$")]
"""A score as it is announced, with two decimals."""

Moment = Annotated[str, AfterValidator(_moment)]
"""An instant in ISO 8601 with an offset: ``"2026-01-10T14:30:00Z"``. Papers show it in the time of Peru."""

Day = Annotated[str, AfterValidator(_day)]
"""A date: ``"2026-01-10"``."""

Sha256 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

Dni = Annotated[str, StringConstraints(pattern=r"^[0-9]{8}$")]
ShownDni = Annotated[str, StringConstraints(pattern=r"^([0-9]{8}|\*{4}[0-9]{4})$")]
"""A DNI, on public copies its end."""

Currency = Literal["PEN", "USD"]
PlanCode = Literal["PIT", "PGRN", "PDN", "PDN-J", "IDL", "CIF", "SIDE", "HOMES"]
GroupWord = Literal["community", "association", "committee", "municipality"]
CapacityWord = Literal["chair", "member", "staff", "mayor", "guest"]
RoleWord = Literal["president", "treasurer", "secretary", "mayor", "office_head", "administrator", "promoter", "witness"]
Outcome = Literal["approved", "not_approved", "reserve", "disqualified", "withdrawn", "pending", "deferred"]


@exact
class Letterhead(TypedDict):
    """Who issues the paper."""

    programme: str
    office: str
    office_code: str
    address: str


@exact
class Place(TypedDict):
    """Where something lies: the rural place or street, the district and its UBIGEO."""

    place: str
    district: str
    province: str
    department: str
    ubigeo: Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


@exact
class Organisation(TypedDict):
    """A group as papers name it; ``registry_sheet`` is None while it is in formation."""

    name: str
    kind: GroupWord
    ruc: str | None
    registry_sheet: str | None
    place: Place


@exact
class Signatory(TypedDict):
    """Who signs, as what, and for whom. ``dni`` is None where the person has no identity card yet."""

    name: str
    dni: Dni | None
    role: RoleWord
    body: str


@exact
class Account(TypedDict):
    """A bank account as it was confirmed."""

    bank: str
    number: str
    cci: Annotated[str, StringConstraints(pattern=r"^[0-9]{20}$")]
    holder: str
    currency: Currency


@exact
class HeadRef(TypedDict):
    """A signed head of the record: who signs, how many acts it covers, and the root over them in hex."""

    origin: str
    size: int
    root: Sha256


@exact
class RuleBookRef(TypedDict):
    """The version of a contest's rules that was in force, by its hash."""

    contest_code: str
    contest_title: str
    version: int
    sha256: Sha256

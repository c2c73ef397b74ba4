"""What people type about persons, offices, groups and committees: input shapes of the area.

``description`` is the label that forms show, and a key of the catalogues.
"""

from datetime import date
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints

from service.core.acts import Role
from service.core.text import Code, Line, Paragraphs
from service.people.groups import BoardRole, GroupKind, Registration
from service.people.identifiers import Cci, Dni, Mobile, Ruc
from service.people.invitation_models import InvitationWay
from service.people.models import Position, Sex

Ubigeo = Annotated[str, StringConstraints(pattern="^[0-9]{6}$")]
"""The code of a district; whether there is such a district is asked of the territory."""

Sha256 = Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
"""A SHA-256 in hex."""

UserName = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{2,39}$"),
    BeforeValidator(lambda value: value.strip().lower() if isinstance(value, str) else value),
]
"""A name to sign in with: 3 to 40 small letters, digits, points, hyphens."""


class PersonIn(BaseModel, extra="forbid"):
    """A person as their papers say; the DNI may come later."""

    dni: Dni | None = Field(default=None, description="DNI")
    given_names: Line = Field(description="Given names")
    family_names: Line = Field(description="Family names")
    sex: Sex = Field(description="Sex")
    birth_date: date | None = Field(default=None, description="Date of birth")
    mobile: Mobile | None = Field(default=None, description="Mobile number")


class NecIn(BaseModel, extra="forbid"):
    """An executing nucleus and the account that it pays from."""

    ruc: Ruc = Field(description="RUC")
    name: Line = Field(description="Name")
    cci: Cci = Field(description="CCI of the account that pays")


class OfficeIn(BaseModel, extra="forbid"):
    """A local office; ``code`` stands in the numbers of its papers."""

    code: Code = Field(description="Code")
    name: Line = Field(description="Name")
    address: Line = Field(description="Address")
    ubigeo: Ubigeo = Field(description="District")
    nec_id: UUID = Field(description="Executing nucleus")


class GrantIn(BaseModel, extra="forbid"):
    """A role in one office, or in all of them without one."""

    role: Role = Field(description="Role")
    office_id: UUID | None = Field(default=None, description="Office")
    since: date = Field(description="From")


class SignInIn(BaseModel, extra="forbid"):
    """How a person will sign in."""

    user_name: UserName = Field(description="User name")
    password: str = Field(max_length=200, description="Password", repr=False)


class InviteIn(BaseModel, extra="forbid"):
    """How an invitation to sign in goes out."""

    way: InvitationWay = Field(description="How it is sent")
    language: Literal["es", "en", "qu"] = Field(default="es", description="Language of the message")


class PaperIn(BaseModel, extra="forbid"):
    """The link's token and the code of an invitation, which its issuer was shown once."""

    token: Annotated[str, StringConstraints(pattern="^[A-Za-z0-9_-]{43}$")] = Field(repr=False)
    code: str = Field(max_length=40, repr=False)


class AcceptIn(BaseModel, extra="forbid"):
    """What an invited person types: the link's token or the code, the answer to the question, and how they will sign in."""

    key: str = Field(max_length=64, repr=False)
    answer: str = Field(max_length=40, repr=False)
    user_name: UserName | None = Field(default=None, description="User name")
    password: str = Field(max_length=200, description="Password", repr=False)


class PasswordIn(BaseModel, extra="forbid"):
    """Another password for oneself."""

    old: str = Field(max_length=200, description="Password until now", repr=False)
    password: str = Field(max_length=200, description="New password", repr=False)


class EndIn(BaseModel, extra="forbid"):
    """The last day of a mandate or an appointment."""

    until: date = Field(description="Last day")


class CommitteeIn(BaseModel, extra="forbid"):
    """A committee of an office."""

    office_id: UUID = Field(description="Office")
    name: Line = Field(description="Name")


class AppointmentIn(BaseModel, extra="forbid"):
    """A member's term, both days included."""

    person_id: UUID = Field(description="Person")
    position: Position = Field(description="Position")
    origin: Line = Field(description="On behalf of")
    since: date = Field(description="From")
    until: date | None = Field(default=None, description="Last day")


class GroupIn(BaseModel, extra="forbid"):
    """An organisation, or a municipality."""

    office_id: UUID = Field(description="Office")
    kind: GroupKind = Field(description="Kind of organisation")
    name: Line = Field(description="Name")
    ruc: Ruc | None = Field(default=None, description="RUC")
    registration: Registration = Field(description="Entry in the public registry")
    registry_sheet: Line | None = Field(default=None, description="Registry sheet")
    ubigeo: Ubigeo = Field(description="District")
    place: Line = Field(description="Place or street")


class RegistrationIn(BaseModel, extra="forbid"):
    """The entry in the public registry that a group in formation has obtained."""

    registry_sheet: Line = Field(description="Registry sheet")
    ruc: Ruc | None = Field(default=None, description="RUC")


class MandateIn(BaseModel, extra="forbid"):
    """A seat on the board, both days included."""

    person_id: UUID = Field(description="Person")
    role: BoardRole = Field(description="Seat on the board")
    since: date = Field(description="From")
    until: date = Field(description="Last day")


class MemberIn(PersonIn):
    """A member of a family: a person, known already where the DNI is."""

    head: bool = Field(default=False, description="Head of the family")


class FamilyIn(BaseModel, extra="forbid"):
    """A family on the roll; one member is its head."""

    code: Code = Field(description="Number on the roll")
    members: list[MemberIn] = Field(min_length=1, max_length=40, description="Members")


class RollIn(BaseModel, extra="forbid"):
    """Families to enter on a group's roll."""

    families: list[FamilyIn] = Field(min_length=1, max_length=2000, description="Families")


class RollEntryIn(BaseModel, extra="forbid"):
    """Which file and which preview of it were looked at: the hashes that the preview shows."""

    file_sha256: Sha256 = Field(description="Hash of the file")
    preview_sha256: Sha256 = Field(description="Hash of the preview")


class DistinctIn(BaseModel, extra="forbid"):
    """The other of two that look alike, and why they are not the same, or why that is taken back."""

    other_id: UUID = Field(description="The other")
    reason: Line = Field(description="Why")


class AccountIn(BaseModel, extra="forbid"):
    """A group's bank account, and why it takes the place of another where one is in use."""

    bank: Line = Field(description="Bank")
    number: Line = Field(description="Account number")
    cci: Cci = Field(description="CCI")
    holder: Line = Field(description="Holder, as the bank writes it")
    currency: Literal["PEN"] = Field(default="PEN", description="Currency")
    reason: Paragraphs = Field(default="", description="Reason for the change")


class AccountDecisionIn(BaseModel, extra="forbid"):
    """What the second officer says of a proposed account."""

    accept: bool = Field(description="The account is right")

"""A duty, the sections of the first page, a task."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from service.core.acts import Act
from service.core.texts import Phrase


class Section(StrEnum):
    """The sections of the first page, the most urgent first."""

    SHEETS = "my_sheets"
    SESSION = "my_session"
    DECISIONS = "my_decisions"
    PAYMENTS = "payments_today"
    APPEALS = "appeals_waiting"
    APPLICATIONS = "applications_waiting"
    CONTRACTS = "contracts_waiting"
    PROGRAMME = "programme_waiting"


@dataclass(frozen=True, eq=False)
class Duty:
    """A kind of thing to do: it shows to whoever may do ``act`` in the office of a row, or to the person that ``rows`` names.

    ``rows`` selects ``about`` (a line for a person), ``subject`` (its identifier), ``amount``, ``since`` and ``office``, which is null
    where ``act`` is None; ``:person`` and ``:now`` are who asks and when. ``kind`` says what the subject is, ``page`` which column names
    the page that shows it. With ``has_term``, ``since`` is the day until which it is to be done. What may be decided with others in one
    go has ``decision``, a name in ``decisions``.
    """

    section: Section
    sentence: Phrase
    act: Act | None
    kind: str
    rows: str
    decision: str | None = None
    page: str = "subject"
    has_term: bool = False


@dataclass(frozen=True)
class Task:
    """One thing to do: what it is about, its subject, the identifier of the page that shows it, its money, since when it waits."""

    about: str
    subject: str
    page: str
    amount: Decimal | None = None
    since: datetime | None = None

"""Refusals: what Raymi says no to, by name.

A refusal is a class beside the rule it guards, named for the situation (``PhaseClosed``, ``NotTheAuthor``). Its ``message`` is
the English text a person reads, with ``{placeholders}``; it is the key of the same text in the catalogues, and says what to do
next. Only ``api/errors.py`` knows the status number of a kind.
"""

from typing import ClassVar, Literal

from service.core.texts import fill

Kind = Literal["not_found", "forbidden", "conflict", "rejected"]


class Refusal(Exception):
    """The root of all refusals.

    ``field`` names the input that is at fault, if one is (dotted path, ``lines.0.amount``); ``values`` fill the placeholders:
    a member of an enumeration, a ``Reason`` or a ``Phrase`` is said in the reader's language, a tuple with commas between.
    """

    kind: ClassVar[Kind] = "rejected"
    message: ClassVar[str] = "This cannot be done."

    def __init__(self, field: str | None = None, **values: object) -> None:
        self.field = field
        self.values = values
        super().__init__(fill(self.message, values))

    @property
    def name(self) -> str:
        """The stable name of the refusal, the same in every language."""
        return type(self).__name__


class NotFound(Refusal):
    """What was asked for does not exist, or the asker may not know that it does."""

    kind = "not_found"
    message = "There is nothing here under this address. Go back to the first page and choose from there."


class Forbidden(Refusal):
    """The actor may not do this."""

    kind = "forbidden"
    message = "You are not allowed to do this. Ask your office if you should be."


class Conflict(Refusal):
    """The act does not fit the state things are in."""

    kind = "conflict"


class Rejected(Refusal):
    """The input itself is wrong."""

    kind = "rejected"

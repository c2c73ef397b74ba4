"""State machines: a table that a lawyer can read, and the only way to move through it."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from service.core.errors import Conflict

S = TypeVar("S", bound=StrEnum)
A = TypeVar("A", bound=StrEnum)


class WrongState(Conflict):
    """The act does not fit the state that its subject is in."""

    message = "This cannot be done now: the state is “{state}”. Reload the page to see what can be done next."


def advance(table: Mapping[tuple[S, A], S], state: S, action: A) -> S:
    """The state that ``action`` leads to from ``state``. Raises ``WrongState`` where the table has no such row."""
    following = table.get((state, action))
    if following is None:
        raise WrongState(state=state)
    return following

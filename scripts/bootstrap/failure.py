"""How the set-up says no, and what it prints while it works."""

import sys

from scripts.refusal import Refused


class SetupFailed(Refused):
    """The machine lacks something that cannot be brought from here; the message says what to do."""


def say(line: str) -> None:
    """One line of progress, on standard error: standard output belongs to the command that follows."""
    print(f"raymi: {line}", file=sys.stderr, flush=True)

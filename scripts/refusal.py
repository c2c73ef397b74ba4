"""How a command says no."""


class Refused(Exception):
    """A command cannot do its work; the message says what to do."""

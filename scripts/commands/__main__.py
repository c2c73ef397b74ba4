"""Finds the sub-command by its name and runs it."""

import ast
import importlib
import signal
import sys
from pathlib import Path

from scripts.refusal import Refused
from service.core.settings import BadSetting

ENDED_BY_SIGNAL = 128

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """The sub-commands there are, as a person types them."""
    return sorted(file.stem.replace("_", "-") for file in FOLDER.glob("*.py") if not file.stem.startswith("_"))


def summary(name: str) -> str:
    """The first line of a sub-command's docstring, read without importing it."""
    source = (FOLDER / f"{name.replace('-', '_')}.py").read_text(encoding="utf-8")
    return (ast.get_docstring(ast.parse(source)) or "").partition("\n")[0]


def usage() -> str:
    """The list of all sub-commands."""
    width = max(map(len, names()))
    lines = [f"  {name:<{width}}  {summary(name)}" for name in names()]
    return "\n".join(["usage: raymi COMMAND [ARGUMENTS]", "", *lines, "", "raymi COMMAND --help tells more of one."])


def main(arguments: list[str]) -> int:
    """Run `arguments`; 2 for a sub-command that does not exist, 1 for one that cannot do its work."""
    if not arguments or arguments[0] in ("-h", "--help", "help"):
        print(usage())
        return 0
    name, *rest = arguments
    if name not in names():
        print(f"raymi: there is no sub-command '{name}'.\n\n{usage()}", file=sys.stderr)
        return 2
    signal.signal(signal.SIGTERM, _leave_in_order)
    command = importlib.import_module(f"scripts.commands.{name.replace('-', '_')}")
    try:
        return int(command.main(rest))
    except (Refused, BadSetting) as refusal:
        print(f"raymi {name}: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _leave_in_order(number: int, _frame: object) -> None:
    """End by an exception, so that whoever holds the database lets go of it."""
    sys.exit(ENDED_BY_SIGNAL + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

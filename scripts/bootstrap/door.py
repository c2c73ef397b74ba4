"""What `scripts/raymi` does before a sub-command runs: the set-up, done once and then only looked at."""

import contextlib
import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from typing import NoReturn

from scripts.bootstrap import paths, system, venv
from scripts.bootstrap.failure import SetupFailed, say
from scripts.commands import __main__ as commands


def main(arguments: Sequence[str]) -> int:
    """Set up what is missing, then become the sub-command that `arguments` name. Help needs no set-up."""
    if not arguments or arguments[0] not in commands.names():
        return commands.main(list(arguments))
    return enter(["-m", "scripts.commands", *arguments])


def enter(command: Sequence[str], with_tests: bool = False) -> int:
    """Set up what is missing, then become the environment's Python running `command`; 1 when something cannot be had."""
    try:
        ensure(with_tests)
    except SetupFailed as failure:
        say(str(failure))
        return 1
    return become(command)


def ensure(with_tests: bool = False) -> None:
    """Everything a machine needs, with the tests' tools on demand. Refuses: SetupFailed."""
    needs = [*system.TO_RUN, *(system.TO_TEST if with_tests else [])]
    if not _is_done(needs, with_tests):
        with _one_at_a_time():
            venv.ensure(with_tests)
            system.ensure(needs)
            if not system.has_fonts(system.SUBSET_FONTS):
                _run_in_environment("scripts.bootstrap.fonts", "the fonts could not be made; what was said is above.")
    system.install_fonts()


def become(command: Sequence[str]) -> NoReturn:
    """Replace this process by the environment's Python running `command`."""
    python = str(venv.python())
    sys.stdout.flush()
    os.execve(python, [python, "-P", *command], system.environment(os.environ))


def _is_done(needs: list[system.Need], with_tests: bool) -> bool:
    fonts = system.has_fonts(system.SUBSET_FONTS)
    return venv.is_current(with_tests) and fonts and all(need.is_met() for need in needs)


@contextlib.contextmanager
def _one_at_a_time() -> Iterator[None]:
    lock = paths.ROOT / "var" / "setup.lock"
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("wb")
    except OSError as error:
        raise SetupFailed(f"{error}: the set-up is incomplete, and only the owner of {paths.ROOT} can complete it.") from error
    with file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _run_in_environment(module: str, otherwise: str) -> None:
    command = [str(venv.python()), "-P", "-m", module]
    if subprocess.run(command, check=False, env=system.environment(os.environ)).returncode:
        raise SetupFailed(otherwise)

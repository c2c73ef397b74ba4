"""The virtual environment, installed from a lock file with hashes.

Each lock has an environment of its own, `var/venvs/<hash of the lock>`, marked when complete; `var/venv` is a link to the
one in use. So an interrupted installation never disturbs a running service, and going back is a link away.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from scripts.bootstrap import debian, paths
from scripts.bootstrap.failure import SetupFailed, say

RUN_LOCK = paths.ROOT / "requirements.lock"
TEST_LOCK = paths.ROOT / "requirements-test.lock"
"""What RUN_LOCK has, in the same versions, and the tools of the tests."""

COMPLETE = "raymi-complete"


def is_current(with_tests: bool = False) -> bool:
    """Whether the environment in use is complete and of this checkout's lock."""
    link = paths.VENV
    if not link.is_symlink() or not (link / COMPLETE).exists() or not (link / "bin" / "python").exists():
        return False
    accepted = {_mark(TEST_LOCK)} if with_tests else {_mark(RUN_LOCK), _mark(TEST_LOCK)}
    return link.resolve().name in accepted


def is_running() -> bool:
    """Whether this process runs in the environment in use."""
    return Path(sys.prefix).resolve() == paths.VENV.resolve()


def ensure(with_tests: bool = False) -> None:
    """Make the environment in use one of this checkout's lock; nothing when it is. Refuses: SetupFailed."""
    if is_current(with_tests):
        return
    if paths.VENV.exists() and not paths.VENV.is_symlink():
        raise SetupFailed(f"{paths.VENV} was not made by raymi: move it away.")
    lock = TEST_LOCK if with_tests or _has_tests() else RUN_LOCK
    target = paths.VENVS / _mark(lock)
    if not (target / COMPLETE).exists() or not (target / "bin" / "python").exists():
        _build(target, lock)
    before = paths.VENV.resolve() if paths.VENV.is_symlink() else target
    fresh = paths.VENV.with_name("venv.new")
    fresh.unlink(missing_ok=True)
    fresh.symlink_to(target.relative_to(paths.VENV.parent))
    fresh.replace(paths.VENV)
    _forget_all_but(target, before)


def python() -> Path:
    """The interpreter of the environment in use."""
    return paths.VENV / "bin" / "python"


def _has_tests() -> bool:
    """Whether the environment in use, current or not, is a developer's."""
    complete = paths.VENV / COMPLETE
    return complete.exists() and complete.read_text() == TEST_LOCK.name


def _mark(lock: Path) -> str:
    return hashlib.sha256(lock.read_bytes()).hexdigest()[:12]


def _build(target: Path, lock: Path) -> None:
    say(f"installing {lock.name} (a few minutes, once)")
    shutil.rmtree(target, ignore_errors=True)
    pip = _create(target)
    options = ["--require-hashes", "--no-deps", "--only-binary=:all:", "--no-input", "--disable-pip-version-check", "-qq"]
    if subprocess.run([*pip, "install", *options, "-r", str(lock)], check=False).returncode:
        raise SetupFailed(f"pip could not install {lock.name}; what it said is above. Set it right and run this again.")
    (target / COMPLETE).write_text(lock.name)


def _create(target: Path) -> list[str]:
    """Make an empty environment; what comes back is the start of a pip command for it."""
    if importlib.util.find_spec("ensurepip") is None and os.getuid() == 0 and debian.has_apt():
        debian.install([f"python3.{sys.version_info.minor}-venv"])
        importlib.invalidate_caches()
    bundled = importlib.util.find_spec("ensurepip") is not None
    command = [sys.executable, "-m", "venv", *([] if bundled else ["--without-pip"]), str(target)]
    if subprocess.run(command, check=False).returncode:
        raise SetupFailed(f"{' '.join(command)} failed; what it said is above.")
    interpreter = str(target / "bin" / "python")
    return [interpreter, "-m", "pip"] if bundled else [interpreter, f"{debian.pip_wheel()}/pip"]


def _forget_all_but(*kept: Path) -> None:
    for place in paths.VENVS.iterdir():
        if place.resolve() not in [keep.resolve() for keep in kept]:
            shutil.rmtree(place, ignore_errors=True)

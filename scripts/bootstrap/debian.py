"""Debian's packages: installed by root; for anybody else fetched and unpacked under `var/apt`, which needs no rights."""

import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from scripts.bootstrap import paths
from scripts.bootstrap.failure import SetupFailed, say

PLACE = paths.ROOT / "var" / "apt"
UNPACKED = PLACE / "root"
LISTS = Path("/var/lib/apt/lists")


def has_apt() -> bool:
    """Whether this is a system with Debian's packages."""
    return shutil.which("apt-get") is not None and shutil.which("dpkg") is not None


def bring(packages: Sequence[str]) -> None:
    """Install `packages`, or unpack them and what they need under UNPACKED. Refuses: SetupFailed."""
    if not has_apt():
        raise refusal(packages)
    if os.getuid() == 0:
        install(packages)
    else:
        unpack(packages)


def install(packages: Sequence[str]) -> None:
    """Install `packages` as root. Refuses: SetupFailed."""
    say(f"installing Debian's {' '.join(packages)}")
    if not any(LISTS.glob("*_Packages*")):
        _run(["apt-get", "update", "-qq"])
    command = ["apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages]
    if _run(command) and (_run(["apt-get", "update", "-qq"]) or _run(command)):  # lists that are too old name files long gone
        raise refusal(packages)


def unpack(packages: Sequence[str]) -> None:
    """Fetch `packages` and those they need that the system lacks, and unpack them under UNPACKED. Refuses: SetupFailed."""
    say(f"fetching Debian's {' '.join(packages)} to {PLACE.relative_to(paths.ROOT)}, since only root can install them")
    archives = PLACE / "archives"
    for folder in (PLACE / "lists" / "partial", PLACE / "cache", archives, UNPACKED):
        folder.mkdir(parents=True, exist_ok=True)
    own = ["-o", f"Dir::State::lists={PLACE / 'lists'}", "-o", f"Dir::Cache={PLACE / 'cache'}", "-o", "Debug::NoLocking=true"]
    if _run(["apt-get", *own, "update", "-qq"]):
        raise refusal(packages)
    plan = _output(["apt-get", *own, "--simulate", "--no-install-recommends", "install", *packages])
    wanted = [f"{name}={version}" for name, version in re.findall(r"^Inst (\S+) \((\S+) ", plan, re.MULTILINE)]
    if not wanted or _run(["apt-get", *own, "download", "-qq", *wanted], archives):
        raise refusal(packages)
    for archive in sorted(archives.glob("*.deb")):
        if _run(["dpkg", "-x", str(archive), str(UNPACKED)]):
            raise refusal(packages)
    for spent in (archives, PLACE / "lists", PLACE / "cache"):
        shutil.rmtree(spent)


def pip_wheel() -> Path:
    """The wheel of pip in Debian's python3-pip-whl, for a Python that came without pip. Refuses: SetupFailed."""
    place = "usr/share/python-wheels/pip-*.whl"
    if not any(wheel for top in (Path("/"), UNPACKED) for wheel in top.glob(place)):
        bring(["python3-pip-whl"])
    wheels = [wheel for top in (Path("/"), UNPACKED) for wheel in sorted(top.glob(place))]
    if not wheels:
        raise refusal(["python3-venv"])
    return wheels[0]


def refusal(packages: Sequence[str]) -> SetupFailed:
    """What to ask for when packages cannot be brought."""
    return SetupFailed(
        f"this machine lacks {', '.join(packages)}, and they could not be brought from here. Ask an administrator for\n"
        f"    apt-get update && apt-get install --no-install-recommends {' '.join(packages)}\n"
        "(on other systems than Debian, for the packages of the same purpose), then run this again."
    )


def _run(command: list[str], directory: Path = paths.ROOT) -> int:
    """Run quietly; the last lines are shown when it fails."""
    done = subprocess.run(
        command,
        check=False,
        cwd=directory,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "PATH": f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"},
    )
    if done.returncode:
        say(f"{command[0]} failed:\n" + "\n".join(done.stdout.splitlines()[-8:]))
    return done.returncode


def _output(command: list[str]) -> str:
    return subprocess.run(command, check=False, capture_output=True, text=True, stdin=subprocess.DEVNULL).stdout

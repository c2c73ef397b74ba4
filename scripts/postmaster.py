"""The server process of one data directory: whether it lives, on which port it may listen, and its end."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

STOP_SECONDS = 60.0


def find(data: Path) -> int | None:
    """The process id of the server that holds `data`; None when it is dead, a zombie, or not PostgreSQL at all
    (after a reboot the number in the file may belong to another program)."""
    try:
        pid = int((data / "postmaster.pid").read_text().splitlines()[0])
        os.kill(pid, 0)
    except PermissionError:
        return None
    except (OSError, ValueError, IndexError):
        return None
    if not Path("/proc/self/stat").exists():
        return pid  # a system without that listing
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text().partition("(")[2].rpartition(")")
    except OSError:
        return None
    return pid if name.startswith("postgres") and rest.split()[0] != "Z" else None


def forget_dead(data: Path, sockets: Path) -> None:
    """Remove the marks of a server that is no more, at which PostgreSQL could refuse to start: a killed one stays a zombie
    until its parent looks, and PostgreSQL takes zombies for alive."""
    if find(data) is None:
        for mark in (data / "postmaster.pid", *sockets.glob(".s.PGSQL.*")):
            mark.unlink(missing_ok=True)


def end(data: Path, child: subprocess.Popen[bytes] | None) -> None:
    """Stop the server of `data` (a `child` of this process or not) and wait until it has gone: first politely, which rolls
    back what is open; after a minute at once, which costs a recovery at the next start and no committed row."""
    pid = find(data)
    if pid is not None:
        os.kill(pid, signal.SIGINT)
    deadline = time.monotonic() + STOP_SECONDS
    while pid is not None and find(data) == pid:
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGQUIT)
            deadline += STOP_SECONDS
        if child is not None:
            child.poll()
        time.sleep(0.02)
    if child is not None:
        child.wait()


def choose_port(remembered: Path) -> None:
    """Write a free port of 127.0.0.1 to the file `remembered`; the one that is there already while it is free."""
    for wanted in (int(remembered.read_text()) if remembered.exists() else 0, 0):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", wanted))
            remembered.write_text(str(probe.getsockname()[1]))
            return

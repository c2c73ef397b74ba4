"""Keeps the processes of one installation running, and ends them in order."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

POLL_SECONDS = 0.2
DRAIN_SECONDS = 60.0
"""How long requests and jobs that have begun may take to end."""
FIRST_DELAY, LONGEST_DELAY = 1.0, 30.0
STEADY_SECONDS = 60.0
PR_SET_PDEATHSIG = 1  # Linux: a signal for the child when its parent dies


@dataclass
class Child:
    """One process by name; `restarts` when it ends by itself, after a delay that doubles while it does so quickly."""

    name: str
    command: Sequence[str]
    restarts: bool
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    delay: float = FIRST_DELAY
    due: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Start it in a process group of its own: Ctrl-C in a terminal is for the supervisor, which ends it in order."""
        self.process = subprocess.Popen(self.command, process_group=0, preexec_fn=_end_with_parent)
        self.started = time.monotonic()
        say(f"{self.name} runs as process {self.process.pid}")

    def has_ended(self) -> bool:
        """Whether it was started and runs no more."""
        return self.process is not None and self.process.poll() is not None

    def plan_restart(self) -> None:
        """Say that it ended and when it starts again."""
        assert self.process is not None
        lived = time.monotonic() - self.started
        self.delay = FIRST_DELAY if lived > STEADY_SECONDS else self.delay
        say(f"{self.name} ended with {self.process.returncode}; it starts again in {self.delay:.0f} s")
        self.due = time.monotonic() + self.delay
        self.delay = min(self.delay * 2, LONGEST_DELAY)
        self.process = None

    def signal(self, number: signal.Signals) -> None:
        """Signal the process; a kill also goes to what it has started."""
        if self.process is None or self.process.poll() is not None:
            return
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(self.process.pid, number)
            else:
                self.process.send_signal(number)


def run(children: Sequence[Child]) -> int:
    """Run `children` until SIGTERM or SIGINT (then 0), or until one that does not restart ends (then 1)."""
    stop = threading.Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        code = _keep_running(children, stop)
        _end(children)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code


def say(line: str) -> None:
    """One line for the person at the terminal or the journal."""
    print(f"raymi: {line}", file=sys.stderr, flush=True)


def _keep_running(children: Sequence[Child], stop: threading.Event) -> int:
    while not stop.wait(POLL_SECONDS):
        for child in children:
            if child.has_ended() and not child.restarts:
                say(f"{child.name} ended with {child.process.returncode if child.process else '?'}; everything stops")
                return 1
            if child.has_ended():
                child.plan_restart()
            if child.process is None and time.monotonic() >= child.due:
                child.start()
    return 0


def _end(children: Sequence[Child]) -> None:
    say("stopping: requests and jobs that have begun come to their end")
    for child in children:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + DRAIN_SECONDS
    for child in children:
        try:
            if child.process is not None:
                child.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            say(f"{child.name} does not end; it is killed")
            child.signal(signal.SIGKILL)
    say("stopped")


def _end_with_parent() -> None:
    """In the child: should the supervisor be killed, end as if told to."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

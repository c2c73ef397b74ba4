"""What keeps the processes running, and how it ends them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from scripts.bootstrap.paths import ROOT

SUPERVISE = """
import sys
from scripts import supervisor
from scripts.supervisor import Child

supervisor.FIRST_DELAY = 0.1
web, worker = sys.argv[1:]
children = [Child("web", ["/bin/sh", "-c", web], restarts=False), Child("worker", ["/bin/sh", "-c", worker], restarts=True, delay=0.1)]
sys.exit(supervisor.run(children))
"""


def supervise(web: str, worker: str) -> "subprocess.Popen[str]":
    """A supervisor of two shell lines, as a process of its own."""
    command = [sys.executable, "-c", SUPERVISE, web, worker]
    return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, stderr=subprocess.PIPE, text=True)


def eventually(condition: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether `condition` comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return False


def lives(pid: str) -> bool:
    """Whether a process is there and no zombie."""
    try:
        return Path(f"/proc/{pid.strip()}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_a_worker_that_ends_is_started_again(tmp_path: Path) -> None:
    times = tmp_path / "times"
    with supervise("exec sleep 60", f"echo x >> {times}; [ $(wc -l < {times}) -gt 2 ] && exec sleep 60; exit 3") as supervisor:
        assert eventually(lambda: times.exists() and times.read_text() == "x\nx\nx\n")
        supervisor.terminate()
        said = supervisor.communicate()[1]
    assert said.count("worker ended with 3; it starts again") == 2
    assert supervisor.returncode == 0


def test_everything_ends_with_the_web_server(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    with supervise("sleep 1; exit 3", f"echo $$ > {pid}; exec sleep 60") as supervisor:
        said = supervisor.communicate(timeout=30)[1]
    assert "web ended with 3; everything stops" in said
    assert supervisor.returncode == 1
    assert not lives(pid.read_text())


def test_work_that_has_begun_comes_to_its_end(tmp_path: Path) -> None:
    begun, done = tmp_path / "begun", tmp_path / "done"
    job = f"trap 'sleep 1; touch {done}; exit 0' TERM; touch {begun}; while :; do sleep 0.1; done"
    with supervise("exec sleep 60", job) as supervisor:
        assert eventually(begun.exists)
        supervisor.send_signal(signal.SIGINT)
        supervisor.communicate(timeout=30)
    assert done.exists()
    assert supervisor.returncode == 0


def test_children_do_not_outlive_a_killed_supervisor(tmp_path: Path) -> None:
    web, worker = tmp_path / "web", tmp_path / "worker"
    with supervise(f"echo $$ > {web}; exec sleep 60", f"echo $$ > {worker}; exec sleep 60") as supervisor:
        assert eventually(lambda: web.exists() and worker.exists() and bool(web.read_text() and worker.read_text()))
        supervisor.kill()
    assert eventually(lambda: not lives(web.read_text()) and not lives(worker.read_text()))

"""Looking into a file in a process of its own, so that a file made to do harm harms nothing but that process.

It has little memory and processor time, may write no file, and is ended when it takes too long. Whatever ends it without an answer
counts as a refusal. At most ``AT_ONCE`` look at the same time; others wait, and the service answers meanwhile.
"""

import asyncio
import json
import os
import resource
import sys

from service.core.errors import Rejected
from service.core.settings import ROOT
from service.documents import inspection
from service.documents.rules import MediaType

MEMORY = 180 * 1024 * 1024
"""Bytes of data that the process may have."""

CPU_SECONDS = 2
WALL_SECONDS = 20.0
"""On a busy machine two seconds of work take longer."""

AT_ONCE = 2

_REFUSALS = {each.__name__: each for each in vars(inspection).values() if isinstance(each, type) and issubclass(each, Rejected)}
_places = asyncio.Semaphore(AT_ONCE)


async def look_into(content: bytes, kind: MediaType) -> None:
    """Refuse what ``inspection.inspect`` refuses, and ``TooHeavy`` what it cannot get through."""
    command = (sys.executable, "-P", "-m", "service.documents.quarantine", kind.value)
    environment = {"PYTHONPATH": str(ROOT), "PATH": os.environ.get("PATH", "")}  # no secret of ours goes in
    pipe = asyncio.subprocess.PIPE
    async with _places:
        child = await asyncio.create_subprocess_exec(
            *command, stdin=pipe, stdout=pipe, stderr=asyncio.subprocess.DEVNULL, env=environment
        )
        try:
            async with asyncio.timeout(WALL_SECONDS):
                said, _ = await child.communicate(content)
        except TimeoutError:
            said = b""
        finally:
            if child.returncode is None:
                child.kill()
                await child.wait()
    if child.returncode or not said:
        raise inspection.TooHeavy("file")
    answer = json.loads(said)
    if answer:
        raise _REFUSALS[answer["refusal"]]("file", **answer["values"])


def main(kind: str) -> None:
    """In the process: look into what comes in, and say what is refused."""
    resource.setrlimit(resource.RLIMIT_DATA, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    try:
        inspection.inspect(sys.stdin.buffer.read(), MediaType(kind))
    except Rejected as refusal:
        print(json.dumps({"refusal": refusal.name, "values": refusal.values}, default=str))
    else:
        print("{}")


if __name__ == "__main__":
    main(sys.argv[1])

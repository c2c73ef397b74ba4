"""Ways to hand a message to the world, chosen by the setting ``RAYMI_SMS``.

An adapter gets the message's identifier as ``key`` with each try, so that a provider that knows idempotency sends once.
"""

import asyncio
import json
import logging
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from uuid import UUID

from service.core import outgoing
from service.core.settings import Settings

log = logging.getLogger("raymi.messages")


class NotDelivered(Exception):
    """The message was not taken. ``is_final`` says that trying again is no use: the provider understood and refused."""

    def __init__(self, reason: str, *, is_final: bool = False) -> None:
        self.is_final = is_final
        super().__init__(reason)


class Adapter(Protocol):
    """Something that delivers."""

    async def send(self, key: UUID, address: str, body: str) -> str:
        """Deliver ``body`` to ``address``; the provider's reference. Raises ``NotDelivered``."""


class Console:
    """Writes messages on the terminal, for development: not into the log, which is kept and shipped while the text may be a secret."""

    async def send(self, key: UUID, address: str, body: str) -> str:
        """Show it; nothing can go wrong."""
        log.info("message shown on the terminal")
        sys.stdout.write(f"--- SMS to {address}\n{body}\n---\n")
        sys.stdout.flush()
        return f"console:{key}"


@dataclass(frozen=True)
class Folder:
    """Writes a JSON file for each message into a directory that only we read: for a modem's own program, or for tests."""

    directory: Path

    async def send(self, key: UUID, address: str, body: str) -> str:
        """Write ``<key>.json`` whole or not at all; a second try writes the same file."""
        try:
            await asyncio.to_thread(
                self._write, key, json.dumps({"id": str(key), "to": address, "text": body}, ensure_ascii=False)
            )
        except OSError as error:
            raise NotDelivered(type(error).__name__) from error
        return f"file:{key}"

    def _write(self, key: UUID, content: str) -> None:
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self.directory / f".{key}"
        draft.touch(mode=0o600)
        draft.write_text(content, encoding="utf-8")
        draft.rename(self.directory / f"{key}.json")


@dataclass(frozen=True)
class Http:
    """Posts ``{"id", "to", "text"}`` with a bearer token to a provider, which answers ``{"reference": "..."}`` (or ``"id"``)."""

    url: str
    token: str = field(repr=False)

    async def send(self, key: UUID, address: str, body: str) -> str:
        """Send; what the provider refuses as wrong (4xx but 401, 403, 408, 425, 429) is final."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(key)}
        origins = {outgoing.origin_of(self.url)}
        try:
            given = {"id": str(key), "to": address, "text": body}
            answer = await outgoing.ask("POST", self.url, origins, headers=headers, json=given)
        except outgoing.NoAnswer as error:
            is_final = 400 <= error.status < 500 and error.status not in (401, 403, 408, 425, 429)
            raise NotDelivered(str(error), is_final=is_final) from error
        return _reference(answer)


def adapter_of(settings: Settings) -> Adapter | None:
    """The adapter that the settings choose; None where no SMS is sent."""
    kind, _, rest = settings.sms.partition(":")
    match kind:
        case "console":
            return Console()
        case "file":
            return Folder(Path(rest).absolute())
        case "http":
            return Http(rest, settings.sms_token)
        case _:
            return None


def _reference(answer: bytes) -> str:
    """The provider's reference; a provider that says yes in other words has taken the message, and sending it anew would send it twice."""
    try:
        found = json.loads(answer)
    except ValueError:
        return "-"
    value = (found.get("reference") or found.get("id") or "-") if isinstance(found, dict) else "-"
    return str(value)[:100].replace("\x00", "")

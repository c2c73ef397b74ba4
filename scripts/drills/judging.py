"""What an answer to a hostile request may be: a status that the OpenAPI document has, and nothing of our inside."""

import re
from collections.abc import Mapping
from typing import Any

from scripts.bootstrap.paths import ROOT

ANYWHERE = frozenset({307, 400, 404, 405, 408, 413, 421, 431})
"""Statuses that any address answers with, whatever is asked of it: the request itself is at fault, or ends with a slash too many."""

_INTERNALS = re.compile(
    rb"Traceback \(most recent|sqlalchemy|asyncpg|pydantic|starlette\.|\bSELECT .{1,80} FROM |\bINSERT INTO |File \"/|/site-packages/|"
    + re.escape(str(ROOT).encode())
)


def shows_internals(body: bytes) -> str | None:
    """What an answer shows of our inside, or None."""
    found = _INTERNALS.search(body)
    return found[0].decode("utf-8", "replace") if found else None


class Documented:
    """The statuses that the OpenAPI document gives for each operation."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.operations = [
            (
                re.compile(re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(path))),
                method.upper(),
                {int(each) for each in operation["responses"]},
            )
            for path, methods in document["paths"].items()
            for method, operation in methods.items()
        ]

    def fault(self, method: str, path: str, status: int, body: bytes) -> str | None:
        """What is wrong with an answer, or None."""
        if status >= 500:
            return f"status {status}"
        if found := shows_internals(body):
            return f"shows {found}"
        if not path.startswith("/api/") or status in ANYWHERE:
            return None
        plain = re.split("[?#]", path)[0]
        allowed = [statuses for pattern, asked, statuses in self.operations if asked == method and pattern.fullmatch(plain)]
        if not any(status in statuses for statuses in allowed):
            return f"undocumented status {status}"
        return None

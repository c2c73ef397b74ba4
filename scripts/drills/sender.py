"""A person at the wire: sends requests as they are, and finds the forms that a person finds by following links."""

import contextlib
import http.client
import re
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from api.deps import COOKIE
from scripts.drills.hostile import Place, Sending
from scripts.drills.served import Served

PAGES = 60
"""Pages that are read as each role, for the forms on them."""


class Sender:
    """One connection, as one person: a bearer token under ``/api``, a cookie and the token of the forms on pages."""

    def __init__(self, url: str, token: str) -> None:
        self.host = urlsplit(url).netloc
        self.token = token
        self.connection = http.client.HTTPConnection(self.host, timeout=60)
        self.form_token = ""  # nosec B105  # none yet
        if token:
            found = re.search(rb'name="_token" value="(\w+)"', self.send(Sending("GET", "/"))[1])
            self.form_token = found[1].decode() if found else ""

    def send(self, sent: Sending) -> tuple[int, bytes]:
        """Status and body of the answer; 400 and nothing where the server hung up on what is no HTTP."""
        headers = {"Host": self.host, "Accept-Encoding": "identity", **self._own(sent), **sent.headers}
        try:
            self.connection.putrequest(sent.method, sent.path, skip_host=True, skip_accept_encoding=True)
            for name, value in headers.items():
                self.connection.putheader(name, value.encode("latin-1", "replace"))
            if sent.body is not None:
                self.connection.putheader("Content-Length", str(len(sent.body)))
            self.connection.endheaders(sent.body)
            answer = self.connection.getresponse()
            return answer.status, answer.read()
        except (
            http.client.HTTPException,
            ConnectionError,
            ValueError,
        ):  # what the client itself will not send, or the server not read
            self.connection.close()
            return 400, b""

    def _own(self, sent: Sending) -> dict[str, str]:
        if sent.path.startswith("/api/"):
            bearer = {"Authorization": f"Bearer {self.token}"} if self.token else {}
            return {"Idempotency-Key": uuid4().hex, **bearer}
        cookie = {"Cookie": f"{COOKIE}={self.token}", "X-Form-Token": self.form_token} if self.token else {}
        return {"Sec-Fetch-Site": "same-origin", **cookie}


class _Page(HTMLParser):
    """The links and the forms of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.links: list[str] = []
        self.forms: list[tuple[str, list[str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note it."""
        given: dict[str, Any] = dict(attrs)
        if tag == "a" and str(given.get("href", "")).startswith("/"):
            self.links.append(given["href"])
        elif tag == "form" and given.get("method") == "post":
            self.forms.append((given.get("action", ""), []))
        elif tag in ("input", "select", "textarea") and self.forms and given.get("name"):
            self.forms[-1][1].append(given["name"])


def forms(served: Served, token: str) -> list[Place]:
    """The forms that a person finds by following links, but those that end the sign-in."""
    sender, waiting, seen = Sender(served.url, token), ["/", "/contests", "/offices", "/transparency"], set[str]()
    found: dict[str, Place] = {}
    while waiting and len(seen) < PAGES:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        status, body = sender.send(Sending("GET", path))
        page = _Page()
        with contextlib.suppress(UnicodeDecodeError):
            page.feed(body.decode() if status == 200 else "")
        waiting += page.links
        for action, names in page.forms:
            if action.startswith("/") and action != "/sign-out":
                found[action] = Place("POST", action, tuple(names))
    return list(found.values())

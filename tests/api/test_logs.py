"""Logs hold no secret and no person's data, and nobody writes a line of them."""

import io
import json
import logging

import pytest

from api import logs
from tests.api.conftest import Client

PLANTED = {
    "a DNI": "Key (dni)=(46731182) already exists",
    "a phone": "sent to +51 984 123 456",
    "an account": "cci 018-261-000026100000-14 refused",
    "a token": "GET /invitations/kQ3v0b7mZJx2yPq8sT5uW1aC4dE6fG9hI0jK-lM_nO",
    "a bearer": "Authorization: Bearer abc.def",
    "a password": "{'password': 'chacra2026', 'user_name': 'ana'}",
    "an address": "mail to ana.quispe@example.pe failed",
    "a database": "could not reach postgresql://raymi_app:s3cr3tpass@127.0.0.1/raymi",
    "a row": "duplicate key\nDETAIL: Failing row contains (46731182, Julia, Arapa).",
    "parameters": "INSERT INTO person\n[parameters: ('Julia Arapa', '46731182')]\n",
    "an input": "validation error [type=x, input_value='Julia Arapa', input_type=str]",
}
SECRETS = (
    "46731182",
    "984 123 456",
    "000026100000",
    "kQ3v0b7mZJ",
    "abc.def",
    "chacra2026",
    "ana.quispe",
    "s3cr3tpass",
    "Julia",
)


def written(message: str, **extra: object) -> str:
    """The line that a record makes."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(logs.JsonFormatter())
    record = logging.getLogger("x").makeRecord("x", logging.WARNING, "f", 1, message, (), None, extra=extra)
    handler.handle(record)
    return out.getvalue()


@pytest.mark.parametrize("what", PLANTED)
def test_what_slips_into_a_line_is_masked(what: str) -> None:
    for line in (written(PLANTED[what]), written("x", path=PLANTED[what]), written("x", error=PLANTED[what])):
        assert [secret for secret in SECRETS if secret in line] == []
        json.loads(line)


def test_what_logs_are_for_stays_readable() -> None:
    line = json.loads(
        written("request", path="/contests/01a21209-57cc-7fdb-a581-a1fe1a7efc9b/rules", status=200, ms=12.5, sqlstate="23505")
    )
    assert (line["path"], line["status"], line["sqlstate"]) == (
        "/contests/01a21209-57cc-7fdb-a581-a1fe1a7efc9b/rules",
        200,
        "23505",
    )


def test_nobody_writes_a_line_of_the_log() -> None:
    line = written('a\n{"level": "error"}\r\n\u2028\u202e\x1b[2J', path="/x\n\x85")
    assert line.count("\n") == 1
    assert line.isascii()
    assert line.strip().isprintable()


def test_a_trace_is_masked_as_well() -> None:
    try:
        raise ValueError("the account 00219100123456789012 of 46731182")
    except ValueError as error:
        record = logging.getLogger("x").makeRecord(
            "x", logging.ERROR, "f", 1, "failed", (), (type(error), error, error.__traceback__)
        )
    line = logs.JsonFormatter().format(record)
    assert "ValueError" in line
    assert "00219100123456789012" not in line
    assert "46731182" not in line


async def test_queries_bodies_and_headers_are_not_logged(stranger: Client, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        await stranger.get("/sign-in?to=/x&code=PLANTED1", headers={"cookie": "raymi_sign_in=PLANTED2", "referer": "/PLANTED3"})
        await stranger.post(
            "/sign-in", data={"user_name": "PLANTED4", "password": "PLANTED5"}, headers={"sec-fetch-site": "same-origin"}
        )
    lines = [logs.JsonFormatter().format(record) for record in caplog.records]
    assert lines
    assert "PLANTED" not in "".join(lines)


@pytest.mark.parametrize(
    ("ask", "event"),
    [
        ({"method": "GET", "url": "/api/v1/persons"}, "NotSignedIn"),
        ({"method": "GET", "url": "/", "headers": {"host": "evil.example"}}, "UnknownHost"),
        ({"method": "POST", "url": "/sign-in", "headers": {"sec-fetch-site": "cross-site"}}, "ForeignForm"),
        ({"method": "POST", "url": "/sign-in", "data": {"user_name": "a", "password": "b"}}, "WrongSignIn"),
        ({"method": "DELETE", "url": "/"}, "MethodNotListed"),
    ],
)
async def test_what_bears_on_security_is_a_line_with_a_stable_name(
    ask: dict[str, object], event: str, stranger: Client, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, "raymi.security"):
        await stranger.request(**ask)  # type: ignore[arg-type]  # the arguments of a request
    events = [record.__dict__["event"] for record in caplog.records if record.name == "raymi.security"]
    assert events == [event]

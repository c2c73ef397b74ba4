"""Messages over HTTP, and what any outgoing request may do: only the hosts of the settings, no redirect, bounded time and size."""

import asyncio
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from uuid import uuid4

import pytest

from service.core import outgoing
from service.core.outgoing import NoAnswer
from service.core.settings import BadSetting, read
from service.messages.adapters import Console, Folder, Http, NotDelivered, adapter_of


class Receiver(ThreadingHTTPServer):
    """A provider on loopback that answers as told and remembers what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.status, self.body = 202, b'{"reference": "SM1"}'
        self.headers: dict[str, str] = {}
        self.got: list[tuple[str, str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}"


class Handler(BaseHTTPRequestHandler):
    """Answers every request as its server is told."""

    server: Receiver

    def do_POST(self) -> None:
        """Remember and answer."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        self.server.got.append((self.command, self.path, dict(self.headers.items()), body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(self.server.body)

    do_GET = do_POST  # noqa: N815  # the name that the standard library calls

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A provider that listens."""
    server = Receiver()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


async def test_a_message_is_posted_with_its_identifier_and_the_token(receiver: Receiver) -> None:
    key = uuid4()
    assert await Http(f"{receiver.url}/send", "s3cret").send(key, "+51987654321", "¡hola!") == "SM1"
    method, path, headers, body = receiver.got[0]
    assert (method, path) == ("POST", "/send")
    assert (headers["Authorization"], headers["Idempotency-Key"]) == ("Bearer s3cret", str(key))
    assert json.loads(body) == {"id": str(key), "to": "+51987654321", "text": "¡hola!"}


@pytest.mark.parametrize(
    ("body", "reference"), [(b'{"id": 17}', "17"), (b"OK", "-"), (b"[1]", "-"), (b'{"id": "a\\u0000b"}', "ab")]
)
async def test_whatever_words_a_provider_says_yes_in_are_taken(receiver: Receiver, body: bytes, reference: str) -> None:
    receiver.body = body
    assert await Http(receiver.url, "t").send(uuid4(), "+51987654321", "hola") == reference


@pytest.mark.parametrize(
    ("status", "is_final"), [(400, True), (422, True), (401, False), (403, False), (429, False), (500, False), (503, False)]
)
async def test_a_refusal_is_final_only_where_trying_again_is_no_use(receiver: Receiver, status: int, is_final: bool) -> None:
    receiver.status = status
    with pytest.raises(NotDelivered) as refused:
        await Http(receiver.url, "t").send(uuid4(), "+51987654321", "hola")
    assert (refused.value.is_final, str(refused.value)) == (is_final, f"status {status}")


async def test_no_redirect_is_followed_so_the_token_goes_nowhere_else(receiver: Receiver) -> None:
    receiver.status, receiver.headers = 307, {"Location": f"{receiver.url}/elsewhere"}
    with pytest.raises(NotDelivered):
        await Http(f"{receiver.url}/send", "t").send(uuid4(), "+51987654321", "hola")
    assert [path for _, path, _, _ in receiver.got] == ["/send"]


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:1/x",
        "http://169.254.169.254/latest/meta-data",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "http://allowed.example@127.0.0.1/",
        "http://allowed.example.evil.example/",
        "https://allowed.example/",
        "http://allowed.example:81/",
        "//allowed.example",
        "",
    ],
)
async def test_an_address_that_the_settings_do_not_name_is_not_asked(url: str) -> None:
    with pytest.raises(NoAnswer) as refused:
        await outgoing.ask("GET", url, {"http://allowed.example"})
    assert str(refused.value) == "the address is not one that the settings allow"


async def test_an_answer_larger_than_a_quarter_megabyte_is_refused(receiver: Receiver) -> None:
    receiver.body = b"x" * (outgoing.LARGEST + 1)
    with pytest.raises(NoAnswer, match="too large"):
        await outgoing.ask("GET", receiver.url, {receiver.url})
    receiver.body = b"x" * outgoing.LARGEST
    assert len(await outgoing.ask("GET", receiver.url, {receiver.url})) == outgoing.LARGEST


async def test_an_answer_that_never_ends_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outgoing, "SECONDS", 0.3)

    async def drip(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        for _ in range(100):
            writer.write(b"x")
            await writer.drain()
            await asyncio.sleep(0.05)

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    with pytest.raises(NoAnswer, match="Timeout"):
        await outgoing.ask("GET", url, {url})
    server.close()


async def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NoAnswer, match="ConnectError"):
        await outgoing.ask("GET", "http://127.0.0.1:1", {"http://127.0.0.1:1"})


PRODUCTION = {"RAYMI_ENV": "production", "RAYMI_SECRET_KEY": "x" * 40}


def test_the_settings_choose_how_sms_leave() -> None:
    key = {"RAYMI_SECRET_KEY": "x" * 40}
    assert isinstance(adapter_of(read(key)), Console)
    assert isinstance(adapter_of(read(key | {"RAYMI_SMS": "file:out/sms"})), Folder)
    http = {"RAYMI_SMS": "http:https://sms.example.pe/v1", "RAYMI_SMS_TOKEN": "t"}
    assert "'t'" not in repr(adapter_of(read(PRODUCTION | http)))
    assert adapter_of(read(PRODUCTION | http)) == Http("https://sms.example.pe/v1", "t")
    assert adapter_of(read(PRODUCTION)) is None
    assert "RAYMI" not in repr(read(PRODUCTION | {"RAYMI_SMS_TOKEN": "RAYMI"})).replace("RAYMI_", "")


@pytest.mark.parametrize(
    "wrong",
    [
        {"RAYMI_SMS": "console"},
        {"RAYMI_SMS": "pigeon"},
        {"RAYMI_SMS": "file:"},
        {"RAYMI_SMS": "http:http://sms.example.pe", "RAYMI_SMS_TOKEN": "t"},
        {"RAYMI_SMS": "http:https://user:word@sms.example.pe", "RAYMI_SMS_TOKEN": "t"},
        {"RAYMI_SMS": "http:https://sms.example.pe"},
        {"RAYMI_SMS_TOKEN_FILE": "/nowhere/token"},
        {"RAYMI_OIDC_ISSUER": "http://id.example.pe", "RAYMI_OIDC_CLIENT_ID": "a", "RAYMI_OIDC_CLIENT_SECRET": "b"},
        {"RAYMI_OIDC_ISSUER": "https://id.example.pe", "RAYMI_OIDC_CLIENT_ID": "a"},
    ],
)
def test_production_refuses_what_is_weak_or_half_set(wrong: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"^RAYMI_"):
        read(PRODUCTION | wrong)

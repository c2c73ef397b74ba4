"""What goes over the wire: hosts, doubtful requests, proxies that nobody trusts, and bodies that do not come."""

import socket
import time
from collections.abc import AsyncIterator, Iterator
from urllib.parse import urlsplit

import httpx
import pytest

from api import hosts, limits
from api.app import create_app
from scripts.cluster import APP, Cluster
from scripts.drills.served import Served, served
from service.core.settings import read


@pytest.fixture(scope="module")
def target(cluster: Cluster, peopled: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The application over a database of its own."""
    cluster.ensure_database("wired", peopled)
    with served(cluster.url(APP, "wired"), tmp_path_factory.mktemp("wire") / "web.log") as made:
        yield made


def said(target: Served, raw: bytes, patience: float = 10) -> bytes:
    """What the server answers to bytes as they are."""
    at = urlsplit(target.url)
    with socket.create_connection((at.hostname or "", at.port or 0), timeout=patience) as line:
        line.sendall(raw)
        answer = b""
        while b"\r\n\r\n" not in answer and (part := line.recv(65536)):
            answer += part
        return answer


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n", b"200"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\n\r\n", b"421"),
        (b"GET / HTTP/1.1\r\nHost: localhost.evil.example\r\n\r\n", b"421"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: localhost\r\n\r\n", b"421"),
        (b"GET /contests/%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /contests?a=%00 HTTP/1.1\r\nHost: localhost\r\n\r\n", b"422"),
        (b"GET /static/..%2f..%2fREADME.md HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"GET /static/../api/app.py HTTP/1.1\r\nHost: localhost\r\n\r\n", b"404"),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 9\r\n\r\na", b"400"),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", b"400"),
        (
            b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            b"400",
        ),
        (b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nA\x00: b\r\n\r\n", b"400"),
        (b"GET / HTTP/1.1\nHost: localhost\r\n b\r\n\r\n", b"400"),
        (b"FOO / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"400"),
        (b"TRACE / HTTP/1.1\r\nHost: localhost\r\n\r\n", b"405"),
    ],
)
def test_a_doubtful_request_is_refused(raw: bytes, status: bytes, target: Served) -> None:
    answer = said(target, raw)
    assert answer.split(b" ")[1] == status, answer
    assert b"evil.example" not in answer


def test_only_the_public_name_is_ours_in_production() -> None:
    strong = read({"RAYMI_ENV": "production", "RAYMI_PUBLIC_URL": "https://raymi.example.pe", "RAYMI_SECRET_KEY": "x"})
    names = (
        "raymi.example.pe",
        "RAYMI.example.pe",
        "localhost",
        "127.0.0.1",
        "raymi.test",
        "evil.example",
        "raymi.example.pe.evil.example",
        "",
    )
    assert [name for name in names if hosts.is_ours(name, strong)] == ["raymi.example.pe", "RAYMI.example.pe"]
    loose = read({"RAYMI_SECRET_KEY": "x"})
    assert [name for name in (*names, "[::1]:8000", "localhost:8000", "a b", "u@localhost", "localhost/x") if hosts.is_ours(name, loose)] == [
        "localhost", "127.0.0.1", "raymi.test", "[::1]:8000", "localhost:8000",
    ]  # fmt: skip


async def streamed(parts: int, size: int, pause: float = 0) -> tuple[int, int]:
    """Status of the answer to a body without a length, and how many of its parts were taken."""
    taken = 0

    async def body() -> AsyncIterator[bytes]:
        nonlocal taken
        for _ in range(parts):
            taken += 1
            time.sleep(pause)  # noqa: ASYNC251  # the sender stands still
            yield b" " * size

    async with httpx.AsyncClient(transport=httpx.ASGITransport(create_app()), base_url="http://raymi.test") as client:
        return (await client.post("/api/v1/funds", content=body())).status_code, taken


async def test_a_stream_without_end_is_cut_off() -> None:
    status, taken = await streamed(10_000, 1024 * 1024)
    assert (status, taken) == (413, 13)


async def test_a_body_that_comes_too_slowly_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "PATIENCE", 0.05)
    status, taken = await streamed(100, 1, pause=0.02)
    assert (status, taken < 10) == (408, True)


def test_a_body_that_stands_still_holds_up_nobody(target: Served) -> None:
    at = urlsplit(target.url)
    lines = [socket.create_connection((at.hostname or "", at.port or 0)) for _ in range(60)]
    for line in lines:
        line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nCookie: raymi_sign_in=x\r\nContent-Length: 100\r\n\r\na")
    began = time.monotonic()
    answer = httpx.get(f"{target.url}/contests", timeout=10)
    assert (answer.status_code, time.monotonic() - began < 5) == (200, True)
    for line in lines:
        line.close()

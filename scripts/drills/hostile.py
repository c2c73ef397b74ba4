"""The hand corpus: texts, numbers, bodies, headers and paths that break careless programs, put into every route there is.

A fuzzer alone misses some of them (an integer over 64 bits in a path, a NUL in a query), so they are written down here. The same seed
gives the same requests.
"""

import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

TEXTS = [
    "", " ", "\x00", "a\x00b", "\x1b[2J", "\r\nSet-Cookie: a=b", "\ud800", "\udfff\ud800", "\u202egpj.exe", "\ufeff", "\uffff", "ａ", "１２", "٣",
    "0", "-0", "-1", "1e400", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "9" * 5000, "0x10", "1_000",
    "NaN", "Infinity", "-Infinity", "nan", "0.1", "1e3", "00.50", "1,50", "null", "true", "None", "undefined", "[]", "{}", "__class__",
    "' OR 1=1 --", "\"; DROP TABLE person; --", "%", "%s%s%n", "{0.__class__}", "{{7*7}}", "${7*7}", "<script>__x()</script>", "../../etc/passwd",
    "..\\..\\", "file:///etc/passwd", "http://169.254.169.254/", "//evil.example", "2026-02-30", "0001-01-01", "9999-12-31", "-4713-01-01",
    "2026-01-01T00:00:00", "9999-12-31T23:59:59+14:00", "0001-01-01T00:00:00-14:00", "99999-01-01", "00000000-0000-0000-0000-000000000000",
    "x" * 70_000, "ñ" * 300, "\U0001f9ff" * 80, "a\u0301" * 400,
]  # fmt: skip

VALUES: list[object] = [
    None, True, 0, -1, 2**31, 2**63, -(2**63) - 1, 10**400, 0.1, 1e308, float("nan"), float("inf"), [], {}, [[]], {"": ""}, [None] * 5000, *TEXTS,
]  # fmt: skip

IN_PATH = [
    "%00", "a%00b", "%ed%a0%80", "%ff", "%c0%ae%c0%ae", "%2e%2e%2f%2e%2e%2fetc%2fpasswd", "..%5c..%5c", "%0d%0aX:y", "%e2%80%ae", "9223372036854775808",
    "-9223372036854775809", "9" * 400, "1e9", "NaN", "-1", "0", "%d9%a3", "%20", "null", "x" * 6000, "%25", "%27%20OR%201%3D1", "{}", "*", ";", "%3Cscript%3E",
    "00000000-0000-0000-0000-000000000000", "0" * 32, "%7b00000000-0000-0000-0000-000000000000%7d", "urn:uuid:00000000-0000-0000-0000-000000000000",
]  # fmt: skip

BODIES = [
    b"", b"null", b"[]", b"{", b'"x"', b"0", b"[" * 60_000, b'{"a":' * 60_000, b'{"a":1,"a":2}', b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":1e999}',
    b'{"a":' + b"9" * 6000 + b"}", b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\x00", b"\xff" * 50, b'{"a":"\\ud800"}', b'{"\\u0000":1}', b"{}" * 1000,
    b'{"__proto__":{}}', b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY b SYSTEM 'file:///etc/passwd'>]><a>&b;</a>", b"a=1&a=2&_key=", b"--x--",
]  # fmt: skip

TYPES = [
    "application/json", "application/json; charset=utf-16", "application/json; charset=klingon", "application/JSON;;", "text/plain", "text/xml",
    "application/x-www-form-urlencoded", "application/x-www-form-urlencoded; charset=utf-7", "multipart/form-data", "multipart/form-data; boundary=x",
    "multipart/form-data; boundary=" + "b" * 500, "application/octet-stream", "*/*", "", "\xff", "application/merge-patch+json",
]  # fmt: skip

HEADERS = [
    {"X-HTTP-Method-Override": "DELETE"}, {"X-Forwarded-Host": "evil.example"}, {"X-Forwarded-For": "127.0.0.1"}, {"X-Forwarded-Proto": "javascript"},
    {"X-Original-URL": "/admin"}, {"X-Rewrite-URL": "/admin"}, {"Forwarded": "host=evil.example"}, {"Accept-Language": "x" * 8000}, {"Accept-Language": ";;q=,*"},
    {"Accept": "application/xml"}, {"Range": "bytes=0-,-1"}, {"If-Match": '"x"'}, {"If-None-Match": "*"}, {"If-Modified-Since": "x"}, {"Expect": "x"},
    {"Cookie": "raymi_language=\xff; raymi_sign_in=\xff"}, {"Cookie": "a=" + "b" * 9000}, {"Authorization": "Bearer"}, {"Authorization": "Bearer \xff"},
    {"Authorization": "Basic eDp4"}, {"Idempotency-Key": "\xff" * 20}, {"Idempotency-Key": "k" * 5000}, {"X-Request-Id": "a\tb" * 9}, {"Origin": "null"},
    {"Referer": "\xff"}, {"Content-Encoding": "gzip"}, {"Transfer-Encoding": "identity"}, {"Upgrade": "websocket"}, {"TE": "trailers"}, {"Host": "evil.example"},
    {"Host": ""}, {"Host": "a b"}, {"X-Long": "y" * 30_000},
]  # fmt: skip

METHODS = ["GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "QUERY"]

HUGE = 10 * 1024 * 1024


@dataclass(frozen=True)
class Place:
    """A route: its method, its path with ``{parameters}``, the names that its body or form knows."""

    method: str
    path: str
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sending:
    """One request, its path as it goes over the wire."""

    method: str
    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    place: Place | None = None


def corpus(places: Sequence[Place], ids: Mapping[str, Sequence[str]], seed: int) -> Iterator[Sending]:
    """Hostile requests without end: routes in turn, tricks by chance, three in four with identifiers of things that exist."""
    chance = random.Random(seed)  # noqa: S311  # nosec B311  # the same requests at every run
    turn = list(places)
    while True:
        chance.shuffle(turn)
        for place in turn:
            yield chance.choice(TRICKS)(chance, place, ids)
        yield Sending("POST", turn[0].path.partition("{")[0], {"Content-Type": "application/json"}, b'"' + b"x" * HUGE + b'"')


def _filled(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]], spoil: bool = False) -> str:
    """The path with its parameters filled; with ``spoil`` one of them hostile."""
    names = re.findall(r"\{(\w+)[^}]*\}", place.path)
    spoilt = chance.choice(names) if spoil and names else None

    def value(match: re.Match[str]) -> str:
        if match[1] == spoilt:
            return chance.choice([*IN_PATH, quote(chance.choice(TEXTS)[:6000], safe="", errors="surrogatepass")])
        known = ids.get(match[1], ())
        return quote(chance.choice(known)) if known else "1"

    return re.sub(r"\{(\w+)[^}]*\}", value, place.path)


def _path(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    path = _filled(chance, place, ids, spoil=True)
    twist = chance.choice(["", "", "", "/", "//", "/..", "/%2e%2e/", ";a=b", "%00", "%0a", "?", "#x", "/.git/config", "%3f"])
    return _with_body(chance, place, path + twist)


def _query(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    names = ["limit", "offset", "status", "search", "state", "at", "to", "another", "code", "page", "a[]", "", "__class__"]
    pairs = [(chance.choice(names), chance.choice(TEXTS)[:3000]) for _ in range(chance.choice([1, 1, 2, 5, 300]))]
    text = urlencode([(name, value[: 6000 // len(pairs)]) for name, value in pairs], errors="surrogatepass")
    return _with_body(chance, place, f"{_filled(chance, place, ids)}?{text}")


def _body(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    headers = {"Content-Type": chance.choice(TYPES)}
    return Sending(place.method, _filled(chance, place, ids), headers, chance.choice(BODIES), place)


def _fields(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    return _with_body(chance, place, _filled(chance, place, ids))


def _header(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    sent = _with_body(chance, place, _filled(chance, place, ids))
    return Sending(sent.method, sent.path, {**sent.headers, **chance.choice(HEADERS)}, sent.body, place)


def _method(chance: random.Random, place: Place, ids: Mapping[str, Sequence[str]]) -> Sending:
    return Sending(chance.choice(METHODS), _filled(chance, place, ids), place=place)


TRICKS = (_path, _query, _body, _fields, _fields, _header, _method)


def _with_body(chance: random.Random, place: Place, path: str) -> Sending:
    """A request whose body names the fields that the route knows, with hostile values."""
    if place.method != "POST":
        return Sending(place.method, path, place=place)
    names = chance.sample(place.fields, chance.randint(0, len(place.fields))) if place.fields else ["name", "amount"]
    if place.path.startswith("/api/"):
        value = {name: chance.choice(VALUES) for name in names}
        return Sending("POST", path, {"Content-Type": "application/json"}, json.dumps(value).encode(), place)
    given = {name: chance.choice(TEXTS) for name in names}
    if chance.random() < 0.7:
        body = urlencode(given, errors="surrogatepass").encode()
        return Sending("POST", path, {"Content-Type": "application/x-www-form-urlencoded"}, body, place)
    parts = [_part(chance, name, value) for name, value in given.items()]
    return Sending("POST", path, {"Content-Type": "multipart/form-data; boundary=x"}, b"".join(parts) + b"--x--\r\n", place)


def _part(chance: random.Random, name: str, value: str) -> bytes:
    file = chance.choice(["", '; filename="a.pdf"', '; filename="../../a\x00.pdf"', "; filename*=UTF-8''%ff"])
    head = f'--x\r\nContent-Disposition: form-data; name="{name}"{file}\r\n'.encode()
    return head + b"\r\n" + chance.choice([value.encode("utf-8", "surrogatepass"), b"\xff\xfe\x00", b"%PDF-1.7\n"]) + b"\r\n"

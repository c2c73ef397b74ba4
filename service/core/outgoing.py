"""Requests that leave for other machines: only where the settings point, never further.

The caller names the origins (``https://sms.example.pe``) that it may reach; an address elsewhere is refused before anything is sent, so
that no answer of one server and no text that somebody typed leads us to another machine (OWASP ASVS 5.0, 13.2.4, 13.2.5). No redirect is
followed, no proxy is taken from the environment, and time and size of the answer are bounded.
"""

import asyncio
from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

import httpx

SECONDS = 10
LARGEST = 256 * 1024
"""Bytes of an answer: a set of public keys is a few thousand."""


class NoAnswer(Exception):
    """No usable answer: the text says why, without what was sent. ``status`` is the one that came, or 0."""

    def __init__(self, reason: str, status: int = 0) -> None:
        self.status = status
        super().__init__(reason)


def origin_of(url: str) -> str:
    """``https://host:port`` of an address. Raises ``ValueError`` where it is not an http address without user and password."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None or parts.password is not None:
        raise ValueError("not a plain http address")
    return f"{parts.scheme}://{parts.netloc.lower()}"


async def ask(
    method: str,
    url: str,
    origins: Collection[str],
    *,
    headers: Mapping[str, str] | None = None,
    json: Mapping[str, object] | None = None,
    form: Mapping[str, str] | None = None,
) -> bytes:
    """The body of a 2xx answer. Raises ``NoAnswer``."""
    if not _is_among(url, origins):
        raise NoAnswer("the address is not one that the settings allow")
    try:
        async with (
            asyncio.timeout(SECONDS),
            httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS) as client,
            client.stream(method, url, headers=headers, json=json, data=form) as answer,
        ):
            if not answer.is_success:
                raise NoAnswer(f"status {answer.status_code}", answer.status_code)
            return await _bounded(answer)
    except (httpx.HTTPError, httpx.InvalidURL, TimeoutError) as error:
        raise NoAnswer(type(error).__name__) from error


async def _bounded(answer: httpx.Response) -> bytes:
    content = b""
    async for part in answer.aiter_bytes():
        content += part
        if len(content) > LARGEST:
            raise NoAnswer("the answer is too large")
    return content


def _is_among(url: str, origins: Collection[str]) -> bool:
    try:
        return origin_of(url) in origins
    except ValueError:
        return False

"""Eight clients on one event loop that lock score sheets over HTTP/1.1 as fast as the answers come, without a library.

``python -m scripts.bench.client`` reads from standard input one JSON object: port, connections, and what to send as a list of
[path, token, key, body]; it prints the seconds that it took. A process of its own, so that it takes little from the server.
"""

import asyncio
import json
import sys
import time
from collections.abc import Iterator

CREATED = b"HTTP/1.1 201 "

Sheet = tuple[str, str, str, str]


async def send_all(port: int, connections: int, sheets: list[Sheet]) -> float:
    """Send every sheet over so many connections; the seconds from the first to the last answer."""
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(connections)]
    requests = iter([_request(port, *sheet) for sheet in sheets])
    began = time.perf_counter()
    await asyncio.gather(*(_work(reader, writer, requests) for reader, writer in opened))
    seconds = time.perf_counter() - began
    for _, writer in opened:
        writer.close()
    return seconds


def _request(port: int, path: str, token: str, key: str, body: str) -> bytes:
    lines = [
        f"POST {path} HTTP/1.1",
        f"host: 127.0.0.1:{port}",
        f"authorization: Bearer {token}",
        f"idempotency-key: {key}",
        "content-type: application/json",
        f"content-length: {len(body)}",
    ]
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode("ascii")


async def _work(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, requests: Iterator[bytes]) -> None:
    for request in requests:
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        body = await reader.readexactly(int(head.lower().partition(b"content-length:")[2].partition(b"\r")[0]))
        if not head.startswith(CREATED):
            raise RuntimeError(f"the server answered {head.decode()}{body.decode()}")


if __name__ == "__main__":
    given = json.load(sys.stdin)
    print(asyncio.run(send_all(given["port"], given["connections"], given["sheets"])))

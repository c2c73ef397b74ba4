"""The rows of a locked sheet written by asyncpg alone, one transaction a sheet: what the same writes cost without an application.

``python -m scripts.bench.bare`` reads from standard input one JSON object: url, connections, rule_book, contest, criteria, and the
sheets as a list of [application, juror]; it prints the seconds that it took.
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from scripts.bench.field import STAGE
from service.core.ids import new_id

_SHEET = (
    "INSERT INTO score_sheet (id, application_id, contest_id, stage, person_id, rule_book_id, locked_at) "
    "VALUES ($1, $2, $3, $4, $5, $6, $7)"
)
_SCORES = (
    "INSERT INTO score (sheet_id, criterion_id, written, points) "
    "SELECT $1, unnest($2::uuid[]), unnest($3::text[]), unnest($4::numeric[])"
)
_LEAF = (
    "INSERT INTO record_leaf (act, subject, actor_id, via, at, wall_at, payload_hash, leaf_hash) "
    "VALUES ('scoresheet.locked', $1, $2, 'bench', $3, $3, $4, $5) RETURNING id"
)
_PAYLOAD = "INSERT INTO record_payload (leaf_id, salt, payload) VALUES ($1, $2, $3)"
_KEY = "INSERT INTO idempotency_key (caller, key, request_hash, status, headers, body, at) VALUES ($1, $2, $3, 201, '', $4, $5)"


async def write_all(given: dict[str, Any]) -> float:
    """Write every sheet over so many connections; the seconds from the first to the last commit."""
    opened = [await asyncpg.connect(given["url"]) for _ in range(given["connections"])]
    sheets = iter(given["sheets"])
    began = time.perf_counter()
    await asyncio.gather(*(_work(connection, given, sheets) for connection in opened))
    seconds = time.perf_counter() - began
    for connection in opened:
        await connection.close()
    return seconds


async def _work(connection: Any, given: dict[str, Any], sheets: Iterator[tuple[str, str]]) -> None:
    contest, book = UUID(given["contest"]), UUID(given["rule_book"])
    criteria = [UUID(criterion) for criterion in given["criteria"]]
    written = ["12.5"] * len(criteria)
    points = [Decimal(text) for text in written]
    payload = json.dumps({"stage": STAGE, "scores": written, "rules_sha256": "0" * 64})
    for application, juror in sheets:
        sheet, person, now = new_id(), UUID(juror), datetime.now(UTC)
        async with connection.transaction():
            await connection.execute(_SHEET, sheet, UUID(application), contest, STAGE, person, book, now)
            await connection.execute(_SCORES, sheet, criteria, written, points)
            leaf = await connection.fetchval(_LEAF, f"scoresheet:{sheet}", person, now, os.urandom(32), os.urandom(32))
            await connection.execute(_PAYLOAD, leaf, os.urandom(32), payload)
            await connection.execute(_KEY, juror, sheet.hex, os.urandom(32), payload.encode(), now)


if __name__ == "__main__":
    print(asyncio.run(write_all(json.load(sys.stdin))))

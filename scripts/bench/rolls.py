"""Measure a roll of 5,000 rows from a file: upload, preview and entry, as CSV and as XLSX, beside reading its cells alone."""

import asyncio
import random
import time
from collections.abc import Awaitable
from datetime import date
from typing import TypeVar

from scripts.bench.field import durable_database, make_field, sessions_on
from scripts.cluster import Cluster
from service.core.db import Sessions, transaction
from service.people import roll_files, roll_usecases
from service.people.shapes import RollEntryIn
from tests.cast import Cast
from tests.make.people import make_group
from tests.make.rolls import Row, csv_of, xlsx_of

ROWS = 5000
FAMILY = 5
FAMILY_NAMES = [
    "Quispe", "Mamani", "Huamán", "Condori", "Choque", "Flores", "Apaza", "Ccori", "Puma", "Nina", "Cusi", "Layme", "Ttito", "Hancco", "Sullca", "Yupanqui",
    "Champi", "Arapa", "Borda", "Callo", "Merma", "Deza", "Noa", "Huanca", "Chura", "Vilca", "Rojas", "Ramos", "Cruz", "Ñaupa", "Huillca", "Soncco",
]  # fmt: skip
GIVEN_NAMES = [
    "Rosa", "Juan", "Luz", "María", "José", "Luis", "Ana", "Pedro", "Pablo", "Carmen", "Julia", "Mario", "Felipe", "Nelly",
    "Víctor", "Hugo", "Elena", "Martha", "Sonia", "Percy", "Wilber", "Yeny", "Edith", "Nilda", "Rufino", "Eusebio", "Gregoria", "Hilario",
]  # fmt: skip
T = TypeVar("T")


def run() -> None:
    """Print the seconds of each step, and of all three beside the goal of ten seconds."""
    with durable_database() as cluster:
        asyncio.run(_run(cluster))


async def _run(cluster: Cluster) -> None:
    print(f"{'file':>6}{'rows':>7}{'cells s':>9}{'upload s':>10}{'preview s':>11}{'entry s':>9}{'all s':>7}{'goal':>6}")
    async with sessions_on(cluster) as sessions:
        async with transaction(sessions) as session:
            cast = (await make_field(session)).cast
        for kind, content in (("csv", csv_of(*_rows(1))), ("xlsx", xlsx_of(*_rows(2)))):
            await _enter(sessions, cast, kind, content)


async def _enter(sessions: Sessions, cast: Cast, kind: str, content: bytes) -> None:
    """Each step in a transaction of its own, as requests would."""
    start = time.perf_counter()
    roll_files.read(content)
    cells = time.perf_counter() - start
    async with transaction(sessions) as session:
        group = await make_group(session, cast, board=False, families=0, account=False)
    async with transaction(sessions) as session:
        upload, draft = await _timed(roll_usecases.upload_roll(session, cast.promoter, group.id, f"roll.{kind}", content))
    async with transaction(sessions) as session:
        preview, shown = await _timed(roll_usecases.preview_roll(session, cast.promoter, draft.id))
    start = time.perf_counter()
    async with transaction(sessions) as session:
        seen = RollEntryIn(file_sha256=draft.sha256, preview_sha256=shown.found.sha256)
        entered = await roll_usecases.enter_roll(session, cast.promoter, draft.id, seen)
    entry = time.perf_counter() - start
    if entered.members != ROWS:
        raise RuntimeError("rows were lost")
    print(
        f"{kind:>6}{ROWS:>7,}{cells:>9.2f}{upload:>10.2f}{preview:>11.2f}{entry:>9.2f}{upload + preview + entry:>7.2f}{10:>6}",
        flush=True,
    )


async def _timed(work: Awaitable[T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = await work
    return time.perf_counter() - start, result


def _rows(seed: int) -> list[Row]:
    """Families of five with names of the highlands; everybody of age has a DNI."""
    drawn = random.Random(seed)  # noqa: S311  # nosec B311  # the same names at every run
    rows: list[Row] = []
    for at in range(ROWS):
        if at % FAMILY == 0:
            names = f"{drawn.choice(FAMILY_NAMES)} {drawn.choice(FAMILY_NAMES)}"
        born = date(drawn.randint(1945, 2020), drawn.randint(1, 12), drawn.randint(1, 28))
        dni = str(seed * 20_000_000 + at * 37) if born.year < 2008 else ""
        given = f"{drawn.choice(GIVEN_NAMES)} {drawn.choice(GIVEN_NAMES)}"
        mobile = f"9{drawn.randrange(10**8):08d}" if dni else ""
        rows.append(
            (f"F{at // FAMILY}", dni, names, given, drawn.choice("FM"), born.isoformat(), mobile, "" if at % FAMILY else "x")
        )
    return rows

"""Measure the press: 50 contracts of five pages as PDF/A-3a and PDF/UA-1, drawn by one process and by two."""

import time
from collections.abc import Mapping
from copy import deepcopy
from functools import partial

from service.documents import jobs, pdf
from service.documents.models import DocumentKind
from tests.documents.samples import CONTRACT

CONTRACTS = 50
WORKERS = (1, 2)


def run() -> None:
    """Print seconds per contract, contracts per hour and the ratio to one process, one line per number of processes."""
    contracts: list[Mapping[str, object]] = [
        {**deepcopy(CONTRACT), "number": f"{number:03d} - 2026 - PDN - SICUANI"} for number in range(1, CONTRACTS + 1)
    ]
    print(f"{'processes':>9}{'contracts':>11}{'seconds':>9}{'s/contract':>12}{'an hour':>9}{'ratio':>7}")
    alone = 0.0
    for workers in WORKERS:
        seconds = _draw(contracts, workers)
        alone = alone or seconds
        each = seconds / CONTRACTS
        print(f"{workers:>9}{CONTRACTS:>11}{seconds:>9.2f}{each:>12.3f}{3600 / each:>9,.0f}{alone / seconds:>7.2f}")


def _draw(contracts: list[Mapping[str, object]], workers: int) -> float:
    """The seconds that warm processes take to draw all contracts."""
    draw = partial(pdf.render, DocumentKind.CONTRACT)
    with jobs.make_press(workers) as press:
        list(press.map(draw, contracts[: 2 * workers]))
        start = time.perf_counter()
        sizes = [len(content) for content in press.map(draw, contracts)]
        seconds = time.perf_counter() - start
    if min(sizes) < 10_000:
        raise RuntimeError("a contract came out empty")
    return seconds

"""Scripts in every text that is kept: a real browser shows all pages and runs none of them."""

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest
from playwright.sync_api import Browser

from scripts.cluster import APP, SUPERUSER, Cluster
from scripts.demo import scores
from scripts.demo.codes import PASSWORD
from tests.browser.conftest import Served, enter, serve
from tests.journeys.conftest import play_new

PAYLOADS = (
    "<script>__x()</script>",
    '"><img src=x onerror=__x()>',
    "'><svg onload=__x()>",
    "</title></textarea><script>__x()</script>",
    '" autofocus onfocus="__x()" x="',
    "<a href='javascript:__x()'>a</a><iframe srcdoc='<script>parent.__x()</script>'>",
    "{{ __x() }}${__x()}<!--><math><mtext></p><style><img src=x onerror=__x()>",
    "\u202e<script\n>__x()</script\n><body onload=__x()>",
)
KEPT = (
    "credential",
    "sign_in",
    "alembic_version",
    "idempotency_key",
    "district",
    "province",
    "department",
    "document",
    "ubigeo",
)
"""Tables that sign-in and the pages' own frame hang on, and those whose texts are ours."""

WORDS = "[[:alpha:]]{3}.* "
"""What people write: words. Codes and numbers are held to their form by the database and the shapes."""

MOST_PAGES = 30


async def poison(url: str) -> int:
    """Append a script to every text column that takes it, with no trigger in the way; how many rows and fields hold one."""
    connection = await asyncpg.connect(url)
    await connection.execute("SET session_replication_role = replica")
    columns = await connection.fetch(
        "SELECT c.table_name::text, c.column_name::text FROM information_schema.columns c JOIN information_schema.tables t USING (table_name, table_schema) "
        "WHERE c.table_schema = 'public' AND t.table_type = 'BASE TABLE' AND c.data_type IN ('text', 'character varying') ORDER BY 1, 2"
    )
    poisoned = 0
    for number, (table, column) in enumerate(columns):
        if (
            table.startswith((*KEPT, "pgqueuer", "record"))
            or "sha256" in column
            or "hash" in column
            or column in ("media_type", "language")
        ):
            continue
        try:
            done = await connection.execute(
                f'UPDATE "{table}" SET "{column}" = "{column}" || $1 WHERE "{column}" ~ $2',
                PAYLOADS[number % len(PAYLOADS)],
                WORDS,
            )
            poisoned += int(done.split()[-1])
        except asyncpg.PostgresError:  # a code, a state, a number: no text that anybody types
            continue
    await connection.close()
    return poisoned


@pytest.fixture(scope="module")
def served(cluster: Cluster) -> Iterator[Served]:
    """The application over a played story with scripts in all its texts."""
    play_new(cluster, "poisoned", scores.load())
    assert asyncio.run(poison(cluster.url(SUPERUSER, "poisoned"))) >= 400
    yield from serve(cluster.url(APP, "poisoned"))


@pytest.mark.parametrize("name", ["", "programme", "secretary", "administrator"])
def test_no_stored_script_runs_on_any_page(name: str, served: Served, browser: Browser) -> None:
    context = browser.new_context()
    context.add_init_script(
        "window.__ran = 0; window.__x = () => { window.__ran += 1; localStorage.setItem('ran', location.href); }"
    )
    page = context.new_page()
    if name:
        enter(page, served.url, name, PASSWORD)
    waiting, seen, shown = ["/contests", "/offices", "/transparency", "/"], set[str](), 0
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0).split("#")[0]
        if path in seen or path.endswith(("/file", "/scan", ".csv", "/bundle", "/paper")):
            continue
        seen.add(path)
        answer = page.goto(served.url + path, wait_until="load")
        assert answer is not None
        assert answer.status < 500, path
        assert page.evaluate("window.__ran") == 0, path
        shown += page.content().count("__x()")
        waiting += page.locator("a[href^='/']").evaluate_all("all => all.map(a => a.getAttribute('href'))")
    assert page.evaluate("localStorage.getItem('ran')") is None
    assert len(seen) > 5
    assert shown > 20
    context.close()


def test_the_browser_would_run_them(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<script>window.__ran = 0; window.__x = () => { window.__ran += 1; }</script>" + PAYLOADS[0] + PAYLOADS[1])
    page.wait_for_function("window.__ran > 0")
    page.close()

"""First pages in a browser: the office head decides on many things at once; a president reads by a code where the group stands."""

import asyncio
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from api.deps import COOKIE
from scripts.cluster import APP, Cluster
from service.core.db import make_engine, make_sessions, transaction
from service.people.group_codes import issue_group_code
from tests.browser.conftest import Served, serve
from tests.cast import Cast
from tests.make.accountability import make_paid
from tests.make.funding import make_cofunder, make_deposited_pledge, make_fund, make_signer
from tests.make.office import make_office
from tests.make.people import token_for

ROLES = ("head", "secretary", "administrator", "programme", "treasurer", "promoter", "auditor", "system", "mayor", "juror")


@dataclass
class Filled:
    """A served installation in the middle of its work, and the code of a group that was paid."""

    served: Served
    code: str
    tokens: dict[str, str]


async def _fill(url: str, cast: Cast) -> tuple[str, dict[str, str]]:
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await make_office(session, cast)
            cofunder = await make_cofunder(session, cast, name="Minera Tintaya")
            await make_signer(session, cast, cofunder, cast.mayor.person_id)
            await make_deposited_pledge(session, cast, await make_fund(session, cast), cofunder, purpose="Premios de riego")
            people = {name: cast.jurors[0] if name == "juror" else getattr(cast, name) for name in ROLES}
            tokens = {name: await token_for(session, actor.person_id) for name, actor in people.items()}
            paid = await make_paid(session, cast)
            return (await issue_group_code(session, cast.secretary, paid.group_id)).code, tokens
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def filled(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[Filled]:
    """The application over an office in the middle of its work."""
    cluster.ensure_database("first_pages", peopled)
    url = cluster.url(APP, "first_pages")
    code, tokens = asyncio.run(_fill(url, cast))
    for served in serve(url):
        yield Filled(served, code, tokens)


def _signed_in(filled: Filled, browser: Browser, name: str, width: int) -> Page:
    context = browser.new_context(viewport={"width": width, "height": 740}, locale="es-PE")
    context.add_cookies([{"name": COOKIE, "value": filled.tokens[name], "url": filled.served.url}])
    page = context.new_page()
    page.goto(filled.served.url + "/")
    return page


def _looked_at(page: Page, name: str) -> None:
    """It fits, axe finds nothing, and a picture is kept where ``RAYMI_SHOTS`` says."""
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]  # the page has a size
    if folder := os.environ.get("RAYMI_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)
    assert [found["id"] for found in Axe().run(page).response["violations"]] == []


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("name", ROLES)
def test_a_first_page_fits_and_is_accessible(name: str, width: int, filled: Filled, browser: Browser) -> None:
    page = _signed_in(filled, browser, name, width)
    assert page.locator("h1").inner_text().startswith("Pendientes de hoy")
    _looked_at(page, f"{name}-{width}")
    page.context.close()


def test_the_office_head_decides_on_many_things_at_once(filled: Filled, browser: Browser) -> None:
    page = _signed_in(filled, browser, "head", 360)
    drafts = page.locator('input[name="item"][value^="draft:"]')
    assert drafts.count() == 3
    for number in range(3):
        drafts.nth(number).check()
    page.locator('input[name="item"][value^="tranche:"]').first.check()
    page.get_by_role("button", name="Decidir todo lo marcado").first.click()
    assert page.locator("h1").inner_text() == "3 de 4 hechas"
    assert page.locator("ul.results li.good").count() == 3
    assert "No se hizo: " in page.locator("ul.results li.bad").inner_text()
    _looked_at(page, "decided-360")
    page.get_by_role("link", name="Volver a lo que hay que hacer hoy").click()
    assert page.locator('input[name="item"][value^="draft:"]').count() == 1
    page.context.close()


def test_a_president_reads_by_a_code_on_a_phone_where_the_group_stands(filled: Filled, browser: Browser) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE", java_script_enabled=True).new_page()
    page.goto(filled.served.url + "/group")
    _looked_at(page, "group-code-360")
    page.fill("#code", "AAAAAA-AAAAAA")
    page.get_by_role("button", name="Ver cómo vamos").click()
    assert "Este código no vale" in page.locator(".wrong").inner_text()
    page.fill("#code", filled.code.lower())
    page.get_by_role("button", name="Ver cómo vamos").click()
    assert "Rendir cuentas del dinero recibido" in page.locator(".next").inner_text()
    assert "S/ 7,000.04" in page.locator(".stand").inner_text()
    _looked_at(page, "group-360")
    page.context.close()


def test_the_paper_with_the_code_is_printed_from_the_groups_page(filled: Filled, browser: Browser) -> None:
    page = _signed_in(filled, browser, "secretary", 1280)
    page.locator('a[href^="/applications/"]').first.click()
    page.locator('a[href^="/groups/"]').first.click()
    page.get_by_role("link", name="Cómo vamos").click()
    page.get_by_role("button", name="Imprimir un papel con un código nuevo").click()
    assert page.locator("#group-code").inner_text().count("-") == 1
    _looked_at(page, "paper-1280")
    page.context.close()

"""The form of a rule book on a phone: a copied template, a fault seen at its place and mended, a rehearsal, and the call published."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scripts.cluster import APP, Cluster
from service.contests import usecases
from service.contests.ready_books import template
from service.contests.shapes import ContestIn
from service.core.db import make_engine, make_sessions, transaction
from tests.browser.conftest import Served, enter, serve
from tests.cast import Cast
from tests.make.contests import make_call
from tests.make.people import make_sign_in

expect.set_options(timeout=20_000)


@dataclass
class Desk:
    """A served installation with a draft call, and a contest of it without rules."""

    served: Served
    call: str
    contest: str


async def _fill(url: str, cast: Cast) -> tuple[str, str]:
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            call = await make_call(session, cast)
            ready = template("pgrn-first")
            given = ContestIn(
                code="PGRN",
                title="Planes de manejo 2026",
                plan_type=ready.plan_type,
                request_number=ready.request_number,
                applicant_kind=ready.applicant_kind,
            )
            contest = await usecases.create_contest(session, cast.programme, call.id, given)
            await make_sign_in(session, cast, cast.programme, "programa")
            return str(call.id), str(contest.id)
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def desk(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[Desk]:
    """The application over a call that is being prepared."""
    cluster.ensure_database("rule_desk", peopled)
    url = cluster.url(APP, "rule_desk")
    call, contest = asyncio.run(_fill(url, cast))
    for served in serve(url):
        yield Desk(served, call, contest)


@pytest.fixture
def page(desk: Desk, browser: Browser) -> Iterator[Page]:
    """The programme's phone, 360 pixels wide."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    page = context.new_page()
    enter(page, desk.served.url, "programa")
    page.wait_for_url(desk.served.url + "/")
    yield page
    context.close()


def fits(page: Page) -> bool:
    """Whether nothing reaches beyond the screen, and everybody can use the page."""
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    return bool(page.evaluate("document.documentElement.scrollWidth") <= 360)


def test_a_template_is_copied_broken_mended_rehearsed_and_published_with_its_call(page: Page, desk: Desk) -> None:
    rules = f"{desk.served.url}/contests/{desk.contest}/rules"
    page.goto(rules)
    page.locator("summary", has_text="Empezar las bases con").click()
    page.locator("form[action$='/rules/start'] [name=ready]").select_option("pgrn-first")
    page.locator("form[action$='/rules/start'] button").click()
    page.wait_for_url(rules + "/form")
    expect(page.locator("main")).to_contain_text("Nada impide publicar estas bases.")
    assert fits(page)
    most = page.locator("[name='stages.0.criteria.0.max']")
    before = most.input_value()
    _open(page, "stages-0-criteria-0")
    most.fill("30")
    _save(page)
    fault = page.locator("main .notice.bad li a", has_text="La ficha de la etapa")
    expect(fault).to_have_count(1)
    expect(fault).to_contain_text("pero su encabezado dice 50")
    fault.click()
    expect(page).to_have_url(re.compile("#stages-0"))
    expect(page.locator("form.rules .wrong", has_text="La ficha de la etapa").first).to_be_visible()
    assert fits(page)
    _open(page, "stages-0-criteria-0")
    most.fill(before)
    _save(page)
    expect(page.locator("main")).to_contain_text("Nada impide publicar estas bases.")
    expect(page.locator("main")).to_contain_text("Estas mismas bases no se han ensayado.")
    page.locator("summary", has_text="Ensayar estas bases").click()
    page.locator("form[action$='/rehearsals'] button").click()
    page.wait_for_url("**/rehearsals/*")
    assert fits(page)
    page.goto(rules + "/form")
    expect(page.locator("main")).not_to_contain_text("Estas mismas bases no se han ensayado.")
    page.goto(f"{desk.served.url}/calls/{desk.call}")
    assert fits(page)
    page.get_by_role("button", name="Publicar la convocatoria").click()
    expect(page.get_by_role("button", name="Publicar la convocatoria")).to_have_count(0)
    page.goto(rules)
    expect(page.locator("main .hash").first).to_have_text(re.compile("^[0-9a-f]{64}$"))
    assert fits(page)


def _open(page: Page, place: str) -> None:
    """Open the groups that a field stands in."""
    page.evaluate("place => { for (let it = document.getElementById(place); it; it = it.parentElement) it.open = true }", place)


def _save(page: Page) -> None:
    with page.expect_navigation():
        page.get_by_role("button", name="Guardar y revisar").first.click()

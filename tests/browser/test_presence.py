"""The presence list on a phone of 360 pixels: ticks, several DNIs at once, a double tap, the close; and the pages beside it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from scripts.cluster import APP, Cluster
from service.core.db import make_engine, make_sessions, transaction
from service.people.group_usecases import families_of
from service.scoring import calibration, usecases
from service.scoring.shapes import SampleIn
from tests.browser.conftest import Served, enter, serve
from tests.cast import Cast
from tests.make.applications import file_application, make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee, make_sign_in
from tests.make.scoring import best_scores, make_panel

expect.set_options(timeout=20_000)  # a busy machine answers late; what is awaited is the same


@dataclass
class Visit:
    """A served installation with an application to visit, the DNIs of its roll, one to confirm, and their contest."""

    served: Served
    application: str
    dnis: list[str]
    waiting: str
    contest: str
    best: dict[str, str]


async def _fill(url: str, cast: Cast) -> tuple[str, list[str], str, str, dict[str, str]]:
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await make_committee(session, cast)
            contest = await make_contest(session, cast, "pdn-first")
            found = await make_eligible(session, cast, contest, present=None)
            waiting = await file_application(session, cast, contest, confirmed=False)
            panel = await make_panel(session, cast, contest)
            await make_sign_in(session, cast, panel["J1"], "julia")
            await make_sign_in(session, cast, cast.secretary, "sonia")
            for place in (1, 2):
                sample = SampleIn(place=place, title=f"Muestra {place}", text="Crianza de cuyes en tres familias.")
                await calibration.keep_sample(session, cast.secretary, contest.id, sample)
            families = await families_of(session, found.group_id)
            dnis = [str(person.dni) for family in families for _, person in family.members]
            best = best_scores((await usecases.book_of(session, contest.id)).book.stages["field"])
            return str(found.id), dnis, str(waiting.id), str(contest.id), best
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def visit(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[Visit]:
    """The application over a contest whose groups are visited."""
    cluster.ensure_database("visit", peopled)
    url = cluster.url(APP, "visit")
    filled = asyncio.run(_fill(url, cast))
    for served in serve(url):
        yield Visit(served, *filled)


def _phone(visit: Visit, browser: Browser, user_name: str) -> Page:
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE").new_page()
    enter(page, visit.served.url, user_name)
    page.wait_for_url(visit.served.url + "/")
    return page


def _fits(page: Page) -> None:
    """Nothing runs out of the screen, and nothing is hard to read for a machine that reads aloud."""
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(page)
    assert [each["id"] for each in found.response["violations"]] == []


def test_a_juror_counts_the_families_with_one_thumb(
    visit: Visit, browser: Browser, cluster: Cluster, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shots = tmp_path_factory.getbasetemp()
    page = _phone(visit, browser, "julia")
    page.goto(f"{visit.served.url}/applications/{visit.application}/presence")
    _fits(page)
    box = page.get_by_role("checkbox").first.locator("xpath=..").bounding_box()
    assert box is not None and box["height"] >= 44
    page.get_by_role("checkbox").first.check()
    page.fill("#dnis", f"{visit.dnis[2]}, {visit.dnis[2]}\n99999999, 123")
    page.screenshot(path=shots / "presence.png", full_page=True)
    page.get_by_role("button", name="Anotar a los presentes").dblclick()
    expect(page.locator("#answers li")).to_have_count(4)
    words = ["anotado", "ya estaba anotado", "no está en el padrón", "no es un DNI"]
    for line, word in zip(page.locator("#answers li").all(), words, strict=True):
        expect(line).to_contain_text(word)
    _fits(page)
    page.screenshot(path=shots / "answers.png", full_page=True)
    assert cluster.sql("SELECT count(*) FROM presence_entry;", "visit").strip() == "2"
    page.get_by_role("button", name="Cerrar la lista").click()
    expect(page.get_by_text("Lista 1: 2 de 3 familias")).to_be_visible()
    _fits(page)
    page.screenshot(path=shots / "closed.png", full_page=True)


def test_a_president_confirms_with_the_slip_and_no_sign_in(
    visit: Visit, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shots = tmp_path_factory.getbasetemp()
    page = _phone(visit, browser, "sonia")
    page.goto(f"{visit.served.url}/applications/{visit.waiting}")
    page.screenshot(path=shots / "waiting.png", full_page=True)
    page.get_by_role("button", name="Imprimir una papeleta").click()
    code = page.locator("#slip-code").inner_text()
    own = page.locator("dd strong").first.inner_text()
    _fits(page)
    page.screenshot(path=shots / "slip.png", full_page=True)
    stranger = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE").new_page()
    stranger.goto(visit.served.url + "/confirm")
    stranger.fill("#application", own)
    stranger.fill("#code", code[:-1])
    stranger.get_by_role("button", name="Confirmar").click()
    expect(stranger.get_by_role("alert")).to_contain_text("no corresponden")
    _fits(stranger)
    stranger.screenshot(path=shots / "confirm.png", full_page=True)
    stranger.fill("#code", code)
    stranger.get_by_role("button", name="Confirmar").click()
    expect(stranger.get_by_role("status")).to_contain_text("queda confirmado")
    page.goto(f"{visit.served.url}/applications/{visit.waiting}")
    expect(page.get_by_text("con código")).to_be_visible()
    page.screenshot(path=shots / "confirmed.png", full_page=True)


def test_a_juror_scores_a_sample_and_the_secretary_closes_the_round(
    visit: Visit, browser: Browser, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shots = tmp_path_factory.getbasetemp()
    here = f"{visit.served.url}/contests/{visit.contest}/calibration"
    juror = _phone(visit, browser, "julia")
    juror.goto(f"{here}/field")
    form = juror.locator("form.act").first
    for name, value in visit.best.items():
        form.locator(f"[name={name}]").fill(value)
    juror.screenshot(path=shots / "calibrating.png", full_page=True)
    _fits(juror)
    form.get_by_role("button").click()
    expect(juror.get_by_text("J1: 1 de 2")).to_be_visible()
    page = _phone(visit, browser, "sonia")
    page.goto(here)
    _fits(page)
    page.screenshot(path=shots / "samples.png", full_page=True)
    page.goto(f"{here}/field")
    page.get_by_role("button", name="Cerrar la ronda ahora").click()
    expect(page.get_by_text("La ronda se cerró")).to_be_visible()
    _fits(page)
    page.screenshot(path=shots / "side_by_side.png", full_page=True)

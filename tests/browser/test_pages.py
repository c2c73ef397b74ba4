"""The pages of a played story: readable on a phone, accessible, in the reader's language, and usable without scripts."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scripts.cluster import APP, Cluster
from scripts.demo import scores
from scripts.demo.codes import PASSWORD
from tests.browser.conftest import Served, enter, serve
from tests.journeys.conftest import play_new

PLACES = {
    "/": "SELECT ''",
    "/contests": "SELECT ''",
    "/contests/{}": "SELECT id FROM contest WHERE code = 'PDN'",
    "/contests/{}/rules": "SELECT id FROM contest WHERE code = 'PDN'",
    "/contests/{}/ledger": "SELECT id FROM contest WHERE code = 'PDN'",
    "/contests/{}/analysis": "SELECT id FROM contest WHERE code = 'PDN'",
    "/sessions/{}": "SELECT id FROM committee_session WHERE number = 1",
    "/sessions/{}/wall": "SELECT id FROM committee_session WHERE number = 1",
    "/minutes/{}": "SELECT id FROM committee_session WHERE number = 1",
    "/contracts/{}": "SELECT id FROM contract WHERE number = '001-2026-PDN-SICUANI'",
    "/applications/{}": "SELECT id FROM application WHERE code = 'IDL-1'",
    "/applications/{}/result": "SELECT id FROM application WHERE code = 'IDL-1'",
    "/applications/{}/appeal": "SELECT id FROM application WHERE code = 'B'",
    "/sessions/{}/appeals": "SELECT id FROM committee_session WHERE number = 1",
    "/appeals/{}": "SELECT id FROM appeal WHERE status = 'carried_out'",
    "/remedies/{}": "SELECT id FROM appeal_remedy",
    "/runs/{}": "SELECT run_id FROM appeal_run",
    "/offices/{}": "SELECT id FROM office",
    "/offices/{}/payments": "SELECT id FROM office",
    "/offices/{}/funds": "SELECT id FROM office",
    "/offices/{}/groups": "SELECT id FROM office",
    "/offices/{}/lookalikes": "SELECT id FROM office",
    "/transparency/{}": "SELECT id FROM office",
}
PUBLIC = (
    "/contests",
    "/contests/{}",
    "/contests/{}/rules",
    "/contests/{}/ledger",
    "/sessions/{}",
    "/sessions/{}/wall",
    "/applications/{}/result",
    "/runs/{}",
    "/minutes/{}",
    "/transparency/{}",
)


@pytest.fixture(scope="module")
def served(cluster: Cluster) -> Iterator[Served]:
    """The application over a played story."""
    play_new(cluster, "pages", scores.load())
    yield from serve(cluster.url(APP, "pages"))


@pytest.fixture(scope="module")
def places(cluster: Cluster, served: Served) -> dict[str, str]:
    """Each page's address in the played story."""
    return {path: path.format(cluster.sql(statement + ";", "pages").split("\n")[0]) for path, statement in PLACES.items()}


@pytest.fixture(scope="module")
def phone(served: Served, browser: Browser) -> Iterator[Page]:
    """The secretary's phone, 360 pixels wide, in Spanish, without scripts of pages."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    page = context.new_page()
    enter(page, served.url, "secretary", PASSWORD)
    yield page
    context.close()


@pytest.mark.parametrize("path", PLACES)
def test_a_page_fits_a_phone_and_has_no_accessibility_violation(
    path: str, phone: Page, served: Served, places: dict[str, str]
) -> None:
    answer = phone.goto(served.url + places[path])
    assert answer is not None
    assert answer.status == 200
    assert phone.evaluate("document.documentElement.scrollWidth") <= 360
    found = Axe().run(phone)
    assert [violation["id"] for violation in found.response["violations"]] == []


@pytest.mark.parametrize("path", PUBLIC)
def test_a_neighbour_reads_public_pages_without_scripts(
    path: str, browser: Browser, served: Served, places: dict[str, str]
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="qu-PE")
    page = context.new_page()
    answer = page.goto(served.url + places[path])
    assert answer is not None
    assert answer.status == 200
    assert page.locator("h1").count() == 1
    context.close()


def test_the_language_is_chosen_and_stays(phone: Page, served: Served) -> None:
    phone.goto(served.url + "/contests")
    assert phone.locator("html").get_attribute("lang") == "es"
    assert phone.locator("h1").inner_text() == "Concursos"
    phone.get_by_role("button", name="English").click()
    phone.goto(served.url + "/contests")
    assert phone.locator("h1").inner_text() == "Contests"
    phone.get_by_role("button", name="Español").click()


def test_a_page_runs_no_scripts_but_the_files_of_ours(phone: Page, served: Served, places: dict[str, str]) -> None:
    refused: list[str] = []
    phone.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    for place in places.values():
        answer = phone.goto(served.url + place)
        assert answer is not None
        assert "script-src 'nonce-" in answer.headers["content-security-policy"]
        for script in phone.locator("script").all():
            assert (script.get_attribute("src") or "").startswith("/static/")
    assert refused == []
    phone.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = true'}))")
    assert phone.evaluate("window.ran") is None


def test_the_wall_says_that_it_lost_the_network_and_goes_on_when_it_is_back(
    browser: Browser, served: Served, places: dict[str, str]
) -> None:
    context = browser.new_context(locale="es-PE")
    page = context.new_page()
    page.goto(served.url + places["/sessions/{}/wall"])
    context.set_offline(True)
    lost = page.get_by_role("status")
    lost.wait_for(timeout=20_000)
    assert lost.inner_text().startswith("Sin conexión. Así estaba a las ")
    assert page.get_by_role("heading", level=1).inner_text() == "Primera sesión del CLAR 2026"
    context.set_offline(False)
    lost.wait_for(state="detached", timeout=20_000)
    context.close()

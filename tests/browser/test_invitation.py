"""From a paper to the first sign-in on a phone without scripts, and in with the provider: by clicks alone, 360 pixels wide."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scripts.cluster import APP, Cluster
from tests.browser.conftest import Served, code_for, enter, serve
from tests.cast import FIRST_PASSWORD, Cast
from tests.make import provider as providers
from tests.make.provider import CLIENT, SECRET, Provider

NEW = "cuatro llamas en la puna"


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    """A provider whose only person says yes."""
    with providers.running() as made:
        yield made


@pytest.fixture(scope="module")
def served(cluster: Cluster, peopled: str, provider: Provider) -> Iterator[Served]:
    """The application over the cast, with the provider."""
    cluster.ensure_database("invitation_pages", peopled)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("RAYMI_OIDC_ISSUER", provider.issuer)
        environment.setenv("RAYMI_OIDC_CLIENT_ID", CLIENT)
        environment.setenv("RAYMI_OIDC_CLIENT_SECRET", SECRET)
        environment.setenv("RAYMI_OIDC_NAME", "ID Municipal")
        yield from serve(cluster.url(APP, "invitation_pages"))


def phone(browser: Browser, *, scripts: bool = True) -> Page:
    """A phone of 360 pixels, in Spanish."""
    return browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE", java_script_enabled=scripts).new_page()


def fits(page: Page, shots: Path, name: str) -> None:
    """The page is no wider than the phone and has no accessibility violation; a picture of it is kept for who looks."""
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def sign_in(page: Page, base: str, user_name: str, password: str) -> None:
    """Sign in with a password, through every step that the pages ask for."""
    enter(page, base, user_name, password)


def link_and_enter(browser: Browser, base: str, name: str, shots: Path) -> None:
    """Link the account at the provider, forget everything, and come in with it alone."""
    own = phone(browser)
    sign_in(own, base, "julia.arapa", NEW)
    own.get_by_role("link", name="Entrada con otro servicio").click()
    own.get_by_role("button", name="Vincular mi cuenta de ID Municipal").click()
    own.wait_for_url(f"{base}/me/identities")
    own.locator("td", has_text="somebody").wait_for()
    assert "somebody" in own.locator("main").inner_text()
    fits(own, shots, "linked")
    own.context.clear_cookies()
    own.goto(f"{base}/sign-in")
    fits(own, shots, "sign-in")
    own.get_by_role("button", name="Entrar con ID Municipal").click()
    own.wait_for_url(f"{base}/sign-in/code?to=/")
    own.fill("#code", code_for(base, "julia.arapa"))
    own.locator("form[action='/sign-in/code'] button").click()
    own.wait_for_url(f"{base}/")
    assert name in own.locator("header").inner_text()
    own.context.close()


def test_from_paper_to_sign_in_and_back_in_with_the_provider(
    browser: Browser, served: Served, cast: Cast, tmp_path: Path
) -> None:
    juror = cast.jurors[0]
    office = phone(browser)
    sign_in(office, served.url, "system", FIRST_PASSWORD)
    office.goto(f"{served.url}/persons/{juror.person_id}")
    office.locator("summary", has_text="Invitar a entrar").click()
    form = office.locator("form[action$='/invitations']")
    form.locator("[name=way]").select_option("on_printed_paper")
    form.locator("button").last.click()
    code = office.locator("#invitation-code").inner_text()
    fits(office, tmp_path, "slip")
    with office.expect_download() as download:
        office.get_by_role("button", name="Obtener el papel (PDF)").click()
    assert download.value.path().read_bytes().startswith(b"%PDF-")

    paper = phone(browser, scripts=False)  # whatever the phone is: no script of ours is needed
    paper.goto(f"{served.url}/sign-in")
    paper.get_by_role("link", name="Tengo una invitación en papel").click()
    paper.fill("#code", code.lower())
    paper.get_by_role("button", name="Continuar").click()
    assert paper.locator("h1").inner_text() == f"Invitación para {juror.name}"
    paper.fill("#answer", "0011")
    paper.fill("#user_name", "julia.arapa")
    paper.fill("#password", NEW)
    paper.get_by_role("button", name="Guardar").click()
    assert "julia.arapa" in paper.get_by_role("status").inner_text()
    paper.context.close()

    link_and_enter(browser, served.url, juror.name, tmp_path)
    office.goto(f"{served.url}/persons/{juror.person_id}")
    assert "contraseña nueva" in office.locator("main").inner_text()
    fits(office, tmp_path, "person")
    office.goto(f"{served.url}/messages")
    fits(office, tmp_path, "outbox")
    office.context.close()


def test_the_public_pages_fit_and_say_what_is_wrong(browser: Browser, served: Served, cast: Cast, tmp_path: Path) -> None:
    office = phone(browser)
    sign_in(office, served.url, "system", FIRST_PASSWORD)
    office.goto(f"{served.url}/persons/{cast.jurors[1].person_id}")
    office.locator("summary", has_text="Invitar a entrar").click()
    office.locator("form[action$='/invitations'] [name=way]").select_option("on_printed_paper")
    office.locator("form[action$='/invitations'] button").last.click()
    code = office.locator("#invitation-code").inner_text()
    office.context.close()
    page = phone(browser)
    page.goto(f"{served.url}/invitations")
    page.fill("#code", code[:-1] + ("A" if code[-1] != "A" else "B"))
    page.get_by_role("button", name="Continuar").click()
    assert "mal escrita" in page.get_by_role("alert").inner_text()
    fits(page, tmp_path, "code")
    page.fill("#code", code)
    page.get_by_role("button", name="Continuar").click()
    page.fill("#answer", "9999")
    page.fill("#user_name", "jacinto.borda")
    page.fill("#password", NEW)
    page.get_by_role("button", name="Guardar").click()
    assert "no coincide" in page.get_by_role("alert").inner_text()
    assert page.input_value("#password") == ""
    fits(page, tmp_path, "invitation")
    page.context.close()

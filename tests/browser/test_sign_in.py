"""Signing in on a phone with a passkey, by the virtual authenticator of a real browser."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from scripts.cluster import APP, Cluster
from service.core.db import make_engine, make_sessions, transaction
from tests.browser.conftest import PASSWORD, Served, serve
from tests.cast import Cast
from tests.make.people import make_sign_in

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


async def _fill(url: str, cast: Cast) -> None:
    engine = make_engine(url, pool_size=1)
    async with transaction(make_sessions(engine)) as session:
        await make_sign_in(session, cast, cast.head, "hilda")
    await engine.dispose()


@pytest.fixture(scope="module")
def served(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[Served]:
    """The application, and the head of the office who has a password and nothing more."""
    cluster.ensure_database("passkeys", peopled)
    url = cluster.url(APP, "passkeys")
    asyncio.run(_fill(url, cast))
    yield from serve(url)


def fits(page: Page, name: str, shots: Path) -> None:
    """Nothing runs out of the screen of 360 px, and everybody can use the page."""
    page.screenshot(path=shots / f"{name}.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [each["id"] for each in Axe().run(page).response["violations"]] == []


def press(page: Page, name: str) -> None:
    """Press a button and wait for the next page."""
    with page.expect_navigation():
        page.get_by_role("button", name=name, exact=True).click()


def test_a_passkey_is_set_up_and_signs_in_and_proves_presence_on_a_phone(
    served: Served, browser: Browser, tmp_path: Path, cluster: Cluster
) -> None:
    page = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE").new_page()
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    key = device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]
    page.goto(served.url + "/sign-in")
    fits(page, "sign-in", tmp_path)
    page.fill("#user_name", "hilda")
    page.fill("#password", PASSWORD)
    page.locator("form[action='/sign-in'] button").click()
    page.wait_for_url("**/sign-in/factor?**")
    fits(page, "factor", tmp_path)
    page.goto(served.url + "/contests/new")  # nothing else is open
    page.goto(served.url + "/offices")
    page.wait_for_url("**/sign-in/factor?**")
    page.fill("#passkey-name", "Celular de Hilda")
    press(page, "Crear una llave de acceso")
    assert page.locator("ol code").count() == 10
    fits(page, "recovery", tmp_path)
    page.locator("main a").last.click()
    page.goto(served.url + "/me")
    fits(page, "me", tmp_path)
    assert "Celular de Hilda" in page.locator("main").inner_text()
    press(page, "Salir")
    page.goto(served.url + "/me")
    page.wait_for_url("**/sign-in?to=/me")
    press(page, "Ingresar con una llave de acceso")
    page.wait_for_url("**/me")
    # Presence is asked for again after ten minutes: the sign-in is made older here, as waiting would.
    cluster.sql(OLDER, "passkeys")
    press(page, "Hacer códigos de recuperación nuevos")
    page.wait_for_url("**/confirm-it-is-you?to=/me")
    fits(page, "confirm", tmp_path)
    press(page, "Mostrar la llave de acceso")
    page.wait_for_url("**/me")
    press(page, "Hacer códigos de recuperación nuevos")
    assert page.locator("ol code").count() == 10
    page.goto(served.url + "/me")
    device.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    press(page, "Salir")
    page.goto(served.url + "/sign-in")
    page.get_by_role("button", name="Ingresar con una llave de acceso").click()
    page.get_by_text("El equipo no dio ninguna llave de acceso").wait_for()


OLDER = (
    "SET session_replication_role = replica; "
    "UPDATE sign_in SET proved_at = proved_at - interval '11 minutes' WHERE ended_at IS NULL;"
)

"""A served installation with an empty database, and a real browser on a phone-sized screen."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from scripts.cluster import APP, OWNER, Cluster
from scripts.demo.codes import code_of as demo_code
from service.core.settings import ROOT

CHROMIUM = "/usr/bin/chromium"
PASSWORD = "llama condor vicuna"
_codes: dict[tuple[str, str], list[str]] = {}
"""Recovery codes that people wrote down, by installation and user name."""


def enter(page: Page, base: str, user_name: str, password: str = PASSWORD) -> None:
    """Sign in by hand, through every step that the pages ask for."""
    page.goto(base + "/sign-in")
    page.fill("#user_name", user_name)
    page.fill("#password", password)
    _press(page, "/sign-in")
    for _ in range(3):
        step = urlsplit(page.url).path
        if step == "/sign-in/factor":
            page.fill("#app-code", pyotp.TOTP(page.locator("#app-secret").inner_text()).now())
            _press(page, "/sign-in/factor")
            _codes[base, user_name] = page.locator("ol code").all_inner_texts()
            page.locator("main a").last.click()
            page.wait_for_load_state()
        elif step == "/sign-in/code":
            page.fill("#code", code_for(base, user_name))
            _press(page, "/sign-in/code")


def code_for(base: str, user_name: str) -> str:
    """A recovery code that was written down, or the code of the demo."""
    written = _codes.get((base, user_name))
    return written.pop() if written else demo_code(user_name)


def _press(page: Page, action: str) -> None:
    page.locator(f"form[action='{action}'] button").click()
    page.wait_for_load_state()


@dataclass
class Served:
    """Where an installation listens; its database's address."""

    url: str
    database_url: str
    first_password: str = ""


def serve(database_url: str) -> Iterator[Served]:
    """An application process on a free port, until the test ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATABASE_URL": database_url, "RAYMI_ENV": "development", "RAYMI_LOG_LEVEL": "WARNING"}
    environment.setdefault("RAYMI_PUBLIC_URL", f"http://localhost:{port}")
    command = [sys.executable, "-m", "uvicorn", "api.app:app", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(command, cwd=ROOT, env=environment)
    try:
        _wait_for(f"http://localhost:{port}/readyz")
        yield Served(f"http://localhost:{port}", database_url)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(url: str) -> None:
    for _ in range(200):
        try:
            if httpx.get(url, timeout=2).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    raise TimeoutError(url)


@pytest.fixture(scope="module")
def browser(peopled: str) -> Iterator[Browser]:
    """Debian's Chromium. While it is open its own event loop runs in this thread, so the databases are made before it."""
    assert peopled
    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def empty(cluster: Cluster, template: str) -> Iterator[Served]:
    """An installation with the districts and one administrator, as `raymi serve` and `raymi admin create` leave it."""
    cluster.ensure_database("by_hand", template)
    url = cluster.url(APP, "by_hand")
    environment = {**os.environ, "DATABASE_URL": url, "MIGRATION_DATABASE_URL": cluster.url(OWNER, "by_hand")}
    given = ["--dni", "12345678", "--given-names", "Sofía", "--family-names", "Yupanqui", "--sex", "female"]
    command = [sys.executable, "-m", "scripts.commands", "admin", "create", "sofia", *given]
    said = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=True
    ).stdout
    for served in serve(url):
        served.first_password = said.split("password ")[1].split(".\n")[0]
        yield served


@dataclass
class Person:
    """Somebody at a browser, who only clicks, types and reads."""

    page: Page
    base: str
    places: dict[str, str] = field(default_factory=dict)
    user_name: str = ""

    def go(self, path: str) -> None:
        """Open a page of Raymi."""
        answer = self.page.goto(path if path.startswith("http") else self.base + path)
        assert answer is not None
        assert answer.status < 400, f"{path}: {answer.status}"

    def fill(self, button: str, **values: str | bool | list[str]) -> None:
        """Open the form with a title, fill its fields, and press its button; fails with what the page says is wrong."""
        form = self._form(button)
        for name, value in values.items():
            self._put(form, name.replace("__", "."), value)
        form.locator("button").last.click()
        self.page.wait_for_load_state()
        if urlsplit(self.page.url).path == "/confirm-it-is-you":
            self.page.fill("#code", code_for(self.base, self.user_name))
            self.page.locator("#code").locator("xpath=ancestor::form").locator("button").click()
            self.page.wait_for_load_state()
            self.fill(button, **values)
            return
        wrong = self.page.locator(".wrong").all_inner_texts()
        assert not wrong, f"{button}: {wrong}"

    def press(self, button: str) -> None:
        """Press a button that has no fields."""
        self.fill(button)

    def press_in(self, row: str, button: str) -> None:
        """Press a button in the row of a table that holds a text."""
        self.page.locator("tr", has_text=row).first.get_by_role("button", name=button, exact=True).click()
        self.page.wait_for_load_state()
        wrong = self.page.locator(".wrong").all_inner_texts()
        assert not wrong, f"{row} {button}: {wrong}"

    def _form(self, title: str):  # type: ignore[no-untyped-def]  # playwright's locator
        folded = self.page.locator("details.act", has=self.page.locator("summary", has_text=title))
        if folded.count():
            first = folded.first
            if first.get_attribute("open") is None:
                first.locator("summary").click()
            return first.locator("form")
        return self.page.locator("form", has=self.page.get_by_role("button", name=title, exact=True)).first

    def _put(self, form, name: str, value: str | bool | list[str]) -> None:  # type: ignore[no-untyped-def]  # as above
        field = form.locator(f'[name="{name}"]')
        kind = field.first.evaluate("e => e.tagName + ':' + (e.type || '')")
        if isinstance(value, list):
            for each in value:
                form.locator("label", has_text=each).locator("input").check()
        elif kind.startswith("SELECT"):
            options = field.first.locator("option").all_inner_texts()
            wanted = str(value).replace("_", " ")  # pages say codes as words
            chosen = next((text for text in options if text.startswith(wanted)), None) or next(
                (text for text in options if wanted in text), None
            )
            assert chosen is not None, f"{name}: no {value!r} among {options[:8]}"
            field.first.select_option(label=chosen)
        elif kind.endswith("checkbox"):
            field.first.set_checked(bool(value))
        elif kind.endswith("file"):
            text = str(value)
            field.first.set_input_files(
                {"name": text.split("|")[0], "mimeType": "application/pdf", "buffer": text.split("|", 1)[1].encode("latin-1")}
            )
        else:
            field.first.fill(str(value))

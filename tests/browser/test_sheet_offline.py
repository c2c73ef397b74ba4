"""A juror's phone without network: what was typed is kept, sent once when the network returns, and never over a newer draft."""

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect

from scripts.cluster import APP, Cluster
from service.applications.models import Application
from service.core.actor import Actor
from service.core.db import Session, make_engine, make_sessions, transaction
from service.scoring import usecases
from service.scoring.paper_sheets import print_sheet
from service.scoring.shapes import DraftIn, ScoresIn
from tests.browser.conftest import Served, enter, serve
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.people import make_committee, make_sign_in
from tests.make.scoring import NO_CONFLICT, best_scores, make_panel, open_stages

expect.set_options(timeout=20_000)  # a busy machine answers late; what is awaited is the same

DRAFT = "SELECT scores ->> 'term' || ' ' || version FROM score_draft WHERE application_id = '{}';"


@dataclass
class Room:
    """A served installation with applications that J1 may score, and the code of the sheet of the last one on paper."""

    served: Served
    url: str
    applications: list[str]
    code: str

    def page(self, number: int) -> str:
        """The address of J1's sheet of an application."""
        return f"{self.served.url}/applications/{self.applications[number]}/sheets/single"


async def _fill(url: str, cast: Cast) -> list[str]:
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await make_committee(session, cast)
            contest = await make_contest(session, cast, "idl-first")
            found = [await make_eligible(session, cast, contest) for _ in range(4)]
            panel = await make_panel(session, cast, contest)
            await open_stages(session, cast, contest)
            await make_sign_in(session, cast, panel["J1"], "julia")
            await make_sign_in(session, cast, cast.secretary, "sonia")
            for each in found:
                await usecases.declare_conflict(session, panel["J1"], each.id, NO_CONFLICT)
            paper = await print_sheet(session, cast.secretary, found[2].id, "single", panel["J1"].person_id)
            return [*(str(each.id) for each in found), paper.code]
    finally:
        await engine.dispose()


async def _act(room: Room, act: Callable[[Session], Awaitable[object]]) -> None:
    engine = make_engine(room.url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await act(session)
    finally:
        await engine.dispose()


def _beside(room: Room, act: Callable[[Session], Awaitable[object]]) -> None:
    """Do something on another device; in a thread, as the browser's loop runs in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(lambda: asyncio.run(_act(room, act))).result()


def _sheet(room: Room, cast: Cast) -> tuple[Actor, UUID, str]:
    """J1's sheet of the fourth application."""
    return cast.jurors[0], UUID(room.applications[3]), "single"


async def _lock(session: Session, room: Room, cast: Cast) -> None:
    juror, application, stage = _sheet(room, cast)
    contest = (await session.get_one(Application, application)).contest_id
    best = best_scores((await usecases.book_of(session, contest)).book.stages[stage])
    await usecases.lock_scoresheet(session, juror, application, stage, ScoresIn(scores={**best, "term": "9"}))


@pytest.fixture(scope="module")
def room(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[Room]:
    """The application over a contest that is being scored."""
    cluster.ensure_database("offline", peopled)
    url = cluster.url(APP, "offline")
    *applications, code = asyncio.run(_fill(url, cast))
    for served in serve(url):
        yield Room(served, url, applications, code)


@pytest.fixture
def context(room: Room, browser: Browser) -> Iterator[BrowserContext]:
    """J1's phone, 360 pixels wide."""
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    _sign_in(context.new_page(), room)
    yield context
    context.close()


def _sign_in(page: Page, room: Room, user_name: str = "julia") -> None:
    enter(page, room.served.url, user_name)
    page.wait_for_url(room.served.url + "/")


def _die(page: Page) -> None:
    """The browser ends at once: no script of the page hears of it, as when a battery is empty."""
    with suppress(Error):
        page.goto("chrome://crash")
    page.close()


def test_what_is_typed_without_network_is_sent_once_when_it_returns(
    room: Room, context: BrowserContext, cluster: Cluster
) -> None:
    page = context.pages[0]
    sent: list[int] = []
    page.on("response", lambda answer: sent.append(answer.status) if answer.url.endswith("/draft") else None)
    page.goto(room.page(0))
    page.fill("[name=term]", "7")
    expect(page.locator("#draft-status")).to_have_text("El borrador está guardado.")
    context.set_offline(True)
    page.fill("[name=term]", "8")
    expect(page.locator("#draft-status")).to_contain_text("Sin red")
    assert cluster.sql(DRAFT.format(room.applications[0]), "offline").strip() == "7 1"
    context.set_offline(False)
    expect(page.locator("#draft-status")).to_have_text("El borrador está guardado.")
    assert cluster.sql(DRAFT.format(room.applications[0]), "offline").strip() == "8 2"
    assert sent == [201, 201]
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('raymi-draft'))") == []


def test_what_was_typed_without_network_survives_and_a_newer_draft_is_shown_beside_it(
    room: Room, context: BrowserContext, cluster: Cluster
) -> None:
    page = context.pages[0]
    page.goto(room.page(1))
    context.set_offline(True)
    page.fill("[name=term]", "6")
    expect(page.locator("#draft-status")).to_contain_text("Sin red")
    _die(page)
    context.set_offline(False)
    page = context.new_page()
    tablet = context.browser.new_context(locale="es-PE") if context.browser else context
    other = tablet.new_page()
    _sign_in(other, room)
    other.goto(room.page(1))
    other.fill("[name=term]", "9")
    expect(other.locator("#draft-status")).to_have_text("El borrador está guardado.")
    tablet.close()
    page.goto(room.page(1))
    for _ in range(2):  # closed before one is chosen, the browser still has it, and shows both again
        expect(page.locator(".kept")).to_have_text("Último guardado: 9")
        expect(page.locator("[name=term]")).to_have_value("6")
        page.goto("about:blank")
        page.goto(room.page(1))
    expect(page.locator(".kept")).to_have_text("Último guardado: 9")
    assert cluster.sql(DRAFT.format(room.applications[1]), "offline").strip() == "9 1"
    page.get_by_role("button", name="Guardar como borrador").click()
    expect(page.locator("#draft-status")).to_have_text("El borrador está guardado.")
    assert cluster.sql(DRAFT.format(room.applications[1]), "offline").strip() == "6 2"


def test_the_sheet_fits_a_phone_and_has_no_accessibility_violation(room: Room, context: BrowserContext) -> None:
    page = context.pages[0]
    page.goto(room.page(2))
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []


def test_a_paper_sheet_is_typed_on_a_page_that_fits_and_that_everybody_can_use(room: Room, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 740}, locale="es-PE")
    page = context.new_page()
    _sign_in(page, room, "sonia")
    page.goto(f"{room.served.url}/paper-sheets")
    page.fill("#code", room.code[:4] + " " + room.code[4:])
    page.get_by_role("button", name="Abrir").click()
    expect(page.locator("[name=term]")).to_have_value("")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    context.close()


def test_a_locked_phone_sends_what_was_typed_last(room: Room, context: BrowserContext, cluster: Cluster) -> None:
    page = context.pages[0]
    page.goto(room.page(2))
    page.fill("[name=term]", "4")
    page.get_by_role("button", name="Bloquear este teléfono").click()
    page.wait_for_url("**/sign-in?another=yes")
    assert cluster.sql(DRAFT.format(room.applications[2]), "offline").strip() == "4 1"


def test_a_draft_that_is_refused_for_good_does_not_hold_up_the_next_one(
    room: Room, context: BrowserContext, cluster: Cluster
) -> None:
    page = context.pages[0]
    page.goto(room.page(2))
    page.evaluate("document.querySelector('[name=term]').removeAttribute('maxlength')")
    with page.expect_response("**/draft") as refused:
        page.fill("[name=term]", "1" * 201)
    assert refused.value.status == 422
    page.fill("[name=term]", "3")
    expect(page.locator("#draft-status")).to_have_text("El borrador está guardado.")
    assert cluster.sql(DRAFT.format(room.applications[2]), "offline").startswith("3 ")


def test_a_phone_that_is_locked_stays_so_on_every_other_page(room: Room, context: BrowserContext) -> None:
    page = context.pages[0]
    page.goto(room.page(2))
    page.evaluate("localStorage.setItem('raymi-locked', 'yes')")
    page.goto(f"{room.served.url}/sign-in")
    page.wait_for_url("**/sign-in?another=yes")
    page.goto(room.page(2))
    expect(page).to_have_url(f"{room.served.url}/sign-in?to=/applications/{room.applications[2]}/sheets/single")


def test_a_phone_that_nobody_touches_hides_the_sheet_and_signs_out(room: Room, context: BrowserContext) -> None:
    page = context.pages[0]
    page.clock.install()
    page.goto(room.page(2))
    page.clock.run_for(299_000)
    expect(page.locator("#main")).to_be_visible()
    context.set_offline(True)
    page.clock.run_for(10_000)
    expect(page.locator("#main")).to_be_hidden()
    expect(page.locator("#locked")).to_be_visible()
    context.set_offline(False)
    page.wait_for_url("**/sign-in?another=yes")
    expect(page.locator("#user_name")).to_have_value("")
    page.goto(room.page(2))
    expect(page).to_have_url(f"{room.served.url}/sign-in?to=/applications/{room.applications[2]}/sheets/single")


def test_of_two_drafts_the_one_that_was_kept_last_can_be_taken(
    room: Room, context: BrowserContext, cluster: Cluster, cast: Cast
) -> None:
    page = context.pages[0]
    page.goto(room.page(3))
    context.set_offline(True)
    page.fill("[name=term]", "6")
    expect(page.locator("#draft-status")).to_contain_text("Sin red")
    _beside(room, lambda session: usecases.save_draft(session, *_sheet(room, cast), DraftIn(scores={"term": "9"})))
    page.goto("about:blank")
    context.set_offline(False)
    page.goto(room.page(3))
    expect(page.locator(".kept")).to_have_text("Último guardado: 9")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.get_by_role("link", name="Tomar el borrador guardado al último").click()
    expect(page.locator("[name=term]")).to_have_value("9")
    expect(page.locator(".kept")).to_have_count(0)
    assert cluster.sql(DRAFT.format(room.applications[3]), "offline").strip() == "9 1"


def test_what_was_typed_after_the_lock_is_shown_and_goes_into_a_correction(
    room: Room, context: BrowserContext, cluster: Cluster, cast: Cast
) -> None:
    page = context.pages[0]
    page.goto(room.page(3))
    expect(page.locator("[name=term]")).to_have_value("9")
    _beside(room, lambda session: _lock(session, room, cast))
    with page.expect_response("**/draft") as refused:
        page.fill("[name=term]", "8")
    assert refused.value.status == 409
    held = page.locator("#draft-held")
    expect(held.locator("li")).to_have_text([re.compile(": 8$")])
    page.reload()
    expect(held).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert [violation["id"] for violation in Axe().run(page).response["violations"]] == []
    page.get_by_role("button", name="Pasarlos a una corrección").click()
    expect(page.locator("#n-term")).to_have_value("8")
    page.fill("#reason", "Se anotó mal")
    page.get_by_role("button", name="Poner la ficha corregida").click()
    expect(page.locator("#c-term")).to_have_value("8")
    expect(held).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('raymi-draft'))") == []

"""A committee's whole work from the pages alone: twelve groups, five jurors, a recusal, an absence, a tie, an appeal, a second request."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from scripts.cluster import APP, OWNER, Cluster
from service.applications.eligibility_rules import PAPERS
from service.contests.models import PlanType
from service.core.db import make_engine, make_sessions, transaction
from service.core.settings import ROOT
from tests.browser import by_hand, by_hand_committee
from tests.browser.by_hand_committee import CODES, GROUPS, HEARD, PUBLIC
from tests.browser.conftest import Person, Served, serve
from tests.browser.test_main_job_by_hand import Town, check_off, texts
from tests.cast import Cast
from tests.make.accountability import account_for, make_paid
from tests.make.funding import make_fund
from tests.make.people import make_committee, make_group, make_sign_in

TOLD = (
    "Es mi sobrina",  # the recusal
    "Juana Espirilla Oré",  # the absence
    "82.00",  # the tie
    "J3 anotó 19 donde dijo 25",  # the appeal
    "Se oye veinticinco",  # what the panel ruled
    "80.00",  # the second request
    "60,000.00",
    "Hilda Ccahuana Puma",  # who checked the rankings off
)
"""What the minutes hold, on their page and on paper."""

MEMBERS = {
    "mayor": "Champi Sulca, Marcos",
    "jurado1": "Arapa Kana, Julia",
    "jurado2": "Borda Lima, Jacinto",
    "jurado3": "Callo Merma, Justina",
    "jurado4": "Deza Noa, Juan",
    "jurado5": "Espirilla Oré, Juana",
}


async def _fill(url: str, cast: Cast) -> str:
    """The office as it stands before a call: staff, committee, twelve groups, a fund, a contract whose first tranche is accounted for."""
    engine = make_engine(url, pool_size=1)
    try:
        async with transaction(make_sessions(engine)) as session:
            await make_committee(session, cast)
            for name in ("programme", "head", "secretary", "promoter", "administrator", "treasurer"):
                await make_sign_in(session, cast, getattr(cast, name), name)
            await make_sign_in(session, cast, cast.second_officer, "officer")
            for name, member in zip(MEMBERS, (cast.mayor, *cast.jurors), strict=True):
                await make_sign_in(session, cast, member, name)
            for name in GROUPS.values():
                await make_group(session, cast, name=name, families=2)
            contract = await make_paid(session, cast)
            await account_for(session, cast, contract, "4900.03")
            await make_fund(session, cast, "200000.00", code="CLAR-FONDO", name="Fondo del CLAR")
            return str(contract.id)
    finally:
        await engine.dispose()


@pytest.fixture(scope="module")
def installation(cluster: Cluster, peopled: str, cast: Cast) -> Iterator[tuple[Served, str]]:
    """The application and its worker over that office; the address of the contract."""
    cluster.ensure_database("committee", peopled)
    url = cluster.url(APP, "committee")
    contract = asyncio.run(_fill(url, cast))
    environment = {**os.environ, "DATABASE_URL": url, "MIGRATION_DATABASE_URL": cluster.url(OWNER, "committee")}
    worker = subprocess.Popen([sys.executable, "-m", "scripts.commands", "worker"], cwd=ROOT, env=environment)
    try:
        for served in serve(url):
            yield served, f"/contracts/{contract}"
    finally:
        worker.terminate()
        worker.wait(20)


@pytest.fixture
def town(installation: tuple[Served, str], browser: Browser) -> Town:
    """The people of the trial, each at an own phone."""
    return Town(browser, installation[0])


def test_a_committee_does_all_its_work_from_the_pages(town: Town, installation: tuple[Served, str]) -> None:
    office = by_hand_committee.office_of(town.programme)
    contests = by_hand_committee.announce(town.programme, office)
    papers = [kind.value for kind in PAPERS[PlanType.PDN]]
    places = {
        code: by_hand.apply(town.promoter, town.secretary, contests["PDN"], (code, "", "10000.00", {}), GROUPS[code], papers)
        for code in CODES
    }
    town.head.go(installation[1])
    town.head.fill("File the second request", contest_id="PDN-2", code="S", opinion="Conforme")
    by_hand_committee.seat(town.secretary, contests)
    town.secretary.go(contests["PDN-2"])
    second = town.secretary.page.get_by_role("link", name="S", exact=True).first.get_attribute("href") or ""
    town.secretary.go(contests["PDN"])
    town.secretary.press("Open the stage “field” for scoring")
    recuse(town.jurado1, places["F"])
    by_hand.score(town.jurors, HEARD, places, {"field"})
    place = open_session(town.secretary, office)
    hear(town, place, {**places, "S": second})
    assert_nothing_leaks(town, place, contests["PDN"])
    check_off_and_announce(town, place)
    assert ranking(town.head, contests["PDN"]) == by_hand_committee.BEFORE
    appeal(town, place, places["G"])
    assert ranking(town.head, contests["PDN"]) == by_hand_committee.AFTER
    minutes = sign_minutes(town, place)
    for said in TOLD:
        assert said in minutes
    paper = download_minutes(town.promoter, place)
    for said in TOLD:
        assert said in paper


def recuse(juror: Person, application: str) -> None:
    """A juror's conflict, said before the file opens."""
    juror.go(f"{application}/sheets/field")
    juror.fill("Declare", conflict=True, reason="Es mi sobrina")
    juror.go(f"{application}/sheets/field")
    assert "You are recused from this application" in juror.page.locator("main").inner_text()
    assert juror.page.locator('[name="plan"]').count() == 0


def open_session(secretary: Person, office: str) -> str:
    """Convene for both contests, attend, open, hand out the field results; its address."""
    secretary.go(f"{office}/sessions")
    secretary.fill(
        "Convene a session",
        committee_id="CLAR Sicuani",
        title="CLAR de noviembre",
        place="Coliseo",
        ubigeo="Sicuani · Canchis",
        agenda="Campo\nExposición\nResultados",
        convened_for=f"{by_hand.today()}T08:00",
        contest_ids=["PDN ·", "PDN-2 ·"],
    )
    place = secretary.page.url.partition("#")[0]
    for user_name, person in MEMBERS.items():
        secretary.fill("Somebody comes", person_id=person, capacity="chair" if user_name == "mayor" else "member")
    secretary.press("Open the session")
    secretary.press("Hand out the field results")
    return place


def hear(town: Town, place: str, places: dict[str, str]) -> None:
    """Every group presents and is scored on the jurors' phones; J5 is absent for G."""
    secretary = town.secretary
    turns = {f"PDN · {code}": code for code in CODES} | {"PDN-2 · S": "S"}
    for row, code in turns.items():
        secretary.go(place)
        secretary.press_in(row, "Call to present")
        if code == "G":
            secretary.press_in(row, "Take the last step back")
            secretary.press_in(row, "Call to present")
        secretary.press_in(row, "Has presented and answered")
        if code == "G":
            secretary.fill("Record that a juror is absent", application_id="G ·", stage="public", person_id="J5")
        by_hand.score(town.jurors, PUBLIC, places, {"public", "single"}, code)
        secretary.go(place)
        secretary.press_in(row, "All sheets are locked")
    secretary.press("Tally")


def assert_nothing_leaks(town: Town, place: str, contest: str) -> None:
    """Before the announcement no juror sees a total, and the wall shows none."""
    for person, path in ((town.jurado2, place), (town.jurado2, contest), (town.promoter, f"{place}/wall")):
        assert "90.00" not in texts(person, path)
    assert "90.00" in texts(town.secretary, place)


def check_off_and_announce(town: Town, place: str) -> None:
    """The office head checks each run off; the secretary announces."""
    check_off(town.head, place)
    town.secretary.go(place)
    town.secretary.press("Announce the result")


def appeal(town: Town, place: str, application: str) -> None:
    """The promoter appeals for G; three persons uphold it, two to one; J3 corrects the sheet; ranked again, checked, announced."""
    town.promoter.go(f"{application}/appeal")
    town.promoter.fill("Appeal this result", ground="J3 anotó 19 donde dijo 25")
    here = town.promoter.page.url
    town.head.go(here)
    town.head.fill("Name who hears it", person_ids=["Condori Huanca, Pedro", "Huamán Ttito, Ana", "Apaza Layme, Tomás"])
    for member, uphold in ((town.programme, True), (town.administrator, True), (town.treasurer, False)):
        member.go(here)
        member.fill("Give your opinion", uphold=uphold, reason="Se oye en la grabación")
    remedy = {"remedies__0__kind": "sheet", "remedies__0__person_id": "J3", "remedies__0__stage": "public"}
    town.programme.go(here)
    town.programme.fill("Write the ruling", reason="Se oye veinticinco", **remedy)
    town.jurado3.go(here)
    town.jurado3.page.get_by_role("link", name="Correct it").click()
    town.jurado3.fill("Put the corrected sheet in place", clarity="25", identity="25")
    town.secretary.go(place)
    with pytest.raises(AssertionError, match="The appeal of G is not settled yet"):
        town.secretary.press("Close the minutes")
    town.secretary.go(here)
    town.secretary.press("Rank again")
    town.head.go(here)
    town.head.page.get_by_role("link", name="See the new ranking and its check").click()
    town.head.press("Check this ranking off")
    town.secretary.go(here)
    town.secretary.press("Announce the new result")


def sign_minutes(town: Town, place: str) -> str:
    """Closed by the secretary, signed by every member, published; what their page says to everybody."""
    town.secretary.go(place)
    town.secretary.press("Close the minutes")
    for user_name in MEMBERS:
        member = getattr(town, user_name)
        member.go(place)
        member.press("Sign the minutes")
    town.secretary.go(place)
    town.secretary.press("Publish the minutes")
    return texts(town.promoter, place.replace("/sessions/", "/minutes/"))


def download_minutes(reader: Person, place: str) -> str:
    """The text of the minutes' PDF, once the worker has drawn it."""
    for _ in range(60):
        reader.go(place.replace("/sessions/", "/minutes/"))
        link = reader.page.get_by_role("link", name="Download the paper (PDF)")
        if link.count():
            break
        reader.page.wait_for_timeout(1000)
    answer = reader.page.request.get(reader.base + (link.first.get_attribute("href") or ""))
    run = subprocess.run(["pdftotext", "-raw", "-", "-"], input=answer.body(), capture_output=True, check=True)
    return " ".join(run.stdout.decode().split())


SHOWN = ("Place", "Short name", "Total", "Outcome", "Award")


def ranking(person: Person, contest: str) -> list[tuple[str, ...]]:
    """The announced result as the contest's page shows it: place, code, total, outcome, award."""
    person.go(contest)
    rows = person.page.locator("tr", has=person.page.locator('td[data-label="Outcome"]')).all()
    return [tuple(row.locator(f'td[data-label="{name}"]').inner_text().strip() for name in SHOWN) for row in rows]

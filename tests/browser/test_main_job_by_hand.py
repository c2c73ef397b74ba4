"""The whole main job, done from the pages alone in an empty database, with the golden figures read off the pages."""

from datetime import date

import pytest
from playwright.sync_api import Browser

from scripts.demo import scores
from scripts.demo.scans import scan
from service.applications.eligibility_rules import PAPERS
from service.contests.models import PlanType
from tests.browser import by_hand
from tests.browser.conftest import PASSWORD, Person, Served

TODAY = date.today().isoformat()


class Town:
    """Everybody at their own browser, and where things are."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.people: dict[str, Person] = {}

    def sign_in(self, user_name: str, password: str = PASSWORD) -> Person:
        """A person at a phone, signed in, reading English."""
        context = self.browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
        person = Person(context.new_page(), self.served.url)
        person.go("/sign-in")
        person.fill("Sign in", user_name=user_name, password=password)
        return person

    def __getattr__(self, name: str) -> Person:
        if name not in self.people:
            self.people[name] = self.sign_in(name)
        return self.people[name]

    @property
    def jurors(self) -> dict[str, Person]:
        """The five jurors, by short name."""
        return {f"J{number}": getattr(self, f"jurado{number}") for number in range(1, 6)}


def texts(person: Person, path: str) -> str:
    """All that a page says, on one line."""
    person.go(path)
    return " ".join(person.page.locator("main").inner_text().split())


def hold_session(town: Town, office: str, contests: list[str], heard: list[tuple[scores.Script, dict[str, str]]]) -> str:
    """Convene, attend, open, hear, tally, announce, write, close, sign, publish; the session's address."""
    secretary = town.secretary
    secretary.go(f"{office}/sessions")
    when = {"convened_for": f"{TODAY}T08:00", "contest_ids": contests}
    where = {"committee_id": "CLAR de Canchis", "place": "Coliseo", "ubigeo": "Sicuani · Canchis"}
    secretary.fill("Convene a session", title=f"Sesión de {contests[0]}", agenda="Calificación", **where, **when)
    place = secretary.page.url
    members = [("Champi, Alcalde", "chair"), *((f"Mamani, Jurado{number}", "member") for number in range(1, 6))]
    for person, capacity in members:
        secretary.fill("Somebody comes", person_id=person, capacity=capacity)
    secretary.press("Open the session")
    secretary.press("Hand out the field results")
    for script, places in heard:
        stages = {stage["code"] for stage in script.book["stages"]} - {"field"}
        for code, *_ in script.bundle.applications:
            secretary.go(place)
            secretary.fill("Call", application_id=f"{code} ·")
            secretary.fill("Has presented and answered", application_id=f"{code} ·")
            by_hand.score(town.jurors, script, places, stages, code)
            secretary.go(place)
            secretary.fill("All sheets are locked", application_id=f"{code} ·")
    secretary.press("Tally")
    secretary.press("Announce the result")
    secretary.fill("Write the paragraphs of the minutes", development="Se expuso.", custody="En la oficina.")
    secretary.press("Close the minutes")
    for person in (town.mayor, *town.jurors.values()):
        person.go(place)
        person.press("Sign the minutes")
    secretary.go(place)
    secretary.press("Publish the minutes")
    return place


def contract_for(town: Town, office: str, award: str) -> str:
    """Draft, number and sign a contract in ink; its address."""
    town.secretary.go(f"{office}/contracts")
    town.secretary.page.get_by_role("link", name=award).first.click()
    town.secretary.fill("Draft the contract", resolution="RD 1-2026")
    draft = town.secretary.page.url
    town.head.go(draft)
    town.head.press("Give it its number")
    place = town.head.page.url
    for title in ("Register the scan that the group has signed", "Register the scan that the office head has signed"):
        content = scan(title, place).decode("latin-1")
        town.secretary.go(place)
        town.secretary.fill(title, signed_on=TODAY, file=f"firmado.pdf|{content}")
        town.officer.go(place)
        town.officer.press("Confirm the scan")
    return place


def pay(town: Town, office: str, requests: list[str]) -> str:
    """Check and authorise payments, send the bank's file; the batch's address."""
    for request in requests:
        town.administrator.go(request)
        town.administrator.fill("The request is complete", note="Conforme")
        town.programme.go(request)
        town.programme.press("Authorise the payment")
    town.administrator.go(f"{office}/payments")
    town.administrator.fill("Prepare the file for the bank", execution_date=TODAY)
    batch = town.administrator.page.url
    town.treasurer.go(batch)
    town.treasurer.press("Release the file to the bank")
    return batch


@pytest.fixture
def town(browser: Browser, empty: Served) -> Town:
    """The people of the trial."""
    return Town(browser, empty)


PLACES = ("Checacupe", "Sicuani", "San Pedro", "Pitumarca", "Tinta")


def prepare(town: Town, script: scores.Scores, office: str) -> dict[str, str]:
    """Groups, families, funds and the published call; the contests' addresses."""
    for place, (code, district) in enumerate(zip("ABCDE", PLACES, strict=True)):
        by_hand.create_group(
            town.promoter, town.officer, office, f"Asociación {code}", "association", 1000 + 10 * place, f"{district} · Canchis"
        )
    by_hand.create_group(
        town.promoter, town.officer, office, "Municipalidad de Sicuani", "municipality", 900, "Sicuani · Canchis"
    )
    mayor = {"person_id": "Champi, Alcalde", "role": "mayor", "since": by_hand.SINCE, "until": by_hand.UNTIL}
    town.promoter.fill("Enter a mandate", **mayor)
    host = by_hand.create_group(
        town.promoter, town.officer, office, "Comunidad de Hercca", "community", 1100, "Sicuani · Canchis"
    )
    by_hand.enter_families(town.promoter, host, [row[0] for row in script.cif.bundle.applications])
    by_hand.set_up_funds(town.programme, town.administrator, office)
    books = {
        code: (each.folder / "rules.json").read_text()
        for code, each in zip(
            ("PDN", "IDL", "CIF", "PDN-2"), (script.plans, script.idl, script.cif, script.second), strict=True
        )
    }
    return by_hand.announce_call(town.programme, office, books)


def file_all(town: Town, script: scores.Scores, contests: dict[str, str]) -> dict[str, dict[str, str]]:
    """Every application filed and found eligible; their addresses by contest and short name."""
    papers = {plan: [kind.value for kind in PAPERS[plan]] for plan in (PlanType.PDN, PlanType.IDL)}
    in_order = sorted(script.plans.bundle.applications, key=lambda row: row[1])
    return {
        "PDN": {
            row[0]: by_hand.apply(
                town.promoter, town.secretary, contests["PDN"], row, f"Asociación {row[0]}", papers[PlanType.PDN]
            )
            for row in in_order
        },
        "IDL": {
            row[0]: by_hand.apply(
                town.promoter, town.secretary, contests["IDL"], row, "Municipalidad de Sicuani", papers[PlanType.IDL]
            )
            for row in script.idl.bundle.applications
        },
        "CIF": {
            row[0]: by_hand.apply_family(town.promoter, town.secretary, contests["CIF"], row[0])
            for row in script.cif.bundle.applications
        },
    }


def test_the_main_job_is_done_from_the_pages_alone(town: Town, empty: Served) -> None:
    script = scores.load()
    system = town.people["system"] = town.sign_in("sofia", empty.first_password)
    office = by_hand.set_up_office(system)
    by_hand.set_up_committee(system, town.programme, office)
    contests = prepare(town, script, office)
    places = file_all(town, script, contests)
    for code, each in (("PDN", script.plans), ("IDL", script.idl), ("CIF", script.cif)):
        by_hand.seat(town.secretary, contests[code], each, mayor=code == "IDL")
    town.secretary.go(contests["PDN"])
    town.secretary.press("Open the stage field for scoring")
    by_hand.score(town.jurors, script.plans, places["PDN"], {"field"})
    heard = [(script.plans, places["PDN"]), (script.idl, places["IDL"]), (script.cif, places["CIF"])]
    hold_session(town, office, ["PDN ·", "IDL ·", "CIF ·"], heard)
    said = texts(town.head, contests["PDN"])
    assert "84.17" in said
    assert "69.83" in said
    assert "85.33" in texts(town.head, contests["IDL"])

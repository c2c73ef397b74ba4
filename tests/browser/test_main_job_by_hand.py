"""The whole main job, done from the pages alone in an empty database, with the golden figures read off the pages."""

import pytest
from playwright.sync_api import Browser

from scripts.demo import scores
from service.applications.eligibility_rules import PAPERS
from service.contests.models import PlanType
from tests.browser import by_hand
from tests.browser import by_hand_money as money
from tests.browser.conftest import PASSWORD, Person, Served, enter


class Town:
    """Everybody at their own browser, and where things are."""

    def __init__(self, browser: Browser, served: Served) -> None:
        self.browser, self.served = browser, served
        self.people: dict[str, Person] = {}

    def sign_in(self, user_name: str, password: str = PASSWORD) -> Person:
        """A person at a phone, signed in, reading English."""
        context = self.browser.new_context(viewport={"width": 360, "height": 740}, locale="en-US")
        person = Person(context.new_page(), self.served.url, user_name=user_name)
        enter(person.page, self.served.url, user_name, password)
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


def hold_session(town: Town, office: str, contests: list[str], heard: list[tuple[str, scores.Script, dict[str, str]]]) -> str:
    """Convene, attend, open, hear, tally, check off, announce, write, close, sign, publish; the session's address."""
    secretary = town.secretary
    secretary.go(f"{office}/sessions")
    where = {"committee_id": "CLAR de Canchis", "place": "Coliseo", "ubigeo": "Sicuani · Canchis"}
    secretary.fill(
        "Convene a session",
        title=f"Sesión de {contests[0]}",
        agenda="Calificación",
        convened_for=f"{by_hand.today()}T08:00",
        contest_ids=contests,
        **where,
    )
    place = secretary.page.url.partition("#")[0]
    members = [("Champi, Alcalde", "chair"), *((f"Mamani, Jurado{number}", "member") for number in range(1, 6))]
    for person, capacity in members:
        secretary.fill("Somebody comes", person_id=person, capacity=capacity)
    secretary.press("Open the session")
    secretary.press("Hand out the field results")
    for contest, script, places in heard:
        stages = {stage["code"] for stage in script.book["stages"]} - {"field"}
        for code, *_ in script.bundle.applications:
            secretary.go(place)
            secretary.press_in(f"{contest} · {code}", "Call to present")
            secretary.press_in(f"{contest} · {code}", "Has presented and answered")
            by_hand.score(town.jurors, script.sheets, places, stages, code)
            secretary.go(place)
            secretary.press_in(f"{contest} · {code}", "All sheets are locked")
    secretary.press("Tally")
    check_off(town.head, place)
    secretary.go(place)
    secretary.press("Announce the result")
    secretary.fill("Write the paragraphs of the minutes", development="Se expuso.", custody="En la oficina.")
    secretary.press("Close the minutes")
    for signer in (town.mayor, *town.jurors.values()):
        signer.go(place)
        signer.press("Sign the minutes")
    secretary.go(place)
    secretary.press("Publish the minutes")
    return place


def check_off(head: Person, place: str) -> None:
    """The office head checks every ranking of a session off."""
    head.go(place)
    links = head.page.locator("main a[href^='/runs/']").all()
    for run in [link.get_attribute("href") or "" for link in links]:
        head.go(run)
        head.press("Check this ranking off")


@pytest.fixture
def town(browser: Browser, empty: Served) -> Town:
    """The people of the trial."""
    return Town(browser, empty)


PLACES = ("Checacupe", "Sicuani", "San Pedro", "Pitumarca", "Tinta")


def prepare(town: Town, script: scores.Scores, office: str) -> tuple[dict[str, str], dict[str, str]]:
    """Groups, families, funds and the published call; the contests' and the groups' addresses."""
    groups = {}
    for place, (code, district) in enumerate(zip("ABCDE", PLACES, strict=True)):
        groups[code] = by_hand.create_group(
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
    return by_hand.announce_call(town.programme, office, books), groups


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
    contests, groups = prepare(town, script, office)
    places = file_all(town, script, contests)
    for code, each in (("PDN", script.plans), ("IDL", script.idl), ("CIF", script.cif)):
        by_hand.seat(town.secretary, contests[code], each, mayor=code == "IDL")
    town.secretary.go(contests["PDN"])
    town.secretary.press("Open the stage “field” for scoring")
    by_hand.score(town.jurors, script.plans.sheets, places["PDN"], {"field"})
    heard = [("PDN", script.plans, places["PDN"]), ("IDL", script.idl, places["IDL"]), ("CIF", script.cif, places["CIF"])]
    hold_session(town, office, ["PDN ·", "IDL ·", "CIF ·"], heard)
    said = texts(town.head, contests["PDN"])
    assert "84.17" in said
    assert "69.83" in said
    assert "85.33" in texts(town.head, contests["IDL"])
    paid = first_payments(town, office, contests, groups)
    second_tranches(town, office, contests, paid, script)
    said = texts(town.head, paid["D"])
    assert "liquidated" in said
    assert "10,000.05" in said


def first_payments(town: Town, office: str, contests: dict[str, str], groups: dict[str, str]) -> dict[str, str]:
    """Contracts of D, A and the work, first tranches and prizes; A's payment returned and sent again. The contracts' addresses."""
    awards = {"D": "D · Plan D", "A": "A · Plan A", "IDL-1": "IDL-1 ·"}
    contracts = {
        code: money.contract_for(town.secretary, town.officer, town.head, office, award) for code, award in awards.items()
    }
    for code, amount in (("D", "1250.01"), ("A", "1916.67")):
        town.administrator.go(contracts[code])
        town.administrator.fill("Enter a deposit of the own share", amount=amount, bank_reference=f"VOUCHER-{code}")
    payments = {code: money.request_payment(town.head, place) for code, place in contracts.items()}
    town.head.go(f"{office}/payments")
    town.head.fill("Request the prizes of a contest", contest_id="CIF")
    town.head.go(f"{office}/payments")
    prizes = town.head.page.locator("tr", has_text="1,200.00").first.get_by_role("link").first
    prizes.click()
    batch = money.pay(town.programme, town.administrator, town.treasurer, office, [*payments.values(), town.head.page.url])
    money.bank_answers(town.administrator, batch, returned="10733.33")
    assert "10,733.33" in texts(town.administrator, batch)
    money.correct_account(town.promoter, town.officer, town.programme, groups["A"], payments["A"])
    money.bank_answers(town.administrator, money.send(town.administrator, town.treasurer, office))
    assert "7,000.04" in texts(town.head, contracts["D"])
    return contracts


def second_tranches(
    town: Town, office: str, contests: dict[str, str], contracts: dict[str, str], script: scores.Scores
) -> None:
    """Accounts to the gate, second requests heard in a session of their own, second tranches, liquidation of D."""
    first = [("1. Equipos", "fund", "4900.02", "4900.02")]
    money.account_for(town.promoter, town.administrator, contracts["D"], "F1", first)
    given = {"contest_id": "PDN-2", "code": "D-2", "opinion": "Conforme"}
    town.head.go(contracts["D"])
    with pytest.raises(AssertionError, match=r"4900\.02; 4900\.03"):
        town.head.fill("File the second request", **given)
    money.account_for(town.promoter, town.administrator, contracts["D"], "F2", [("1. Equipos", "fund", "12.50", "0.01")])
    money.account_for(town.promoter, town.administrator, contracts["A"], "F3", [("1. Equipos", "fund", "7513.34", "7513.34")])
    for code in ("D", "A"):
        town.head.go(contracts[code])
        town.head.fill("File the second request", **{**given, "code": f"{code}-2"})
    town.secretary.go(contests["PDN-2"])
    places = {
        code: town.secretary.page.get_by_role("link", name=code, exact=True).first.get_attribute("href") or ""
        for code in ("D-2", "A-2")
    }
    by_hand.seat(town.secretary, contests["PDN-2"], script.second)
    town.secretary.go(contests["PDN-2"])
    town.secretary.press("Open the stage “field” for scoring")
    by_hand.score(town.jurors, script.second.sheets, places, {"field"})
    hold_session(town, office, ["PDN-2 ·"], [("PDN-2", script.second, places)])
    said = texts(town.head, contests["PDN-2"])
    assert "86.00" in said
    assert "71.67" in said
    payments = [money.request_payment(town.head, contracts[code]) for code in ("D", "A")]
    money.bank_answers(town.administrator, money.pay(town.programme, town.administrator, town.treasurer, office, payments))
    rest = [("1. Equipos", "fund", "5100.02", "5100.02"), ("2. Materiales", "own", "1250.01", "1250.01")]
    money.account_for(town.promoter, town.administrator, contracts["D"], "F4", rest)
    town.head.go(contracts["D"])
    town.head.fill("Liquidate the contract", opinion="Conforme")

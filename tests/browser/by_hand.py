"""The main job as people do it: from an empty installation, from the pages alone, each duty in another person's browser."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal

from scripts.demo import numbers
from scripts.demo.scans import scan
from scripts.demo.scores import Script
from service.core.clock import PERU
from service.scoring.bundle import ApplicationRow
from tests.browser.conftest import PASSWORD, Person

BEGUN = datetime.now(PERU).date()
SINCE = (BEGUN - timedelta(days=400)).isoformat()
UNTIL = (BEGUN + timedelta(days=400)).isoformat()
SOON = (BEGUN + timedelta(days=60)).isoformat()
STAFF = {
    "programme": "programme",
    "head": "office_head",
    "secretary": "secretary",
    "administrator": "administrator",
    "officer": "secretary",
    "treasurer": "treasurer",
    "promoter": "promoter",
}
SignIn = Callable[[str, str], Person]


def today() -> str:
    """The day in Peru, which may change while a trial goes on."""
    return datetime.now(PERU).date().isoformat()


def create_person(by: Person, serial: int, given: str, family: str) -> str:
    """Register somebody; the address of the page."""
    by.go("/persons")
    sex = "female" if given.endswith("a") else "male"
    by.fill(
        "Register a person", dni=numbers.dni(serial), given_names=given, family_names=family, sex=sex, birth_date="1980-05-17"
    )
    return by.page.url


def with_sign_in(by: Person, user_name: str) -> None:
    """Invite the person on the page on paper; at another browser the person chooses a user name and the password of the trial."""
    person, dni = by.page.url, by.page.locator("dl.facts dd").first.inner_text()
    by.fill("Invite to sign in, or to choose a new password", way="on_printed_paper")
    code = by.page.locator("#invitation-code").inner_text()
    browser = by.page.context.browser
    assert browser is not None
    invited = browser.new_context().new_page()
    invited.goto(by.base + "/invitations")
    invited.fill("#code", code)
    invited.locator("form[action='/invitations/open'] button").click()
    for name, value in (("answer", dni[-4:]), ("user_name", user_name), ("password", PASSWORD)):
        invited.fill(f"#{name}", value)
    invited.locator("form[action='/invitations/accept'] button").click()
    assert user_name in invited.get_by_role("status").inner_text()
    invited.context.close()
    by.go(person)


def set_up_office(system: Person) -> str:
    """The executing nucleus, the office, its people; the address of the office."""
    system.go("/offices")
    system.fill("Enter an executing nucleus", ruc=numbers.ruc_of(1), name="NEC Sierra Sur", cci=numbers.cci("018", 1))
    place = {"ubigeo": "080601", "nec_id": "NEC Sierra Sur"}
    system.fill("Open an office", code="SICUANI", name="Oficina Local Sicuani", address="Av. Centenario 241", **place)
    office = system.page.url
    for serial, (name, role) in enumerate(STAFF.items(), 10):
        create_person(system, serial, name.capitalize(), "Quispe")
        everywhere = {} if role == "programme" else {"office_id": "Oficina Local Sicuani"}
        system.fill("Give a role", role=role, since=SINCE, **everywhere)
        if name == "officer":
            system.fill("Give a role", role="administrator", since=SINCE, **everywhere)
        with_sign_in(system, name)
    return office


def set_up_committee(system: Person, programme: Person, office: str) -> None:
    """The committee: the mayor in the chair, five members, all with a sign-in."""
    people = {"mayor": "Alcalde Champi", **{f"jurado{number}": f"Jurado{number} Mamani" for number in range(1, 6)}}
    for serial, (user_name, name) in enumerate(people.items(), 30):
        create_person(system, serial, *name.split())
        with_sign_in(system, user_name)
    programme.go(office)
    programme.fill("Set up a committee", name="CLAR de Canchis")
    for user_name, name in people.items():
        position = "chair" if user_name == "mayor" else "member"
        person = ", ".join(reversed(name.split()))
        programme.fill("Appoint a member", person_id=person, position=position, origin="Provincia de Canchis", since=SINCE)


def create_group(promoter: Person, officer: Person, office: str, name: str, kind: str, serial: int, ubigeo: str) -> str:
    """A group with its board and a bank account seen by two officers; the address of its page."""
    promoter.go(f"{office}/groups")
    sheet = {} if kind == "municipality" else {"registry_sheet": f"P.E. {serial}"}
    promoter.fill(
        "Enter a group",
        kind=kind,
        name=name,
        ruc=numbers.ruc_of(serial),
        registration="registered",
        ubigeo=ubigeo,
        place="Plaza",
        **sheet,
    )
    group = promoter.page.url
    seats = {} if kind == "municipality" else {"president": "Presidenta", "treasurer": "Tesorera", "secretary": "Secretaria"}
    for place, (role, given) in enumerate(seats.items()):
        create_person(promoter, serial + place, given, f"De{serial}")
        promoter.go(group)
        promoter.fill("Enter a mandate", person_id=f"De{serial}, {given}", role=role, since=SINCE, until=UNTIL)
    promoter.go(group)
    account = numbers.cci("018", serial)
    promoter.fill("Propose an account", bank="Banco de la Nación", number=account[6:18], cci=account, holder=name)
    officer.go(group)
    officer.fill("Decide on the proposed account", account_id=account[-4:], accept=True)
    return group


def enter_families(promoter: Person, group: str, codes: list[str]) -> None:
    """Families of two on a group's roll."""
    promoter.go(group)
    for place, code in enumerate(codes):
        head: dict[str, str] = {
            "members__0__given_names": "Rosa",
            "members__0__family_names": f"Familia {code}",
            "members__0__sex": "female",
        }
        more = {"members__0__dni": numbers.dni(5000 + place), "members__0__birth_date": "1970-01-01"}
        promoter.fill("Enter a family", code=code, members__0__head=True, **head, **more)


def set_up_funds(programme: Person, administrator: Person, office: str) -> None:
    """Two funds, three cofunders, two pledges certified and deposited, the programme's own transfer."""
    funds = f"{office}/funds"
    for code, name in (("PLANES", "Fondo de planes"), ("PREMIOS", "Fondo de premios")):
        programme.go(funds)
        programme.fill("Open a fund", code=code, name=name)
        programme.places[name] = programme.page.url
    bodies = [
        ("Programa FIDA", "programme", 2, {}),
        ("Municipalidad", "municipality", 900, {"group_id": "Municipalidad"}),
        ("Minera", "company", 4, {}),
    ]
    for name, kind, serial, group in bodies:
        programme.go(funds)
        programme.fill("Enter a cofunder", kind=kind, name=name, ruc=numbers.ruc_of(serial), **group)
        if name == "Municipalidad":
            programme.fill("Enter who signs", person_id="Champi, Alcalde", position="Alcalde", since=SINCE)
    for cofunder, fund, amount in (("Municipalidad", "Fondo de planes", "20000.00"), ("Minera", "Fondo de premios", "1200.00")):
        group = {"group_id": "Municipalidad"} if cofunder == "Municipalidad" else {}
        programme.go(programme.places[fund])
        programme.fill(
            "Declare a pledge", cofunder_id=cofunder, kind="cash", amount=amount, purpose=f"Aporte de {cofunder}", **group
        )
        pledge = programme.page.url
        administrator.go(pledge)
        administrator.fill("Certify", number=f"CERT-{cofunder}", certified_on=today())
        administrator.fill("Enter the deposit", bank_reference=f"BN-{cofunder}")
    administrator.go(programme.places["Fondo de planes"])
    given = {"cofunder_id": "Programa FIDA", "amount": "120000.00", "bank_reference": "BN-1"}
    administrator.fill("Enter a deposit without a pledge", **given)


def announce_call(programme: Person, office: str, books: dict[str, str]) -> dict[str, str]:
    """One call with four contests, their rules typed in, their funds chosen, published; the contests' addresses by code."""
    programme.go(f"{office}/calls")
    opens, closes = f"{BEGUN - timedelta(days=2)}T00:00", f"{SOON}T18:00"
    programme.fill("Prepare a call", code="CLAR", title="Concursos del CLAR", opens_at=opens, closes_at=closes)
    call, found = programme.page.url, {}
    wanted = [
        ("PDN", "PDN", "1", {}, "7/10, 3/10", "1/2", "7/10"),
        ("IDL", "IDL", "1", {}, "4/5, 1/5", "0", "7/10"),
        ("CIF", "CIF", "1", {"applicant_kind": "family", "host_group_id": "Comunidad de Hercca"}, "1", "0", "0"),
        ("PDN-2", "PDN", "2", {}, "7/10, 3/10", "1/2", "7/10"),
    ]
    for code, plan, request, families, tranches, own, gate in wanted:
        programme.go(call)
        programme.fill("Add a contest", code=code, title=f"Concurso {code}", plan_type=plan, request_number=request, **families)
        terms = {"terms__tranches": tranches, "terms__own_share_first": own, "terms__gate": gate}
        terms |= {"terms__appeal_days": "0"} if code == "CIF" else {}  # its prizes are paid the same day
        programme.fill("Save the rules", book=books[code], **terms)
        found[code] = programme.page.url.removesuffix("/rules")
        programme.go(programme.places["Fondo de premios" if code == "CIF" else "Fondo de planes"])
        programme.fill("Pay a contest from this fund", contest_id=f"{code} ·")
    programme.go(call)
    programme.press("Publish the call")
    return found


def apply(promoter: Person, secretary: Person, contest: str, row: ApplicationRow, group: str, papers: list[str]) -> str:
    """Register, document, file and find eligible one application; its address."""
    code, _, requested, attributes = row
    own = Decimal("0.00") if code.startswith("IDL") else (Decimal(requested) / 4).quantize(Decimal("0.01"))
    lines = {"lines__0__description": "Equipos", "lines__0__source": "fund", "lines__0__amount": requested}
    if own:
        lines |= {"lines__1__description": "Materiales", "lines__1__source": "own", "lines__1__amount": str(own)}
    promoter.go(contest)
    plan = {"title": f"Plan {code}", "requested": requested, "own_share": str(own), **lines}
    promoter.fill("Register an application", code=code, group_id=group, **plan)
    place = promoter.page.url
    for paper in papers:
        content = scan(paper, code).decode("latin-1")
        promoter.fill("Hand in a paper", kind=paper, file=f"{paper}.pdf|{content}")
    promoter.press("File the application")
    secretary.go(place)
    signed = scan("conformidad", code).decode("latin-1")
    secretary.fill("Record the signed confirmation", received_on=today(), file=f"conformidad.pdf|{signed}")
    secretary.fill("Decide on the papers", eligible=True)
    for name, value in attributes.items():
        present, _, total = value.partition("/")
        if total:
            secretary.fill("Enter the families counted", present=present, total=total)
        else:
            entered = {"name": name, "value": value, "source": "Visita"}
            secretary.fill("Enter another value that the rules look at", **entered)
    return place


def apply_family(promoter: Person, secretary: Person, contest: str, code: str) -> str:
    """One family's application; its address."""
    promoter.go(contest)
    given = {"group_id": "Comunidad de Hercca", "family_id": f"{code} ·", "title": f"Chacra {code}", "requested": "0.00"}
    promoter.fill("Register an application", code=code, **given)
    place = promoter.page.url
    promoter.press("File the application")
    secretary.go(place)
    secretary.fill("Decide on the papers", eligible=True)
    return place


def seat(secretary: Person, contest: str, script: Script, mayor: bool = False) -> None:
    """Seat the script's jurors, and the mayor beside them."""
    for juror, stages in script.bundle.jurors:
        secretary.go(contest)
        person = f"Mamani, Jurado{juror[1:]}"
        secretary.fill("Seat a juror", person_id=person, juror=juror, stages=list(stages))
    if mayor:
        secretary.go(contest)
        secretary.fill("Seat a juror", person_id="Champi, Alcalde", juror="ALCALDE", stages=["single"])


Sheets = Mapping[tuple[str, str, str], Mapping[str, str]]
"""By application, stage and juror: what is written for each criterion."""


def score(jurors: dict[str, Person], sheets: Sheets, places: dict[str, str], stages: set[str], only: str | None = None) -> None:
    """Declare where need be, fill in the sheets and lock them, each in the juror's own browser."""
    for (code, stage, juror), scores in sheets.items():
        if stage not in stages or only not in (None, code):
            continue
        person = jurors[juror]
        person.go(f"{places[code]}/sheets/{stage}")
        if person.page.locator("h1", has_text="Before you open this file").count():
            person.fill("Declare", conflict=False)
        for criterion, written in scores.items():
            person.page.locator(f'[name="{criterion}"]').fill(written)
        person.page.get_by_role("button", name="Lock for good").click()
        person.page.wait_for_load_state()
        assert not person.page.locator(".wrong").all_inner_texts()

"""What a committee of the trial judges: twelve groups, their scores, and what comes of them, worked out by hand.

Each sheet has two criteria of 25 points. A group's total is its field mean (J1, J2) and its public mean (J3, J4, J5). The purse pays
six requests of 10,000.00 down the ranks; ties go to the better public stage, then to who filed first.
"""

import json
from typing import Any

from tests.browser import by_hand
from tests.browser.conftest import Person

CODES = "ABCDEFGHIJKL"
GROUPS = {code: f"Asociación {code}" for code in CODES}
POINTS = {
    "A": (45, 45),
    "B": (44, 44),
    "C": (43, 43),
    "D": (40, 42),
    "E": (40, 42),
    "F": (39, 40),
    "G": (38, 38),
    "H": (36, 36),
    "I": (35, 35),
    "J": (34, 35),
    "K": (30, 30),
    "L": (20, 20),
}
"""By group: the points of every field sheet, and of every public sheet. J1 is recused from F, J5 absent for G: means stay the same."""


def _sheet(first: str, second: str, points: int) -> dict[str, str]:
    return {first: str(points // 2), second: str(points - points // 2)}


HEARD = {
    (code, "field", juror): _sheet("plan", "people", field)
    for code, (field, _) in POINTS.items()
    for juror in ("J1", "J2")
    if (code, juror) != ("F", "J1")
}
PUBLIC = {
    (code, "public", juror): _sheet("clarity", "identity", public)
    for code, (_, public) in POINTS.items()
    for juror in ("J3", "J4", "J5")
    if (code, juror) != ("G", "J5")
} | {("S", "single", juror): {"progress": "80"} for juror in ("J1", "J2", "J3")}

BEFORE = [
    ("1", "A", "90.00", "approved", "10,000.00"),
    ("2", "B", "88.00", "approved", "10,000.00"),
    ("3", "C", "86.00", "approved", "10,000.00"),
    ("4", "D", "82.00", "approved", "10,000.00"),
    ("5", "E", "82.00", "approved", "10,000.00"),
    ("6", "F", "79.00", "approved", "10,000.00"),
    ("7", "G", "76.00", "reserve", "–"),
    ("8", "H", "72.00", "reserve", "–"),
    ("9", "I", "70.00", "reserve", "–"),
    ("10", "J", "69.00", "not approved", "–"),
    ("11", "K", "60.00", "not approved", "–"),
    ("12", "L", "40.00", "not approved", "–"),
]
AFTER = [
    *BEFORE[:3],
    ("4", "G", "82.00", "approved", "10,000.00"),
    ("5", "D", "82.00", "approved", "10,000.00"),
    ("6", "E", "82.00", "approved", "10,000.00"),
    ("7", "F", "79.00", "reserve", "–"),
    *BEFORE[7:],
]
"""G appeals: J3 meant 25 and 25, not 19 and 19. (50 + 38) / 2 = 44 in public, 82 in all, and a better public stage than D and E."""


def _points(*codes: str, most: str = "25") -> list[dict[str, Any]]:
    return [{"code": code, "kind": "points", "max": most} for code in codes]


BOOK = {
    "format": "raymi-rules/1",
    "title": "Planes de negocio",
    "currency": "PEN",
    "stages": [
        {"code": "field", "criteria": _points("plan", "people")},
        {"code": "public", "criteria": _points("clarity", "identity")},
    ],
    "decision": {"mode": "pass_mark", "mark": "70", "purse": "60000.00"},
    "ties": [{"by": "stage", "stage": "public"}, {"by": "filed_at"}],
}
SECOND = {
    "format": "raymi-rules/1",
    "title": "Segundo desembolso",
    "currency": "PEN",
    "stages": [{"code": "single", "criteria": _points("progress", most="100")}],
    "decision": {"mode": "pass_mark", "mark": "70"},
}
JURORS = {
    "J1": ("Arapa Kana, Julia", ["field"]),
    "J2": ("Borda Lima, Jacinto", ["field"]),
    "J3": ("Callo Merma, Justina", ["public"]),
    "J4": ("Deza Noa, Juan", ["public"]),
    "J5": ("Espirilla Oré, Juana", ["public"]),
}


def office_of(person: Person) -> str:
    """The address of the office of the trial."""
    person.go("/offices")
    person.page.get_by_role("link", name="SICUANI", exact=True).first.click()
    person.page.wait_for_load_state()
    return person.page.url


def announce(programme: Person, office: str) -> dict[str, str]:
    """One call with a contest of first and one of second requests, paid from a fund, published; their addresses by code."""
    programme.go(f"{office}/calls")
    opens, closes = f"{by_hand.BEGUN}T00:00", f"{by_hand.SOON}T18:00"
    programme.fill("Prepare a call", code="CLAR-11", title="CLAR de noviembre", opens_at=opens, closes_at=closes)
    call, found = programme.page.url, {}
    for code, request, book in (("PDN", "1", BOOK), ("PDN-2", "2", SECOND)):
        programme.go(call)
        programme.fill("Add a contest", code=code, title=f"Concurso {code}", plan_type="PDN", request_number=request)
        terms = {"terms__tranches": "7/10, 3/10", "terms__own_share_first": "1/2", "terms__gate": "7/10"}
        programme.fill("Save the rules", book=json.dumps(book), **terms)
        found[code] = programme.page.url.removesuffix("/rules")
        programme.go(f"{office}/funds")
        programme.page.get_by_role("link", name="CLAR-FONDO", exact=True).first.click()
        programme.fill("Pay a contest from this fund", contest_id=f"{code} ·")
    programme.go(call)
    programme.press("Publish the call")
    return found


def seat(secretary: Person, contests: dict[str, str]) -> None:
    """Two jurors in the field, three in public; the first three judge the second request."""
    for juror, (person, stages) in JURORS.items():
        secretary.go(contests["PDN"])
        secretary.fill("Seat a juror", person_id=person, juror=juror, stages=stages)
    for juror in ("J1", "J2", "J3"):
        secretary.go(contests["PDN-2"])
        secretary.fill("Seat a juror", person_id=JURORS[juror][0], juror=juror, stages=["single"])

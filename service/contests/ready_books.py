"""Ready rule books: the sheets that practice uses for every type of plan, to start a contest's rules from.

Each file of ``templates/`` holds one (format ``raymi-template/1``): a title, what it is for, a rule book with labels in Spanish and
English, and default terms. A stage's ``heading`` is what the maxima of its criteria sum to.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from service.contests.models import ApplicantKind, PlanType
from service.contests.shapes import TermsIn

FOLDER = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Template:
    """A ready rule book with its terms; ``title`` is by language. Read-only: copy before changing."""

    code: str
    title: dict[str, str]
    plan_type: PlanType
    request_number: int
    applicant_kind: ApplicantKind
    book: dict[str, Any]
    terms: TermsIn


@cache
def templates() -> tuple[Template, ...]:
    """Every ready rule book, in the order of the plans, first requests first."""
    order = list(PlanType)
    found = [_read(path) for path in FOLDER.glob("*.json")]
    return tuple(sorted(found, key=lambda each: (order.index(each.plan_type), each.request_number, each.code)))


def template(code: str) -> Template:
    """The ready rule book with a code. Raises ``KeyError``."""
    return {each.code: each for each in templates()}[code]


def _read(path: Path) -> Template:
    value = json.loads(path.read_text(encoding="utf-8"))
    return Template(
        code=value["code"],
        title=value["title"],
        plan_type=PlanType(value["plan_type"]),
        request_number=int(value["request_number"]),
        applicant_kind=ApplicantKind(value["applicant_kind"]),
        book=value["book"],
        terms=TermsIn(**value["terms"]),
    )

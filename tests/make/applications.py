"""Valid applications, made through the use cases."""

from decimal import Decimal
from typing import Any

from scripts.demo.scans import scan
from service.applications import attributes, confirmation, eligibility, usecases
from service.applications.eligibility_rules import PAPERS
from service.applications.models import Application, ApplicationStatus, BudgetSource
from service.applications.shapes import ApplicationIn, BudgetIn, BudgetLineIn, EligibilityIn, PaperConfirmationIn, PresenceIn
from service.contests.models import Contest, PlanType
from service.core import clock
from service.core.db import Session
from service.core.money import ZERO
from service.people.groups import Family, Group
from tests.cast import Cast
from tests.make.people import make_group, make_municipality, next_number

SCAN = scan("a scanned paper")


def budget_in(requested: str = "10000.05", own_share: str = "2500.00") -> BudgetIn:
    """A budget of one line of the fund and one of the group's own, in kind."""
    fund, own = Decimal(requested), Decimal(own_share)
    lines = [
        BudgetLineIn(description="Motobombas", source=BudgetSource.FUND, amount=fund),
        BudgetLineIn(description="Mano de obra", source=BudgetSource.OWN, in_kind=True, amount=own),
    ]
    return BudgetIn(requested=fund, own_share=own, lines=[line for line in lines if line.amount])


def application_in(contest: Contest, group: Group, family: Family | None = None, **changes: Any) -> ApplicationIn:
    """A new plan of a group with a budget, or of a family (which asks for nothing); ``changes`` are fields of ``ApplicationIn``."""
    prizes = family is not None or contest.plan_type == PlanType.SIDE
    budget = BudgetIn(requested=ZERO) if prizes else budget_in()
    given = ApplicationIn(
        code=f"A{next_number()}",
        group_id=group.id,
        family_id=family.id if family else None,
        title="Riego tecnificado para alfalfa",
        summary="Siembra y cosecha de agua.",
        **budget.model_dump(),
    )
    return ApplicationIn(**{**given.model_dump(), **changes})


async def make_application(
    session: Session, cast: Cast, contest: Contest, group: Group | None = None, family: Family | None = None, **changes: Any
) -> Application:
    """A draft with its budget, of a new group unless told; ``changes`` are fields of ``ApplicationIn``."""
    if group is None:
        new = make_municipality if contest.plan_type == PlanType.IDL else make_group
        group = await new(session, cast)
    given = application_in(contest, group, family, **changes)
    return await usecases.register_application(session, cast.promoter, contest.id, given)


async def add_papers(session: Session, cast: Cast, contest: Contest, application: Application) -> None:
    """The papers that the type of plan needs."""
    for kind in PAPERS[contest.plan_type]:
        await usecases.add_paper(session, cast.promoter, application.id, kind, f"{kind}.pdf", SCAN)


async def file_application(
    session: Session,
    cast: Cast,
    contest: Contest,
    group: Group | None = None,
    family: Family | None = None,
    *,
    confirmed: bool = True,
    **changes: Any,
) -> Application:
    """A filed application with its papers, which the group has confirmed unless told."""
    application = await make_application(session, cast, contest, group, family, **changes)
    await add_papers(session, cast, contest, application)
    await usecases.file_application(session, cast.promoter, application.id)
    if confirmed:
        await confirm(session, cast, application)
    return application


async def confirm(session: Session, cast: Cast, application: Application) -> None:
    """What the promoter filed, confirmed on paper, where that is asked."""
    if application.must_confirm:
        today = PaperConfirmationIn(received_on=await clock.today(session))
        await confirmation.confirm_on_paper(session, cast.secretary, application.id, today, "conformidad.pdf", SCAN)


async def make_eligible(
    session: Session,
    cast: Cast,
    contest: Contest,
    group: Group | None = None,
    family: Family | None = None,
    *,
    present: tuple[int, int] | None = (9, 10),
    **changes: Any,
) -> Application:
    """An eligible application; of a group, with the families counted at the visit unless ``present`` is None."""
    application = await file_application(session, cast, contest, group, family, **changes)
    await eligibility.decide_eligibility(session, cast.secretary, application.id, EligibilityIn(eligible=True))
    if present and family is None:
        counted = PresenceIn(present=present[0], total=present[1])
        await attributes.record_presence(session, cast.secretary, application.id, counted)
    return application


async def make_settled(
    session: Session, cast: Cast, contest: Contest, outcome: ApplicationStatus, group: Group | None = None, **changes: Any
) -> Application:
    """An application of which the committee made ``outcome``."""
    application = await make_eligible(session, cast, contest, group, **changes)
    return await usecases.settle_outcome(session, cast.secretary, application.id, outcome)


async def make_second_request(
    session: Session, cast: Cast, contest: Contest, parent: Application, requested: Decimal = Decimal("3000.01")
) -> Application:
    """A second request of an approved application, eligible at once."""
    accounting = {"first_tranche": "7000.04", "accounted": "5600.00"}
    code = f"{parent.code}-2"
    return await usecases.file_second_request(session, cast.head, contest.id, parent.id, code, requested, accounting)

"""Applications: registered, filed at the moment that the script says, and found eligible."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from decimal import Decimal

from scripts.demo.scans import scan
from scripts.demo.scores import Script
from scripts.demo.stage import Scene, Stage
from service.applications import attributes, confirmation, eligibility, usecases
from service.applications.eligibility_rules import PAPERS
from service.applications.models import BudgetSource
from service.applications.shapes import (
    ApplicationIn,
    AttributeIn,
    BudgetLineIn,
    ConfirmIn,
    EligibilityIn,
    PaperConfirmationIn,
    PresenceIn,
)
from service.contests.models import PlanType
from service.core import clock
from service.core.money import CENT, ZERO, show
from service.scoring.bundle import ApplicationRow

OWN_PART = 4  # a group puts in a quarter of what it asks for


def own_share(requested: Decimal) -> Decimal:
    """What a group puts in beside what it asks for."""
    return (requested / OWN_PART).quantize(CENT)


def _budget(requested: Decimal, own: Decimal) -> list[BudgetLineIn]:
    works = (requested * 3 / 5).quantize(CENT)
    parts = [
        ("Equipos y materiales", BudgetSource.FUND, works),
        ("Asistencia técnica de talentos locales", BudgetSource.FUND, requested - works),
        ("Materiales de la zona y mano de obra", BudgetSource.OWN, own),
    ]
    return [BudgetLineIn(description=text, source=source, amount=amount) for text, source, amount in parts if amount]


def file_one(name: str, plan_type: PlanType, title: str, row: ApplicationRow) -> Callable[[Stage], Awaitable[str]]:
    """A step that registers an application with its papers and files it."""

    async def step(stage: Stage) -> str:
        promoter, session = await stage.actor("promoter"), stage.session
        code, _, requested, _ = row
        amount = Decimal(requested)
        own = ZERO if plan_type == PlanType.IDL else own_share(amount)
        group = "group IDL" if plan_type == PlanType.IDL else f"group plans {code}"
        given = ApplicationIn(
            code=code, group_id=stage[group], title=title, requested=amount, own_share=own, lines=_budget(amount, own)
        )
        application = await usecases.register_application(session, promoter, stage[f"contest {name}"], given)
        for kind in PAPERS[plan_type]:
            content = scan(f"{kind.value.replace('_', ' ').capitalize()}", f"{title} - {code}", "Documento de ejemplo")
            await usecases.add_paper(session, promoter, application.id, kind, f"{code}-{kind.value}.pdf", content)
        await usecases.file_application(session, promoter, application.id)
        stage[f"application {name} {code}"] = application.id
        return f"{code} asks for S/ {show(amount)} and puts in S/ {show(own)}."

    return step


def file_family(row: ApplicationRow) -> Callable[[Stage], Awaitable[str]]:
    """A step that files a family's application."""

    async def step(stage: Stage) -> str:
        promoter, session = await stage.actor("promoter"), stage.session
        family = stage[f"family {row[0]} of group CIF"]
        given = ApplicationIn(
            code=row[0], group_id=stage["group CIF"], family_id=family, title=f"Chacra de la familia {row[0]}", requested=ZERO
        )
        application = await usecases.register_application(session, promoter, stage["contest cif"], given)
        await usecases.file_application(session, promoter, application.id)
        stage[f"application cif {row[0]}"] = application.id
        return f"Family {row[0]} of Hercca takes part."

    return step


def visit(name: str, script: Script) -> Callable[[Stage], Awaitable[str]]:
    """A step that counts families at the visits and enters the script's other attributes, each with its source."""

    async def step(stage: Stage) -> str:
        secretary, session = await stage.actor("secretary"), stage.session
        known = await attributes.attributes_of_contest(session, stage[f"contest {name}"])
        for code, _, _, given in script.bundle.applications:
            application_id = stage[f"application {name} {code}"]
            for attribute, value in given.items():
                if known.get(application_id, {}).get(attribute) == value:
                    continue
                present, _, total = value.partition("/")
                if attribute == "families_present_share" and total:
                    counted = PresenceIn(present=int(present), total=int(total))
                    await attributes.record_presence(session, secretary, application_id, counted)
                else:
                    entered = AttributeIn(name=attribute, value=value, source="Visita de campo, febrero de 2026")
                    await attributes.record_attribute(session, secretary, application_id, entered)
        return f"{len(script.bundle.applications)} groups visited; families counted."

    return step


def confirm(*scripts: tuple[str, Script]) -> Callable[[Stage], Awaitable[str]]:
    """A step in which the groups confirm what the promoter filed for them: by code and on paper in turn."""

    async def step(stage: Stage) -> str:
        secretary, session = await stage.actor("secretary"), stage.session
        rows = [(name, row[0]) for name, script in scripts for row in script.bundle.applications]
        for place, (name, code) in enumerate(rows):
            application_id = stage[f"application {name} {code}"]
            if place % 2:
                content = scan("Conformidad de la organización", code, "Documento de ejemplo")
                received = PaperConfirmationIn(received_on=await clock.today(session))
                pdf = f"{code}-conformidad.pdf"
                await confirmation.confirm_on_paper(session, secretary, application_id, received, pdf, content)
            else:
                slip, _ = await confirmation.issue_code(session, secretary, application_id)
                await confirmation.confirm_by_code(session, ConfirmIn(application=code, code=slip))
        on_paper = len(rows) // 2
        return f"{len(rows) - on_paper} groups confirm by code, {on_paper} on signed paper."

    return step


def find_eligible(*scripts: tuple[str, Script]) -> Callable[[Stage], Awaitable[str]]:
    """A step that decides on the papers of every application."""

    async def step(stage: Stage) -> str:
        secretary = await stage.actor("secretary")
        names = [f"application {name} {row[0]}" for name, script in scripts for row in script.bundle.applications]
        for name in names:
            given = EligibilityIn(eligible=True, note="Expediente completo")
            await eligibility.decide_eligibility(stage.session, secretary, stage[name], given)
        return f"{len(names)} applications are eligible."

    return step


def filing(stage: Stage) -> list[Scene]:
    """The applications in the order of their filing, then the visits and the decision on papers."""
    scores = stage.scores
    one = [
        *_scenes("business plan", scores.plans, lambda row: file_one("plans", PlanType.PDN, f"Plan de negocio {row[0]}", row)),
        *_scenes("work", scores.idl, lambda row: file_one("idl", PlanType.IDL, "Riego por aspersión en Sicuani", row)),
        *_scenes("family", scores.cif, file_family),
    ]
    scenes = sorted(one, key=lambda scene: datetime.fromisoformat(scene.at))
    every = (("plans", scores.plans), ("idl", scores.idl), ("cif", scores.cif))
    return [
        *scenes,
        Scene("Visit the groups", "2026-02-16T09:00:00-05:00", visit("plans", scores.plans)),
        Scene("Confirm with the groups", "2026-02-17T09:00:00-05:00", confirm(*every[:2])),
        Scene("Decide on the papers", "2026-02-18T09:00:00-05:00", find_eligible(*every)),
    ]


def _scenes(what: str, script: Script, step: Callable[[ApplicationRow], Callable[[Stage], Awaitable[str]]]) -> list[Scene]:
    return [Scene(f"File {what} {row[0]}", script.filed_at[row[0]], step(row)) for row in script.bundle.applications]

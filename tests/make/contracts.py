"""Awards of signed minutes and contracts in every state of their life, made through the use cases."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from service.applications.models import Application, BudgetSource
from service.applications.shapes import BudgetIn, BudgetLineIn
from service.contests.models import Contest
from service.contests.shapes import TermsIn
from service.contracts import signature_usecases, usecases
from service.contracts.models import Contract, ContractDraft, InkSignature, Party
from service.contracts.shapes import ContractDraftIn, InkIn, ReasonIn, SignatoryIn
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import attendance, minutes, presentations, ranking, sessions
from service.deliberation.awards import award_of
from service.deliberation.models import Award, Capacity, CommitteeSession
from service.deliberation.shapes import ArrivalIn, SessionIn
from service.funding.models import Fund
from service.funding.usecases import assign_fund
from service.people.group_usecases import signatories_on
from service.people.groups import Group
from tests.cast import Cast
from tests.make.applications import make_eligible
from tests.make.contests import make_contest
from tests.make.funding import make_fund
from tests.make.people import make_committee, make_group, next_number
from tests.make.scoring import make_panel, score_all

PDF = b"%PDF-1.7\n% the signed original\n"
REASON = ReasonIn(act="Carta 015-2026-OL-SICUANI", reason="La asamblea lo pidió")
DRAFT = ContractDraftIn(resolution="Resolución Directoral 041-2025-NEC")


def money_budget(requested: str = "10000.05", own_share: str = "2500.00", in_kind: str = "0.00") -> BudgetIn:
    """Two lines of the fund (seven tenths and the rest, about), the group's own share in money, and what it gives in kind."""
    whole, own, labour = Decimal(requested), Decimal(own_share), Decimal(in_kind)
    pumps = (whole * Decimal("0.7")).quantize(Decimal("0.01"))
    lines = [
        BudgetLineIn(description="Motobombas", source=BudgetSource.FUND, amount=pumps),
        BudgetLineIn(description="Mangueras", source=BudgetSource.FUND, amount=whole - pumps),
        BudgetLineIn(description="Semillas", source=BudgetSource.OWN, amount=own),
        BudgetLineIn(description="Mano de obra", source=BudgetSource.OWN, in_kind=True, amount=labour),
    ]
    return BudgetIn(requested=whole, own_share=own + labour, lines=[line for line in lines if line.amount])


async def decide(session: Session, cast: Cast, *contests: Contest) -> CommitteeSession:
    """One session of the committee over contests whose applications are eligible: everybody scores the best, signs, and is heard."""
    committee = await make_committee(session, cast)
    for contest in contests:
        await make_panel(session, cast, contest)
    given = SessionIn(
        committee_id=committee.id,
        title="CLAR Sicuani",
        place="Plaza de Armas",
        ubigeo="080601",
        agenda="Propuestas",
        convened_for=await clock.now(session),
        contest_ids=[contest.id for contest in contests],
    )
    row = await sessions.convene_session(session, cast.secretary, given)
    for member in (cast.mayor, *cast.jurors):
        capacity = Capacity.CHAIR if member is cast.mayor else Capacity.MEMBER
        arrival = ArrivalIn(person_id=member.person_id, capacity=capacity)
        await attendance.record_arrival(session, cast.secretary, row.id, arrival)
    await sessions.open_session(session, cast.secretary, row.id)
    heard = await presentations.list_presentations(session, cast.secretary, row.id)
    for contest in contests:
        await score_all(session, cast, contest, *(a for _, a in heard if a.contest_id == contest.id))
    await sessions.hand_out_field_results(session, cast.secretary, row.id)
    for _, application in heard:
        await presentations.call_presentation(session, cast.secretary, application.id)
        await presentations.hear_defence(session, cast.secretary, application.id)
        await presentations.close_presentation(session, cast.secretary, application.id)
    await ranking.tally(session, cast.secretary, row.id)
    await ranking.announce(session, cast.secretary, row.id)
    await minutes.close_minutes(session, cast.secretary, row.id)
    for member in (cast.mayor, *cast.jurors):
        await minutes.sign_minutes(session, member, row.id)
    return row

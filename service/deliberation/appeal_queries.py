"""Reading appeals: for the office, the panel, the applicant's people and the jurors that a ruling names; until when one is filed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from service.applications.models import Application
from service.contests.models import Contest
from service.contests.terms import terms_of
from service.contests.usecases import contest_with_call, rules_in_force
from service.core import clock
from service.core.actor import Actor
from service.core.acts import Act, Relation
from service.core.db import Session
from service.core.errors import NotFound
from service.deliberation import appeal_rules, appeal_store, run_store, store
from service.deliberation.appeal_models import (
    Appeal,
    AppealOpinion,
    AppealRemedy,
    AppealResolution,
    AppealRuling,
    AppealWithdrawal,
    RemedyUse,
    ResolutionSignature,
)
from service.deliberation.models import CommitteeSession, RankingRun, RunCheck
from service.deliberation.refusal_models import SignatureRefusal
from service.deliberation.refusal_store import refusals_of_resolution
from service.people.models import Person
from service.scoring import usecases as scoring


@dataclass(frozen=True, slots=True)
class AppealTime:
    """Until the end of which day a result is appealed (None: its rules admit no appeals), and whether that is over."""

    until: date | None
    is_over: bool


@dataclass(frozen=True, slots=True)
class Change:
    """An application whose status, rank or award a new run changed: ``(status, rank, award, total shown)`` before and after."""

    code: str
    applicant: str
    before: tuple[str, int | None, Decimal | None, str | None]
    after: tuple[str, int | None, Decimal | None, str | None]


@dataclass(frozen=True, slots=True)
class RemedyEntry:
    """What a ruling opened, the juror's name if it is about one, and whether it was used."""

    remedy: AppealRemedy
    juror: str
    use: RemedyUse | None


@dataclass(frozen=True)
class AppealView:
    """An appeal with all that was done about it. ``changes`` is what the run after it changed, empty where nothing did."""

    appeal: Appeal
    session: CommitteeSession
    contest: Contest
    code: str
    applicant: str
    filed_by: str
    withdrawal: AppealWithdrawal | None
    panel: Mapping[UUID, Person]
    opinions: Mapping[UUID, AppealOpinion]
    ruling: AppealRuling | None
    remedies: Sequence[RemedyEntry]
    run: RankingRun | None
    check: RunCheck | None
    announced: bool
    changes: Sequence[Change]
    resolution: AppealResolution | None
    signatures: Mapping[UUID, ResolutionSignature]
    refusals: Mapping[UUID, SignatureRefusal]

    @property
    def unsigned(self) -> list[Person]:
        """The members of the panel who have neither signed the resolution yet nor said that they do not."""
        done = self.signatures.keys() | self.refusals.keys()
        return [person for key, person in self.panel.items() if self.resolution and key not in done]

    @property
    def needs_resolution(self) -> bool:
        """Whether it was filed after the minutes were closed."""
        closed = self.session.closed_at
        return closed is not None and self.appeal.filed_at >= closed


@dataclass(frozen=True, slots=True)
class AppealEntry:
    """An appeal in a list."""

    appeal: Appeal
    code: str
    applicant: str


async def appeal_time(session: Session, contest_id: UUID, application_id: UUID | None = None) -> AppealTime | None:
    """Until when an announced result is appealed, by an application or by the last who can: everybody may ask. None before it is announced."""
    announced = await appeal_store.announced_anew(session, contest_id, application_id)
    if announced is None:
        return None
    until = appeal_rules.last_day(announced, terms_of(await rules_in_force(session, contest_id)).appeal_days)
    return AppealTime(until, until is None or await clock.today(session) > until)


async def list_appeals(session: Session, actor: Actor, session_id: UUID) -> list[AppealEntry]:
    """The appeals against results of a session, in the order of filing: for its office. Raises ``NotFound``."""
    row = await store.fetch(session, CommitteeSession, session_id)
    if not actor.may(Act.READ_APPEAL, row.office_id):
        raise NotFound
    contests = await store.contests_of(session, session_id)
    return await _entries(session, await appeal_store.appeals_in(session, [contest.id for contest in contests]))


async def appeals_on(session: Session, application_id: UUID) -> list[AppealEntry]:
    """The appeals of an application, for areas above and pages that show no more than what became of them."""
    return await _entries(session, await appeal_store.appeals_of(session, application_id))


async def may_appeal(session: Session, actor: Actor, application_id: UUID) -> bool:
    """Whether the actor is of the applicant's people, or files appeals for them. Raises ``NotFound``."""
    day = await clock.today(session)
    application = await store.fetch(session, Application, application_id)
    office_id = (await contest_with_call(session, application.contest_id))[1].office_id
    own = await appeal_store.is_of_applicant(session, application_id, actor.person_id, day)
    return actor.may(Act.FILE_APPEAL, office_id, None, {Relation.APPLICANT} if own else ())


async def free_to_hear(session: Session, actor: Actor, appeal_id: UUID) -> Sequence[Person]:
    """Whom a panel can be named from: who can sign in and had no part in it, by name. Raises ``NotFound``, ``MissingRole``."""
    appeal = await store.fetch(session, Appeal, appeal_id)
    _, call = await contest_with_call(session, appeal.contest_id)
    actor.require(Act.NAME_PANEL, call.office_id)
    return await appeal_store.free_to_hear(session, appeal)


async def get_appeal(session: Session, actor: Actor, appeal_id: UUID) -> AppealView:
    """An appeal, for the office, its panel, the applicant's people and the jurors that its ruling names. Raises ``NotFound``.

    What a run changes is shown to the office and the panel before it is announced, never to a juror of the contest.
    """
    appeal = await store.fetch(session, Appeal, appeal_id)
    view = await view_appeal(session, appeal)
    own = await appeal_store.is_of_applicant(session, appeal.application_id, actor.person_id, await clock.today(session))
    hears = actor.person_id in view.panel
    relations = {relation for relation, holds in ((Relation.APPLICANT, own), (Relation.PANEL, hears)) if holds}
    named = {appeal.filed_by, *(each.remedy.person_id for each in view.remedies)}
    if actor.person_id not in named and not actor.may(Act.READ_APPEAL, view.session.office_id, None, relations):
        raise NotFound
    seated = {Relation.JUROR} if actor.person_id in await scoring.seated(session, appeal.contest_id) else set()
    if view.announced or hears or actor.may(Act.READ_TALLY, view.session.office_id, None, seated):
        return view
    return replace(view, changes=())


async def get_remedy(session: Session, actor: Actor, remedy_id: UUID) -> tuple[AppealView, RemedyEntry]:
    """What a ruling opened, with its appeal, for who may read that. Raises ``NotFound``."""
    remedy = await store.fetch(session, AppealRemedy, remedy_id)
    view = await get_appeal(session, actor, remedy.appeal_id)
    return view, next(each for each in view.remedies if each.remedy.id == remedy_id)


async def view_appeal(session: Session, appeal: Appeal) -> AppealView:
    """An appeal with all that was done about it, for use cases that have asked who may."""
    row = await store.session_of_contest(session, appeal.contest_id)
    assert row is not None, "what was announced has its session"
    who = (await store.applicants(session, [appeal.application_id]))[appeal.application_id]
    run = await appeal_store.run_after(session, appeal.id)
    resolution = await appeal_store.resolution_of(session, appeal.id)
    remedies = await appeal_store.remedies_of(session, appeal.id)
    names = await store.names(session, [appeal.filed_by, *(remedy.person_id for remedy, _ in remedies if remedy.person_id)])
    return AppealView(
        appeal=appeal,
        session=row,
        contest=await store.fetch(session, Contest, appeal.contest_id),
        code=who.code,
        applicant=who.applicant,
        filed_by=names[appeal.filed_by],
        withdrawal=await session.get(AppealWithdrawal, appeal.id),
        panel=await appeal_store.panel_of(session, appeal.id),
        opinions=await appeal_store.opinions_on(session, appeal.id),
        ruling=await session.get(AppealRuling, appeal.id),
        remedies=[RemedyEntry(each, names[each.person_id] if each.person_id else "", use) for each, use in remedies],
        run=run,
        check=await run_store.check_of(session, run.id) if run else None,
        announced=run is not None and await run_store.is_announced(session, run.id),
        changes=await changes_by(session, run) if run else (),
        resolution=resolution,
        signatures=await appeal_store.signed_by(session, resolution.id) if resolution else {},
        refusals=await refusals_of_resolution(session, resolution.id) if resolution else {},
    )


async def changes_by(session: Session, run: RankingRun) -> list[Change]:
    """What a run changed of the result that was announced before it, in its order."""
    rows = await session.execute(_CHANGES, {"run": run.id, "contest": run.contest_id})
    return [Change(row.code, row.applicant, _part(row, "was_"), _part(row, "is_")) for row in rows]


def _part(row: Row[Any], prefix: str) -> tuple[str, int | None, Decimal | None, str | None]:
    status, rank, award, total = (getattr(row, prefix + name) for name in ("status", "rank", "award", "total"))
    return status, rank, award, total


async def _entries(session: Session, rows: Sequence[Appeal]) -> list[AppealEntry]:
    who = await store.applicants(session, {row.application_id for row in rows})
    return [AppealEntry(row, who[row.application_id].code, who[row.application_id].applicant) for row in rows]


_CHANGES = text(
    """
    SELECT a.code, COALESCE(p.given_names || ' ' || p.family_names, g.name) AS applicant,
        b.status AS was_status, b.rank AS was_rank, b.award AS was_award, b.total_shown AS was_total,
        n.status AS is_status, n.rank AS is_rank, n.award AS is_award, n.total_shown AS is_total
    FROM ranked_application n JOIN ranked_application b ON b.application_id = n.application_id AND b.run_id = (
        SELECT x.run_id FROM announcement x WHERE x.contest_id = :contest AND x.run_id <> :run
            AND x.at <= COALESCE((SELECT at FROM announcement WHERE run_id = :run), 'infinity') ORDER BY x.at DESC, x.run_id DESC LIMIT 1
    )
    JOIN application a ON a.id = n.application_id JOIN "group" g ON g.id = a.group_id
    LEFT JOIN family_member f ON f.family_id = a.family_id AND f.head LEFT JOIN person p ON p.id = f.person_id
    WHERE n.run_id = :run AND (b.status, b.rank, b.award, b.total) IS DISTINCT FROM (n.status, n.rank, n.award, n.total)
    ORDER BY n.position
    """
)

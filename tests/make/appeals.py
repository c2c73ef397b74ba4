"""Appeals from filing to what they change, made through the use cases."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from service.applications.models import Application
from service.core import clock
from service.core.actor import Actor
from service.core.db import Session
from service.deliberation import appeals, remedies, run_checks
from service.deliberation.appeal_models import Appeal, AppealRuling, RemedyKind
from service.deliberation.appeal_shapes import AppealIn, OpinionIn, PanelIn, RemedyIn, RulingIn, WithdrawalIn
from service.deliberation.appeal_store import remedies_of
from service.deliberation.models import CommitteeSession, RankingRun
from service.people.group_usecases import signatories_on
from service.people.usecases import actor_for_person
from service.scoring.shapes import ScoresIn
from tests.cast import Cast
from tests.make.deliberation import make_announced
from tests.make.scoring import Played

GROUND = AppealIn(ground="El jurado anotó ocho donde dijo nueve")
TAKEN_BACK = WithdrawalIn(reason="Nos explicaron")


async def announced_purse(session: Session, cast: Cast) -> tuple[Played, CommitteeSession]:
    """The purse contest with its announced result; its fund holds 25,000.00."""
    played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    return played, row


async def later(session: Session, by: timedelta = timedelta(hours=1)) -> None:
    """Some time passes."""
    await clock.set_time(session, await clock.now(session) + by)


async def president_of(session: Session, application: Application) -> Actor:
    """The president of the group that applies."""
    (_, person), *_ = await signatories_on(session, application.group_id, await clock.today(session))
    return await actor_for_person(session, person.id)


def panel(cast: Cast) -> list[Actor]:
    """Three persons without a part in any result of the cast's sessions, which the secretary runs and the head checks."""
    return [cast.programme, cast.administrator, cast.treasurer]


async def file_it(session: Session, cast: Cast, application: Application) -> Appeal:
    """An appeal that the promoter files."""
    return await appeals.file_appeal(session, cast.promoter, application.id, GROUND)


async def name_it(session: Session, cast: Cast, appeal: Appeal, named: Sequence[Actor] = ()) -> Appeal:
    """The head names the panel."""
    given = PanelIn(person_ids=[each.person_id for each in named or panel(cast)])
    return await appeals.name_panel(session, cast.head, appeal.id, given)


async def hear_it(session: Session, cast: Cast, appeal: Appeal, uphold: Sequence[bool] = (True, True, False)) -> None:
    """The panel is named, and each gives the own opinion."""
    await name_it(session, cast, appeal)
    for member, yes in zip(panel(cast), uphold, strict=True):
        given = OpinionIn(uphold=yes, reason="Consta en la grabación" if yes else "No consta")
        await appeals.give_opinion(session, member, appeal.id, given)


async def reject_it(session: Session, cast: Cast, appeal: Appeal) -> AppealRuling:
    """The panel rejects, two to one."""
    await hear_it(session, cast, appeal, (False, True, False))
    return await appeals.rule_on_appeal(session, cast.programme, appeal.id, RulingIn(reason="La ficha es correcta"))


async def uphold_it(session: Session, cast: Cast, appeal: Appeal, *wanted: RemedyIn) -> AppealRuling:
    """The panel upholds, two to one, and names what is to be corrected."""
    await hear_it(session, cast, appeal)
    given = RulingIn(reason="Se oye nueve en la grabación", remedies=list(wanted))
    return await appeals.rule_on_appeal(session, cast.programme, appeal.id, given)


def sheet_of(juror: Actor, stage: str = "public") -> RemedyIn:
    """A juror's sheet as a remedy."""
    return RemedyIn(kind=RemedyKind.SHEET, person_id=juror.person_id, stage=stage)


async def remedy_ids(session: Session, appeal: Appeal) -> list[UUID]:
    """What a ruling opened."""
    return [remedy.id for remedy, _ in await remedies_of(session, appeal.id)]


def scores_of(played: Played, code: str, stage: str, juror: str, **changes: str) -> ScoresIn:
    """A sheet of a bundle with other scores."""
    scores = {row[3]: row[4] for row in played.bundle.sheets if row[:3] == (code, stage, juror)}
    return ScoresIn(scores={**scores, **changes})


async def rank_it_again(session: Session, cast: Cast, appeal: Appeal) -> RankingRun:
    """Ranked by the secretary and checked off by the head."""
    run = await remedies.rank_again(session, cast.secretary, appeal.id)
    await run_checks.check_run(session, cast.head, run.id)
    return run


async def nine_for_a(session: Session, cast: Cast, played: Played, appeal: Appeal) -> RankingRun:
    """The appeal of A in a bundle of plans is upheld: juror J3 corrects 8 to 9, and the contest is ranked again and checked off."""
    juror = played.panel["J3"]
    await uphold_it(session, cast, appeal, sheet_of(juror))
    await later(session)
    (remedy_id,) = await remedy_ids(session, appeal)
    await remedies.correct_sheet(session, juror, remedy_id, scores_of(played, "A", "public", "J3", in_map="9"))
    return await rank_it_again(session, cast, appeal)

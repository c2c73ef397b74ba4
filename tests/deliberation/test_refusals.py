"""A member who does not sign does not hold up what most have signed: of minutes with six signers, and of a resolution with three."""

from datetime import timedelta
from uuid import UUID

import pytest

from service.core.db import Session
from service.core.machine import WrongState
from service.deliberation import refusal_rules, refusals, resolutions, usecases
from service.deliberation.models import CommitteeSession, SessionStatus
from service.deliberation.shapes import SignatureRefusalIn
from service.transparency.checks import run_checks
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.deliberation import make_announced
from tests.make.scoring import Played
from tests.traces import acts_on, payload_of, refused_by_database

WHY = "No está de acuerdo con el puntaje"
NOTE = """
    INSERT INTO signature_refusal (id, minutes_id, person_id, reason, at, recorded_by)
    SELECT gen_random_uuid(), id, :person, 'x', closed_at + CAST(:after AS interval), :by FROM minutes
"""


def of(person: UUID | None = None) -> SignatureRefusalIn:
    """That a person does not sign; without one, who says so."""
    return SignatureRefusalIn(person_id=person, reason=WHY)


async def closed(session: Session, cast: Cast) -> tuple[Played, CommitteeSession]:
    """Closed minutes that the chair and five members are to sign."""
    played, row, _ = await make_announced(session, cast)
    await usecases.close_minutes(session, cast.secretary, row.id)
    return played, row


async def test_a_member_who_says_not_to_sign_lets_the_awards_be_made(session: Session, cast: Cast) -> None:
    played, row = await closed(session, cast)
    dissenter, *others = cast.jurors
    await refusals.refuse_minutes(session, dissenter, row.id, of())
    for member in others:
        await usecases.sign_minutes(session, member, row.id)
    assert await usecases.awards_of(session, played.contest.id) == []
    await usecases.sign_minutes(session, cast.mayor, row.id)
    assert len(await usecases.awards_of(session, played.contest.id)) == 2
    assert row.status == SessionStatus.SIGNED
    subject = f"session:{row.id}"
    assert ("minutes.not_signed", dissenter.person_id) in await acts_on(session, subject)
    said = await payload_of(session, "minutes.not_signed", subject)
    assert (said["person_id"], said["reason"]) == (str(dissenter.person_id), WHY)
    with pytest.raises(WrongState):
        await refusals.refuse_minutes(session, dissenter, row.id, of())
    assert await run_checks(session) == []


async def test_the_last_act_may_be_the_note_itself(session: Session, cast: Cast) -> None:
    _, row = await closed(session, cast)
    dissenter, *others = [*cast.jurors, cast.mayor]
    for member in others:
        await usecases.sign_minutes(session, member, row.id)
    await refusals.refuse_minutes(session, dissenter, row.id, of())
    assert row.status == SessionStatus.SIGNED


async def test_the_office_notes_it_of_another_after_three_days_and_nobody_else_does(session: Session, cast: Cast) -> None:
    _, row = await closed(session, cast)
    absent, colleague, *_ = cast.jurors
    for actor, refusal in (
        (colleague, refusal_rules.NotYoursToNote),
        (cast.head, refusal_rules.NotYoursToNote),
        (cast.secretary, refusal_rules.StillTime),
    ):
        with pytest.raises(refusal):
            await refusals.refuse_minutes(session, actor, row.id, of(absent.person_id))
    with pytest.raises(refusal_rules.NotASigner):
        await refusals.refuse_minutes(session, cast.head, row.id, of())
    await make.later(session, timedelta(days=3))
    noted = await refusals.refuse_minutes(session, cast.secretary, row.id, of(absent.person_id))
    assert (noted.person_id, noted.recorded_by) == (absent.person_id, cast.secretary.person_id)
    with pytest.raises(refusal_rules.HasSigned):
        await refusals.refuse_minutes(session, cast.secretary, row.id, of(absent.person_id))
    await usecases.sign_minutes(session, absent, row.id)  # who comes after all has signed
    view = await usecases.get_minutes(session, cast.secretary, row.id)
    assert (len(view.signatures), len(view.unsigned)) == (1, 5)


async def test_half_of_the_signers_cannot_be_passed_over(session: Session, cast: Cast) -> None:
    _, row = await closed(session, cast)
    first, second, third, *_ = cast.jurors
    for member in (first, second):
        await refusals.refuse_minutes(session, member, row.id, of())
    with pytest.raises(refusal_rules.TooFewSign) as refused:
        await refusals.refuse_minutes(session, third, row.id, of())
    assert refused.value.values == {"expected": 6}
    note = {"person": third.person_id, "by": third.person_id, "after": timedelta(minutes=1)}
    assert "less than half" in await refused_by_database(session, NOTE, **note)


async def test_the_database_asks_who_is_noted_by_whom_and_when(session: Session, cast: Cast) -> None:
    _, row = await closed(session, cast)
    absent, other, *_ = cast.jurors
    await usecases.sign_minutes(session, other, row.id)
    for person, by, after in (
        (absent, cast.secretary, timedelta(hours=71)),
        (cast.head, cast.head, timedelta(hours=72)),
        (other, other, timedelta(hours=72)),
    ):
        note = {"person": person.person_id, "by": by.person_id, "after": after}
        assert "by themselves or after three days" in await refused_by_database(session, NOTE, **note)
    signed = "UPDATE committee_session SET status = 'signed' WHERE id = :id"
    assert "every member present has signed" in await refused_by_database(session, signed, id=row.id)


async def test_a_resolution_is_carried_out_when_one_of_three_does_not_sign(session: Session, cast: Cast) -> None:
    played, row, _ = await make_announced(session, cast, "plans-purse", "25000.00")
    await usecases.close_minutes(session, cast.secretary, row.id)
    for signer in [cast.mayor, *cast.jurors]:
        await usecases.sign_minutes(session, signer, row.id)
    await make.later(session)
    appeal = await make.file_it(session, cast, played.applications["A"])
    await make.nine_for_a(session, cast, played, appeal)
    one, two, three = make.panel(cast)
    with pytest.raises(WrongState):
        await refusals.refuse_resolution(session, one, appeal.id, of())
    await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    await refusals.refuse_resolution(session, three, appeal.id, of())
    with pytest.raises(refusal_rules.TooFewSign):
        await refusals.refuse_resolution(session, two, appeal.id, of())
    await resolutions.sign_resolution(session, one, appeal.id)
    assert appeal.status == "upheld"
    await resolutions.sign_resolution(session, two, appeal.id)
    assert appeal.status == "carried_out"
    assert await run_checks(session) == []

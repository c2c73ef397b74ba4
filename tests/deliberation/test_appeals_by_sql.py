"""What the database refuses of appeals where somebody goes round the use cases as the application's role."""

from datetime import timedelta

from sqlalchemy import text

from service.contracts import usecases as contracts
from service.core.db import Session
from service.deliberation import appeals, remedies, resolutions
from service.deliberation.appeal_models import Appeal
from service.deliberation.appeal_shapes import OpinionIn
from tests.cast import Cast
from tests.make import appeals as make
from tests.make.contracts import DRAFT, make_contract
from tests.make.deliberation import make_signed_session
from tests.make.scoring import Played
from tests.traces import refused_by_database

FILE = "INSERT INTO appeal SELECT gen_random_uuid(), {application}, contest_id, run_id, ground, NULL, {at}, filed_by, {status} FROM appeal"
PANEL = "INSERT INTO appeal_panelist SELECT :appeal, id, now(), id FROM person WHERE id = ANY(:persons)"
OPINION = "INSERT INTO appeal_opinion VALUES (:appeal, :person, true, 'x', now())"
RULING = "INSERT INTO appeal_ruling VALUES (:appeal, :upheld, 'x', now(), :person)"
REMEDY = "INSERT INTO appeal_remedy VALUES (gen_random_uuid(), :appeal, 'attribute', NULL, NULL, 'families_present_share')"
STATUS = "UPDATE appeal SET status = :status WHERE id = :appeal"
SHEET = """
    INSERT INTO score_sheet SELECT gen_random_uuid(), application_id, contest_id, stage, person_id, rule_book_id, now(), id, 'x'
    FROM score_sheet WHERE application_id = :application AND person_id = :person AND stage = 'public'
"""
RECUSAL = "INSERT INTO recusal VALUES (:application, :person, 'declared', '[\"x\"]', now())"
ATTRIBUTE = """
    INSERT INTO application_attribute SELECT gen_random_uuid(), application_id, name, 9, '1', 'x', now(), recorded_by
    FROM application_attribute WHERE application_id = :application AND name = 'families_present_share' LIMIT 1
"""


async def filed(session: Session, cast: Cast) -> tuple[Played, Appeal]:
    """The appeal of A against the purse contest's result."""
    played, _ = await make.announced_purse(session, cast)
    return played, await make.file_it(session, cast, played.applications["A"])


async def test_an_appeal_is_against_the_announced_result_of_its_application_and_in_time(session: Session, cast: Cast) -> None:
    played, appeal = await filed(session, cast)
    other = f"'{played.applications['D'].id}'"
    late = f"filed_at + interval '{6} days'"
    for application, at, status in (
        ("gen_random_uuid()", "filed_at", "'filed'"),
        (other, late, "'filed'"),
        (other, "filed_at", "'heard'"),
    ):
        forged = FILE.format(application=application, at=at, status=status)
        assert "against the announced result" in await refused_by_database(session, forged)
    assert "uq_appeal_standing" in await refused_by_database(
        session, FILE.format(application="application_id", at="filed_at", status="'filed'")
    )
    assert appeal.status == "filed"


async def test_a_panel_is_odd_and_had_no_part_in_it(session: Session, cast: Cast) -> None:
    played, appeal = await filed(session, cast)
    free = [each.person_id for each in make.panel(cast)]
    for few in (free[:1], free[:2], [*free, cast.auditor.person_id]):
        assert "odd number" in await refused_by_database(session, PANEL, appeal=appeal.id, persons=few)
    president = await make.president_of(session, played.applications["A"])
    for tied in (cast.jurors[0], cast.secretary, cast.head, cast.promoter, president):
        assert "had no part in" in await refused_by_database(
            session, PANEL, appeal=appeal.id, persons=[*free[:2], tied.person_id]
        )
    await make.name_it(session, cast, appeal)
    more = [cast.auditor.person_id, cast.second_officer.person_id]
    assert "had no part in" in await refused_by_database(session, PANEL, appeal=appeal.id, persons=more)


async def test_opinions_and_rulings_are_of_the_whole_panel_while_it_hears(session: Session, cast: Cast) -> None:
    _, appeal = await filed(session, cast)
    first, second, third = make.panel(cast)
    mine = {"appeal": appeal.id, "person": first.person_id}
    await make.name_it(session, cast, appeal)
    assert "fk_appeal_opinion" in await refused_by_database(session, OPINION, appeal=appeal.id, person=cast.head.person_id)
    await appeals.give_opinion(session, first, appeal.id, OpinionIn(uphold=True, reason="x"))
    await appeals.give_opinion(session, second, appeal.id, OpinionIn(uphold=True, reason="x"))
    assert "majority of the whole panel" in await refused_by_database(session, RULING, **mine, upheld=True)
    await appeals.give_opinion(session, third, appeal.id, OpinionIn(uphold=False, reason="x"))
    assert "majority of the whole panel" in await refused_by_database(session, RULING, **mine, upheld=False)
    dissent = {"appeal": appeal.id, "person": third.person_id}
    assert "majority of the whole panel" in await refused_by_database(session, RULING, **dissent, upheld=True)
    assert "permission denied" in await refused_by_database(session, "UPDATE appeal_opinion SET uphold = true")
    assert "named by a ruling" in await refused_by_database(session, REMEDY, appeal=appeal.id)


async def test_an_appeal_goes_where_something_was_done(session: Session, cast: Cast) -> None:
    _, appeal = await filed(session, cast)
    for status in ("withdrawn", "heard", "upheld", "rejected", "carried_out"):
        assert "nothing but what was done" in await refused_by_database(session, STATUS, appeal=appeal.id, status=status)
    await make.reject_it(session, cast, appeal)
    for status in ("filed", "heard", "upheld", "carried_out"):
        assert "nothing but what was done" in await refused_by_database(session, STATUS, appeal=appeal.id, status=status)


async def test_nothing_opens_but_what_a_ruling_names(session: Session, cast: Cast) -> None:
    played, appeal = await filed(session, cast)
    item = {"application": played.applications["A"].id}
    j3, j4 = played.panel["J3"], played.panel["J4"]
    await session.execute(text("UPDATE scoring_window SET closed_at = opened_at WHERE closed_at IS NULL"))
    closed = [(SHEET, "not open for scoring"), (RECUSAL, "already locked a sheet")]
    for statement, refusal in closed:
        assert refusal in await refused_by_database(session, statement, **item, person=j3.person_id)
    assert "rests on stands" in await refused_by_database(session, ATTRIBUTE, **item)
    await make.uphold_it(session, cast, appeal, make.sheet_of(j3))
    for statement, refusal in closed:
        assert refusal in await refused_by_database(session, statement, **item, person=j4.person_id)
    other = {"application": played.applications["B"].id}
    assert "not open for scoring" in await refused_by_database(session, SHEET, **other, person=j3.person_id)
    assert "already locked a sheet" in await refused_by_database(session, RECUSAL, **item, person=j3.person_id)
    assert "rests on stands" in await refused_by_database(session, ATTRIBUTE, **item)
    run = "INSERT INTO appeal_run SELECT id, :appeal FROM ranking_run"
    assert "remedies are used" in await refused_by_database(session, run, appeal=appeal.id)
    await make.later(session)
    (remedy_id,) = await make.remedy_ids(session, appeal)
    used = "INSERT INTO remedy_use SELECT :remedy, id, NULL, now(), person_id FROM score_sheet WHERE application_id = :application LIMIT 1"
    assert "used for what it opened" in await refused_by_database(session, used, remedy=remedy_id, **item)
    given = make.scores_of(played, "A", "public", "J3", in_map="9")
    await remedies.correct_sheet(session, j3, remedy_id, given)
    again = SHEET + " AND supersedes_id IS NOT NULL"
    assert "not open for scoring" in await refused_by_database(session, again, **item, person=j3.person_id)


async def test_minutes_and_contracts_wait_for_appeals(session: Session, cast: Cast) -> None:
    played, _ = await filed(session, cast)
    minutes = (
        "INSERT INTO minutes SELECT gen_random_uuid(), session_id, 'x', '{}', 'x', now(), :person FROM session_contest "
        "WHERE contest_id = :contest"
    )
    values = {"person": cast.secretary.person_id, "contest": played.contest.id}
    assert "every appeal is settled" in await refused_by_database(session, minutes, **values)


async def test_a_contract_is_not_numbered_around_an_open_appeal(session: Session, cast: Cast) -> None:
    contract = await make_contract(session, cast)
    made = await make_signed_session(session, cast)
    (award,) = made.awards
    await make.later(session)
    appeal = await appeals.file_appeal(session, cast.promoter, award.application_id, make.GROUND)
    columns = (
        "group_id, fund_id, account_id, office_id, year, plan_type, {serial}, {number}, amount, own_share, terms, data, data_sha256, "
        "numbered_at, numbered_by, status"
    )
    names = columns.format(serial="serial", number="number")
    taken = columns.format(serial="99", number="'x'")
    forged = (
        f"INSERT INTO contract (id, award_id, application_id, contest_id, {names}) "
        f"SELECT gen_random_uuid(), :award, :application, :contest, {taken} FROM contract WHERE id = :contract"
    )
    values = {
        "award": award.id,
        "application": award.application_id,
        "contest": award.contest_id,
        "contract": contract.id,
    }
    assert "money is not bound" in await refused_by_database(session, forged, **values)
    await make.reject_it(session, cast, appeal)
    draft = await contracts.draft_contract(session, cast.secretary, award.id, DRAFT)
    await contracts.number_contract(session, cast.head, draft.id)


async def test_an_award_is_one_and_taken_back_only_by_a_resolution(session: Session, cast: Cast) -> None:
    made = await make_signed_session(session, cast)
    (award,) = made.awards
    twice = "INSERT INTO award SELECT gen_random_uuid(), application_id, contest_id, run_id, minutes_id, amount, rank FROM award WHERE id = :award"
    assert "one award at most" in await refused_by_database(session, twice, award=award.id)
    await make.later(session)
    appeal = await appeals.file_appeal(session, cast.promoter, award.application_id, make.GROUND)
    await make.reject_it(session, cast, appeal)
    resolution = await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    back = "INSERT INTO award_revocation VALUES (:award, :resolution, 'x', now(), :person)"
    values = {"award": award.id, "resolution": resolution.id, "person": cast.head.person_id}
    assert "taken back by a resolution" in await refused_by_database(session, back, **values)


async def test_a_resolution_is_of_an_appeal_after_the_minutes_and_signed_by_its_panel(session: Session, cast: Cast) -> None:
    made = await make_signed_session(session, cast)
    (award,) = made.awards
    await make.later(session, timedelta(hours=2))
    appeal = await appeals.file_appeal(session, cast.promoter, award.application_id, make.GROUND)
    issue = "INSERT INTO appeal_resolution SELECT gen_random_uuid(), :appeal, :office, 2026, 1, 'x', NULL, '{}', 'x', now(), :person"
    values = {"appeal": appeal.id, "office": cast.office.id, "person": cast.secretary.person_id}
    assert "the minutes do not hold" in await refused_by_database(session, issue, **values)
    await make.reject_it(session, cast, appeal)
    resolution = await resolutions.issue_resolution(session, cast.secretary, appeal.id)
    sign = "INSERT INTO resolution_signature VALUES (:resolution, :person, '', :sha256, now())"
    right = {"resolution": resolution.id, "sha256": resolution.data_sha256}
    assert "members of the panel sign" in await refused_by_database(session, sign, **right, person=cast.head.person_id)
    member = make.panel(cast)[0].person_id
    wrong = {"resolution": resolution.id, "sha256": "0" * 64, "person": member}
    assert "members of the panel sign" in await refused_by_database(session, sign, **wrong)

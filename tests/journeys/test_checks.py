"""Each invariant is shown to fail on a planted fault: written as superuser with the guards asleep, in a transaction rolled back."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import text

from scripts.cluster import APP, SUPERUSER, Cluster
from service.core.db import Session, make_engine, make_sessions
from service.transparency.checks import CHECKS
from tests.journeys.conftest import Played

ONE = "(SELECT id FROM {0} ORDER BY id LIMIT 1)"
DECIDED = "(SELECT id FROM contest WHERE code = 'PDN')"
FAULTS = {
    "journal entries balance": "UPDATE posting SET amount = amount + 0.01 WHERE id = (SELECT min(id) FROM posting)",
    "no account is below its floor": "UPDATE posting SET amount = -999999999.00 WHERE account_id = "
    "(SELECT id FROM ledger_account WHERE key LIKE '%:available' ORDER BY id LIMIT 1)",
    "every deposit is in its fund's ledger": "UPDATE deposit SET amount = amount + 1",
    "what a fund holds in reserve is what is reserved": "UPDATE reservation SET status = 'held' WHERE id = "
    + ONE.format("reservation"),
    "an award of a first request is reserved with its amount": "UPDATE reservation SET amount = amount - 0.01",
    "an award is what the ranking gave or a carried vote adjusted": "UPDATE award SET amount = amount + 1 WHERE contest_id = "
    + DECIDED,
    "a contract is for its award": "UPDATE contract SET amount = amount + 1",
    "tranches sum to their contract": "UPDATE tranche SET amount = amount + 0.01 WHERE number = 1",
    "all of a contract's money is somewhere": "UPDATE posting SET amount = amount - 0.01 WHERE id = (SELECT max(p.id) FROM posting p "
    "JOIN ledger_account a ON a.id = p.account_id WHERE a.key LIKE 'contract:%:accounted')",
    "a payment is for what was requested": "UPDATE authorisation SET amount = amount + 1",
    "an order pays its authorisation, to a confirmed account": "UPDATE beneficiary_account SET decided_by = NULL",
    "an order goes to the number of its account": "UPDATE payment_order SET cci = (SELECT cci FROM nec LIMIT 1)",
    "nothing is paid twice": "DROP INDEX uq_payment_order_live; UPDATE payment_order SET status = 'paid' WHERE status = 'returned'",
    "an answered order is no longer on its way": "DELETE FROM posting WHERE id = (SELECT max(p.id) FROM posting p "
    "JOIN ledger_account a ON a.id = p.account_id WHERE a.key LIKE 'order:%:in_transit')",
    "a paid order is in the ledger as paid": "UPDATE payment_order SET status = 'issued' WHERE id = "
    "(SELECT id FROM payment_order WHERE status = 'paid' ORDER BY id LIMIT 1)",
    "a batch's file names its orders' sum": "UPDATE bank_batch SET total = total + 1",
    "prizes paid are the prizes awarded": "UPDATE prize_payout SET amount = amount - 1",
    "what is accounted for is what was accepted": "UPDATE expense_decision SET accepted = accepted - 0.01",
    "no more is accepted than was spent": "UPDATE expense_decision SET accepted = accepted + 100000",
    "the budget of a filed application adds up": "UPDATE application SET requested = requested + 1 WHERE code = 'A'",
    "sessions are numbered without gaps": "UPDATE committee_session SET number = 7 WHERE number = 2",
    "contracts are numbered without gaps": "UPDATE contract SET serial = 5 WHERE serial = 2",
    "authorisations are numbered without gaps": "DELETE FROM authorisation WHERE serial = 3",
    "a recused juror has no sheet": "INSERT INTO recusal SELECT application_id, person_id, 'found', '[]', locked_at FROM score_sheet LIMIT 1",
    "a juror recorded absent has no sheet": "INSERT INTO recorded_absence (application_id, stage, person_id, contest_id, session_key, at, recorded_by) "
    "SELECT application_id, stage, person_id, contest_id, 'session:x', locked_at, person_id FROM score_sheet LIMIT 1",
    "a sheet is of the application's panel": "INSERT INTO divided_stage (contest_id, stage, jurors_each, divided_at, divided_by) SELECT contest_id, stage, 1, locked_at, person_id "
    "FROM score_sheet LIMIT 1",
    "who may be off a panel has one seat": "UPDATE seat SET alternate = true; INSERT INTO seat (contest_id, stage, "
    "person_id, juror, at) SELECT contest_id, 'x', person_id, juror, at FROM seat LIMIT 1",
    "a sheet from paper was typed by two who are not its juror": "INSERT INTO paper_sheet (id, code, application_id, contest_id, stage, "
    "person_id, rule_book_id, printed_by, printed_at, status, round, differing, sheet_id) SELECT id, '1234567889', application_id, "
    "contest_id, stage, person_id, rule_book_id, person_id, locked_at, 'paper_locked', 1, '[]', id FROM score_sheet LIMIT 1",
    "a sheet has every criterion of its rule book": "DELETE FROM score WHERE ctid = (SELECT ctid FROM score LIMIT 1)",
    "a score lies within its criterion": "UPDATE score SET points = 99 WHERE ctid = (SELECT ctid FROM score LIMIT 1)",
    "minutes are signed by members who were present": "DELETE FROM attendance WHERE capacity = 'member'",
    "an award stands on a final ranking": "UPDATE ranking_run SET provisional = true",
    "a vote is a member's who was present": "UPDATE attendance SET came_at = came_at + interval '1 day' WHERE left_at IS NULL",
    "a recused member has no vote": "UPDATE motion SET application_id = (SELECT id FROM application ORDER BY id LIMIT 1); "
    "INSERT INTO recusal SELECT m.application_id, v.person_id, 'found', '[]', b.at FROM vote v JOIN ballot b ON b.id = v.ballot_id "
    "JOIN motion m ON m.id = b.motion_id LIMIT 1 ON CONFLICT DO NOTHING",
    "a member who stepped out has no vote": "INSERT INTO vote_recusal SELECT a.id, v.person_id, m.session_id, 'x', m.put_at, m.put_by "
    "FROM vote v JOIN ballot b ON b.id = v.ballot_id JOIN motion m ON m.id = b.motion_id, application a LIMIT 1; "
    "UPDATE motion SET application_id = (SELECT application_id FROM vote_recusal)",
    "a vote is carried by its majority and no other": "UPDATE ballot SET carried = NOT carried",
    "a ballot had the quorum of its item": "UPDATE ballot SET appointed = 99",
    "votes are numbered without gaps": "UPDATE motion SET number = number + 1",
    "an adjustment or deferral is what was voted": "INSERT INTO adjustment SELECT m.id, a.id, 1.00, 'x', m.put_at, m.put_by "
    "FROM motion m, (SELECT id FROM application ORDER BY id LIMIT 1) a",
    "a deferred application has no award": "INSERT INTO deferral SELECT m.id, w.application_id, 'x', m.put_at, m.put_by "
    "FROM motion m, (SELECT application_id FROM award ORDER BY id LIMIT 1) w",
    "an announced ranking was checked off by another person": "UPDATE run_check k SET checked_by = r.ran_by FROM ranking_run r "
    "WHERE r.id = k.run_id",
    "an award is what the newest announced ranking gives": "UPDATE ranked_application SET award = award + 1 WHERE run_id IN "
    "(SELECT run_id FROM announcement) AND status = 'approved'",
    "an application has one award that stands": "INSERT INTO award SELECT gen_random_uuid(), application_id, contest_id, run_id, "
    "minutes_id, amount, rank FROM award",
    "an appeal is heard by a panel without a part in it": "UPDATE appeal SET filed_by = m.person_id FROM appeal_panelist m "
    "WHERE m.appeal_id = appeal.id",
    "a ruling follows its panel's majority": "UPDATE appeal_ruling SET upheld = NOT upheld",
    "a second announcement follows an appeal that was upheld": "DELETE FROM appeal_run",
    "an award that was taken back is in no contract": "INSERT INTO award_revocation SELECT c.award_id, r.id, 'x', r.issued_at, "
    "r.issued_by FROM contract c, (SELECT * FROM appeal_resolution LIMIT 1) r",
    "resolutions are numbered without gaps": "UPDATE appeal_resolution SET serial = 5 WHERE serial = 2",
    "payments pass through different hands": "ALTER TABLE payment_request DROP CONSTRAINT ck_payment_request_two_persons; "
    "UPDATE payment_request SET checked_by = requested_by",
    "who scored a plan does not authorise its payment": "UPDATE authorisation SET authorised_by = "
    "(SELECT s.person_id FROM score_sheet s JOIN application a ON a.id = s.application_id WHERE a.code = 'D' LIMIT 1)",
    "who proposed an account did not confirm it": "ALTER TABLE beneficiary_account "
    "DROP CONSTRAINT ck_beneficiary_account_two_officers; UPDATE beneficiary_account SET decided_by = proposed_by",
    "who scored a plan does not release its payment": "UPDATE bank_batch SET released_by = "
    "(SELECT s.person_id FROM score_sheet s JOIN application a ON a.id = s.application_id WHERE a.code = 'D' LIMIT 1)",
    "who gave or confirmed an account sends no money to it": "UPDATE bank_batch b SET prepared_by = e.decided_by "
    "FROM payment_order o JOIN beneficiary_account e ON e.id = o.account_id WHERE o.batch_id = b.id",
    "a deputy is not the other half of four eyes": "INSERT INTO deputy (id, grant_id, person_id, since, until, reason, resolution, named_by, "
    "named_at, confirmed_by, confirmed_at) SELECT gen_random_uuid(), g.id, b.prepared_by, b.prepared_at::date - 9, b.prepared_at::date + 9, "
    "'x', 'x', g.person_id, b.prepared_at, s.id, b.prepared_at - interval '1 day' FROM bank_batch b "
    "JOIN role_grant g ON g.person_id = b.released_by AND g.role = 'treasurer', (SELECT id FROM person ORDER BY dni LIMIT 1) s LIMIT 1",
    "a deputy is named by one, confirmed by another, and is a third": "INSERT INTO deputy (id, grant_id, person_id, since, until, reason, "
    "resolution, named_by, named_at) SELECT gen_random_uuid(), id, person_id, since, since + 9, 'x', 'x', person_id, now() FROM role_grant LIMIT 1",
    "nobody decides on the own report": "UPDATE expense_report SET submitted_by = (SELECT decided_by FROM expense_decision LIMIT 1)",
    "two officers saw each ink signature": "ALTER TABLE ink_signature DROP CONSTRAINT ck_ink_signature_two_officers; "
    "UPDATE ink_signature SET confirmed_by = registered_by",
    "a contract in force is signed by both sides": "UPDATE ink_signature SET confirmed_by = NULL WHERE party = 'office'",
    "every act of weight left its trace": "DELETE FROM record_leaf WHERE act = 'scoresheet.locked' AND id = "
    "(SELECT min(id) FROM record_leaf WHERE act = 'scoresheet.locked')",
    "frozen data is what was hashed": "UPDATE minutes SET data = jsonb_set(data, '{approved}', '99')",
    "files are what was stored": "UPDATE stored_file SET content = set_byte(content, 9, 66) WHERE id = "
    + ONE.format("stored_file"),
    "the record is the tree that its heads sign": "INSERT INTO record_node (level, index, hash) VALUES (30, 30, sha256('x'))",
    "the record's leaves are what was done": 'UPDATE record_payload SET payload = payload || \'{"amount": "1.00"}\' WHERE leaf_id = '
    "(SELECT leaf_id FROM record_payload JOIN record_leaf ON id = leaf_id WHERE act = 'award.made' LIMIT 1)",
    "the share of families present is the one counted at the visit": "INSERT INTO presence_closing "
    "(application_id, check_number, present, families, at, closed_by) SELECT application_id, 1, 0, 9, at, recorded_by "
    "FROM application_attribute WHERE name = 'families_present_share' LIMIT 1",
    "what was filed on a group's behalf was confirmed before it was judged": "DELETE FROM group_confirmation",
    "sheets are what their jurors committed to": "UPDATE score SET written = '1', points = 1 WHERE sheet_id = (SELECT s.id FROM score_sheet s "
    "JOIN application a ON a.id = s.application_id WHERE a.code = 'D' LIMIT 1)",
    "announced rankings follow from the sheets": "UPDATE score SET written = '1', points = 1 WHERE sheet_id = (SELECT s.id FROM score_sheet s "
    "JOIN application a ON a.id = s.application_id WHERE a.code = 'D' LIMIT 1)",
}


@pytest.fixture
async def superuser(played: Played, cluster: Cluster) -> AsyncIterator[Session]:
    """A transaction that no guard holds back, rolled back at the end, in the embedded PostgreSQL's story."""
    assert played.url == cluster.url(APP, "story")
    engine = make_engine(cluster.url(SUPERUSER, "story"), pool_size=1)
    async with make_sessions(engine)() as session:
        await session.execute(text("SET session_replication_role = replica"))
        yield session
        await session.rollback()
    await engine.dispose()


def test_every_invariant_has_a_planted_fault() -> None:
    assert set(FAULTS) == set(CHECKS)


@pytest.mark.parametrize("played", ["embedded"], indirect=True)
@pytest.mark.parametrize("name", FAULTS)
async def test_an_invariant_sees_its_planted_fault(name: str, superuser: Session) -> None:
    check = CHECKS[name]
    assert [found async for found in check(superuser)] == []
    connection = await superuser.connection()
    for statement in FAULTS[name].split(";"):
        await connection.exec_driver_sql(statement)
    assert [found async for found in check(superuser)] != []

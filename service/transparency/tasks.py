"""What a person has to do today: one list for the first page, read from every area's state.

Each query gives (what it is about, kind of subject, its identifier) for the offices in which the person holds the role.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import text

from service.core.actor import Actor
from service.core.acts import Role
from service.core.db import Session
from service.scoring.queries import my_sheets
from service.scoring.rules import Work

MOST = 50
"""Tasks of one kind that are listed."""

_IN_OFFICE = "(CAST(:offices AS uuid[]) IS NULL OR {0} = ANY(CAST(:offices AS uuid[])))"


@dataclass(frozen=True)
class Task:
    """Something to do: a sentence (a catalogue key), what it is about, and the subject's kind and identifier."""

    sentence: str
    about: str
    kind: str
    subject: str


def _of(statement: str, office: str) -> str:
    return f"{statement} AND {_IN_OFFICE.format(office)} ORDER BY 1 LIMIT {MOST}"


_FILED = _of(
    "SELECT a.code || ' · ' || g.name, 'application', a.id::text FROM application a JOIN \"group\" g ON g.id = a.group_id "
    "WHERE a.status = 'filed'",
    "g.office_id",
)
_SESSIONS = _of(
    "SELECT s.title, 'session', s.id::text FROM committee_session s WHERE s.status NOT IN ('published')", "s.office_id"
)
_UNNUMBERED = _of(
    "SELECT a.code, 'office_contracts', k.office_id::text FROM contract_draft d JOIN award w ON w.id = d.award_id "
    "JOIN application a ON a.id = w.application_id JOIN contest c ON c.id = w.contest_id JOIN call k ON k.id = c.call_id "
    "WHERE NOT EXISTS (SELECT FROM contract x WHERE x.award_id = w.id) "
    "AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)",
    "k.office_id",
)
_UNDRAFTED = _of(
    "SELECT a.code || ' · ' || g.name, 'office_contracts', k.office_id::text FROM award w JOIN application a ON a.id = w.application_id "
    'JOIN "group" g ON g.id = a.group_id JOIN contest c ON c.id = w.contest_id JOIN call k ON k.id = c.call_id '
    "WHERE c.request_number = 1 AND a.family_id IS NULL AND NOT EXISTS (SELECT FROM contract_draft d WHERE d.award_id = w.id) "
    "AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)",
    "k.office_id",
)
_UNSIGNED = _of(
    "SELECT c.number, 'contract', c.id::text FROM contract c WHERE c.status IN ('numbered', 'signed_by_group')", "c.office_id"
)
_SCANS = _of(
    "SELECT c.number, 'contract', c.id::text FROM ink_signature i JOIN contract c ON c.id = i.contract_id "
    "WHERE i.confirmed_by IS NULL AND i.registered_by <> :person",
    "c.office_id",
)
_REQUESTED = _of(
    "SELECT q.amount::text, 'office_payments', q.office_id::text FROM payment_request q WHERE q.status = 'requested'",
    "q.office_id",
)
_CHECKED = _of(
    "SELECT q.amount::text, 'office_payments', q.office_id::text FROM payment_request q WHERE q.status = 'checked'",
    "q.office_id",
)
_ISSUED = _of(
    "SELECT o.end_to_end_id, 'office_payments', q.office_id::text FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id "
    "JOIN payment_request q ON q.id = u.request_id WHERE o.status = 'issued'",
    "q.office_id",
)
_PREPARED = _of("SELECT b.message_id, 'batch', b.id::text FROM bank_batch b WHERE b.status = 'prepared'", "b.office_id")
_RELEASED = _of("SELECT b.message_id, 'batch', b.id::text FROM bank_batch b WHERE b.status = 'released'", "b.office_id")
_REPORTS = _of(
    "SELECT c.number, 'report', r.id::text FROM expense_report r JOIN contract c ON c.id = r.contract_id WHERE r.status = 'submitted'",
    "c.office_id",
)
_ACCOUNTS = _of(
    "SELECT g.name, 'group', g.id::text FROM beneficiary_account b JOIN \"group\" g ON g.id = b.group_id "
    "WHERE b.status = 'pending' AND b.proposed_by <> :person",
    "g.office_id",
)
_CALLS = _of("SELECT k.title, 'call', k.id::text FROM call k WHERE k.status = 'draft'", "k.office_id")
_PLEDGES = _of(
    "SELECT p.purpose, 'pledge', p.id::text FROM pledge p JOIN fund f ON f.id = p.fund_id WHERE p.status IN ('declared', 'certified')",
    "f.office_id",
)
_TYPED_ONCE = _of(
    "SELECT a.code || ' · ' || k.title, 'paper_sheet', b.code FROM paper_sheet b JOIN application a ON a.id = b.application_id "
    "JOIN contest c ON c.id = b.contest_id JOIN call k ON k.id = c.call_id "
    "JOIN scoring_window w ON w.contest_id = b.contest_id AND w.stage = b.stage AND w.closed_at IS NULL "
    "WHERE b.status IN ('typed_once', 'differed') "
    "AND NOT EXISTS (SELECT FROM paper_typing y WHERE y.paper_id = b.id AND y.round = b.round AND y.typed_by = :person) "
    "AND NOT EXISTS (SELECT FROM seat s WHERE s.contest_id = b.contest_id AND s.person_id = :person)",
    "k.office_id",
)
_UNCHECKED = _of(
    "SELECT c.code || ' · ' || s.title, 'run', r.id::text FROM committee_session s JOIN session_contest x ON x.session_id = s.id "
    "JOIN contest c ON c.id = x.contest_id JOIN LATERAL (SELECT id, ran_by, provisional FROM ranking_run "
    "WHERE contest_id = c.id ORDER BY ran_at DESC, id DESC LIMIT 1) r ON NOT r.provisional AND r.ran_by <> :person "
    "WHERE (s.status = 'tallied' OR EXISTS (SELECT FROM appeal_run y JOIN appeal p ON p.id = y.appeal_id "
    "WHERE y.run_id = r.id AND p.status = 'upheld')) AND NOT EXISTS (SELECT FROM run_check k WHERE k.run_id = r.id) "
    "AND NOT EXISTS (SELECT FROM seat t WHERE t.contest_id = c.id AND t.person_id = :person)",
    "s.office_id",
)
_PANELLESS = _of(
    "SELECT a.code || ' · ' || c.title, 'appeal', p.id::text FROM appeal p JOIN application a ON a.id = p.application_id "
    "JOIN contest c ON c.id = p.contest_id JOIN call k ON k.id = c.call_id WHERE p.status = 'filed'",
    "k.office_id",
)
_UNSETTLED = _of(
    "SELECT a.code || ' · ' || c.title, 'appeal', p.id::text FROM appeal p JOIN application a ON a.id = p.application_id "
    "JOIN contest c ON c.id = p.contest_id JOIN session_contest x ON x.contest_id = c.id "
    "JOIN committee_session s ON s.id = x.session_id "
    "WHERE (p.status = 'upheld' OR p.status = 'rejected' AND p.filed_at >= s.closed_at) "
    "AND NOT EXISTS (SELECT FROM appeal_resolution r WHERE r.appeal_id = p.id)",
    "s.office_id",
)
_CHECK = ("Check a ranking off, as a second person", _UNCHECKED)
_TYPE = ("Type a paper sheet that another person has typed", _TYPED_ONCE)
TO_DO: dict[Role, tuple[tuple[str, str], ...]] = {
    Role.PROGRAMME: (
        ("Publish the call", _CALLS),
        ("Authorise a payment", _CHECKED),
        ("Name who hears an appeal", _PANELLESS),
        _CHECK,
    ),
    Role.SECRETARY: (
        ("Decide on the papers", _FILED),
        ("Lead the session", _SESSIONS),
        ("Draft the contract", _UNDRAFTED),
        ("See to the signatures", _UNSIGNED),
        ("Confirm a scan against the paper", _SCANS),
        _TYPE,
        ("See to what an appeal was ruled to be", _UNSETTLED),
        _CHECK,
    ),
    Role.PROMOTER: (_TYPE,),
    Role.OFFICE_HEAD: (
        ("Give the contract its number", _UNNUMBERED),
        ("Decide on the papers", _FILED),
        ("Name who hears an appeal", _PANELLESS),
        _CHECK,
    ),
    Role.ADMINISTRATOR: (
        ("Certify or receive a pledge", _PLEDGES),
        ("Check a payment request", _REQUESTED),
        ("Send an order to the bank", _ISSUED),
        ("Read the bank's answer", _RELEASED),
        ("Decide on an expense report", _REPORTS),
        ("Confirm a bank account", _ACCOUNTS),
        _TYPE,
        _CHECK,
    ),
    Role.TREASURER: (("Release a bank file", _PREPARED),),
}
_MINUTES = """
    SELECT m.number, 'session', m.session_id::text FROM minutes m JOIN committee_session s ON s.id = m.session_id
    WHERE s.status = 'closed' AND NOT EXISTS (SELECT FROM minutes_signature g WHERE g.minutes_id = m.id AND g.person_id = :person)
    AND EXISTS (SELECT FROM attendance a WHERE a.session_id = s.id AND a.person_id = :person AND a.capacity IN ('chair', 'member')
        AND (a.left_at IS NULL OR a.left_at >= m.closed_at))
"""
_HEARD = """
    SELECT a.code || ' · ' || c.title, 'appeal', p.id::text FROM appeal_panelist m JOIN appeal p ON p.id = m.appeal_id
    JOIN application a ON a.id = p.application_id JOIN contest c ON c.id = p.contest_id
    WHERE m.person_id = :person AND p.status = 'heard'
    AND NOT EXISTS (SELECT FROM appeal_opinion o WHERE o.appeal_id = p.id AND o.person_id = :person)
"""
_RESOLVED = """
    SELECT r.number, 'appeal', r.appeal_id::text FROM appeal_resolution r JOIN appeal_panelist m ON m.appeal_id = r.appeal_id
    WHERE m.person_id = :person AND NOT EXISTS (SELECT FROM resolution_signature g WHERE g.resolution_id = r.id AND g.person_id = :person)
"""
_OPENED = """
    SELECT a.code || ' · ' || c.title, 'appeal', p.id::text FROM appeal_remedy m JOIN appeal p ON p.id = m.appeal_id
    JOIN application a ON a.id = p.application_id JOIN contest c ON c.id = p.contest_id
    WHERE m.person_id = :person AND m.kind = 'sheet' AND p.status = 'upheld'
    AND NOT EXISTS (SELECT FROM remedy_use u WHERE u.remedy_id = m.id)
"""
_OWN = (
    ("Sign the minutes", _MINUTES),
    ("Give your opinion on an appeal", _HEARD),
    ("Sign the resolution of an appeal", _RESOLVED),
    ("Correct your sheet, as an appeal was upheld", _OPENED),
)
"""What somebody has to do in person, whatever the office role."""
_OPEN_WORK = {Work.DECLARE: "Declare before the file opens", Work.SCORE: "Fill in a score sheet"}


async def tasks_of(session: Session, actor: Actor) -> list[Task]:
    """What the actor has to do, by seat, attendance and role; nothing of other people's."""
    found = [
        Task(
            _OPEN_WORK[item.work],
            f"{item.code} · {item.applicant} ({item.stage})",
            "sheet",
            f"{item.application_id}/sheets/{item.stage}",
        )
        for item in await my_sheets(session, actor)
        if item.work in _OPEN_WORK
    ]
    for sentence, statement in _OWN:
        found += await _listed(session, actor, sentence, statement, None)
    for role, wanted in TO_DO.items():
        offices = [grant.office_id for grant in actor.grants if grant.role == role]
        if offices:
            limited = None if None in offices else [office for office in offices if office]
            for sentence, statement in wanted:
                found += await _listed(session, actor, sentence, statement, limited)
    return list(dict.fromkeys(found))


async def _listed(session: Session, actor: Actor, sentence: str, statement: str, offices: list[UUID] | None) -> list[Task]:
    rows = await session.execute(text(statement), {"person": actor.person_id, "offices": offices})
    return [Task(sentence, *row) for row in rows]

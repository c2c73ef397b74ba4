"""Sessions of the committee, rankings to check off, appeals."""

from service.core.acts import Act
from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

_APPEAL = "SELECT a.code || ' · ' || c.title AS about, p.id::text AS subject, NULL::numeric AS amount, p.filed_at AS since"

_NEXT: tuple[tuple[Phrase, Act, *tuple[str, ...]], ...] = (
    (Phrase("Hear the plans, then close the scoring"), Act.LEAD_SESSION, "open", "presenting"),
    (Phrase("Have the ranking checked off, then announce it"), Act.LEAD_SESSION, "tallied"),
    (Phrase("Close the minutes"), Act.WRITE_MINUTES, "announced"),
    (Phrase("Have the minutes signed"), Act.WRITE_MINUTES, "closed"),
    (Phrase("Open the session"), Act.LEAD_SESSION, "convened"),
    (Phrase("Publish the minutes"), Act.WRITE_MINUTES, "signed"),
)
"""What a session's secretary does next, by where it stands: what somebody waits for in the room comes first."""


def _lead(sentence: Phrase, act: Act, *states: str) -> Duty:
    listed = ", ".join(f"'{state}'" for state in states)
    rows = (
        "SELECT s.title || ' · ' || s.number || '-' || s.year AS about, s.id::text AS subject, NULL::numeric AS amount, "
        "s.convened_for AS since, s.office_id AS office FROM committee_session s"
    )
    return Duty(Section.SESSION, sentence, act, "session", f"{rows} WHERE s.status IN ({listed})")


SESSIONS = (
    *(_lead(sentence, act, *states) for sentence, act, *states in _NEXT),
    Duty(
        Section.SESSION,
        Phrase("Ask the jurors for the sheets that are missing"),
        Act.RUN_PANEL,
        "panel",
        "SELECT c.code || ' · ' || n.juror || ' (' || n.stage || '): ' || count(*) AS about, c.id::text AS subject, "
        "NULL::numeric AS amount, min(w.opened_at) AS since, k.office_id AS office "
        "FROM panel n JOIN contest c ON c.id = n.contest_id AND c.status = 'published' JOIN call k ON k.id = c.call_id "
        "JOIN application a ON a.id = n.application_id AND a.status = 'eligible' "
        "JOIN scoring_window w ON w.contest_id = c.id AND w.stage = n.stage AND w.closed_at IS NULL "
        "WHERE NOT EXISTS (SELECT FROM recusal r WHERE r.application_id = a.id AND r.person_id = n.person_id) "
        "AND NOT EXISTS (SELECT FROM recorded_absence b "
        "WHERE b.application_id = a.id AND b.stage = n.stage AND b.person_id = n.person_id) "
        "AND NOT EXISTS (SELECT FROM score_sheet t "
        "WHERE t.application_id = a.id AND t.stage = n.stage AND t.person_id = n.person_id) "
        "GROUP BY c.id, c.code, n.juror, n.stage, k.office_id",
    ),
    Duty(
        Section.SESSION,
        Phrase("Type a paper sheet that another person has typed"),
        Act.TYPE_SHEET,
        "paper_sheet",
        "SELECT a.code || ' · ' || k.title AS about, b.code AS subject, NULL::numeric AS amount, "
        "NULL::timestamptz AS since, k.office_id AS office FROM paper_sheet b JOIN application a ON a.id = b.application_id "
        "JOIN contest c ON c.id = b.contest_id JOIN call k ON k.id = c.call_id "
        "JOIN scoring_window w ON w.contest_id = b.contest_id AND w.stage = b.stage AND w.closed_at IS NULL "
        "WHERE b.status IN ('typed_once', 'differed') AND NOT EXISTS ("
        "SELECT FROM paper_typing y WHERE y.paper_id = b.id AND y.round = b.round AND y.typed_by = :person) "
        "AND NOT EXISTS (SELECT FROM seat s WHERE s.contest_id = b.contest_id AND s.person_id = :person)",
    ),
    Duty(
        Section.SESSION,
        Phrase("Check a ranking off, as a second person"),
        Act.CHECK_RUN,
        "run",
        "SELECT c.code || ' · ' || s.title AS about, r.id::text AS subject, NULL::numeric AS amount, r.ran_at AS since, "
        "s.office_id AS office FROM committee_session s JOIN session_contest x ON x.session_id = s.id "
        "JOIN contest c ON c.id = x.contest_id JOIN LATERAL (SELECT id, ran_at, ran_by, provisional FROM ranking_run "
        "WHERE contest_id = c.id ORDER BY ran_at DESC, id DESC LIMIT 1) r ON NOT r.provisional AND r.ran_by <> :person "
        "WHERE (s.status = 'tallied' OR EXISTS (SELECT FROM appeal_run y JOIN appeal p ON p.id = y.appeal_id "
        "WHERE y.run_id = r.id AND p.status = 'upheld')) AND NOT EXISTS (SELECT FROM run_check k WHERE k.run_id = r.id) "
        "AND NOT EXISTS (SELECT FROM seat t WHERE t.contest_id = c.id AND t.person_id = :person)",
    ),
    Duty(
        Section.APPEALS,
        Phrase("Name who hears an appeal"),
        Act.NAME_PANEL,
        "appeal",
        f"{_APPEAL}, k.office_id AS office FROM appeal p JOIN application a ON a.id = p.application_id "
        "JOIN contest c ON c.id = p.contest_id JOIN call k ON k.id = c.call_id WHERE p.status = 'filed'",
    ),
    Duty(
        Section.APPEALS,
        Phrase("See to what an appeal was ruled to be"),
        Act.SETTLE_APPEAL,
        "appeal",
        f"{_APPEAL}, s.office_id AS office FROM appeal p JOIN application a ON a.id = p.application_id "  # nosec B608  # texts of ours, no input
        "JOIN contest c ON c.id = p.contest_id JOIN session_contest x ON x.contest_id = c.id "
        "JOIN committee_session s ON s.id = x.session_id "
        "WHERE (p.status = 'upheld' OR p.status = 'rejected' AND p.filed_at >= s.closed_at) "
        "AND NOT EXISTS (SELECT FROM appeal_resolution r WHERE r.appeal_id = p.id)",
    ),
)

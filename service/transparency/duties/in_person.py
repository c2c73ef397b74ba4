"""What somebody has to do in person."""

from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

IN_PERSON = (
    Duty(
        Section.SHEETS,
        Phrase("Score the two samples first, so that all jurors measure alike"),
        None,
        "calibration",
        "SELECT c.code || ' · ' || c.title AS about, c.id::text || '/' || s.stage AS subject, NULL::numeric AS amount, "
        "max(b.at) AS since, NULL::uuid AS office FROM seat s JOIN contest c ON c.id = s.contest_id AND c.status = 'published' "
        "JOIN calibration_sample b ON b.contest_id = c.id "
        "WHERE s.person_id = :person "
        "AND NOT EXISTS (SELECT FROM calibration_closing z WHERE z.contest_id = c.id AND z.stage = s.stage) "
        "AND NOT EXISTS (SELECT FROM scoring_window w WHERE w.contest_id = c.id AND w.stage = s.stage) "
        "AND (SELECT count(*) FROM calibration_sheet x "
        "WHERE x.contest_id = c.id AND x.stage = s.stage AND x.person_id = :person) < 2 "
        "GROUP BY c.id, s.stage HAVING count(DISTINCT b.place) = 2",
    ),
    Duty(
        Section.SHEETS,
        Phrase("Correct your sheet, as an appeal was upheld"),
        None,
        "appeal",
        "SELECT a.code || ' · ' || c.title AS about, p.id::text AS subject, NULL::numeric AS amount, p.filed_at AS since, "
        "NULL::uuid AS office FROM appeal_remedy m JOIN appeal p ON p.id = m.appeal_id "
        "JOIN application a ON a.id = p.application_id JOIN contest c ON c.id = p.contest_id "
        "WHERE m.person_id = :person AND m.kind = 'sheet' AND p.status = 'upheld' "
        "AND NOT EXISTS (SELECT FROM remedy_use u WHERE u.remedy_id = m.id)",
    ),
    Duty(
        Section.SESSION,
        Phrase("Sign the minutes"),
        None,
        "session",
        "SELECT m.number AS about, m.session_id::text AS subject, NULL::numeric AS amount, m.closed_at AS since, NULL::uuid AS office "
        "FROM minutes m JOIN committee_session s ON s.id = m.session_id WHERE s.status = 'closed' "
        "AND NOT EXISTS (SELECT FROM minutes_signature g WHERE g.minutes_id = m.id AND g.person_id = :person) "
        "AND EXISTS (SELECT FROM attendance a WHERE a.session_id = s.id AND a.person_id = :person "
        "AND a.capacity IN ('chair', 'member') AND (a.left_at IS NULL OR a.left_at >= m.closed_at))",
    ),
    Duty(
        Section.APPEALS,
        Phrase("Give your opinion on an appeal"),
        None,
        "appeal",
        "SELECT a.code || ' · ' || c.title AS about, p.id::text AS subject, NULL::numeric AS amount, p.filed_at AS since, "
        "NULL::uuid AS office FROM appeal_panelist m JOIN appeal p ON p.id = m.appeal_id "
        "JOIN application a ON a.id = p.application_id JOIN contest c ON c.id = p.contest_id "
        "WHERE m.person_id = :person AND p.status = 'heard' "
        "AND NOT EXISTS (SELECT FROM appeal_opinion o WHERE o.appeal_id = p.id AND o.person_id = :person)",
    ),
    Duty(
        Section.APPEALS,
        Phrase("Say how the panel rules"),
        None,
        "appeal",
        "SELECT a.code || ' · ' || c.title AS about, p.id::text AS subject, NULL::numeric AS amount, p.filed_at AS since, "
        "NULL::uuid AS office FROM appeal_panelist m JOIN appeal p ON p.id = m.appeal_id "
        "JOIN application a ON a.id = p.application_id JOIN contest c ON c.id = p.contest_id "
        "WHERE m.person_id = :person AND p.status = 'heard' AND NOT EXISTS (SELECT FROM appeal_panelist late "
        "WHERE late.appeal_id = p.id AND NOT EXISTS (SELECT FROM appeal_opinion o "
        "WHERE o.appeal_id = p.id AND o.person_id = late.person_id))",
    ),
    Duty(
        Section.APPEALS,
        Phrase("Sign the resolution of an appeal"),
        None,
        "appeal",
        "SELECT r.number AS about, r.appeal_id::text AS subject, NULL::numeric AS amount, p.filed_at AS since, NULL::uuid AS office "
        "FROM appeal_resolution r JOIN appeal p ON p.id = r.appeal_id JOIN appeal_panelist m ON m.appeal_id = r.appeal_id "
        "WHERE m.person_id = :person "
        "AND NOT EXISTS (SELECT FROM resolution_signature g WHERE g.resolution_id = r.id AND g.person_id = :person)",
    ),
)

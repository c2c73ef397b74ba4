"""Applications: papers to decide on, papers that are missing, confirmations, visits; calls to publish."""

from service.core.acts import Act
from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

_ROWS = (
    "SELECT a.code || ' · ' || g.name AS about, a.id::text AS subject, NULL::numeric AS amount, {0} AS since, k.office_id AS office "
    'FROM application a JOIN "group" g ON g.id = a.group_id JOIN contest c ON c.id = a.contest_id JOIN call k ON k.id = c.call_id'
)


def _waiting(since: str, which: str) -> str:
    """The applications of which a condition holds."""
    return f"{_ROWS.format(since)} WHERE {which}"


APPLICATIONS = (
    Duty(
        Section.APPLICATIONS,
        Phrase("Decide on the papers"),
        Act.DECIDE_ELIGIBILITY,
        "application",
        _waiting(
            "a.filed_at",
            "a.status = 'filed'",
        ),
    ),
    Duty(
        Section.APPLICATIONS,
        Phrase("Bring the papers that this group lacks"),
        Act.CORRECT_APPLICATION,
        "application",
        _waiting(
            "a.correct_until",
            "a.status = 'returned'",
        ),
        has_term=True,
    ),
    Duty(
        Section.APPLICATIONS,
        Phrase("Finish and file what was begun for this group"),
        Act.FILE_APPLICATION,
        "application",
        _waiting(
            "k.closes_at",
            "a.status = 'draft' AND k.status = 'published' AND :now < k.closes_at",
        ),
        has_term=True,
    ),
    Duty(
        Section.APPLICATIONS,
        Phrase("Have the group confirm what was filed for it"),
        Act.CONFIRM_FOR_GROUP,
        "application",
        _waiting(
            "a.filed_at",
            "a.status = 'filed' AND a.must_confirm AND a.filed_by <> :person "
            "AND NOT EXISTS (SELECT FROM group_confirmation f WHERE f.application_id = a.id "
            "AND f.requested = a.requested AND f.own_share = a.own_share)",
        ),
    ),
    Duty(
        Section.APPLICATIONS,
        Phrase("Visit the group and count the families present"),
        Act.CHECK_PRESENCE,
        "presence",
        _waiting(
            "a.filed_at",
            "a.status = 'eligible' AND a.family_id IS NULL AND c.status = 'published' "
            "AND NOT EXISTS (SELECT FROM presence_closing z WHERE z.application_id = a.id) "
            "AND NOT EXISTS (SELECT FROM application_attribute t "
            "WHERE t.application_id = a.id AND t.name = 'families_present_share') "
            "AND NOT EXISTS (SELECT FROM scoring_window w WHERE w.contest_id = c.id AND w.closed_at IS NOT NULL)",
        ),
    ),
    Duty(
        Section.PROGRAMME,
        Phrase("Publish the call"),
        Act.PUBLISH_CALL,
        "call",
        "SELECT k.title AS about, k.id::text AS subject, NULL::numeric AS amount, k.opens_at AS since, k.office_id AS office "
        "FROM call k WHERE k.status = 'draft'",
    ),
)

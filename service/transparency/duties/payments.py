"""Payments: requests, authorisations, orders, bank files, reports; accounts and pledges."""

from service.core.acts import Act
from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

_REQUEST = (
    "SELECT g.name || COALESCE(' · ' || c.number || ' / ' || t.number, '') AS about, q.id::text AS subject, q.amount AS amount, "
    'q.requested_at AS since, q.office_id AS office FROM payment_request q JOIN "group" g ON g.id = q.group_id '
    "LEFT JOIN tranche t ON t.id = q.tranche_id LEFT JOIN contract c ON c.id = t.contract_id"
)
_ORDER = (
    "SELECT o.end_to_end_id || ' · ' || o.holder AS about, {0} AS subject, o.amount AS amount, o.issued_at AS since, "
    "q.office_id AS office FROM payment_order o JOIN authorisation u ON u.id = o.authorisation_id "
    "JOIN payment_request q ON q.id = u.request_id"
)
_BATCH = (
    "SELECT b.message_id || ' · ' || b.orders AS about, b.id::text AS subject, b.total AS amount, b.prepared_at AS since, "
    "b.office_id AS office FROM bank_batch b"
)

PAYMENTS = (
    Duty(
        Section.PAYMENTS,
        Phrase("Check a payment request"),
        Act.CHECK_REQUEST,
        "payment",
        f"{_REQUEST} WHERE q.status = 'requested' AND q.requested_by <> :person",
        decision="check_request",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Authorise a payment"),
        Act.AUTHORISE_REQUEST,
        "payment",
        f"{_REQUEST} WHERE q.status = 'checked' AND :person NOT IN (q.requested_by, q.checked_by)",
        decision="authorise_request",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Release a bank file"),
        Act.RELEASE_BATCH,
        "batch",
        f"{_BATCH} WHERE b.status = 'prepared' AND b.prepared_by <> :person",
        decision="release_batch",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Send an order to the bank"),
        Act.PREPARE_BATCH,
        "office_payments",
        f"{_ORDER.format('q.office_id::text')} WHERE o.status = 'issued'",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Read the bank's answer"),
        Act.READ_BANK_ANSWER,
        "batch",
        f"{_BATCH} WHERE b.status = 'released'",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("See to a payment that the bank returned"),
        Act.REISSUE_ORDER,
        "payment",
        f"{_ORDER.format('q.id::text')} WHERE o.status = 'returned' AND NOT EXISTS ("  # nosec B608  # texts of ours, no input
        "SELECT FROM payment_order later WHERE later.authorisation_id = o.authorisation_id AND later.attempt > o.attempt)",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Confirm a bank account"),
        Act.DECIDE_ACCOUNT,
        "account",
        "SELECT g.name || ' · ' || b.bank AS about, b.id::text AS subject, g.id::text AS organisation, NULL::numeric AS amount, b.proposed_at AS since, "
        'g.office_id AS office FROM beneficiary_account b JOIN "group" g ON g.id = b.group_id '
        "WHERE b.status = 'pending' AND b.proposed_by <> :person",
        decision="confirm_account",
        page="organisation",
    ),
    Duty(
        Section.PAYMENTS,
        Phrase("Decide on an expense report"),
        Act.DECIDE_REPORT,
        "report",
        "SELECT c.number || ' · ' || g.name AS about, r.id::text AS subject, "
        "(SELECT sum(l.amount) FROM expense_line l WHERE l.report_id = r.id) AS amount, r.submitted_at AS since, "
        "c.office_id AS office FROM expense_report r JOIN contract c ON c.id = r.contract_id "
        "JOIN \"group\" g ON g.id = c.group_id WHERE r.status = 'submitted' AND r.submitted_by <> :person",
    ),
    Duty(
        Section.PROGRAMME,
        Phrase("Certify or receive a pledge"),
        Act.SETTLE_PLEDGE,
        "pledge",
        "SELECT p.purpose AS about, p.id::text AS subject, p.amount AS amount, p.declared_at AS since, f.office_id AS office "
        "FROM pledge p JOIN fund f ON f.id = p.fund_id WHERE p.status IN ('declared', 'certified')",
    ),
)

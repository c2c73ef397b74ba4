"""Contracts: what is to be drafted, numbered, signed, completed. What a rule says of the money is in ``next_steps``."""

from service.core.acts import Act
from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

CONTRACTS = (
    Duty(
        Section.DECISIONS,
        Phrase("Give the contract its number"),
        Act.NUMBER_CONTRACT,
        "draft",
        "SELECT a.code || ' · ' || g.name AS about, d.id::text AS subject, w.id::text AS award, w.amount AS amount, d.updated_at AS since, "
        "k.office_id AS office FROM contract_draft d JOIN award w ON w.id = d.award_id "
        'JOIN application a ON a.id = w.application_id JOIN "group" g ON g.id = a.group_id '
        "JOIN contest c ON c.id = w.contest_id JOIN call k ON k.id = c.call_id "
        "WHERE NOT EXISTS (SELECT FROM contract x WHERE x.award_id = w.id) "
        "AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)",
        decision="number_contract",
        page="award",
    ),
    Duty(
        Section.DECISIONS,
        Phrase("Confirm a scan against the paper"),
        Act.CONFIRM_SCAN,
        "scan",
        "SELECT c.number || ' · ' || g.name AS about, i.id::text AS subject, c.id::text AS contract, c.amount AS amount, "
        "i.registered_at AS since, c.office_id AS office FROM ink_signature i JOIN contract c ON c.id = i.contract_id "
        'JOIN "group" g ON g.id = c.group_id '
        "WHERE i.confirmed_by IS NULL AND i.refused_because IS NULL AND i.registered_by <> :person",
        decision="confirm_scan",
        page="contract",
    ),
    Duty(
        Section.DECISIONS,
        Phrase("Declare the donation complete"),
        Act.COMPLETE_DONATION,
        "contract",
        "SELECT c.number || ' · ' || g.name AS about, c.id::text AS subject, c.amount AS amount, l.at AS since, c.office_id AS office "
        'FROM contract c JOIN "group" g ON g.id = c.group_id JOIN liquidation l ON l.contract_id = c.id '
        "WHERE c.status = 'liquidated'",
        decision="complete_donation",
    ),
    Duty(
        Section.CONTRACTS,
        Phrase("Draft the contract"),
        Act.DRAFT_CONTRACT,
        "office_contracts",
        "SELECT a.code || ' · ' || g.name AS about, k.office_id::text AS subject, w.amount AS amount, NULL::timestamptz AS since, "
        "k.office_id AS office FROM award w JOIN application a ON a.id = w.application_id "
        'JOIN "group" g ON g.id = a.group_id JOIN contest c ON c.id = w.contest_id JOIN call k ON k.id = c.call_id '
        "WHERE c.request_number = 1 AND a.family_id IS NULL "
        "AND NOT EXISTS (SELECT FROM contract_draft d WHERE d.award_id = w.id) "
        "AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)",
    ),
    Duty(
        Section.CONTRACTS,
        Phrase("See to the signatures"),
        Act.REGISTER_SCAN,
        "contract",
        "SELECT c.number || ' · ' || g.name AS about, c.id::text AS subject, c.amount AS amount, c.numbered_at AS since, "
        'c.office_id AS office FROM contract c JOIN "group" g ON g.id = c.group_id '
        "WHERE c.status IN ('numbered', 'signed_by_group') AND (SELECT count(*) FROM ink_signature i "
        "WHERE i.contract_id = c.id AND i.refused_because IS NULL) < 2",
    ),
)

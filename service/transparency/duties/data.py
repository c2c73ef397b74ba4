"""Personal data: what people asked, what waits for a second person, of whom the authority is to be told."""

from service.core.acts import Act
from service.core.texts import Phrase
from service.transparency.duties.shapes import Duty, Section

DATA = (
    Duty(
        Section.PROGRAMME,
        Phrase("Tell the authority of an incident"),
        Act.SETTLE_INCIDENT,
        "incident",
        "SELECT left(i.what, 80) AS about, i.id::text AS subject, NULL::numeric AS amount, i.known_at + interval '48 hours' AS since, "
        "NULL::uuid AS office FROM incident i WHERE NOT EXISTS (SELECT FROM incident_entry e WHERE e.incident_id = i.id "
        "AND e.kind IN ('authority_told', 'authority_need_not_be_told'))",
        has_term=True,
    ),
    Duty(
        Section.PROGRAMME,
        Phrase("Answer what a person asked about their data"),
        Act.ANSWER_DATA_REQUEST,
        "data_request",
        "SELECT p.given_names || ' ' || p.family_names AS about, r.id::text AS subject, NULL::numeric AS amount, r.at AS since, "
        "NULL::uuid AS office FROM data_request r JOIN person p ON p.id = r.person_id "
        "WHERE r.person_id <> :person AND NOT EXISTS (SELECT FROM data_answer a WHERE a.request_id = r.id)",
    ),
    Duty(
        Section.PROGRAMME,
        Phrase("Agree to an erasure as a second person, or speak with who asked for it"),
        Act.ERASE_PAYLOADS,
        "erasure",
        "SELECT p.given_names || ' ' || p.family_names AS about, e.erasure_id::text AS subject, NULL::numeric AS amount, "
        "q.requested_at AS since, NULL::uuid AS office FROM person_erasure e JOIN person p ON p.id = e.person_id "
        "JOIN erasure_request q ON q.id = e.erasure_id "
        "WHERE q.requested_by <> :person AND NOT EXISTS (SELECT FROM erasure_approval a WHERE a.request_id = e.erasure_id)",
    ),
)

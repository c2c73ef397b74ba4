"""Who does not sign minutes or a resolution is noted, so that what most have signed takes effect; and when minutes are signed."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect

revision = "20261126_refusals"
down_revision = "20261126_appeal_days"
branch_labels = None
depends_on = None

GUARDS = [
    """
CREATE FUNCTION signers_of(minutes uuid, resolution uuid) RETURNS TABLE (
    person_id uuid, signed boolean, noted boolean, since timestamptz
) LANGUAGE sql STABLE AS $$
    SELECT DISTINCT a.person_id,
        EXISTS (SELECT FROM minutes_signature g WHERE g.minutes_id = m.id AND g.person_id = a.person_id),
        EXISTS (SELECT FROM signature_refusal f WHERE f.minutes_id = m.id AND f.person_id = a.person_id), m.closed_at
    FROM minutes m JOIN attendance a ON a.session_id = m.session_id AND a.capacity IN ('chair', 'member')
        AND a.came_at <= m.closed_at AND (a.left_at IS NULL OR a.left_at >= m.closed_at)
    WHERE m.id = signers_of.minutes
    UNION ALL
    SELECT p.person_id,
        EXISTS (SELECT FROM resolution_signature g WHERE g.resolution_id = r.id AND g.person_id = p.person_id),
        EXISTS (SELECT FROM signature_refusal f WHERE f.resolution_id = r.id AND f.person_id = p.person_id), r.issued_at
    FROM appeal_resolution r JOIN appeal_panelist p ON p.appeal_id = r.appeal_id WHERE r.id = signers_of.resolution
$$
""",
    """
CREATE FUNCTION refusal_is_of_a_signer() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM signers_of(NEW.minutes_id, NEW.resolution_id) s WHERE s.person_id = NEW.person_id AND NOT s.signed
        AND (NEW.recorded_by = NEW.person_id OR NEW.at >= s.since + interval '3 days')
    ) OR (
        SELECT 2 * (count(*) FILTER (WHERE s.noted AND NOT s.signed) + 1) >= count(*)
        FROM signers_of(NEW.minutes_id, NEW.resolution_id) s
    ) THEN
        RAISE EXCEPTION 'less than half of the signers are noted as not signing, by themselves or after three days'
            USING ERRCODE = 'RY201';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION nobody_is_missing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM minutes m, signers_of(m.id, NULL) s WHERE m.session_id = NEW.id AND NOT s.signed AND NOT s.noted
    ) THEN
        RAISE EXCEPTION 'minutes are signed once every member present has signed, or is noted as not signing' USING ERRCODE = 'RY202';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER refusal_is_of_a_signer BEFORE INSERT ON signature_refusal FOR EACH ROW EXECUTE FUNCTION refusal_is_of_a_signer()",
    "CREATE TRIGGER nobody_is_missing BEFORE UPDATE OF status ON committee_session FOR EACH ROW "
    "WHEN (NEW.status = 'signed' AND OLD.status <> 'signed') EXECUTE FUNCTION nobody_is_missing()",
]


def upgrade() -> None:
    """The table and its guards."""
    op.create_table(
        "signature_refusal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("minutes_id", sa.Uuid(), nullable=True),
        sa.Column("resolution_id", sa.Uuid(), nullable=True),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("(minutes_id IS NULL) <> (resolution_id IS NULL)", name=op.f("ck_signature_refusal_of_one_paper")),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_signature_refusal_reason")),
        sa.ForeignKeyConstraint(["minutes_id"], ["minutes.id"], name=op.f("fk_signature_refusal_minutes_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signature_refusal_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_signature_refusal_recorded_by")),
        sa.ForeignKeyConstraint(["resolution_id"], ["appeal_resolution.id"], name=op.f("fk_signature_refusal_resolution_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature_refusal")),
        sa.UniqueConstraint("minutes_id", "person_id", name=op.f("uq_signature_refusal_minutes_id_person_id")),
        sa.UniqueConstraint("resolution_id", "person_id", name=op.f("uq_signature_refusal_resolution_id_person_id")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_signature_refusal_person_id"), "signature_refusal", ["person_id"], unique=False)
    op.create_index(op.f("ix_signature_refusal_recorded_by"), "signature_refusal", ["recorded_by"], unique=False)
    for statement in (*GUARDS, *protect("signature_refusal", (), context.config.attributes["app_role"])):
        op.execute(statement)

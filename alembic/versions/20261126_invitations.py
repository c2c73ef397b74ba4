"""Messages that leave, invitations to sign in, identities of an OpenID Connect provider."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import allow, protect

revision = "20261126_invitations"
down_revision = "20261126_record"
branch_labels = None
depends_on = None

MESSAGE_MOVES = ("status", "address", "body", "tries", "error", "reference", "settled_at")
INVITATION_MOVES = ("attempts", "used_at", "revoked_at")

GUARDS = [
    """
CREATE FUNCTION message_moves_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.status IN ('sent', 'dropped')
        OR (OLD.status <> NEW.status AND (OLD.status, NEW.status) NOT IN (
            ('queued', 'sent'), ('queued', 'failed'), ('failed', 'queued'), ('queued', 'dropped'), ('failed', 'dropped')
        ))
        OR (NEW.body IS NOT NULL AND (NEW.body, NEW.address) IS DISTINCT FROM (OLD.body, OLD.address))
    THEN
        RAISE EXCEPTION 'a message goes from % to % by no rule, or its text was changed', OLD.status, NEW.status
            USING ERRCODE = 'RY165';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION invitation_is_used_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.attempts <> 0 OR NEW.used_at IS NOT NULL OR NEW.revoked_at IS NOT NULL THEN
            RAISE EXCEPTION 'an invitation begins open' USING ERRCODE = 'RY166';
        END IF;
        RETURN NEW;
    END IF;
    IF OLD.used_at IS NOT NULL OR OLD.revoked_at IS NOT NULL THEN
        RAISE EXCEPTION 'an invitation that was used or revoked stays as it is' USING ERRCODE = 'RY166';
    END IF;
    IF NEW.attempts < OLD.attempts THEN
        RAISE EXCEPTION 'attempts are not given back' USING ERRCODE = 'RY167';
    END IF;
    IF NEW.used_at IS NOT NULL AND (OLD.attempts >= 5 OR NEW.used_at >= OLD.expires_at) THEN
        RAISE EXCEPTION 'an invitation that has run out or is void is not used' USING ERRCODE = 'RY167';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION oidc_identity_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' AND NEW.ended_at IS NOT NULL OR TG_OP = 'UPDATE' AND (OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL) THEN
        RAISE EXCEPTION 'a link to an identity begins open and ends once' USING ERRCODE = 'RY168';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER message_moves_on BEFORE UPDATE ON message FOR EACH ROW EXECUTE FUNCTION message_moves_on()",
    "CREATE TRIGGER invitation_is_used_once BEFORE INSERT OR UPDATE ON invitation FOR EACH ROW EXECUTE FUNCTION invitation_is_used_once()",
    "CREATE TRIGGER oidc_identity_ends_once BEFORE INSERT OR UPDATE ON oidc_identity "
    "FOR EACH ROW EXECUTE FUNCTION oidc_identity_ends_once()",
]


def upgrade() -> None:
    """Four tables and what guards them."""
    create_message()
    create_invitation()
    create_oidc()
    role = context.config.attributes["app_role"]
    for statement in (
        *protect("message", MESSAGE_MOVES, role),
        *protect("invitation", INVITATION_MOVES, role),
        *protect("oidc_identity", ("ended_at",), role),
        *allow("oidc_attempt", role, deletable=True),
        *GUARDS,
    ):
        op.execute(statement)


def create_message() -> None:
    """The outbox."""
    op.create_table(
        "message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=True),
        sa.Column("address_end", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=True),
        sa.Column("body_mac", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=40), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("reference", sa.String(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind IN ('invitation', 'recovery', 'sign_in_changed', 'confirmation_code')",
            name=op.f("ck_message_messagekind_known"),
        ),
        sa.CheckConstraint("status IN ('queued', 'sent', 'failed', 'dropped')", name=op.f("ck_message_messagestatus_known")),
        sa.CheckConstraint("(status IN ('sent', 'dropped')) = (body IS NULL)", name=op.f("ck_message_body_while_needed")),
        sa.CheckConstraint("(body IS NULL) = (address IS NULL)", name=op.f("ck_message_address_while_needed")),
        sa.CheckConstraint("(status = 'sent') = (reference IS NOT NULL)", name=op.f("ck_message_reference_of_sent")),
        sa.CheckConstraint("tries >= 0", name=op.f("ck_message_tries")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    waiting = sa.text("status IN ('queued', 'failed')")
    op.create_index("ix_message_waiting", "message", ["expires_at"], unique=False, postgresql_where=waiting)
    op.create_index("ix_message_subject", "message", ["subject"], unique=False)


def create_invitation() -> None:
    """Invitations to sign in."""
    op.create_table(
        "invitation",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("purpose", sa.String(length=40), nullable=False),
        sa.Column("way", sa.String(length=40), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("purpose IN ('invite', 'recover')", name=op.f("ck_invitation_invitationpurpose_known")),
        sa.CheckConstraint("way IN ('by_sms', 'on_printed_paper')", name=op.f("ck_invitation_invitationway_known")),
        sa.CheckConstraint("attempts BETWEEN 0 AND 5", name=op.f("ck_invitation_attempts")),
        sa.CheckConstraint("(way = 'on_printed_paper') = (code_hash IS NOT NULL)", name=op.f("ck_invitation_code_on_paper")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_invitation_used_or_revoked")),
        sa.CheckConstraint("issued_by <> person_id", name=op.f("ck_invitation_by_another")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_invitation_person_id")),
        sa.ForeignKeyConstraint(["issued_by"], ["person.id"], name=op.f("fk_invitation_issued_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_invitation_token_hash")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitation_code_hash")),
    )
    op.create_index(op.f("ix_invitation_person_id"), "invitation", ["person_id"], unique=False)
    op.create_index(op.f("ix_invitation_issued_by"), "invitation", ["issued_by"], unique=False)
    live = sa.text("used_at IS NULL AND revoked_at IS NULL")
    op.create_index("uq_invitation_live", "invitation", ["person_id"], unique=True, postgresql_where=live)


def create_oidc() -> None:
    """Identities at a provider, and sign-ins on their way there and back."""
    op.create_table(
        "oidc_identity",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_oidc_identity_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_oidc_identity")),
    )
    op.create_index(op.f("ix_oidc_identity_person_id"), "oidc_identity", ["person_id"], unique=False)
    live = sa.text("ended_at IS NULL")
    op.create_index("uq_oidc_identity_live", "oidc_identity", ["issuer", "subject"], unique=True, postgresql_where=live)
    op.create_table(
        "oidc_attempt",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("browser_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_oidc_attempt_person_id")),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_oidc_attempt")),
    )
    op.create_index(op.f("ix_oidc_attempt_person_id"), "oidc_attempt", ["person_id"], unique=False)
    op.create_index(op.f("ix_oidc_attempt_expires_at"), "oidc_attempt", ["expires_at"], unique=False)

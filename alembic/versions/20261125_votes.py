"""Votes of a session, and what carried votes bring about beside a result: adjusted amounts, deferrals."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect

revision = "20261125_votes"
down_revision = "20261125_rolls"
branch_labels = None
depends_on = None

TABLES = ("majority_rule", "motion", "ballot", "vote", "dissent", "adjustment", "deferral")
STATUSES = (
    "draft",
    "filed",
    "returned",
    "eligible",
    "ineligible",
    "withdrawn",
    "approved",
    "reserve",
    "not_approved",
    "disqualified",
    "deferred",
)
FROZEN = {"immutable": True, "moves": ()}

GUARDS = [
    """
CREATE FUNCTION is_voting(id_of_session uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (SELECT FROM committee_session WHERE id = id_of_session AND status IN ('tallied', 'announced'))
$$
""",
    """
CREATE FUNCTION majority_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM committee_session WHERE id = NEW.session_id AND status IN ('convened', 'open', 'presenting')
    ) THEN
        RAISE EXCEPTION 'the majority is set before the tally' USING ERRCODE = 'RY056';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION motion_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_voting(NEW.session_id) THEN
        RAISE EXCEPTION 'votes are recorded between the tally and the close of the minutes' USING ERRCODE = 'RY050';
    END IF;
    IF NEW.application_id IS NOT NULL AND NOT EXISTS (
        SELECT FROM application a JOIN session_contest c ON c.contest_id = a.contest_id
        WHERE a.id = NEW.application_id AND c.session_id = NEW.session_id
    ) THEN
        RAISE EXCEPTION 'a session votes on applications of its own contests' USING ERRCODE = 'RY057';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION motion_is_voted_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM ballot WHERE motion_id = NEW.id) THEN
        RAISE EXCEPTION 'a motion is kept with its ballot' USING ERRCODE = 'RY058';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION ballot_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_voting((SELECT session_id FROM motion WHERE id = NEW.motion_id)) THEN
        RAISE EXCEPTION 'votes are recorded between the tally and the close of the minutes' USING ERRCODE = 'RY050';
    END IF;
    IF NEW.attempt <> 1 + (SELECT count(*) FROM ballot WHERE motion_id = NEW.motion_id) THEN
        RAISE EXCEPTION 'ballots on a motion follow one another' USING ERRCODE = 'RY051';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION vote_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE put motion;
BEGIN
    SELECT m.* INTO put FROM ballot b JOIN motion m ON m.id = b.motion_id WHERE b.id = NEW.ballot_id;
    IF NOT is_voting(put.session_id) THEN
        RAISE EXCEPTION 'votes are recorded between the tally and the close of the minutes' USING ERRCODE = 'RY050';
    END IF;
    IF EXISTS (SELECT FROM recusal WHERE application_id = put.application_id AND person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a recused member has no vote on this item' USING ERRCODE = 'RY052';
    END IF;
    IF NOT EXISTS (
        SELECT FROM attendance WHERE session_id = put.session_id AND person_id = NEW.person_id AND capacity = NEW.capacity
        AND capacity IN ('chair', 'member') AND came_at <= put.put_at AND (left_at IS NULL OR left_at >= put.put_at)
    ) THEN
        RAISE EXCEPTION 'only members who are present vote' USING ERRCODE = 'RY053';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION dissent_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT is_voting((SELECT m.session_id FROM ballot b JOIN motion m ON m.id = b.motion_id WHERE b.id = NEW.ballot_id)) THEN
        RAISE EXCEPTION 'votes are recorded between the tally and the close of the minutes' USING ERRCODE = 'RY050';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION ballot_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    counted ballot;
    yes bigint; no bigint; voted bigint;
    chair text;
    tie boolean;
    won numeric; needed numeric;
BEGIN
    SELECT * INTO counted FROM ballot
    WHERE id = COALESCE(to_jsonb(NEW) ->> 'ballot_id', to_jsonb(NEW) ->> 'id')::uuid;
    SELECT count(*) FILTER (WHERE choice = 'in_favour'), count(*) FILTER (WHERE choice = 'against'), count(*),
        max(choice) FILTER (WHERE capacity = 'chair')
    INTO yes, no, voted, chair FROM vote WHERE ballot_id = counted.id;
    IF 2 * voted <= counted.appointed OR voted > counted.appointed THEN
        RAISE EXCEPTION 'a ballot needs the quorum of its item' USING ERRCODE = 'RY059';
    END IF;
    tie := counted.casting AND yes = no AND COALESCE(chair IN ('in_favour', 'against'), false);
    won := yes + (tie AND chair = 'in_favour')::int;
    needed := split_part(counted.at_least, '/', 1)::numeric
        * CASE counted.base WHEN 'base' THEN counted.appointed WHEN 'present' THEN voted ELSE yes + no + tie::int END;
    won := won * COALESCE(NULLIF(split_part(counted.at_least, '/', 2), ''), '1')::numeric;
    IF counted.carried <> (yes > 0 AND CASE WHEN counted."strict" THEN won > needed ELSE won >= needed END) THEN
        RAISE EXCEPTION 'a ballot is carried by its votes' USING ERRCODE = 'RY060';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION act_is_carried() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE put motion;
BEGIN
    SELECT * INTO put FROM motion WHERE id = NEW.motion_id;
    IF put.matter <> TG_TABLE_NAME OR put.application_id IS DISTINCT FROM NEW.application_id
        OR put.amount IS DISTINCT FROM (to_jsonb(NEW) ->> 'amount')::numeric
        OR put.amount > (SELECT requested FROM application WHERE id = NEW.application_id)
    THEN
        RAISE EXCEPTION 'this is not what the vote was about' USING ERRCODE = 'RY054';
    END IF;
    IF (SELECT carried FROM ballot WHERE motion_id = NEW.motion_id ORDER BY attempt DESC LIMIT 1) IS NOT TRUE
        OR NOT EXISTS (SELECT FROM committee_session WHERE id = put.session_id AND status = 'announced')
    THEN
        RAISE EXCEPTION 'only a carried vote on an announced result is carried out' USING ERRCODE = 'RY055';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER majority_is_in_time BEFORE INSERT ON majority_rule FOR EACH ROW EXECUTE FUNCTION majority_is_in_time()",
    "CREATE TRIGGER motion_is_in_time BEFORE INSERT ON motion FOR EACH ROW EXECUTE FUNCTION motion_is_in_time()",
    "CREATE TRIGGER dissent_is_in_time BEFORE INSERT ON dissent FOR EACH ROW EXECUTE FUNCTION dissent_is_in_time()",
    "CREATE CONSTRAINT TRIGGER motion_is_voted_on AFTER INSERT ON motion DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION motion_is_voted_on()",
    "CREATE CONSTRAINT TRIGGER ballot_is_counted AFTER INSERT ON ballot DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ballot_is_counted()",
    "CREATE CONSTRAINT TRIGGER ballot_is_counted AFTER INSERT ON vote DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ballot_is_counted()",
    "CREATE TRIGGER ballot_is_in_time BEFORE INSERT ON ballot FOR EACH ROW EXECUTE FUNCTION ballot_is_in_time()",
    "CREATE TRIGGER vote_is_allowed BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION vote_is_allowed()",
    "CREATE TRIGGER act_is_carried BEFORE INSERT ON adjustment FOR EACH ROW EXECUTE FUNCTION act_is_carried()",
    "CREATE TRIGGER act_is_carried BEFORE INSERT ON deferral FOR EACH ROW EXECUTE FUNCTION act_is_carried()",
]


def upgrade() -> None:
    """Seven tables of history, and a further outcome of an application."""
    app_role = context.config.attributes["app_role"]
    for table, column in (("application", "status"), ("eligibility_decision", "outcome")):
        name = op.f(f"ck_{table}_applicationstatus_known")
        op.drop_constraint(name, table, type_="check")
        known = ", ".join(f"'{status}'" for status in STATUSES)
        op.create_check_constraint(name, table, f"{column} IN ({known})")
    create_tables()
    for statement in GUARDS:
        op.execute(statement)
    for table in TABLES:
        for statement in protect(table, (), app_role):
            op.execute(statement)


def create_tables() -> None:
    """The tables, in the order of their references."""
    op.create_table(
        "majority_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        matter(),
        sa.Column("version", sa.Integer(), nullable=False),
        *majority(),
        sa.Column("set_by", sa.Uuid(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        *keys("majority_rule", session_id="committee_session.id", set_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_majority_rule")),
        sa.UniqueConstraint("session_id", "matter", "version", name=op.f("uq_majority_rule_session_id_matter_version")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_majority_rule_set_by"), "majority_rule", ["set_by"], unique=False)
    op.create_table(
        "motion",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        matter(),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("put_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("put_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("matter = 'motion' OR application_id IS NOT NULL", name=op.f("ck_motion_item")),
        sa.CheckConstraint(
            "(matter = 'adjustment') = (amount IS NOT NULL) AND COALESCE(amount > 0, true)", name=op.f("ck_motion_amount")
        ),
        *keys("motion", session_id="committee_session.id", application_id="application.id", put_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_motion")),
        sa.UniqueConstraint("session_id", "number", name=op.f("uq_motion_session_id_number")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_motion_application_id"), "motion", ["application_id"], unique=False)
    op.create_index(op.f("ix_motion_put_by"), "motion", ["put_by"], unique=False)
    op.create_table(
        "ballot",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=True),
        *majority(),
        sa.Column("appointed", sa.Integer(), nullable=False),
        sa.Column("carried", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(attempt = 1) = (reason IS NULL)", name=op.f("ck_ballot_reason")),
        *keys("ballot", motion_id="motion.id", recorded_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ballot")),
        sa.UniqueConstraint("motion_id", "attempt", name=op.f("uq_ballot_motion_id_attempt")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_ballot_recorded_by"), "ballot", ["recorded_by"], unique=False)
    op.create_table(
        "vote",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        coded("capacity", "capacity_known", "chair", "member", "staff", "mayor", "guest"),
        coded("choice", "choice_known", "in_favour", "against", "abstained"),
        *keys("vote", ballot_id="ballot.id", person_id="person.id"),
        sa.PrimaryKeyConstraint("ballot_id", "person_id", name=op.f("pk_vote")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_vote_person_id"), "vote", ["person_id"], unique=False)
    op.create_table(
        "dissent",
        sa.Column("ballot_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("words <> ''", name=op.f("ck_dissent_words")),
        sa.ForeignKeyConstraint(
            ["ballot_id", "person_id"], ["vote.ballot_id", "vote.person_id"], name=op.f("fk_dissent_ballot_id_person_id")
        ),
        sa.PrimaryKeyConstraint("ballot_id", "person_id", name=op.f("pk_dissent")),
        info=FROZEN,
    )
    create_acts()


def create_acts() -> None:
    """What carried votes bring about."""
    op.create_table(
        "adjustment",
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("adjusted_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_adjustment_positive")),
        *keys("adjustment", motion_id="motion.id", application_id="application.id", adjusted_by="person.id"),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_adjustment")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_adjustment_application_id"), "adjustment", ["application_id"], unique=False)
    op.create_index(op.f("ix_adjustment_adjusted_by"), "adjustment", ["adjusted_by"], unique=False)
    op.create_table(
        "deferral",
        sa.Column("motion_id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("deferred_by", sa.Uuid(), nullable=False),
        *keys("deferral", motion_id="motion.id", application_id="application.id", deferred_by="person.id"),
        sa.PrimaryKeyConstraint("motion_id", name=op.f("pk_deferral")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_deferral_application_id"), "deferral", ["application_id"], unique=False)
    op.create_index(op.f("ix_deferral_deferred_by"), "deferral", ["deferred_by"], unique=False)


def coded(column: str, name: str, *values: str) -> sa.Column:
    """A column of codes with its CHECK."""
    kind = sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)
    return sa.Column(column, kind, nullable=False)


def matter() -> sa.Column:
    """What a vote is about."""
    return coded("matter", "votematter_known", "motion", "adjustment", "deferral")


def majority() -> list[sa.Column]:
    """The columns of a majority."""
    return [
        sa.Column("at_least", sa.String(), nullable=False),
        sa.Column("strict", sa.Boolean(), nullable=False),
        coded("base", "majoritybase_known", "cast", "present", "base"),
        sa.Column("casting", sa.Boolean(), nullable=False),
    ]


def keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    """Foreign keys, each named as the house does."""
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}")) for column, target in targets.items()
    ]

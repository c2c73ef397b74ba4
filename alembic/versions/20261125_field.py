"""What comes before the scores: who is present at the visit, the group's confirmation, and the calibration of jurors."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import context, op
from service.core.protection import protect

revision = "20261125_field"
down_revision = "20261125_marks"
branch_labels = None
depends_on = None

TABLES = {
    "presence_check": (),
    "presence_entry": (),
    "presence_closing": (),
    "confirmation_code": ("attempts",),
    "group_confirmation": (),
    "calibration_sample": (),
    "calibration_sheet": (),
    "calibration_closing": (),
}

GUARDS = [
    """
CREATE FUNCTION presence_is_open(id_of_application uuid, number_of_check integer) RETURNS boolean LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM application WHERE id = id_of_application FOR UPDATE;
    RETURN number_of_check = (SELECT max(number) FROM presence_check WHERE application_id = id_of_application)
        AND NOT EXISTS (
            SELECT FROM presence_closing WHERE application_id = id_of_application AND check_number = number_of_check
        );
END $$
""",
    """
CREATE FUNCTION presence_entry_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE before boolean;
BEGIN
    IF NOT EXISTS (
        SELECT FROM application a JOIN family f ON f.group_id = a.group_id JOIN family_member m ON m.family_id = f.id
        WHERE a.id = NEW.application_id AND f.id = NEW.family_id AND m.person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'only persons on the roll of the group are present' USING ERRCODE = 'RY120';
    END IF;
    IF NOT presence_is_open(NEW.application_id, NEW.check_number) THEN
        RAISE EXCEPTION 'the presence check is closed' USING ERRCODE = 'RY121';
    END IF;
    SELECT present INTO before FROM presence_entry
    WHERE (application_id, family_id, person_id) = (NEW.application_id, NEW.family_id, NEW.person_id)
    ORDER BY number DESC LIMIT 1;
    IF NEW.present = COALESCE(before, false)
        OR NEW.number <> 1 + (SELECT count(*) FROM presence_entry WHERE application_id = NEW.application_id)
    THEN
        RAISE EXCEPTION 'entries follow one another, and each changes who is present' USING ERRCODE = 'RY122';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION presence_check_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM application WHERE id = NEW.application_id FOR UPDATE;
    IF NEW.number <> 1 + (SELECT count(*) FROM presence_closing WHERE application_id = NEW.application_id) THEN
        RAISE EXCEPTION 'a presence check follows the closing of the one before' USING ERRCODE = 'RY122';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION presence_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE here bigint; rolled bigint;
BEGIN
    IF NOT presence_is_open(NEW.application_id, NEW.check_number) THEN
        RAISE EXCEPTION 'the presence check is closed' USING ERRCODE = 'RY121';
    END IF;
    SELECT count(*) INTO rolled FROM family f JOIN application a ON a.group_id = f.group_id WHERE a.id = NEW.application_id;
    SELECT count(DISTINCT family_id) INTO here FROM (
        SELECT DISTINCT ON (family_id, person_id) family_id, present FROM presence_entry
        WHERE application_id = NEW.application_id ORDER BY family_id, person_id, number DESC
    ) newest WHERE present;
    IF (NEW.present, NEW.families) IS DISTINCT FROM (here, rolled) THEN
        RAISE EXCEPTION 'a presence check counts the families of the roll' USING ERRCODE = 'RY123';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION share_is_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE counted text;
BEGIN
    SELECT present || '/' || families INTO counted FROM presence_closing
    WHERE application_id = NEW.application_id ORDER BY check_number DESC LIMIT 1;
    IF counted IS NOT NULL AND counted <> NEW.value
        AND NOT is_opened_by_appeal(NEW.application_id, 'attribute', NULL, NULL, NEW.name)
    THEN
        RAISE EXCEPTION 'the share of families present is counted by the presence check' USING ERRCODE = 'RY124';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION eligible_is_confirmed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.must_confirm AND NOT NEW.must_confirm THEN
        RAISE EXCEPTION 'an application that the group must confirm stays so' USING ERRCODE = 'RY125';
    END IF;
    IF NEW.must_confirm AND NEW.status = 'eligible' AND OLD.status <> 'eligible' AND NOT EXISTS (
        SELECT FROM group_confirmation
        WHERE (application_id, requested, own_share) = (NEW.id, NEW.requested, NEW.own_share)
    ) THEN
        RAISE EXCEPTION 'the group has not confirmed this application' USING ERRCODE = 'RY125';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION confirmation_is_the_boards() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM application a JOIN board_mandate m ON m.group_id = a.group_id
        WHERE a.id = NEW.application_id AND m.id = NEW.mandate_id AND m.role IN ('president', 'mayor')
    ) THEN
        RAISE EXCEPTION 'the president or mayor of the group confirms' USING ERRCODE = 'RY126';
    END IF;
    IF TG_TABLE_NAME = 'group_confirmation' AND NOT EXISTS (
        SELECT FROM application a WHERE a.id = NEW.application_id AND a.must_confirm AND a.status = 'filed'
        AND (a.requested, a.own_share) = ((to_jsonb(NEW) ->> 'requested')::numeric, (to_jsonb(NEW) ->> 'own_share')::numeric)
    ) THEN
        RAISE EXCEPTION 'what is confirmed is what was filed' USING ERRCODE = 'RY126';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION attempts_are_counted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.attempts <> OLD.attempts + 1 THEN
        RAISE EXCEPTION 'attempts are counted one by one' USING ERRCODE = 'RY129';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION sample_is_unscored() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM calibration_sheet WHERE contest_id = NEW.contest_id) THEN
        RAISE EXCEPTION 'samples stay as they are once a juror has scored one' USING ERRCODE = 'RY128';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION calibration_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('calibration:' || NEW.contest_id || ':' || NEW.stage, 11));
    IF EXISTS (SELECT FROM calibration_closing WHERE contest_id = NEW.contest_id AND stage = NEW.stage) THEN
        RAISE EXCEPTION 'the calibration round is closed' USING ERRCODE = 'RY127';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER presence_entry_is_allowed BEFORE INSERT ON presence_entry FOR EACH ROW EXECUTE FUNCTION presence_entry_is_allowed()",
    "CREATE TRIGGER presence_check_follows BEFORE INSERT ON presence_check FOR EACH ROW EXECUTE FUNCTION presence_check_follows()",
    "CREATE TRIGGER presence_is_counted BEFORE INSERT ON presence_closing FOR EACH ROW EXECUTE FUNCTION presence_is_counted()",
    "CREATE TRIGGER share_is_counted BEFORE INSERT ON application_attribute FOR EACH ROW "
    "WHEN (NEW.name = 'families_present_share') EXECUTE FUNCTION share_is_counted()",
    "CREATE TRIGGER eligible_is_confirmed BEFORE UPDATE ON application FOR EACH ROW EXECUTE FUNCTION eligible_is_confirmed()",
    "CREATE TRIGGER confirmation_is_the_boards BEFORE INSERT ON group_confirmation FOR EACH ROW EXECUTE FUNCTION confirmation_is_the_boards()",
    "CREATE TRIGGER confirmation_is_the_boards BEFORE INSERT ON confirmation_code FOR EACH ROW EXECUTE FUNCTION confirmation_is_the_boards()",
    "CREATE TRIGGER attempts_are_counted BEFORE UPDATE ON confirmation_code FOR EACH ROW EXECUTE FUNCTION attempts_are_counted()",
    "CREATE TRIGGER sample_is_unscored BEFORE INSERT ON calibration_sample FOR EACH ROW EXECUTE FUNCTION sample_is_unscored()",
    "CREATE TRIGGER calibration_is_open BEFORE INSERT ON calibration_sheet FOR EACH ROW EXECUTE FUNCTION calibration_is_open()",
    "CREATE TRIGGER calibration_is_open BEFORE INSERT ON calibration_closing FOR EACH ROW EXECUTE FUNCTION calibration_is_open()",
]


def upgrade() -> None:
    """Eight tables of history, and whether an application is to be confirmed: those that are there already are not."""
    app_role = context.config.attributes["app_role"]
    op.add_column("application", sa.Column("must_confirm", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.alter_column("application", "must_confirm", server_default=None)
    create_presence()
    create_confirmation()
    create_calibration()
    for statement in GUARDS:
        op.execute(statement)
    for table, moves in TABLES.items():
        for statement in protect(table, moves, app_role):
            op.execute(statement)


def create_presence() -> None:
    """Checks of the families present."""
    of_check = ["application_id", "check_number"], ["presence_check.application_id", "presence_check.number"]
    op.create_table(
        "presence_check",
        uuid("application_id"),
        number("number"),
        words("reason", nullable=True),
        moment("opened_at"),
        uuid("opened_by"),
        sa.CheckConstraint("(number = 1) = (reason IS NULL)", name=op.f("ck_presence_check_reason")),
        *keys("presence_check", application_id="application.id", opened_by="person.id"),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_presence_check")),
    )
    index("presence_check", "opened_by")
    op.create_table(
        "presence_entry",
        uuid("application_id"),
        number("number"),
        number("check_number"),
        uuid("family_id"),
        uuid("person_id"),
        sa.Column("present", sa.Boolean(), nullable=False),
        words("reason", nullable=True),
        moment("at"),
        uuid("entered_by"),
        sa.CheckConstraint("present = (reason IS NULL)", name=op.f("ck_presence_entry_reason")),
        sa.ForeignKeyConstraint(*of_check, name=op.f("fk_presence_entry_application_id_check_number")),
        sa.ForeignKeyConstraint(
            ["family_id", "person_id"],
            ["family_member.family_id", "family_member.person_id"],
            name=op.f("fk_presence_entry_family_id_person_id"),
        ),
        *keys("presence_entry", entered_by="person.id"),
        sa.PrimaryKeyConstraint("application_id", "number", name=op.f("pk_presence_entry")),
    )
    index("presence_entry", "entered_by")
    op.create_table(
        "presence_closing",
        uuid("application_id"),
        number("check_number"),
        number("present"),
        number("families"),
        moment("at"),
        uuid("closed_by"),
        sa.CheckConstraint("families > 0 AND present BETWEEN 0 AND families", name=op.f("ck_presence_closing_count")),
        sa.ForeignKeyConstraint(*of_check, name=op.f("fk_presence_closing_application_id_check_number")),
        *keys("presence_closing", closed_by="person.id"),
        sa.PrimaryKeyConstraint("application_id", "check_number", name=op.f("pk_presence_closing")),
    )
    index("presence_closing", "closed_by")


def create_confirmation() -> None:
    """Codes for presidents, and what they confirmed."""
    op.create_table(
        "confirmation_code",
        uuid("id"),
        uuid("application_id"),
        uuid("mandate_id"),
        words("handle"),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        number("attempts"),
        moment("at"),
        uuid("issued_by"),
        sa.CheckConstraint("attempts BETWEEN 0 AND 5", name=op.f("ck_confirmation_code_attempts")),
        *keys("confirmation_code", application_id="application.id", mandate_id="board_mandate.id", issued_by="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_confirmation_code")),
        sa.UniqueConstraint("handle", name=op.f("uq_confirmation_code_handle")),
    )
    index("confirmation_code", "application_id", "mandate_id", "issued_by")
    way = sa.Enum("by_code", "on_paper", name="confirmationway_known", native_enum=False, create_constraint=True, length=40)
    op.create_table(
        "group_confirmation",
        uuid("id"),
        uuid("application_id"),
        sa.Column("way", way, nullable=False),
        uuid("mandate_id"),
        uuid("code_id", nullable=True),
        uuid("file_id", nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        uuid("received_by", nullable=True),
        amount("requested"),
        amount("own_share"),
        moment("at"),
        sa.CheckConstraint(
            "(way = 'by_code') = (code_id IS NOT NULL) AND (way = 'on_paper') = (file_id IS NOT NULL) "
            "AND (way = 'on_paper') = (received_on IS NOT NULL) AND (way = 'on_paper') = (received_by IS NOT NULL)",
            name=op.f("ck_group_confirmation_way"),
        ),
        *keys(
            "group_confirmation",
            application_id="application.id",
            mandate_id="board_mandate.id",
            code_id="confirmation_code.id",
            file_id="stored_file.id",
            received_by="person.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_group_confirmation")),
        sa.UniqueConstraint("code_id", name=op.f("uq_group_confirmation_code_id")),
    )
    index("group_confirmation", "application_id", "mandate_id", "file_id", "received_by")


def create_calibration() -> None:
    """Samples that belong to nobody, and what jurors gave them."""
    op.create_table(
        "calibration_sample",
        uuid("contest_id"),
        number("place"),
        number("version"),
        words("title"),
        words("text"),
        words("share"),
        uuid("file_id", nullable=True),
        moment("at"),
        uuid("kept_by"),
        sa.CheckConstraint("place IN (1, 2)", name=op.f("ck_calibration_sample_place")),
        *keys("calibration_sample", contest_id="contest.id", file_id="stored_file.id", kept_by="person.id"),
        sa.PrimaryKeyConstraint("contest_id", "place", "version", name=op.f("pk_calibration_sample")),
    )
    index("calibration_sample", "file_id", "kept_by")
    of_seat = ["contest_id", "stage", "person_id"], ["seat.contest_id", "seat.stage", "seat.person_id"]
    of_sample = (
        ["contest_id", "place", "version"],
        ["calibration_sample.contest_id", "calibration_sample.place", "calibration_sample.version"],
    )
    op.create_table(
        "calibration_sheet",
        uuid("contest_id"),
        words("stage"),
        number("place"),
        uuid("person_id"),
        number("version"),
        uuid("rule_book_id"),
        sa.Column("scores", JSONB(), nullable=False),
        moment("at"),
        sa.ForeignKeyConstraint(*of_seat, name=op.f("fk_calibration_sheet_contest_id_stage_person_id")),
        sa.ForeignKeyConstraint(*of_sample, name=op.f("fk_calibration_sheet_contest_id_place_version")),
        *keys("calibration_sheet", rule_book_id="rule_book.id"),
        sa.PrimaryKeyConstraint("contest_id", "stage", "place", "person_id", name=op.f("pk_calibration_sheet")),
    )
    index("calibration_sheet", "rule_book_id")
    op.create_table(
        "calibration_closing",
        uuid("contest_id"),
        words("stage"),
        moment("at"),
        uuid("closed_by"),
        *keys("calibration_closing", contest_id="contest.id", closed_by="person.id"),
        sa.PrimaryKeyConstraint("contest_id", "stage", name=op.f("pk_calibration_closing")),
    )
    index("calibration_closing", "closed_by")


def uuid(name: str, *, nullable: bool = False) -> sa.Column:
    """A column of identifiers."""
    return sa.Column(name, sa.Uuid(), nullable=nullable)


def number(name: str) -> sa.Column:
    """A column of whole numbers."""
    return sa.Column(name, sa.Integer(), nullable=False)


def words(name: str, *, nullable: bool = False) -> sa.Column:
    """A column of text."""
    return sa.Column(name, sa.String(), nullable=nullable)


def moment(name: str) -> sa.Column:
    """A column of times with zone."""
    return sa.Column(name, sa.DateTime(timezone=True), nullable=False)


def amount(name: str) -> sa.Column:
    """A column of money."""
    return sa.Column(name, sa.Numeric(precision=18, scale=2), nullable=False)


def index(table: str, *columns: str) -> None:
    """An index for each column that refers to another table."""
    for column in columns:
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)


def keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    """Foreign keys, each named as the house does."""
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}")) for column, target in targets.items()
    ]

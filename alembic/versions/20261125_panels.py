"""Who scores what: stages divided among their jurors, alternates who stand in; and members who step out of a vote."""

import sqlalchemy as sa

from alembic import context, op
from service.core.protection import protect, quoted

revision = "20261125_panels"
down_revision = "20261125_field"
branch_labels = None
depends_on = None

ENDED = ("ended_at", "ended_by", "end_reason")

PANEL = [
    """
CREATE FUNCTION panel_at(moment timestamptz) RETURNS TABLE (
    contest_id uuid, stage text, person_id uuid, juror text, alternate boolean, application_id uuid
) LANGUAGE sql STABLE AS $$
    SELECT s.contest_id, s.stage::text, s.person_id, s.juror::text, s.alternate, a.id
    FROM seat s JOIN application a ON a.contest_id = s.contest_id
    WHERE (
        NOT s.alternate AND NOT EXISTS (
            SELECT FROM divided_stage d WHERE d.contest_id = s.contest_id AND d.stage = s.stage AND d.divided_at <= moment
        )
        OR EXISTS (
            SELECT FROM assignment x WHERE x.application_id = a.id AND x.stage = s.stage AND x.person_id = s.person_id
            AND x.assigned_at <= moment AND (x.ended_at IS NULL OR x.ended_at > moment)
        )
    ) AND NOT EXISTS (
        SELECT FROM assignment x WHERE x.application_id = a.id AND x.stage = s.stage AND x.stands_in_for = s.person_id
        AND x.assigned_at <= moment AND (x.ended_at IS NULL OR x.ended_at > moment)
    )
$$
""",
    "CREATE VIEW panel AS SELECT * FROM panel_at('infinity')",
]
"""Who is on the panel of an application in a stage, recused or absent or not: as it was at a moment, and as it is."""

GUARDS = [
    """
CREATE FUNCTION juror_is_on_panel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM seat WHERE contest_id = NEW.contest_id AND stage = NEW.stage AND person_id = NEW.person_id)
        AND NOT EXISTS (
            SELECT FROM panel WHERE application_id = NEW.application_id AND stage = NEW.stage AND person_id = NEW.person_id
        )
    THEN
        RAISE EXCEPTION 'the juror is not on the panel of this application' USING ERRCODE = 'RY110';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION seat_stands_alone() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM seat s WHERE s.contest_id = NEW.contest_id AND s.person_id = NEW.person_id AND s.stage <> NEW.stage
        AND (s.alternate OR NEW.alternate OR EXISTS (
            SELECT FROM divided_stage d WHERE d.contest_id = s.contest_id AND d.stage IN (s.stage, NEW.stage)
        ))
    ) THEN
        RAISE EXCEPTION 'an alternate, or a juror of a divided stage, has one seat in the contest' USING ERRCODE = 'RY112';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION stage_may_be_divided() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, true);
    IF EXISTS (
        SELECT FROM seat s JOIN seat other USING (contest_id, person_id)
        WHERE s.contest_id = NEW.contest_id AND s.stage = NEW.stage AND other.stage <> s.stage
    ) THEN
        RAISE EXCEPTION 'the jurors of a divided stage have one seat in the contest' USING ERRCODE = 'RY112';
    END IF;
    IF EXISTS (SELECT FROM score_sheet WHERE contest_id = NEW.contest_id AND stage = NEW.stage) THEN
        RAISE EXCEPTION 'a stage with locked sheets is not divided' USING ERRCODE = 'RY117';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION assignment_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE seated seat;
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, false);
    PERFORM lock_file_of(NEW.application_id, NEW.person_id);
    SELECT * INTO seated FROM seat WHERE contest_id = NEW.contest_id AND stage = NEW.stage AND person_id = NEW.person_id;
    IF EXISTS (SELECT FROM scoring_window WHERE contest_id = NEW.contest_id AND stage = NEW.stage AND closed_at IS NOT NULL)
        OR NEW.ended_at IS NOT NULL
    THEN
        RAISE EXCEPTION 'nobody is assigned in a closed stage' USING ERRCODE = 'RY113';
    END IF;
    IF EXISTS (SELECT FROM recusal WHERE application_id = NEW.application_id AND person_id = NEW.person_id) THEN
        RAISE EXCEPTION 'a recused juror is not assigned' USING ERRCODE = 'RY115';
    END IF;
    IF seated.alternate <> (NEW.stands_in_for IS NOT NULL)
        OR NOT EXISTS (SELECT FROM application WHERE id = NEW.application_id AND contest_id = NEW.contest_id)
        OR NOT seated.alternate
            AND NOT EXISTS (SELECT FROM divided_stage WHERE contest_id = NEW.contest_id AND stage = NEW.stage)
        OR seated.alternate AND NOT EXISTS (
            SELECT FROM panel p WHERE p.application_id = NEW.application_id AND p.stage = NEW.stage
            AND p.person_id = NEW.stands_in_for AND (
                EXISTS (SELECT FROM recusal r WHERE r.application_id = p.application_id AND r.person_id = p.person_id)
                OR EXISTS (SELECT FROM recorded_absence n
                    WHERE n.application_id = p.application_id AND n.stage = p.stage AND n.person_id = p.person_id)
                AND NOT EXISTS (
                    SELECT FROM seat o WHERE o.contest_id = p.contest_id AND o.person_id = p.person_id AND o.stage <> p.stage
                )
            )
        )
    THEN
        RAISE EXCEPTION 'jurors are assigned in a divided stage, alternates for who is recused or absent' USING ERRCODE = 'RY114';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION assignment_ends_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM lock_scoring_of(NEW.contest_id, false);
    PERFORM lock_file_of(NEW.application_id, NEW.person_id);
    IF OLD.ended_at IS NOT NULL OR NEW.ended_at IS NULL THEN
        RAISE EXCEPTION 'an assignment ends once' USING ERRCODE = 'RY116';
    END IF;
    IF EXISTS (
        SELECT FROM score_sheet WHERE application_id = NEW.application_id AND stage = NEW.stage AND person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'an assignment with a locked sheet stays' USING ERRCODE = 'RY111';
    END IF;
    IF EXISTS (SELECT FROM scoring_window WHERE contest_id = NEW.contest_id AND stage = NEW.stage AND closed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'assignments of a closed stage stay' USING ERRCODE = 'RY113';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION vote_recusal_is_allowed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM committee_session s JOIN session_contest c ON c.session_id = s.id
        JOIN application a ON a.contest_id = c.contest_id
        JOIN attendance t ON t.session_id = s.id AND t.left_at IS NULL AND t.capacity IN ('chair', 'member')
        WHERE s.id = NEW.session_id AND s.status IN ('open', 'presenting', 'tallied', 'announced')
        AND a.id = NEW.application_id AND t.person_id = NEW.person_id
    ) THEN
        RAISE EXCEPTION 'a member present steps out of a vote of the session before its minutes are closed' USING ERRCODE = 'RY118';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION vote_is_free_of_conflict() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM ballot b JOIN motion m ON m.id = b.motion_id JOIN vote_recusal r ON r.application_id = m.application_id
        WHERE b.id = NEW.ballot_id AND r.person_id = NEW.person_id AND r.at <= m.put_at
    ) THEN
        RAISE EXCEPTION 'a member who declared a conflict has no vote on this item' USING ERRCODE = 'RY119';
    END IF;
    RETURN NEW;
END $$
""",
    "CREATE TRIGGER sheet_is_of_panel BEFORE INSERT ON score_sheet FOR EACH ROW EXECUTE FUNCTION juror_is_on_panel()",
    "CREATE TRIGGER juror_is_on_panel BEFORE INSERT ON recorded_absence FOR EACH ROW EXECUTE FUNCTION juror_is_on_panel()",
    "CREATE TRIGGER seat_stands_alone BEFORE INSERT ON seat FOR EACH ROW EXECUTE FUNCTION seat_stands_alone()",
    "CREATE TRIGGER stage_may_be_divided BEFORE INSERT ON divided_stage FOR EACH ROW EXECUTE FUNCTION stage_may_be_divided()",
    "CREATE TRIGGER assignment_is_allowed BEFORE INSERT ON assignment FOR EACH ROW EXECUTE FUNCTION assignment_is_allowed()",
    "CREATE TRIGGER assignment_ends_once BEFORE UPDATE ON assignment FOR EACH ROW EXECUTE FUNCTION assignment_ends_once()",
    "CREATE TRIGGER vote_recusal_is_allowed BEFORE INSERT ON vote_recusal FOR EACH ROW EXECUTE FUNCTION vote_recusal_is_allowed()",
    "CREATE TRIGGER vote_is_free_of_conflict BEFORE INSERT ON vote FOR EACH ROW EXECUTE FUNCTION vote_is_free_of_conflict()",
]


def upgrade() -> None:
    """Three tables, a mark of alternates' seats, and the view of who is on a panel."""
    app_role = context.config.attributes["app_role"]
    op.add_column("seat", sa.Column("alternate", sa.Boolean(), nullable=False, server_default="false"))
    create_division()
    create_assignment()
    create_vote_recusal()
    for statement in PANEL:
        op.execute(statement)
    op.execute(f"GRANT SELECT ON panel TO {quoted(app_role)}")
    for statement in GUARDS:
        op.execute(statement)
    for table, moves in (("divided_stage", ()), ("assignment", ENDED), ("vote_recusal", ())):
        for statement in protect(table, moves, app_role):
            op.execute(statement)


def create_division() -> None:
    """The stages whose applications are divided among their jurors."""
    op.create_table(
        "divided_stage",
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("jurors_each", sa.Integer(), nullable=False),
        sa.Column("divided_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("divided_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("jurors_each >= 1", name=op.f("ck_divided_stage_jurors_each_from_one")),
        sa.ForeignKeyConstraint(["contest_id"], ["contest.id"], name=op.f("fk_divided_stage_contest_id")),
        sa.ForeignKeyConstraint(["divided_by"], ["person.id"], name=op.f("fk_divided_stage_divided_by")),
        sa.PrimaryKeyConstraint("contest_id", "stage", name=op.f("pk_divided_stage")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_divided_stage_divided_by"), "divided_stage", ["divided_by"], unique=False)


def create_assignment() -> None:
    """Who scores what, from when to when."""
    op.create_table(
        "assignment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("stands_in_for", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assigned_by", sa.Uuid(), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.Uuid(), nullable=True),
        sa.Column("end_reason", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_by IS NULL) AND (ended_at IS NULL) = (end_reason IS NULL) "
            "AND COALESCE(end_reason <> '', true)",
            name=op.f("ck_assignment_ended_whole"),
        ),
        sa.CheckConstraint("stands_in_for <> person_id", name=op.f("ck_assignment_stands_in_for_another")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_assignment_application_id")),
        sa.ForeignKeyConstraint(["assigned_by"], ["person.id"], name=op.f("fk_assignment_assigned_by")),
        sa.ForeignKeyConstraint(["ended_by"], ["person.id"], name=op.f("fk_assignment_ended_by")),
        *(
            sa.ForeignKeyConstraint(
                ["contest_id", "stage", column],
                ["seat.contest_id", "seat.stage", "seat.person_id"],
                name=op.f(f"fk_assignment_contest_id_stage_{column}"),
            )
            for column in ("person_id", "stands_in_for")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        info={"immutable": True, "moves": ENDED},
    )
    live = sa.text("ended_at IS NULL")
    for name, column in (("uq_assignment_live", "person_id"), ("uq_assignment_stand_in", "stands_in_for")):
        op.create_index(name, "assignment", ["application_id", "stage", column], unique=True, postgresql_where=live)
    op.create_index("ix_assignment_contest_id", "assignment", ["contest_id", "stage"], unique=False)
    op.create_index(op.f("ix_assignment_assigned_by"), "assignment", ["assigned_by"], unique=False)
    op.create_index(op.f("ix_assignment_ended_by"), "assignment", ["ended_by"], unique=False)


def create_vote_recusal() -> None:
    """Members who stepped out of the votes on an application."""
    op.create_table(
        "vote_recusal",
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Uuid(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_vote_recusal_reason")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_vote_recusal_application_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_vote_recusal_person_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["person.id"], name=op.f("fk_vote_recusal_recorded_by")),
        sa.ForeignKeyConstraint(["session_id"], ["committee_session.id"], name=op.f("fk_vote_recusal_session_id")),
        sa.PrimaryKeyConstraint("application_id", "person_id", name=op.f("pk_vote_recusal")),
        info={"immutable": True, "moves": ()},
    )
    op.create_index(op.f("ix_vote_recusal_recorded_by"), "vote_recusal", ["recorded_by"], unique=False)
    op.create_index(op.f("ix_vote_recusal_session_id"), "vote_recusal", ["session_id"], unique=False)

"""A second person checks a ranking off, an announcement belongs to a run, and results can be appealed."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from alembic import context, op
from service.core.protection import protect

revision = "20261125_appeals"
down_revision = "20261125_announced"
branch_labels = None
depends_on = None

FROZEN = {"immutable": True, "moves": ()}
TABLES = {
    "run_check": (),
    "announcement": (),
    "appeal": ("status",),
    "appeal_withdrawal": (),
    "appeal_panelist": (),
    "appeal_opinion": (),
    "appeal_ruling": (),
    "appeal_remedy": (),
    "remedy_use": (),
    "appeal_run": (),
    "appeal_resolution": (),
    "resolution_signature": (),
    "award_revocation": (),
}

ANNOUNCED = """
INSERT INTO announcement (run_id, contest_id, at, announced_by)
SELECT DISTINCT ON (r.contest_id) r.id, r.contest_id, COALESCE(l.at, r.ran_at), COALESCE(l.actor_id, r.ran_by)
FROM ranking_run r JOIN committee_session s ON s.id = r.session_id
LEFT JOIN LATERAL (
    SELECT x.at, x.actor_id FROM record_leaf x WHERE x.act = 'results.announced' AND x.subject = 'session:' || s.id
    ORDER BY x.at DESC LIMIT 1
) l ON true
WHERE s.status IN ('announced', 'closed', 'signed', 'published') ORDER BY r.contest_id, r.ran_at DESC, r.id DESC
"""
"""The results announced before: by whom and when, as the record says."""

GUARDS = [
    """
CREATE FUNCTION check_is_by_a_second_person() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run ranking_run;
BEGIN
    SELECT * INTO run FROM ranking_run WHERE id = NEW.run_id;
    IF run.provisional OR NEW.checked_by = run.ran_by OR NEW.inputs_sha256 <> run.inputs_sha256
        OR EXISTS (SELECT FROM seat WHERE contest_id = run.contest_id AND person_id = NEW.checked_by)
    THEN
        RAISE EXCEPTION 'a run is checked off by a second person, who is no juror of the contest' USING ERRCODE = 'RY100';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION announcement_is_checked_off() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE run ranking_run;
BEGIN
    SELECT * INTO run FROM ranking_run WHERE id = NEW.run_id;
    IF run.provisional OR run.contest_id <> NEW.contest_id OR NOT EXISTS (SELECT FROM run_check WHERE run_id = run.id)
        OR EXISTS (SELECT FROM ranking_run r WHERE r.contest_id = run.contest_id AND (r.ran_at, r.id) > (run.ran_at, run.id))
    THEN
        RAISE EXCEPTION 'only the newest run of a contest is announced, complete and checked off' USING ERRCODE = 'RY101';
    END IF;
    IF EXISTS (SELECT FROM announcement WHERE contest_id = NEW.contest_id) AND NOT EXISTS (
        SELECT FROM appeal_run x JOIN appeal a ON a.id = x.appeal_id WHERE x.run_id = run.id AND a.status = 'upheld'
    ) THEN
        RAISE EXCEPTION 'an announced result changes only by an upheld appeal' USING ERRCODE = 'RY101';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION announced_run(contest uuid) RETURNS uuid LANGUAGE sql STABLE AS $$
    SELECT run_id FROM announcement WHERE contest_id = contest ORDER BY at DESC, run_id DESC LIMIT 1
$$
""",
    """
CREATE FUNCTION last_day_to_appeal(contest uuid) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE days text; first timestamptz;
BEGIN
    SELECT COALESCE(terms ->> 'appeal_days', '5') INTO days FROM rule_book WHERE contest_id = contest ORDER BY version DESC LIMIT 1;
    SELECT min(at) INTO first FROM announcement WHERE contest_id = contest;
    days := split_part(days, '/', 1)::numeric / COALESCE(NULLIF(split_part(days, '/', 2), ''), '1')::numeric;
    RETURN CASE WHEN days::numeric > 0 THEN (first AT TIME ZONE INTERVAL '-05:00')::date + days::numeric::int END;
END $$
""",
    """
CREATE FUNCTION one_depends_on_others(contest uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT b.book -> 'decision' ->> 'mode' = 'ranking' OR b.book -> 'decision' ? 'purse' OR EXISTS (
        SELECT FROM jsonb_array_elements(b.book -> 'stages') stage WHERE stage -> 'aggregate' ->> 'method' = 'centred'
    ) FROM rule_book b WHERE b.contest_id = contest ORDER BY b.version DESC LIMIT 1
$$
""",
    """
CREATE FUNCTION appeal_is_admissible() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'filed' OR NEW.run_id IS DISTINCT FROM announced_run(NEW.contest_id) OR NOT EXISTS (
        SELECT FROM ranked_application r JOIN application a ON a.id = r.application_id
        WHERE r.run_id = NEW.run_id AND a.id = NEW.application_id AND a.contest_id = NEW.contest_id AND a.status <> 'withdrawn'
    ) OR COALESCE((NEW.filed_at AT TIME ZONE INTERVAL '-05:00')::date > last_day_to_appeal(NEW.contest_id), true) THEN
        RAISE EXCEPTION 'an appeal is against the announced result of its application, and in time' USING ERRCODE = 'RY102';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION panelist_is_free() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE x appeal; item application;
BEGIN
    SELECT * INTO x FROM appeal WHERE id = NEW.appeal_id;
    SELECT * INTO item FROM application WHERE id = x.application_id;
    IF x.status <> 'filed' OR NEW.person_id = x.filed_by
        OR EXISTS (SELECT FROM score_sheet WHERE application_id = item.id AND person_id = NEW.person_id)
        OR EXISTS (SELECT FROM recusal WHERE application_id = item.id AND person_id = NEW.person_id)
        OR EXISTS (SELECT FROM ranking_run WHERE id = x.run_id AND ran_by = NEW.person_id)
        OR EXISTS (SELECT FROM run_check WHERE run_id = x.run_id AND checked_by = NEW.person_id)
        OR EXISTS (SELECT FROM board_mandate WHERE group_id = item.group_id AND person_id = NEW.person_id
            AND (NEW.at AT TIME ZONE INTERVAL '-05:00')::date BETWEEN since AND until)
        OR EXISTS (SELECT FROM family f JOIN family_member m ON m.family_id = f.id WHERE m.person_id = NEW.person_id
            AND CASE WHEN item.family_id IS NULL THEN f.group_id = item.group_id ELSE f.id = item.family_id END)
    THEN
        RAISE EXCEPTION 'a panel hears what its members had no part in' USING ERRCODE = 'RY103';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION panel_is_odd() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE members bigint;
BEGIN
    SELECT count(*) INTO members FROM appeal_panelist WHERE appeal_id = NEW.appeal_id;
    IF members < 3 OR members % 2 = 0 THEN
        RAISE EXCEPTION 'a panel has three members or another odd number above' USING ERRCODE = 'RY103';
    END IF;
    RETURN NULL;
END $$
""",
    """
CREATE FUNCTION opinion_is_in_time() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM appeal WHERE id = NEW.appeal_id AND status = 'heard') THEN
        RAISE EXCEPTION 'opinions are given while the appeal is heard' USING ERRCODE = 'RY104';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION ruling_follows_the_majority() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE members bigint; given bigint; yes bigint;
BEGIN
    SELECT count(*), count(o.person_id), count(*) FILTER (WHERE o.uphold) INTO members, given, yes FROM appeal_panelist p
    LEFT JOIN appeal_opinion o ON o.appeal_id = p.appeal_id AND o.person_id = p.person_id WHERE p.appeal_id = NEW.appeal_id;
    IF given < members OR NEW.upheld <> (2 * yes > members)
        OR NOT EXISTS (SELECT FROM appeal_opinion WHERE appeal_id = NEW.appeal_id AND person_id = NEW.ruled_by AND uphold = NEW.upheld)
        OR NOT EXISTS (SELECT FROM appeal WHERE id = NEW.appeal_id AND status = 'heard')
    THEN
        RAISE EXCEPTION 'a ruling follows the majority of the whole panel' USING ERRCODE = 'RY104';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION appeal_goes_on() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT (CASE OLD.status || ' ' || NEW.status
        WHEN 'filed withdrawn' THEN EXISTS (SELECT FROM appeal_withdrawal WHERE appeal_id = NEW.id)
        WHEN 'filed heard' THEN EXISTS (SELECT FROM appeal_panelist WHERE appeal_id = NEW.id)
        WHEN 'heard rejected' THEN EXISTS (SELECT FROM appeal_ruling WHERE appeal_id = NEW.id AND NOT upheld)
        WHEN 'heard upheld' THEN EXISTS (SELECT FROM appeal_ruling WHERE appeal_id = NEW.id AND upheld)
        WHEN 'upheld carried_out' THEN EXISTS (
            SELECT FROM appeal_run x JOIN announcement n ON n.run_id = x.run_id WHERE x.appeal_id = NEW.id)
        ELSE false
    END) THEN
        RAISE EXCEPTION 'an appeal goes from % to nothing but what was done', OLD.status USING ERRCODE = 'RY105';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION remedy_is_ruled() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM appeal a JOIN appeal_ruling r ON r.appeal_id = a.id
        WHERE a.id = NEW.appeal_id AND a.status IN ('heard', 'upheld') AND r.upheld)
        OR NEW.kind <> 'attribute' AND NOT EXISTS (
            SELECT FROM seat s JOIN appeal a ON a.contest_id = s.contest_id
            WHERE a.id = NEW.appeal_id AND s.person_id = NEW.person_id AND s.stage = COALESCE(NEW.stage, s.stage))
    THEN
        RAISE EXCEPTION 'a remedy is named by a ruling that upholds, for a juror of the stage' USING ERRCODE = 'RY106';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION is_opened_by_appeal(application uuid, wanted text, person uuid, of_stage text, of_attribute text)
RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT FROM appeal_remedy r JOIN appeal a ON a.id = r.appeal_id
        WHERE a.application_id = application AND r.kind = wanted
        AND (a.status = 'upheld' OR wanted = 'recusal' AND a.status = 'heard')
        AND r.person_id IS NOT DISTINCT FROM person AND r.stage IS NOT DISTINCT FROM of_stage
        AND r.attribute IS NOT DISTINCT FROM of_attribute
        AND NOT EXISTS (SELECT FROM remedy_use u WHERE u.remedy_id = r.id)
    )
$$
""",
    """
CREATE FUNCTION remedy_is_used() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE r appeal_remedy; x appeal;
BEGIN
    SELECT * INTO r FROM appeal_remedy WHERE id = NEW.remedy_id;
    SELECT * INTO x FROM appeal WHERE id = r.appeal_id;
    IF NOT (CASE r.kind
        WHEN 'sheet' THEN x.status = 'upheld' AND EXISTS (SELECT FROM score_sheet s WHERE s.id = NEW.sheet_id
            AND s.application_id = x.application_id AND s.person_id = r.person_id AND s.stage = r.stage
            AND s.reason IS NOT NULL AND s.locked_at >= (SELECT at FROM appeal_ruling WHERE appeal_id = x.id))
        WHEN 'attribute' THEN x.status = 'upheld' AND EXISTS (SELECT FROM application_attribute v WHERE v.id = NEW.attribute_id
            AND v.application_id = x.application_id AND v.name = r.attribute)
        ELSE EXISTS (SELECT FROM recusal WHERE application_id = x.application_id AND person_id = r.person_id)
    END) THEN
        RAISE EXCEPTION 'a remedy is used for what it opened' USING ERRCODE = 'RY106';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION attribute_stands() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM application a JOIN contest c ON c.id = a.contest_id
        WHERE a.id = NEW.application_id AND c.status IN ('announced', 'decided'))
        AND NOT is_opened_by_appeal(NEW.application_id, 'attribute', NULL, NULL, NEW.name)
    THEN
        RAISE EXCEPTION 'what an announced result rests on stands' USING ERRCODE = 'RY106';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION appeal_run_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM appeal a JOIN ranking_run r ON r.contest_id = a.contest_id
        WHERE a.id = NEW.appeal_id AND a.status = 'upheld' AND r.id = NEW.run_id)
        OR EXISTS (SELECT FROM appeal_remedy r WHERE r.appeal_id = NEW.appeal_id
            AND NOT EXISTS (SELECT FROM remedy_use u WHERE u.remedy_id = r.id))
    THEN
        RAISE EXCEPTION 'a run follows from an upheld appeal whose remedies are used' USING ERRCODE = 'RY106';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION award_is_one() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM award w WHERE w.application_id = NEW.application_id
        AND NOT EXISTS (SELECT FROM award_revocation v WHERE v.award_id = w.id)
    ) THEN
        RAISE EXCEPTION 'an application has one award at most' USING ERRCODE = 'RY107';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION revoked_is_not_bound() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM contract WHERE award_id = NEW.award_id AND status <> 'annulled')
        OR EXISTS (SELECT FROM award w JOIN prize_payout y ON y.contest_id = w.contest_id WHERE w.id = NEW.award_id)
        OR EXISTS (
            SELECT FROM award w JOIN application a ON a.id = w.application_id JOIN contract c ON c.application_id = a.parent_id
            JOIN tranche t ON t.contract_id = c.id AND t.number = 2 JOIN payment_request q ON q.tranche_id = t.id
            WHERE w.id = NEW.award_id AND q.status <> 'refused')
        OR NOT EXISTS (
            SELECT FROM award w JOIN appeal a ON a.contest_id = w.contest_id JOIN appeal_resolution r ON r.appeal_id = a.id
            WHERE w.id = NEW.award_id AND r.id = NEW.resolution_id AND r.run_id = announced_run(w.contest_id))
    THEN
        RAISE EXCEPTION 'an award is taken back by a resolution, and before it is bound' USING ERRCODE = 'RY107';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION no_appeal_is_open() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE depends boolean; day date;
BEGIN
    SELECT one_depends_on_others(NEW.contest_id) INTO depends;
    day := (COALESCE(to_jsonb(NEW) ->> 'numbered_at', to_jsonb(NEW) ->> 'at')::timestamptz AT TIME ZONE INTERVAL '-05:00')::date;
    IF EXISTS (SELECT FROM appeal WHERE contest_id = NEW.contest_id AND status IN ('filed', 'heard', 'upheld')
        AND (depends OR application_id = (to_jsonb(NEW) ->> 'application_id')::uuid))
        OR depends AND day <= last_day_to_appeal(NEW.contest_id)
    THEN
        RAISE EXCEPTION 'money is not bound while the result is appealed or can be' USING ERRCODE = 'RY108';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION minutes_hold_every_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM appeal a JOIN session_contest x ON x.contest_id = a.contest_id
        WHERE x.session_id = NEW.session_id AND a.status IN ('filed', 'heard', 'upheld')
    ) THEN
        RAISE EXCEPTION 'minutes are closed once every appeal is settled' USING ERRCODE = 'RY108';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION resolution_ends_an_appeal() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM appeal a JOIN session_contest x ON x.contest_id = a.contest_id JOIN committee_session s ON s.id = x.session_id
        WHERE a.id = NEW.appeal_id AND a.filed_at >= s.closed_at AND s.office_id = NEW.office_id
        AND (a.status = 'rejected' AND NEW.run_id IS NULL OR a.status = 'upheld' AND EXISTS (
            SELECT FROM appeal_run y JOIN run_check k ON k.run_id = y.run_id WHERE y.appeal_id = a.id AND y.run_id = NEW.run_id))
    ) THEN
        RAISE EXCEPTION 'a resolution ends an appeal that the minutes do not hold' USING ERRCODE = 'RY109';
    END IF;
    RETURN NEW;
END $$
""",
    """
CREATE FUNCTION resolution_is_signed_by_its_panel() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM appeal_resolution r JOIN appeal_panelist p ON p.appeal_id = r.appeal_id
        WHERE r.id = NEW.resolution_id AND p.person_id = NEW.person_id AND r.data_sha256 = NEW.data_sha256
    ) THEN
        RAISE EXCEPTION 'the members of the panel sign what the resolution says' USING ERRCODE = 'RY109';
    END IF;
    RETURN NEW;
END $$
""",
]
SHEETS = [
    (
        "sheet_is_allowed",
        "AND stage = NEW.stage AND closed_at IS NULL) THEN",
        """AND stage = NEW.stage AND closed_at IS NULL) AND NOT (
        NEW.reason IS NOT NULL AND is_opened_by_appeal(NEW.application_id, 'sheet', NEW.person_id, NEW.stage, NULL)
    ) THEN""",
    ),
    (
        "juror_has_no_sheet",
        "AND (TG_TABLE_NAME = 'recusal' OR stage = to_jsonb(NEW) ->> 'stage')",
        """AND (
            TG_TABLE_NAME = 'recusal' AND NOT is_opened_by_appeal(NEW.application_id, 'recusal', NEW.person_id, NULL, NULL)
            OR stage = to_jsonb(NEW) ->> 'stage')""",
    ),
]
"""What the guards of sheets and recusals ask besides: function, what stood there, what stands there now."""

TRIGGERS = {
    "check_is_by_a_second_person": "BEFORE INSERT ON run_check",
    "announcement_is_checked_off": "BEFORE INSERT ON announcement",
    "appeal_is_admissible": "BEFORE INSERT ON appeal",
    "panelist_is_free": "BEFORE INSERT ON appeal_panelist",
    "opinion_is_in_time": "BEFORE INSERT ON appeal_opinion",
    "ruling_follows_the_majority": "BEFORE INSERT ON appeal_ruling",
    "appeal_goes_on": "BEFORE UPDATE OF status ON appeal",
    "remedy_is_ruled": "BEFORE INSERT ON appeal_remedy",
    "remedy_is_used": "BEFORE INSERT ON remedy_use",
    "attribute_stands": "BEFORE INSERT ON application_attribute",
    "appeal_run_follows": "BEFORE INSERT ON appeal_run",
    "award_is_one": "BEFORE INSERT ON award",
    "revoked_is_not_bound": "BEFORE INSERT ON award_revocation",
    "minutes_hold_every_appeal": "BEFORE INSERT ON minutes",
    "resolution_ends_an_appeal": "BEFORE INSERT ON appeal_resolution",
    "resolution_is_signed_by_its_panel": "BEFORE INSERT ON resolution_signature",
}
KINDS = (
    "call",
    "sheet",
    "blank_sheet",
    "minutes",
    "contract",
    "authorisation",
    "receipts",
    "liquidation",
    "report",
    "resolution",
)
WAITING = ("contract", "prize_payout")


def upgrade() -> None:
    """The tables with what was announced before, then what guards them."""
    app_role = context.config.attributes["app_role"]
    op.drop_constraint(op.f("uq_award_application_id"), "award", type_="unique")
    op.create_index(op.f("ix_award_application_id"), "award", ["application_id"], unique=False)
    name = op.f("ck_document_documentkind_known")
    op.drop_constraint(name, "document", type_="check")
    op.create_check_constraint(name, "document", f"kind IN ({', '.join(repr(kind) for kind in KINDS)})")
    op.drop_constraint(op.f("ck_score_sheet_reason"), "score_sheet", type_="check")
    op.create_check_constraint(op.f("ck_score_sheet_reason"), "score_sheet", "supersedes_id IS NULL OR reason IS NOT NULL")
    create_runs()
    create_panels()
    create_remedies()
    create_resolutions()
    op.execute(ANNOUNCED)
    for statement in GUARDS:
        op.execute(statement)
    for function, before, now in SHEETS:
        source = (
            op.get_bind().execute(sa.text("SELECT pg_get_functiondef(CAST(:name AS regproc))"), {"name": function}).scalar_one()
        )
        assert before in source, function
        op.execute(sa.text(source.replace(before, now).replace(":", "\\:")))
    for function, where in TRIGGERS.items():
        op.execute(f"CREATE TRIGGER {function} {where} FOR EACH ROW EXECUTE FUNCTION {function}()")
    for table in WAITING:
        op.execute(
            f"CREATE TRIGGER no_appeal_is_open BEFORE INSERT ON {table} FOR EACH ROW EXECUTE FUNCTION no_appeal_is_open()"
        )
    op.execute(
        "CREATE CONSTRAINT TRIGGER panel_is_odd AFTER INSERT ON appeal_panelist "
        "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION panel_is_odd()"
    )
    for table, moves in TABLES.items():
        for statement in protect(table, moves, app_role):
            op.execute(statement)


def create_runs() -> None:
    """Checks, announcements, appeals."""
    op.create_table(
        "run_check",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("checked_by", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("inputs_sha256", sa.String(), nullable=False),
        *keys("run_check", checked_by="person.id", run_id="ranking_run.id"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_run_check")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_run_check_checked_by"), "run_check", ["checked_by"], unique=False)
    op.create_table(
        "announcement",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("announced_by", sa.Uuid(), nullable=False),
        *keys("announcement", announced_by="person.id", contest_id="contest.id", run_id="ranking_run.id"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_announcement")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_announcement_announced_by"), "announcement", ["announced_by"], unique=False)
    op.create_index("ix_announcement_newest", "announcement", ["contest_id", "at", "run_id"], unique=False)
    op.create_table(
        "appeal",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("application_id", sa.Uuid(), nullable=False),
        sa.Column("contest_id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("ground", sa.String(), nullable=False),
        sa.Column("paper_id", sa.Uuid(), nullable=True),
        sa.Column("filed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("filed_by", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "filed",
                "heard",
                "withdrawn",
                "rejected",
                "upheld",
                "carried_out",
                name="appealstatus_known",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.CheckConstraint("ground <> ''", name=op.f("ck_appeal_ground")),
        *keys(
            "appeal",
            application_id="application.id",
            contest_id="contest.id",
            filed_by="person.id",
            paper_id="paper.id",
            run_id="ranking_run.id",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal")),
        info={"immutable": True, "moves": ("status",)},
    )
    op.create_index(op.f("ix_appeal_contest_id"), "appeal", ["contest_id"], unique=False)
    op.create_index(op.f("ix_appeal_filed_by"), "appeal", ["filed_by"], unique=False)
    op.create_index(op.f("ix_appeal_paper_id"), "appeal", ["paper_id"], unique=False)
    op.create_index(op.f("ix_appeal_run_id"), "appeal", ["run_id"], unique=False)
    op.create_index(
        "uq_appeal_standing",
        "appeal",
        ["application_id", "run_id"],
        unique=True,
        postgresql_where=sa.text("status <> 'withdrawn'"),
    )
    op.create_table(
        "appeal_withdrawal",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_by", sa.Uuid(), nullable=False),
        *keys("appeal_withdrawal", appeal_id="appeal.id", withdrawn_by="person.id"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_withdrawal")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_appeal_withdrawal_withdrawn_by"), "appeal_withdrawal", ["withdrawn_by"], unique=False)


def create_panels() -> None:
    """Who hears an appeal, and what they rule."""
    op.create_table(
        "appeal_panelist",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("named_by", sa.Uuid(), nullable=False),
        *keys("appeal_panelist", appeal_id="appeal.id", named_by="person.id", person_id="person.id"),
        sa.PrimaryKeyConstraint("appeal_id", "person_id", name=op.f("pk_appeal_panelist")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_appeal_panelist_named_by"), "appeal_panelist", ["named_by"], unique=False)
    op.create_index(op.f("ix_appeal_panelist_person_id"), "appeal_panelist", ["person_id"], unique=False)
    op.create_table(
        "appeal_opinion",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("uphold", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_appeal_opinion_reason")),
        sa.ForeignKeyConstraint(
            ["appeal_id", "person_id"],
            ["appeal_panelist.appeal_id", "appeal_panelist.person_id"],
            name=op.f("fk_appeal_opinion_appeal_id_person_id"),
        ),
        sa.PrimaryKeyConstraint("appeal_id", "person_id", name=op.f("pk_appeal_opinion")),
        info=FROZEN,
    )
    op.create_table(
        "appeal_ruling",
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("upheld", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ruled_by", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["appeal_id", "ruled_by"],
            ["appeal_opinion.appeal_id", "appeal_opinion.person_id"],
            name=op.f("fk_appeal_ruling_appeal_id_ruled_by"),
        ),
        *keys("appeal_ruling", appeal_id="appeal.id"),
        sa.PrimaryKeyConstraint("appeal_id", name=op.f("pk_appeal_ruling")),
        info=FROZEN,
    )


def create_remedies() -> None:
    """What an upheld appeal opens."""
    op.create_table(
        "appeal_remedy",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "sheet", "attribute", "recusal", name="remedykind_known", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("stage", sa.String(), nullable=True),
        sa.Column("attribute", sa.String(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'attribute') = (attribute IS NOT NULL) AND (kind = 'attribute') = (person_id IS NULL) AND (kind = 'sheet') = (stage IS NOT NULL)",
            name=op.f("ck_appeal_remedy_what"),
        ),
        *keys("appeal_remedy", appeal_id="appeal_ruling.appeal_id", person_id="person.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_remedy")),
        sa.UniqueConstraint(
            "appeal_id",
            "kind",
            "person_id",
            "stage",
            "attribute",
            name=op.f("uq_appeal_remedy_appeal_id_kind_person_id_stage_attribute"),
            postgresql_nulls_not_distinct=True,
        ),
        info=FROZEN,
    )
    op.create_index(op.f("ix_appeal_remedy_person_id"), "appeal_remedy", ["person_id"], unique=False)
    op.create_table(
        "remedy_use",
        sa.Column("remedy_id", sa.Uuid(), nullable=False),
        sa.Column("sheet_id", sa.Uuid(), nullable=True),
        sa.Column("attribute_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_by", sa.Uuid(), nullable=False),
        *keys(
            "remedy_use",
            attribute_id="application_attribute.id",
            remedy_id="appeal_remedy.id",
            sheet_id="score_sheet.id",
            used_by="person.id",
        ),
        sa.PrimaryKeyConstraint("remedy_id", name=op.f("pk_remedy_use")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_remedy_use_attribute_id"), "remedy_use", ["attribute_id"], unique=False)
    op.create_index(op.f("ix_remedy_use_sheet_id"), "remedy_use", ["sheet_id"], unique=False)
    op.create_index(op.f("ix_remedy_use_used_by"), "remedy_use", ["used_by"], unique=False)
    op.create_table(
        "appeal_run",
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        *keys("appeal_run", appeal_id="appeal.id", run_id="ranking_run.id"),
        sa.PrimaryKeyConstraint("run_id", name=op.f("pk_appeal_run")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_appeal_run_appeal_id"), "appeal_run", ["appeal_id"], unique=False)


def create_resolutions() -> None:
    """What ends an appeal after the minutes."""
    op.create_table(
        "appeal_resolution",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("appeal_id", sa.Uuid(), nullable=False),
        sa.Column("office_id", sa.Uuid(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("serial", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("data", JSONB(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("issued_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("issued_by", sa.Uuid(), nullable=False),
        *keys(
            "appeal_resolution", appeal_id="appeal.id", issued_by="person.id", office_id="office.id", run_id="ranking_run.id"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appeal_resolution")),
        sa.UniqueConstraint("appeal_id", name=op.f("uq_appeal_resolution_appeal_id")),
        sa.UniqueConstraint("office_id", "year", "serial", name=op.f("uq_appeal_resolution_office_id_year_serial")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_appeal_resolution_issued_by"), "appeal_resolution", ["issued_by"], unique=False)
    op.create_index(op.f("ix_appeal_resolution_run_id"), "appeal_resolution", ["run_id"], unique=False)
    op.create_table(
        "resolution_signature",
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("dni", sa.String(), nullable=False),
        sa.Column("data_sha256", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        *keys("resolution_signature", person_id="person.id", resolution_id="appeal_resolution.id"),
        sa.PrimaryKeyConstraint("resolution_id", "person_id", name=op.f("pk_resolution_signature")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_resolution_signature_person_id"), "resolution_signature", ["person_id"], unique=False)
    op.create_table(
        "award_revocation",
        sa.Column("award_id", sa.Uuid(), nullable=False),
        sa.Column("resolution_id", sa.Uuid(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_by", sa.Uuid(), nullable=False),
        *keys("award_revocation", award_id="award.id", resolution_id="appeal_resolution.id", revoked_by="person.id"),
        sa.PrimaryKeyConstraint("award_id", name=op.f("pk_award_revocation")),
        info=FROZEN,
    )
    op.create_index(op.f("ix_award_revocation_resolution_id"), "award_revocation", ["resolution_id"], unique=False)
    op.create_index(op.f("ix_award_revocation_revoked_by"), "award_revocation", ["revoked_by"], unique=False)


def keys(table: str, **targets: str) -> list[sa.ForeignKeyConstraint]:
    """Foreign keys, each named as the house does."""
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}")) for column, target in targets.items()
    ]

"""Whoever a new announcement puts elsewhere has the days to appeal from it on, and money waits for them."""

from alembic import op

revision = "20261126_appeal_days"
down_revision = "20261126_signatures"
branch_labels = None
depends_on = None

ANNOUNCED_ANEW = """
CREATE FUNCTION announced_anew(contest uuid, application uuid DEFAULT NULL) RETURNS timestamptz LANGUAGE sql STABLE AS $$
    SELECT max(at) FROM (
        SELECT n.at, jsonb_build_array(r.status, r.rank, r.award, r.total) IS DISTINCT FROM
            lag(jsonb_build_array(r.status, r.rank, r.award, r.total)) OVER (PARTITION BY r.application_id ORDER BY n.at, n.run_id) AS new
        FROM announcement n JOIN ranked_application r ON r.run_id = n.run_id
        WHERE n.contest_id = contest AND (application IS NULL OR r.application_id = application)
    ) line WHERE new
$$
"""
"""When what holds of an application was first announced; without one, the newest announcement that changed anybody's result."""

LAST_DAY = """
CREATE FUNCTION last_day_to_appeal(contest uuid, application uuid DEFAULT NULL) RETURNS date LANGUAGE plpgsql STABLE AS $$
DECLARE days text;
BEGIN
    SELECT COALESCE(terms ->> 'appeal_days', '5') INTO days FROM rule_book WHERE contest_id = contest ORDER BY version DESC LIMIT 1;
    days := split_part(days, '/', 1)::numeric / COALESCE(NULLIF(split_part(days, '/', 2), ''), '1')::numeric;
    RETURN CASE WHEN days::numeric > 0
        THEN (announced_anew(contest, application) AT TIME ZONE INTERVAL '-05:00')::date + days::numeric::int END;
END $$
"""

ADMISSIBLE = """
CREATE OR REPLACE FUNCTION appeal_is_admissible() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.status <> 'filed' OR NEW.run_id IS DISTINCT FROM announced_run(NEW.contest_id) OR NOT EXISTS (
        SELECT FROM ranked_application r JOIN application a ON a.id = r.application_id
        WHERE r.run_id = NEW.run_id AND a.id = NEW.application_id AND a.contest_id = NEW.contest_id AND a.status <> 'withdrawn'
    ) OR COALESCE(
        (NEW.filed_at AT TIME ZONE INTERVAL '-05:00')::date > last_day_to_appeal(NEW.contest_id, NEW.application_id), true
    ) THEN
        RAISE EXCEPTION 'an appeal is against the announced result of its application, and in time' USING ERRCODE = 'RY102';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    """The function of one argument gives way to one that also asks for an application; what calls it with one goes on."""
    op.execute("DROP FUNCTION last_day_to_appeal(uuid)")
    for statement in (ANNOUNCED_ANEW, LAST_DAY, ADMISSIBLE):
        op.execute(statement)

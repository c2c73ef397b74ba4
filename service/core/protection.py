"""What keeps history as it is: triggers and privileges, made by the migrations from each table's mark.

The application signs in as a role that owns nothing. It may read and insert everywhere, update only tables that are not history
(or only their moving columns), and delete nowhere but in caches and drafts. Behind the privileges stands a trigger that refuses the
same to the owner as well.
"""

from collections.abc import Sequence

REFUSE_CHANGE = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND (to_jsonb(OLD) - TG_ARGV) = (to_jsonb(NEW) - TG_ARGV) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% on % is refused: its rows are history', TG_OP, TG_TABLE_NAME USING ERRCODE = 'RY001';
END $$
"""


def protect(table: str, moves: Sequence[str], app_role: str, *, lockable: bool = False) -> list[str]:
    """The statements that freeze ``table`` except for the columns in ``moves``; a ``lockable`` table may be locked by row."""
    arguments = ", ".join(f"'{column}'" for column in moves)
    updatable = [*moves, *(["id"] if lockable else [])]
    grants = f"GRANT UPDATE ({', '.join(updatable)}) ON {quoted(table)} TO {quoted(app_role)}"
    return [
        f"CREATE TRIGGER refuse_change BEFORE UPDATE OR DELETE ON {quoted(table)} "
        f"FOR EACH ROW EXECUTE FUNCTION refuse_change({arguments})",
        f"CREATE TRIGGER refuse_truncate BEFORE TRUNCATE ON {quoted(table)} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()",
        f"GRANT SELECT, INSERT ON {quoted(table)} TO {quoted(app_role)}",
        *([grants] if updatable else []),
    ]


def allow(table: str, app_role: str, *, deletable: bool = False) -> list[str]:
    """The statements that let the application work on a table that is not history."""
    delete = ", DELETE" if deletable else ""
    return [f"GRANT SELECT, INSERT, UPDATE{delete} ON {quoted(table)} TO {quoted(app_role)}"]


def quoted(name: str) -> str:
    """An SQL identifier in quotes."""
    return '"' + name.replace('"', '""') + '"'

"""What the page of minutes shows of rankings that were checked off, and of appeals."""

from datetime import datetime

from api.language import say
from api.pages.views import Cell, Hash, State, Table
from service.documents.papers_of_appeals import AppealLine, ChangeLine
from service.documents.papers_of_sessions import MinutesPaper


def appeal_tables(data: MinutesPaper, language: str) -> list[Table]:
    """Who ran and checked each announced ranking; the appeals, their opinions, and what they changed. Older minutes hold none."""
    tables = []
    checks: list[list[Cell]] = [
        [
            row["contest_code"],
            row["ran_by"],
            row["checked_by"],
            datetime.fromisoformat(row["announced_at"]),
            Hash(row["sha256"]),
        ]
        for row in data.get("checks", [])
    ]
    if checks:
        columns = ["Contest", "Ranked by", "Checked off by", "Announced", "Hash of what was judged"]
        tables.append(Table("Rankings announced", columns, checks))
    appeals = data.get("appeals", [])
    if appeals:
        rows: list[list[Cell]] = [
            [
                row["application_code"],
                row["applicant"],
                row["ground"],
                _opinions(row, language),
                State(row["outcome"]),
                row["reason"],
            ]
            for row in appeals
        ]
        columns = ["Application", "Who", "What is wrong with the result, and why", "Panel", "Outcome", "Reasons"]
        tables.append(Table("Appeals", columns, rows))
    changes: list[list[Cell]] = [_change(each) for row in appeals for each in row["changes"]]
    if changes:
        columns = ["Application", "Who", "Before", "Place before", "Award before", "Now", "Place now", "Award now"]
        tables.append(Table("What the new ranking changes", columns, changes))
    return tables


def _opinions(row: AppealLine, language: str) -> str:
    said = [f"{each['name']}: {say(language, 'uphold' if each['uphold'] else 'reject')}" for each in row["opinions"]]
    return "; ".join(said)


def _change(change: ChangeLine) -> list[Cell]:
    before, after = change["before"], change["after"]
    return [
        change["application_code"],
        change["applicant"],
        State(before["outcome"]),
        before["rank"],
        before["award"],
        State(after["outcome"]),
        after["rank"],
        after["award"],
    ]

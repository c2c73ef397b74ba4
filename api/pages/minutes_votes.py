"""What the page of minutes shows of votes, dissents and decisions beside the result."""

from decimal import Decimal

from api.language import say
from api.pages.views import Cell, State, Table
from service.documents.papers_of_sessions import MinutesPaper
from service.documents.papers_of_votes import VoteLine


def vote_tables(data: MinutesPaper, language: str) -> list[Table]:
    """The votes and dissents, and the amounts adjusted and applications put off, if any were."""
    dissents: list[list[Cell]] = [[row["vote"], row["name"], row["text"]] for row in data["dissents"]]
    adjusted: list[list[Cell]] = [
        [
            row["application_code"],
            row["organisation"],
            Decimal(row["result"]),
            Decimal(row["amount"]),
            row["vote"],
            row["reason"],
        ]
        for row in data.get("adjustments", [])
    ]
    deferred: list[list[Cell]] = [
        [row["application_code"], row["organisation"], row["vote"], row["reason"]] for row in data.get("deferrals", [])
    ]
    columns = ["Number", "Question put to the vote", "Application", "Amount", "In favour", "Against", "Abstained"]
    votes = [_vote(row, language) for row in data["votes"]]
    amounts = ["Application", "Organisation", "By the result", "Adjusted", "Vote", "Reason"]
    return [
        Table("Votes", [*columns, "Needed", "Outcome", "Remarks"], votes, empty="None."),
        Table("Dissents", ["Vote", "Name", "In the member's words"], dissents, empty="None."),
        *([Table("Adjusted amounts", amounts, adjusted)] if adjusted else []),
        *([Table("Deferred applications", ["Application", "Organisation", "Vote", "Reason"], deferred)] if deferred else []),
    ]


def _vote(row: VoteLine, language: str) -> list[Cell]:
    named = [
        f"{len(names)}: {'; '.join(names)}" if names else 0 for names in (row["in_favour"], row["against"], row["abstained"])
    ]
    remarks = [say(language, "Corrected: {reason}", reason=reason) for reason in row["corrections"]]
    remarks += [say(language, "Recused: {names}", names=tuple(row["recused"]))] if row["recused"] else []
    return [
        row["number"],
        row["matter"],
        row["application_code"],
        None if row["proposed"] is None else Decimal(row["proposed"]),
        *named,
        row["needed"],
        State("carried" if row["carried"] else "not_carried"),
        "; ".join(remarks),
    ]

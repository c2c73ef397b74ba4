"""The quotas of a purse with their effect, as tables."""

from collections.abc import Mapping

from api.pages.views import Cell, State, Table
from service.contests.numbers import exact
from service.scoring.quotas import QuotaEffect


def quota_tables(effect: QuotaEffect, applicants: Mapping[str, str]) -> list[Table]:
    """What each quota kept and gave, and what would have been decided without them; ``applicants`` by code."""
    uses: list[list[Cell]] = [
        [
            f"{use.quota.attribute} = {use.quota.value}",
            exact(use.quota.share),
            use.kept,
            ", ".join(use.funded) or None,
            use.left,
        ]
        for use in effect.uses
    ]
    flips: list[list[Cell]] = [
        [
            flip.application,
            applicants[flip.application],
            State(flip.status),
            flip.award,
            State(flip.other_status),
            flip.other_award,
        ]
        for flip in effect.flips
    ]
    kept = ["Kept for", "Share of the purse", "Amount", "Funded through it", "Left of it"]
    changed = ["Short name", "Who", "Outcome", "Award", "Without the quotas", "Award without them"]
    return [
        Table("Quotas", kept, uses),
        Table("What the quotas changed", changed, flips, empty="Without the quotas the result would be the same."),
    ]

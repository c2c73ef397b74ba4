"""What an organisation still owes from earlier contracts, as a table of other pages."""

from uuid import UUID

from api.pages.views import Link, State, Table
from service.accountability.queries import list_standings
from service.core.actor import Actor
from service.core.db import Session


async def standing_table(session: Session, who: Actor, group_id: UUID) -> Table:
    """What the organisation still owes from earlier contracts: the decision on eligibility looks at it."""
    found = await list_standings(session, who, group_id)
    return Table(
        "Contracts of the organisation",
        ["Contract", "State", "Amount awarded", "To be paid", "Not accounted for yet"],
        [
            [
                Link(each.number, f"/contracts/{each.contract_id}"),
                State(each.status.value),
                each.amount,
                each.unpaid,
                each.unaccounted,
            ]
            for each in found
        ],
        empty="None.",
    )

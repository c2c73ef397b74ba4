"""The main job in the order of its days."""

from datetime import date

from scripts.demo.accounting import CLOSING, REPORTING, accounting, seconds
from scripts.demo.appealing import appealing
from scripts.demo.contracting import CONTRACTING
from scripts.demo.filing import filing
from scripts.demo.groups import ENTERING
from scripts.demo.judging import panels_of_first_session
from scripts.demo.paying import CORRECTING, PAYING, answer, pay_tranche, send
from scripts.demo.programme import CALLING, FUNDING, OPENING
from scripts.demo.sessions import first_session, second_session
from scripts.demo.stage import Scene, Stage

SECOND_TRANCHES = [
    Scene("Authorise the second tranches", "2026-08-27T09:00:00-05:00", pay_tranche(2, seconds)),
    Scene("Send the bank file of the second tranches", "2026-08-28T09:00:00-05:00", send("batch 3", date(2026, 8, 31))),
    Scene("Read the bank's answer to the second tranches", "2026-09-01T08:00:00-05:00", answer("batch 3")),
]


def story(stage: Stage) -> list[Scene]:
    """Every scene, from the opening of the office to the closed accounts.

    With other scores for the plans, what nobody won is left out: a plan that was not approved has no contract and no accounts.
    """
    beginning = [
        *OPENING,
        *ENTERING,
        *FUNDING,
        *CALLING,
        *filing(stage),
        *panels_of_first_session(stage),
        *first_session(stage),
        *appealing(stage),
    ]
    approved = {row.application for row in stage.scores.plans.expected.standings if row.award}
    paying = [*CONTRACTING, *PAYING, *(CORRECTING if "A" in approved else [])]
    ending = [*accounting(stage), *second_session(stage), *SECOND_TRANCHES, *CLOSING] if {"A", "D"} <= approved else []
    return [*beginning, *paying, *ending, *REPORTING]

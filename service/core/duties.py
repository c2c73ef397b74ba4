"""Duties kept apart: who did the one does not do the other to the same thing, whatever roles the person holds.

One table for the use cases that refuse, for the page that lists it, and for the check that looks again over the rows. It is about persons:
not about roles or sign-ins, and a deputy counts as both, the deputy and the one stood in for.
"""

from dataclasses import dataclass

from service.core.acts import Act


@dataclass(frozen=True, slots=True)
class Duty:
    """A pair of acts on one thing, and why two persons do them."""

    earlier: Act
    later: Act
    why: str


_SCORED = "Who scored a plan would pay for the own opinion."
_ACCOUNT = "Who may choose where money goes does not send it there."
_REQUEST = "A payment is asked for and granted by different persons."
_CHECK = "Who vouched for the papers does not decide on the strength of them."
_FILE = "Who wrote a file to the bank, or ordered what is in it, does not let it go."

DUTIES: tuple[Duty, ...] = (
    Duty(Act.PREPARE_BATCH, Act.RELEASE_BATCH, _FILE),
    Duty(Act.FILL_SHEET, Act.AUTHORISE_REQUEST, _SCORED),
    Duty(Act.FILL_SHEET, Act.RELEASE_BATCH, _SCORED),
    Duty(Act.PROPOSE_ACCOUNT, Act.DECIDE_ACCOUNT, "Two officers see an account before money goes to it."),
    *(
        Duty(earlier, later, _ACCOUNT)
        for earlier in (Act.PROPOSE_ACCOUNT, Act.DECIDE_ACCOUNT)
        for later in (Act.AUTHORISE_REQUEST, Act.REISSUE_ORDER, Act.PREPARE_BATCH, Act.RELEASE_BATCH)
    ),
    Duty(Act.REQUEST_PAYMENT, Act.CHECK_REQUEST, _REQUEST),
    Duty(Act.REQUEST_PAYMENT, Act.AUTHORISE_REQUEST, _REQUEST),
    Duty(Act.REQUEST_PAYMENT, Act.RELEASE_BATCH, _REQUEST),
    Duty(Act.CHECK_REQUEST, Act.AUTHORISE_REQUEST, _CHECK),
    Duty(Act.CHECK_REQUEST, Act.RELEASE_BATCH, _CHECK),
    Duty(Act.AUTHORISE_REQUEST, Act.PREPARE_BATCH, _FILE),
    Duty(Act.AUTHORISE_REQUEST, Act.RELEASE_BATCH, _FILE),
    Duty(Act.REGISTER_SCAN, Act.CONFIRM_SCAN, "Two officers see each signature on paper."),
    Duty(Act.SUBMIT_REPORT, Act.DECIDE_REPORT, "Nobody accepts the accounts that the same person handed in."),
)

TRACES: dict[Act, tuple[str, ...]] = {
    Act.FILL_SHEET: ("scoresheet.locked", "scoresheet.superseded"),
    Act.PROPOSE_ACCOUNT: ("account.proposed",),
    Act.DECIDE_ACCOUNT: ("account.confirmed",),
    Act.REQUEST_PAYMENT: ("payment.requested",),
    Act.CHECK_REQUEST: ("payment.checked",),
    Act.AUTHORISE_REQUEST: ("payment.authorised",),
    Act.PREPARE_BATCH: ("batch.prepared",),
    Act.REGISTER_SCAN: ("signature.registered",),
    Act.SUBMIT_REPORT: ("report.submitted",),
}
"""The names that the record has for what was done earlier."""


def before(later: Act) -> tuple[Act, ...]:
    """What keeps a person from an act, in the table's order."""
    return tuple(duty.earlier for duty in DUTIES if duty.later == later)

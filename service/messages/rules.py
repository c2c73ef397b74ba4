"""How a message moves and how many may be sent: pure."""

from datetime import timedelta

from service.core.errors import Conflict
from service.core.throttle import Allowance
from service.messages.models import MessageAction, MessageStatus

TRANSITIONS = {
    (MessageStatus.QUEUED, MessageAction.SEND): MessageStatus.SENT,
    (MessageStatus.QUEUED, MessageAction.FAIL): MessageStatus.FAILED,
    (MessageStatus.FAILED, MessageAction.RETRY): MessageStatus.QUEUED,
    (MessageStatus.QUEUED, MessageAction.DROP): MessageStatus.DROPPED,
    (MessageStatus.FAILED, MessageAction.DROP): MessageStatus.DROPPED,
}

MOST_TRIES = 6
"""Deliveries tried in a row, from 10 seconds to 5 minutes apart, before a person has to look."""

DAY = timedelta(days=1)
MOST_TO_SUBJECT = 5
MOST_TO_NUMBER = 10
"""Messages a day about one subject, and to one number: families share phones (ours; OWASP ASVS 5.0, 2.4.1)."""

LONGEST = 480
"""Characters of a message: four SMS joined with accents, eight segments of 67 at the very most."""


class SmsOff(Conflict):
    """The installation has no way to send SMS."""

    message = "This installation sends no SMS. Print it on paper instead."


class TooManyMessages(Conflict):
    """As many messages today as may be sent about one subject or to one number."""

    message = "Enough messages were sent to this person or number today. Wait until tomorrow, or print it on paper."


class MessageExpired(Conflict):
    """What the message says is no longer good."""

    message = "What this message says has run out. Ask for a new one instead of sending it again."


def require_allowed(*allowances: Allowance) -> None:
    """Raises ``TooManyMessages``."""
    if any(allowance.is_spent for allowance in allowances):
        raise TooManyMessages

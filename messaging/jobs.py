"""What the worker does for messages. Each may run twice, late or in several processes at once without harm."""

from messaging.services import planning, receiving
from messaging.services.sending import drain


def send() -> None:
    """Send what is due, and have somebody go on when there is more than one run can do."""
    if drain():
        planning.wake()


def answer() -> None:
    """Deal with what came in."""
    receiving.deal_with_new()

"""What the worker does for messages. Each may run twice, late or in several processes at once without harm."""

from messaging.services import code_messages, code_sending, planning, receiving
from messaging.services.sending import drain


def send() -> None:
    """Send what is due, and have somebody go on when there is more than one run can do."""
    if drain():
        planning.wake()


def send_codes() -> None:
    """Tell codes, and have somebody go on when there are more than one run can do."""
    if code_sending.drain():
        code_messages.wake()


def nightly() -> None:
    """Remove what is not needed any more."""
    code_messages.forget()


def answer() -> None:
    """Deal with what came in."""
    receiving.deal_with_new()

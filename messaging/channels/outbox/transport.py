"""The carrier of a fresh start: nothing leaves the house. Messages are read on a page of the admin, and answered there
in the patient's place."""

from django.utils.translation import gettext_lazy as _

from messaging.channels.base import Accepted, Outgoing, Sent, Settles, Transport
from messaging.models import Medium


class OutboxTransport(Transport):
    """Every medium; what is written down is delivered."""

    kind = "outbox"
    label = _("Outbox: only shown here, nothing is sent")
    media = tuple(Medium.values)
    settles = Settles.KEY
    at_once = 50

    def send(self, message: Outgoing) -> Accepted:
        """It lies in the outbox as soon as its row is there, and that was written before."""
        return Accepted(provider_id=f"outbox-{message.ref.hex[:12]}", delivered=True)

    def find(self, sent: Sent) -> Accepted:
        """It is there."""
        return Accepted(provider_id=f"outbox-{sent.ref.hex[:12]}", delivered=True)

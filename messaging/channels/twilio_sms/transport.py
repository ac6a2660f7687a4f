"""SMS by Twilio. Source: https://www.twilio.com/docs/messaging/api/message-resource"""

from django.utils.translation import gettext_lazy as _

from messaging.channels import hooks, twilio
from messaging.channels.base import Accepted, Heard, Incoming, Option, Outcome, Outgoing, Receipt, Reply, Sent, Settles
from messaging.models import Medium

ENDS = {"delivered": Outcome.DELIVERED, "undelivered": Outcome.FAILED, "failed": Outcome.FAILED}


class TwilioSmsTransport(twilio.TwilioTransport):
    """ASK: Twilio lists the messages to a number, with their words but without our ref.

    Found is what has the very same words, so even a mistaken identity means that this person got these words. Other
    words to the same number at the same time leave it open: they may be ours, changed on the way.
    """

    kind = "twilio_sms"
    label = _("Twilio: SMS")
    media = (Medium.SMS.value,)
    resource = "Messages"
    options = (
        *twilio.account_options(),
        Option("sender", _("sender"), help=_("A number (+…) or the SID of a messaging service (MG…).")),
    )
    settles = Settles.ASK
    index_seconds = 120  # Twilio's pages name no delay of its lists: a cautious guess
    at_once = 20

    def send(self, message: Outgoing) -> Accepted:
        """The receipt's address names our ref, so that a receipt settles a lost answer too."""
        sender = self.settings["sender"]
        sent_by = "MessagingServiceSid" if sender.startswith("MG") else "From"
        # A non-breaking space would turn the whole SMS into UCS-2, at twice the price
        text = message.text.replace("\u00a0", " ")
        return self.post({"To": message.to, sent_by: sender, "Body": text, "StatusCallback": message.receipt_url})

    def find(self, sent: Sent) -> Accepted | None:
        """None when nothing at all went to this number at that time."""
        near = self.list_to(sent)
        same = [row for row in near if sent.text and row.get("body") == sent.text.replace("\u00a0", " ")]
        if same:
            return Accepted(provider_id=str(same[0]["sid"]), delivered=same[0].get("status") == "delivered")
        if near:
            raise twilio.cannot_tell()
        return None

    def hear(self, incoming: Incoming) -> Heard:
        """Status callbacks and incoming messages."""
        self.check(incoming)
        form = incoming.form
        sid = form.get("MessageSid") or form.get("SmsSid")
        if not sid:
            raise ValueError("A request without a message's number.")
        if "MessageStatus" in form:
            return Heard(_receipts(sid, incoming))
        reply = Reply(event_id=sid, sender=form.get("From", ""), text=form.get("Body", ""), medium=Medium.SMS.value)
        return Heard((reply,), twilio.twiml(""), "text/xml")


def _receipts(sid: str, incoming: Incoming) -> tuple[Receipt, ...]:
    """None for states on the way (queued, sending, sent): they say nothing that we do not know."""
    status = incoming.form["MessageStatus"]
    if status not in ENDS:
        return ()
    failed = twilio.failure(incoming.form.get("ErrorCode", "")) if ENDS[status] is Outcome.FAILED else {}
    return (
        Receipt(
            event_id=f"{sid}:{status}",
            outcome=ENDS[status],
            ref=hooks.ref_in(incoming.url),
            provider_id=sid,
            **failed,
        ),
    )

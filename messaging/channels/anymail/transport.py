"""E-mail by a service with a web interface, through django-anymail. Source: https://anymail.dev/en/v15.2/"""

import requests
from anymail.exceptions import (
    AnymailError,
    AnymailRecipientsRefused,
    AnymailRequestsAPIError,
    AnymailWebhookValidationFailure,
)
from anymail.signals import AnymailTrackingEvent, EventType, RejectReason
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.channels import hooks, http, letters
from messaging.channels.anymail import services
from messaging.channels.base import (
    Accepted,
    Heard,
    Incoming,
    NotFromCarrier,
    Option,
    Outcome,
    Outgoing,
    Receipt,
    Settles,
    Transport,
    TransportError,
)
from messaging.models import Medium

# Complaints come after the letter has arrived, so they are no failure of it
OUTCOMES = {
    EventType.DELIVERED: Outcome.DELIVERED,
    EventType.COMPLAINED: Outcome.DELIVERED,
    EventType.UNSUBSCRIBED: Outcome.DELIVERED,
    EventType.BOUNCED: Outcome.FAILED,
    EventType.REJECTED: Outcome.FAILED,
    EventType.FAILED: Outcome.FAILED,
}
OPTED_OUT = {EventType.COMPLAINED, EventType.UNSUBSCRIBED}
# What Brevo and Postmark call an address that does not exist; anymail makes no difference between hard and soft
HARD = {"hard_bounce", "invalid_email", "HardBounce", "BadEmailAddress"}


class AnymailTransport(Transport):
    """NEVER: the services have no common key against repeats, and no list that names our ref."""

    kind = "anymail"
    label = _("E-mail service (Brevo, Mailgun, Postmark, Resend)")
    media = (Medium.EMAIL.value,)
    options = (
        Option("service", _("name of the service"), help=_("brevo, mailgun, postmark or resend.")),
        Option("api_key", _("API key"), secret=True, help=_("With Postmark: the server token.")),
        Option("sender", _("sender"), help=_("An address, or: Name <address>.")),
        Option("domain", _("domain"), required=False, help=_("Mailgun only, when it is not the sender's.")),
        Option(
            "hook_secret", _("secret of the receipts' address"), secret=True, required=False,
            help=_("Mailgun: the webhook signing key. Others: user:password, as in the address. Empty: no receipts."),
        ),
        Option("base_url", _("address of the interface"), required=False, help=_("Empty: the service's own.")),
    )  # fmt: skip
    settles = Settles.NEVER
    at_once = 1

    def send(self, message: Outgoing) -> Accepted:
        """The service took it. The ref goes along as metadata and comes back with receipts."""
        letter = letters.letter(message, self.settings["sender"])
        letter.metadata = {"ref": str(message.ref)}
        if self.settings["service"] not in services.BACKENDS:
            raise http.account("service")
        backend = services.backend(self.settings)
        try:
            backend.send_messages([letter])
        except (AnymailError, ValueError) as error:
            raise _failure(error) from None
        finally:
            backend.close()
        return Accepted(provider_id=letter.anymail_status.message_id or "")

    def hear(self, incoming: Incoming) -> Heard:
        """Receipts, checked and read by anymail's own view of the service."""
        if not self.settings["hook_secret"] or self.settings["service"] not in services.HOOKS:
            raise NotFromCarrier
        if len(incoming.body) > hooks.LONGEST:
            raise ValueError("The request is too long.")
        view, request = services.hook(self.settings), services.as_request(incoming)
        try:
            view.run_validators(request)
        except AnymailWebhookValidationFailure:
            raise NotFromCarrier from None
        try:
            events = view.parse_events(request)
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("The request makes no sense.") from error
        return Heard(tuple(_receipt(event) for event in events if event.event_type in OUTCOMES))


def _failure(error: Exception) -> TransportError:
    """Anymail's own words are left out: they hold the address and the letter."""
    if isinstance(error, AnymailRecipientsRefused):
        words = gettext("The carrier refused it (%(code)s).") % {"code": "recipient"}
        return TransportError(words, permanent=True, wrong_address=_is_invalid(error))
    if not isinstance(error, AnymailRequestsAPIError):
        return TransportError(gettext("The e-mail service cannot send this message."), permanent=True)
    if isinstance(error.__cause__, requests.RequestException) and error.response is None:
        return http.lost(error.__cause__)
    if error.response is None:
        return TransportError(gettext("The carrier gave no clear answer."), unknown=True)
    answer = http.Answer(error.response.status_code, error.response.headers, b"")
    return http.unclear() if answer.ok else http.refusal(answer)


def _is_invalid(error: AnymailRecipientsRefused) -> bool:
    """ "rejected" would be the service's list of those who must not be written to, for whatever reason."""
    return "invalid" in (error.email_message.anymail_status.status or ())


def _receipt(event: AnymailTrackingEvent) -> Receipt:
    message_id = str(event.message_id or "")
    number = event.event_id or hooks.digest(message_id, event.event_type, event.timestamp)
    failed = OUTCOMES[event.event_type] is Outcome.FAILED
    code = event.reject_reason or event.event_type
    return Receipt(
        event_id=str(number),
        outcome=OUTCOMES[event.event_type],
        ref=hooks.as_ref((event.metadata or {}).get("ref")),
        provider_id=message_id,
        error=gettext("The carrier could not deliver it (%(code)s).") % {"code": code} if failed else "",
        wrong_address=failed and _reaches_nobody(event),
        opted_out=event.event_type in OPTED_OUT or event.reject_reason == RejectReason.UNSUBSCRIBED,
    )


def _reaches_nobody(event: AnymailTrackingEvent) -> bool:
    said = event.esp_event if isinstance(event.esp_event, dict) else {}
    return event.reject_reason == RejectReason.INVALID or bool(HARD & {said.get("event"), said.get("Type")})

"""Calls by Twilio, answered by keys. Source: https://www.twilio.com/docs/voice/api/call-resource and …/twiml/gather"""

from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from messaging.channels import hooks, twilio
from messaging.channels.base import Accepted, Heard, Incoming, Option, Outcome, Outgoing, Receipt, Reply, Sent, Settles
from messaging.models import Medium

SPOKEN = {"zh-hans": "zh-CN", "en": "en-US"}
KEYS = {"zh-CN": "{words}请按 {digit}。", "en-US": "For {words}, press {digit}."}
WAITS_FOR_KEY = 8  # seconds after the last word
RINGS = 30  # seconds; longer reaches mailboxes instead of people
ENDS = ("completed", "busy", "failed", "no-answer", "canceled")


class TwilioVoiceTransport(twilio.TwilioTransport):
    """ASK: Twilio lists the calls to a number, without our ref and without words.

    No call at that time: it was not made. A call may be ours or another's, so it stays open until its receipt, whose
    address names the ref, says whose it was.
    """

    kind = "twilio_voice"
    label = _("Twilio: voice call")
    media = (Medium.VOICE.value,)
    resource = "Calls"
    options = (*twilio.account_options(), Option("sender", _("calls from"), help=_("A number (+…) of the account.")))
    settles = Settles.ASK
    index_seconds = 120  # Twilio's pages name no delay of its lists: a cautious guess
    at_once = 20

    def send(self, message: Outgoing) -> Accepted:
        """The words come with the request, so nothing has to be fetched from us."""
        return self.post(
            {
                "To": message.to,
                "From": self.settings["sender"],
                "Twiml": spoken(message),
                "Timeout": str(RINGS),
                "MachineDetection": "Enable",
                "StatusCallback": message.receipt_url,
                "StatusCallbackEvent": "completed",
            }
        )

    def find(self, sent: Sent) -> None:
        """None when no call to this number was made at that time."""
        if self.list_to(sent):
            raise twilio.cannot_tell()

    def hear(self, incoming: Incoming) -> Heard:
        """A pressed key, or how the call ended."""
        self.check(incoming)
        form, ref = incoming.form, hooks.ref_in(incoming.url)
        sid = form.get("CallSid")
        if not sid:
            raise ValueError("A request without a call's number.")
        if form.get("Digits"):
            digits = form["Digits"]
            reply = Reply(f"{sid}:key:{digits}", form.get("To", ""), digits, Medium.VOICE.value, ref)
            return Heard((reply,), twilio.twiml("<Hangup/>"), "text/xml")
        if form.get("CallStatus") not in ENDS:
            return Heard((), twilio.twiml(""), "text/xml")
        return Heard((Receipt(event_id=f"{sid}:end", ref=ref, provider_id=sid, **_ending(form)),))


def spoken(message: Outgoing) -> str:
    """The call as TwiML: everything is said twice; a key ends it at any moment."""
    language = _spoken_language(message.language)
    offers = [KEYS[language].format(words=words, digit=digit) for digit, words in message.choices]
    words = _say(" ".join([message.text, *offers]), language)
    if not message.choices:
        return twilio.twiml(f'{words}<Pause length="1"/>{words}')
    opening = (
        f'<Gather input="dtmf" numDigits="1" timeout="{WAITS_FOR_KEY}" method="POST" '
        f'action="{twilio.xml(message.receipt_url)}">'
    )
    return twilio.twiml(f"{opening}{words}</Gather>" * 2)


def _spoken_language(language: str) -> str:
    return SPOKEN.get(language, "zh-CN")


def _say(text: str, language: str) -> str:
    return f'<Say language="{language}">{twilio.xml(text)}</Say>'


def _ending(form: dict[str, Any]) -> dict[str, Any]:
    """Outcome, error and flags. Nobody answering says nothing against the number."""
    status, answered_by = form["CallStatus"], form.get("AnsweredBy", "")
    if status == "completed" and not answered_by.startswith(("machine", "fax")):
        return {"outcome": Outcome.DELIVERED}
    unheard = {
        "completed": gettext("A machine answered the call."),
        "busy": gettext("The line was busy."),
        "no-answer": gettext("Nobody answered the call."),
        "canceled": gettext("The call was broken off."),
        "failed": gettext("The call could not be put through."),
    }
    return {"outcome": Outcome.FAILED, **twilio.failure(form.get("ErrorCode", ""), unheard[status])}

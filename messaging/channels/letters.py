"""A message as an e-mail, for every carrier of e-mail."""

from email.utils import parseaddr

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from messaging.channels.base import Outgoing, TransportError


def letter(message: Outgoing, sender: str) -> EmailMessage:
    """The e-mail: its Message-ID is our ref, so that a reader's program shows a repeat only once.

    One click on the reader's “unsubscribe” posts to the address given (RFC 8058). Raises TransportError when it goes to
    no address, or to several.
    """
    try:
        validate_email(message.to)
    except ValidationError:
        raise TransportError(_("This is no e-mail address."), wrong_address=True) from None
    headers = {"Message-ID": message_id(message, sender), "Auto-Submitted": "auto-generated"}
    if message.unsubscribe_url:
        headers["List-Unsubscribe"] = f"<{message.unsubscribe_url}>"
        headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    subject = " ".join(message.subject.split())  # a line break in it would be refused as a forged header
    built = EmailMessage(subject, message.text, sender, [message.to], headers=headers)
    for name, media_type, content in message.attachments:
        built.attach(name, content, media_type)
    return built


def message_id(message: Outgoing, sender: str) -> str:
    """<ref@host>, host being the sender's."""
    _name, address = parseaddr(sender)
    return f"<{message.ref}@{address.rpartition('@')[2] or 'localhost'}>"

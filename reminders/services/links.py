"""Links by which patients answer. The secret stands only in the message; here is its fingerprint, and an end.

The secret is derived from the delivery, so that a message which is sent again carries the same link.
"""

import base64
import datetime as dt
import hashlib

from django.conf import settings
from django.db import transaction
from django.utils.crypto import salted_hmac

from messaging.models import Delivery
from reminders.errors import LinkOver
from reminders.models import AnswerLink

SALT = "reminders.links"
BYTES = 16  # 128 bits: 22 signs in the address


def address(delivery: Delivery, *, until: dt.datetime, at: dt.datetime) -> str:
    """The link of this delivery, valid until then (aware)."""
    secret = _secret(delivery)
    kept = {"digest": digest(secret)}  # another one after the program's key was changed
    link, _is_new = AnswerLink.objects.get_or_create(delivery=delivery, defaults={**kept, "expires_at": until})
    if link.digest != kept["digest"]:
        AnswerLink.objects.filter(pk=link.pk).update(**kept)
    return f"{settings.PUBLIC_URL}/a/{secret}/"


def _secret(delivery: Delivery) -> str:
    key = salted_hmac(SALT, delivery.uuid.hex, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(key[:BYTES]).decode().rstrip("=")


def digest(secret: str) -> str:
    """What is kept of a secret."""
    return hashlib.sha256(secret.encode()).hexdigest()


def open_link(secret: str, at: dt.datetime) -> AnswerLink:
    """The link; looking changes nothing but the moment of the first look. Raises LinkOver."""
    rows = AnswerLink.objects.select_related("delivery__patient")
    link = rows.filter(digest=digest(secret)).first()
    if link is None or link.expires_at <= at:
        raise LinkOver
    if link.opened_at is None:
        AnswerLink.objects.filter(pk=link.pk, opened_at=None).update(opened_at=at)
    return link


@transaction.atomic
def mark_used(link: AnswerLink, code: str, at: dt.datetime) -> None:
    """It was answered by this link."""
    AnswerLink.objects.filter(pk=link.pk, used_at=None).update(used_at=at)
    Delivery.objects.filter(pk=link.delivery_id).update(answered_at=at, answer=code[:20], changed_at=at)

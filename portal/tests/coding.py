"""Codes as the phone would show them."""

from accounts.models import OneTimeCode
from messaging.models import CodeMessage


def code_at(phone: str) -> str:
    """The last one that was sent to it."""
    return CodeMessage.objects.filter(address=phone).latest("pk").unseal()


def wrong_at(phone: str) -> str:
    """Six digits that are not the ones."""
    return f"{(int(code_at(phone)) + 1) % 1_000_000:06}"


def asked() -> int:
    """How many codes were asked for."""
    return OneTimeCode.objects.count()

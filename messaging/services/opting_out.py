"""Who is at a number or address and wants nothing there any more, says so; and may take it back.

The address to do that at stands in e-mails (List-Unsubscribe) and behind the links of other messages. What names the
message in it is sealed, so it needs no table and cannot be guessed; it does not end, because a reader may come late.
"""

import datetime as dt
from uuid import UUID

from django.conf import settings
from django.core import signing

from messaging.models import Message, OptOut

SEAL = signing.Signer(salt="messaging.stop", sep=".")
BY_PAGE = "page"  # what is kept as said by who pressed a button


def address(message: Message) -> str:
    """Where the reader of this message says stop."""
    return settings.PUBLIC_URL + path(message)


def path(message: Message) -> str:
    """The same on this host."""
    return f"/stop/{SEAL.sign(message.uuid.hex)}/"


def find(token: str) -> Message | None:
    """The message that the address was made for; None when we did not make it."""
    try:
        ref = UUID(SEAL.unsign(token))
    except (signing.BadSignature, ValueError):
        return None
    return Message.objects.select_related("delivery__patient", "contact_point").filter(uuid=ref).first()


def is_out(message: Message) -> bool:
    """Does nothing more go there?"""
    return OptOut.objects.live().filter(medium=message.medium, address=message.address).exists()


def stop(medium: str, address: str, said: str, at: dt.datetime) -> None:
    """Nothing more to this address by this medium. Saying it twice is saying it once."""
    OptOut.objects.get_or_create(medium=medium, address=address, ended_at=None, defaults={"said": said[:200], "at": at})


def take_back(medium: str, address: str, at: dt.datetime) -> None:
    """Messages may go there again."""
    OptOut.objects.live().filter(medium=medium, address=address).update(ended_at=at)

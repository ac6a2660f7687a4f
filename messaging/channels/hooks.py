"""What carriers' requests to us have in common."""

import hashlib
import hmac
import json
import re
from typing import Any
from uuid import UUID

from messaging.channels.base import Incoming, NotFromCarrier

UUIDS = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
LONGEST = 256 * 1024  # bytes of a request


def as_ref(text: Any) -> UUID | None:
    """Our ref as a carrier repeats it, with or without dashes; None when it is something else."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


def ref_in(url: str) -> UUID | None:
    """The ref that a receipt's address names. Every hook's address names the channel first: one UUID alone is that."""
    found = UUIDS.findall(url)
    return UUID(found[-1]) if len(found) > 1 else None


def check_token(incoming: Incoming, token: str) -> None:
    """For carriers that sign nothing: the address given to them ends in ?token=…, known to nobody else.

    Raises NotFromCarrier; also when the account has no token, because then anybody could call.
    """
    given = incoming.query.get("token", "")
    if not token or not hmac.compare_digest(given.encode(), token.encode()):
        raise NotFromCarrier


def read_json(incoming: Incoming) -> Any:
    """The body. Raises ValueError when it is too long or no JSON."""
    if len(incoming.body) > LONGEST:
        raise ValueError("The request is too long.")
    return json.loads(incoming.body)


def rows(told: Any) -> list[dict[str, Any]]:
    """A list of objects, or one object as a list of one. Raises ValueError."""
    listed = told if isinstance(told, list) else [told]
    if not all(isinstance(row, dict) for row in listed):
        raise ValueError("Not a list of objects.")
    return listed


def digest(*parts: Any) -> str:
    """An event's number where the carrier gives none: the same event has the same, and it tells nothing."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]

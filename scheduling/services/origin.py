"""Who asks, through which door, and under which request key."""

import hashlib
from dataclasses import dataclass

from accounts.models import User
from accounts.models.user import Kind
from accounts.services.actors import system_user


@dataclass(frozen=True, slots=True)
class Origin:
    """Travels with every change of the pool.

    by: the acting user (a person, a device's user or the system). channel: the door (`accounts.models.Channel`).
    key: the caller's idempotency key, unique per `by`; digest: what the request said, so that the same key with
    other content is noticed.
    """

    by: User
    channel: str
    key: str = ""
    digest: str = ""

    @property
    def is_staff_with_late_right(self) -> bool:
        """True when a person with the right asks, who may change a booking after the patients' deadline."""
        return self.by.kind == Kind.STAFF and self.by.has_perm("scheduling.cancel_late")

    @property
    def keyless(self) -> "Origin":
        """The same caller for the parts of an act whose own rows make a repeat harmless: a key names one booking."""
        return Origin(self.by, self.channel)

    def numbered(self, number: int) -> "Origin":
        """The same request's part (several bookings in one): the first keeps the key, the next have their own."""
        return Origin(self.by, self.channel, f"{self.key}#{number}" if self.key and number else self.key, self.digest)


def system_origin() -> Origin:
    """For what no person does: lapsed holds, nightly jobs."""
    return Origin(system_user(), "system")


def digest_of(*parts: object) -> str:
    """A fingerprint of what a request asked for."""
    return hashlib.sha256("\x1f".join(str(part) for part in parts).encode()).hexdigest()

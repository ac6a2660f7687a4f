"""What the worker does for the pool by the clock. Each may run twice or late without harm."""

from accounts.services.actors import system_user

from .services import holds, sessions, substitutes, waitlist


def nightly() -> None:
    """Sessions for the rolling horizon; waiting-list entries whose dates are over."""
    sessions.generate_horizon(by=system_user())
    waitlist.expire_entries()


def every_minute() -> None:
    """Write down ended offers and holds. Their places were free before: the next claim does not wait for this.

    And what is kept after a stoppage for people who have another place by now is everybody's again.
    """
    waitlist.lapse_offers()
    holds.lapse_expired()
    substitutes.release_needless()

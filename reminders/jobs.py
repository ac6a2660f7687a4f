"""What the worker does for reminders. Each may run twice, late or in several processes at once without harm."""

from reminders.services import events, following, habits, handing, offering, planning, restricting


def tell() -> None:
    """Tell of what happened."""
    events.tell_of_events()
    restricting.tell()


def offer() -> None:
    """Offer what became free."""
    offering.offer_freed()


def follow() -> None:
    """Hand to people what messages could not do."""
    following.follow()


def nightly() -> None:
    """Whose hour and channel are which."""
    habits.learn()


def campaign() -> None:
    """This minute's people of the campaigns that are running."""
    handing.run()


def plan() -> None:
    """The steps of the next day."""
    planning.plan_due()

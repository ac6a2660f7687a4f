"""What the worker does for reminders. Each may run twice, late or in several processes at once without harm."""

from reminders.services import events, following, habits, offering, planning


def every_minute() -> None:
    """Tell of what happened, offer what became free, hand to people what messages could not do."""
    events.tell_of_events()
    offering.offer_freed()
    following.follow()


def nightly() -> None:
    """Whose hour and channel are which."""
    habits.learn()


def plan() -> None:
    """The steps of the next day."""
    planning.plan_due()

"""The place that is kept for somebody whose clinic was stopped."""

import datetime as dt

from scheduling.models import Appointment


def standing(lost: Appointment, at: dt.datetime) -> Appointment | None:
    """The kept place, while nobody has answered."""
    kept = lost.substitutes.standing(at).select_related("appointment").order_by("-pk").first()
    return kept.appointment if kept else None

"""What a share of the riskiest means today, in words."""

from django.utils.translation import gettext

from reminders.models import Audience, Step
from reminders.services.riskiest import Cut

WHOLE_FROM = 10  # percent; lower risks are told with one digit more


def today(step: Step, cut: Cut | None) -> str:
    """`Today: from 31 % upwards; 12 of 60 visits`, for a step for the riskiest; of others nothing."""
    if step.audience != Audience.AT_RISK:
        return ""
    if cut is None:
        return gettext("Today: nobody, as no visit to come has a risk yet.")
    said = gettext("Today: from %(risk)s %% upwards. That is %(visits)s of the %(of)s visits to come that have a risk.")
    return said % {"risk": _percent(cut.since), "visits": f"{cut.visits:,}", "of": f"{cut.of:,}"}


def _percent(risk: float) -> str:
    percent = 100 * risk
    return f"{percent:.0f}" if percent >= WHOLE_FROM else f"{percent:.1f}"

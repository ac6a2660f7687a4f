"""What a step is worth: visits of people who got it, beside those of people whom the lot left out of it.

Both are people who would have got it at that moment, so nothing but the message and chance tells them apart. Everybody
counts where the lot put them, whether the message arrived or not (intention to treat).
"""

import datetime as dt
from collections import Counter
from dataclasses import dataclass

from django.core.cache import cache
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext, gettext_noop

from common import clock, proportions
from common.proportions import Share
from messaging.models import Delivery, DeliveryState
from reminders import lots
from reminders.judging import VISIT
from reminders.models import Ladder, Step
from reminders.rung import prefix
from scheduling.models import Appointment, AppointmentStatus

DAYS = 90  # looked back upon
FEWEST = 30  # visits on either side; below, chance speaks louder
KEPT = 15 * 60  # seconds that figures are shown again
CAME = (AppointmentStatus.ARRIVED, AppointmentStatus.FULFILLED)
OUT = Q(state=DeliveryState.CANCELLED, reason=lots.HELD_OUT)
GOT = ~Q(state__in=(DeliveryState.PENDING, DeliveryState.SENDING, DeliveryState.CANCELLED))


@dataclass(frozen=True)
class Effect:
    """Of one step: missed visits among those that took place or should have, with the message and without."""

    got: Share
    left_out: Share

    @property
    def is_known(self) -> bool:
        """Are there enough visits on both sides?"""
        return min(self.got.of, self.left_out.of) >= FEWEST

    @property
    def fewer(self) -> tuple[float, float, float]:
        """By how many points of a hundred fewer are missed with it, and the 95 % interval. Only where `is_known`."""
        gap, low, high = proportions.difference(self.left_out, self.got)
        return 100 * gap, 100 * low, 100 * high

    @property
    def in_words(self) -> str:
        """What may be concluded, and what not yet."""
        if not self.is_known:
            return gettext("Too few visits yet: %(n)s are needed on both sides.") % {"n": FEWEST}
        gap, low, high = self.fewer
        low, high = sorted((abs(low), abs(high))) if low * high > 0 else (abs(low), abs(high))
        figures = {"points": f"{abs(gap):.1f}", "low": f"{low:.1f}", "high": f"{high:.1f}"}
        return gettext(self._sentence) % figures

    @property
    def _sentence(self) -> str:
        _gap, low, high = self.fewer
        if low > 0:
            return gettext_noop("%(points)s in a hundred fewer are missed (95 %% sure: %(low)s to %(high)s).")
        if high < 0:
            return gettext_noop("%(points)s in a hundred more are missed (95 %% sure: %(low)s to %(high)s).")
        return gettext_noop("No difference yet that chance does not explain: between %(low)s more and %(high)s fewer.")


def of_ladder(ladder: Ladder) -> list[tuple[Step, Effect]]:
    """Steps with a hold-out, and what is known of each by now. Remembered for a quarter of an hour."""
    steps = [step for step in ladder.steps.all() if step.holdout_percent]
    return [(step, _remembered(step)) for step in steps]


def _remembered(step: Step) -> Effect:
    key = f"effect:{step.lineage.hex}:{step.holdout_percent}"
    return cache.get_or_set(key, lambda: effect(step, clock.now()), KEPT)


def effect(step: Step, at: dt.datetime) -> Effect:
    """Of the last 90 days, as long as the present share was left out: another share would mix other times in."""
    rows = Delivery.objects.filter(key__startswith=prefix(step), due_at__gte=at - dt.timedelta(days=DAYS))
    rows = rows.filter(**{f"context__{lots.PERCENT}": step.holdout_percent}).order_by()
    return Effect(_missed(rows.filter(GOT)), _missed(rows.filter(OUT)))


def _missed(rows: QuerySet[Delivery]) -> Share:
    booking = Appointment.objects.filter(pk=OuterRef("about_id"), version=OuterRef("about_version"))
    outcomes = rows.filter(about_kind=VISIT).annotate(outcome=Subquery(booking.order_by().values("status")))
    found = Counter(dict(outcomes.values_list("outcome").annotate(n=Count("pk"))))
    missed = found[AppointmentStatus.NOSHOW]
    return Share(missed, missed + sum(found[status] for status in CAME))

"""Which visits are likeliest to be missed: a share of those to come, so that there are some whatever the risks are.

Where reminders work all risks are low, as they tell truly what will happen. A fixed risk would then reach nobody.
"""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import cached_property, partial
from uuid import UUID

from django.db.models import Count, QuerySet

from reminders.models import Audience, Ladder, Step
from reminders.services import covering
from scheduling.models import Appointment


@dataclass(frozen=True)
class Cut:
    """A share of the riskiest as it stands. since: the risk from which on a visit is one of them. visits: how many
    these are, more than the share where several have just that risk. of: how many have a risk at all."""

    since: float
    visits: int
    of: int


class Ranking:
    """The risks of the visits to come, as they stand at a moment. Read by one statement, when first asked for.

    Who has confirmed is counted too: otherwise others would come to be the riskiest with each answer.
    """

    def __init__(self, bookings: Callable[[], QuerySet[Appointment]], at: dt.datetime) -> None:
        self._bookings, self._at = bookings, at

    @classmethod
    def of(cls, ladder: Ladder, at: dt.datetime) -> "Ranking":
        """Of the visits that the ladder speaks of."""
        return cls(partial(covering.booked, ladder), at)

    @classmethod
    def at_services(cls, services: Collection[int], lineage: UUID | None, at: dt.datetime) -> "Ranking":
        """Of those that a ladder which is being written would speak of."""
        return cls(partial(covering.booked_at, services, lineage), at)

    @cached_property
    def _counts(self) -> list[tuple[float, int]]:
        """(risk, how many visits have it), the highest first. Risks are kept to four digits, so these are few."""
        rows = self._bookings().filter(starts_at__gt=self._at, noshow_score__isnull=False).order_by()
        counted = rows.values_list("noshow_score__probability").annotate(visits=Count("pk"))
        return sorted(counted, reverse=True)

    def cut(self, step: Step) -> Cut | None:
        """Where the step's share begins; None: it is not for the riskiest, or no visit to come has a risk yet."""
        if step.audience != Audience.AT_RISK:
            return None
        of, visits = sum(count for _risk, count in self._counts), 0
        for risk, count in self._counts:
            visits += count
            if 100 * visits >= of * step.riskiest_percent:
                return Cut(risk, visits, of)
        return None

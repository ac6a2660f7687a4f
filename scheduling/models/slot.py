import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import shown
from common.compiled import CompiledUpdate, Given
from common.history import HistoricalRecords
from common.models import PublicId
from directory.models.scope import ScopedQuerySet


class Closure(models.TextChoices):
    """Why nobody new gets in. Stands on the slot itself, because the claim must see it in the row that it locks."""

    OPEN = "", _("Open")
    BLOCKED = "blocked", _("Blocked")
    STOPPED = "stopped", _("Session stopped")
    RETIRED = "retired", _("No longer in the roster")


class SlotQuerySet(ScopedQuerySet):
    department_path = "service__department"
    practitioner_path = "session__practitioner"

    def free(self) -> models.QuerySet:
        """Slots with a place that nobody claims; ended holds still count here (see `appointments.expired_holds`)."""
        return self.filter(closed=Closure.OPEN, taken__lt=F("capacity"))

    def in_roster(self) -> models.QuerySet:
        """Without the times that a change of the roster took away; their rows stay for the events that name them."""
        return self.exclude(closed=Closure.RETIRED)

    def with_session(self) -> models.QuerySet:
        """With everything that a rule, an answer or a screen asks of a slot, in one statement."""
        return self.select_related("session__practitioner", "session__location", "service__department__site")

    def claim(self, slot_id: int) -> bool:
        """Take one place, unless the slot is full or closed: one row or none, decided by the database."""
        return _claim.run(slot=slot_id) == 1

    def claim_extra(self, slot_id: int) -> bool:
        """Take a place beyond capacity in a full, open slot; the session's limit is the caller's to keep."""
        full = self.filter(pk=slot_id, closed=Closure.OPEN, taken__gte=F("capacity"))
        return full.update(taken=F("taken") + 1, overbooking=F("overbooking") + 1) == 1

    def resize(self, slot_id: int, capacity: int) -> bool:
        """Give a slot that many places, unless more are taken; what was overbooked becomes normal where it fits."""
        fits = self.filter(pk=slot_id, taken__lte=F("overbooking") + capacity)
        over = models.Case(models.When(taken__gt=capacity, then=F("taken") - capacity), default=0)
        return fits.update(capacity=capacity, overbooking=over) == 1

    def give_back(self, slot_id: int, places: int = 1) -> None:
        """Free places; what was overbooked goes first, so that a full session does not refill itself."""
        shrunk = models.Case(models.When(overbooking__gte=places, then=F("overbooking") - places), default=0)
        self.filter(pk=slot_id).update(taken=F("taken") - places, overbooking=shrunk)


class Slot(PublicId):
    """A bookable time with one or more places. `taken` counts the live claims on it, holds included."""

    session = models.ForeignKey("scheduling.Session", models.CASCADE, related_name="slots", verbose_name=_("session"))
    service = models.ForeignKey(  # the session's service once more: the index that finds free places begins with it
        "directory.HealthcareService", models.PROTECT, related_name="slots", verbose_name=_("service"), db_index=False
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    capacity = models.PositiveSmallIntegerField(_("places"), default=1)
    taken = models.PositiveSmallIntegerField(_("taken"), default=0)
    overbooking = models.PositiveSmallIntegerField(_("overbooked"), default=0)
    closed = models.CharField(_("closed"), max_length=8, choices=Closure, default=Closure.OPEN, blank=True)

    objects = SlotQuerySet.as_manager()
    history = HistoricalRecords(  # without the counters: the claims have their own history
        excluded_fields=["taken", "overbooking"], no_db_index=["uuid", "session", "service"]
    )

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(taken__gte=0, taken__lte=F("capacity") + F("overbooking")), name="slot_never_oversold"
            ),
            models.CheckConstraint(condition=Q(capacity__gte=1), name="slot_capacity_positive"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="slot_ends_after_start"),
            models.CheckConstraint(condition=Q(closed__in=Closure.values), name="slot_closure_known"),
            models.UniqueConstraint(
                fields=["session", "starts_at"],
                condition=~Q(closed="retired"),
                name="one_slot_per_session_and_start",
            ),
        ]
        indexes = [
            models.Index(
                fields=["service", "starts_at", "id"],
                condition=Q(closed="", taken__lt=F("capacity")),
                name="slot_free_by_service",
            ),
            models.Index(fields=["starts_at"], name="slot_by_start"),
        ]
        permissions = [("block_slot", _("Can block and unblock slots"))]

    def __str__(self) -> str:
        return shown.moment(self.starts_at)

    @property
    def places_left(self) -> int:
        """Places that can still be taken, none when closed."""
        return 0 if self.closed else max(0, self.capacity - self.taken)

    @property
    def minutes(self) -> int:
        """Length in minutes."""
        return int((self.ends_at - self.starts_at) / dt.timedelta(minutes=1))


_claim = CompiledUpdate(
    lambda: Slot.objects.free().filter(pk=Given("slot", models.BigIntegerField())), taken=F("taken") + 1
)

"""What a booking ahead goes beyond: limits of its patient, rules of its channel.

It was promised to a patient elsewhere, so it is stored; but somebody is told. Patients are locked, so their bookings
are counted exactly; sessions are not, so a share is told of as it stood when the file was read.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable

from directory.models import HealthcareService
from scheduling import shares
from scheduling.errors import PatientBusy
from scheduling.models import OPEN, Appointment, AppointmentStatus, ChannelRule, Session, Slot
from scheduling.services import rules
from scheduling.services.rules import Booked
from scheduling.services.session_shares import shares_of, taken_and_free


class Diary:
    """The bookings of the patients who are booked ahead, those of the batch with them."""

    def __init__(self, patients: Iterable[int], at: dt.datetime) -> None:
        self._at = at
        self._mine: dict[int, list[Booked]] = defaultdict(list)
        rows = Appointment.objects.claiming().filter(patient__in=patients, starts_at__gte=at - dt.timedelta(days=1))
        for patient, *facts in rows.order_by().values_list("patient", *rules.BOOKED_FIELDS):
            self._mine[patient].append(Booked(*facts))

    def check(self, patient: int, slot: Slot) -> None:
        """Raises PatientBusy."""
        rows = (row for row in self._mine[patient] if row.status in OPEN)
        if any(row.starts_at < slot.ends_at and row.ends_at > slot.starts_at for row in rows):
            raise PatientBusy(field="slot")

    def check_limits(self, patient: int, slot: Slot) -> None:
        """Raises TooManyOpen, TooManyOnDay, TooManyInDepartment."""
        mine = [row for row in self._mine[patient] if not row.has_lapsed(self._at)]
        rules.check_limits(slot, mine, [row for row in mine if row.status in OPEN and row.ends_at > self._at])

    def note(self, patient: int, slot: Slot) -> None:
        """The patient is in that slot now."""
        department = slot.service.department_id
        self._mine[patient].append(Booked(0, AppointmentStatus.BOOKED, None, slot.starts_at, slot.ends_at, department))


class ChannelPlaces:
    """The sessions of a batch that a channel rule speaks of, with what the batch has taken there so far."""

    def __init__(self, at: dt.datetime) -> None:
        self._at = at
        self._rules: dict[int, list[ChannelRule]] = {}  # by service
        self._sessions: dict[int, tuple[list[shares.Share], dict[str, int], int]] = {}

    def check(self, slot: Slot, channel: str, asked_at: dt.datetime) -> None:
        """As `rules.check_channel`: the window by when it was booked, the shares by how things stand."""
        for rule in self._rules_of(slot.service):
            if rule.channel == channel:
                rules.check_window(rule, slot, asked_at)
        standing, taken, free = self._places_of(slot.session)
        if any(self._at < share.melts_at for share in standing):
            verdict = shares.open_to(channel, free=free, taken=taken, shares=standing, at=self._at)
            rules.refuse_by_share(verdict, free)

    def note(self, slot: Slot, channel: str, used: int) -> None:
        """The channel has one more claim there; `used` is 0 when the slot grew for it."""
        standing, taken, free = self._places_of(slot.session)
        self._sessions[slot.session.pk] = standing, taken | {channel: taken.get(channel, 0) + 1}, free - used

    def _rules_of(self, service: HealthcareService) -> list[ChannelRule]:
        if service.pk not in self._rules:
            self._rules[service.pk] = list(ChannelRule.objects.active_for(service))
        return self._rules[service.pk]

    def _places_of(self, session: Session) -> tuple[list[shares.Share], dict[str, int], int]:
        if session.pk not in self._sessions:
            standing = shares_of(self._rules_of(session.service), session)
            counted = taken_and_free(session, self._at) if standing else ({}, 0)
            self._sessions[session.pk] = standing, *counted
        return self._sessions[session.pk]

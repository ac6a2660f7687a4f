"""What a hospital has on its desks on any morning: people waiting, places held, a session stopped, people tagged."""

import datetime as dt
import random
from collections.abc import Iterator

from django.db.models import F, Sum

from accounts.models import Channel
from common import clock
from common.errors import Refusal
from directory.models import Grade
from patients.models import Patient
from patients.services import tagging
from scheduling.models import Session, Slot, WaitlistEntry
from scheduling.models.stoppage import StoppageKind
from scheduling.services import holds, stoppages, waitlist
from scheduling.services.origin import Origin

from .catalogue import Catalogue
from .registry import Visitor
from .staff import Staff

WAITING = 48
ALL_DAY = 20 * 60  # minutes: the demo's holds and offers live until the evening of its day
ABSENT_FROM = 2  # missed visits


class DeskWork:
    """Done through the same services as at a real desk, at the start of `day`."""

    def __init__(self, *, seed: int, day: dt.date, staff: Staff) -> None:
        self._rng = random.Random(f"{seed}:desk")  # noqa: S311
        self._day, self._at, self._staff = day, clock.at_wall(day, dt.time.min), staff
        self._supervisor = Origin(staff.users["supervisor"], Channel.DESK)

    def run(self, visitors: list[Visitor], catalogue: Catalogue) -> None:
        """Everything, in the order in which one leads to the next."""
        self._stop_a_session()
        self._make_waitlist(visitors)
        self._offer_a_place()
        self._hold_places()
        self._mark_the_absent(visitors, catalogue)

    def _stop_a_session(self) -> None:
        """The doctor will be ill: bookings are cancelled, and each has alternatives to be offered."""
        session = self._ahead(4, 20).filter(service__grade=Grade.GENERAL, slots__taken__gt=0).first()
        if session:
            plan = stoppages.plan([session], origin=self._supervisor, at=self._at)
            stoppages.apply(plan, kind=StoppageKind.CANCEL, reason="医生生病", origin=self._supervisor, at=self._at)

    def _make_waitlist(self, visitors: list[Visitor]) -> None:
        """People wait for expert clinics, the fullest first."""
        sessions = self._ahead(1, 14).filter(service__grade=Grade.EXPERT, status="open")
        fullest = sessions.annotate(left=Sum(F("slots__capacity") - F("slots__taken"))).order_by(
            "left", "starts_at", "pk"
        )
        chosen = list(fullest.select_related("service", "practitioner")[:12])
        people = self._rng.sample(visitors, min(len(visitors), WAITING * 4)) if chosen else []
        made = 0
        for visitor in people:
            made += self._join(visitor, self._rng.choice(chosen))
            if made >= WAITING:
                return

    def _join(self, visitor: Visitor, session: Session) -> bool:
        patient = Patient.objects.get(pk=visitor.pk)
        service, age = session.service, visitor.age(session.day)
        right_age = (service.min_age or 0) <= age <= (999 if service.max_age is None else service.max_age)
        if not right_age or (service.sex and service.sex != patient.sex) or session.day in visitor.days:
            return False
        channel = self._rng.choice([Channel.DESK, Channel.PHONE, Channel.MINIAPP])
        try:
            waitlist.join(
                patient=patient,
                service=service,
                practitioner=session.practitioner if self._rng.random() < 0.6 else None,
                earliest=self._day + dt.timedelta(days=1),
                latest=session.day + dt.timedelta(days=self._rng.randrange(7)),
                priority=self._rng.choices([0, 5], [9, 1])[0],
                origin=Origin(self._staff.by_channel[channel], channel),
                at=self._at - dt.timedelta(minutes=self._rng.randrange(60, 9 * 24 * 60)),
            )
        except Refusal:
            return False
        return True

    def _offer_a_place(self) -> None:
        """One waiting person has an offer until the evening."""
        for entry in WaitlistEntry.objects.in_turn().select_related("patient", "service"):
            for slot in self._free(2, 20).filter(service=entry.service, session__day__lte=entry.latest)[:5]:
                try:
                    waitlist.offer(entry=entry, slot=slot, origin=self._supervisor, minutes=ALL_DAY, at=self._at)
                except Refusal:
                    continue
                return

    def _hold_places(self) -> None:
        """Three places are being looked at: two in the mini-program, one at the desk."""
        slots = self._free(3, 12).filter(service__grade=Grade.GENERAL)
        for channel, number in ((Channel.MINIAPP, 0), (Channel.MINIAPP, 25), (Channel.DESK, 60)):
            origin = Origin(self._staff.by_channel[channel], channel)
            for slot in slots[number : number + 5]:
                try:
                    holds.hold(slot=slot, origin=origin, minutes=ALL_DAY, at=self._at)
                except Refusal:
                    continue
                break

    def _mark_the_absent(self, visitors: list[Visitor], catalogue: Catalogue) -> None:
        by = self._staff.users["supervisor"]
        for visitor, patient in self._absent(visitors):
            tagging.put(patient=patient, tag=catalogue.tags["often-absent"], by=by, reason=f"爽约 {visitor.missed} 次")

    def _absent(self, visitors: list[Visitor]) -> Iterator[tuple[Visitor, Patient]]:
        absent = [one for one in visitors if one.missed >= ABSENT_FROM and one.missed * 2 >= one.visits]
        patients = Patient.objects.in_bulk([one.pk for one in absent])
        return ((one, patients[one.pk]) for one in absent)

    def _ahead(self, first: int, last: int):
        days = self._day + dt.timedelta(days=first), self._day + dt.timedelta(days=last)
        return Session.objects.filter(day__range=days).order_by("starts_at", "practitioner__code", "pk").distinct()

    def _free(self, first: int, last: int):
        days = self._day + dt.timedelta(days=first), self._day + dt.timedelta(days=last)
        return Slot.objects.free().filter(session__day__range=days).order_by("starts_at", "session__practitioner__code")

"""One clinic day from its first call to its last line, by three desks at once, and the books balance at the end.

Everything goes through pages over HTTP, the acts that people think about in a browser: booking on the phone, stopping a
session, settling the day. The clock is the test's; everything else is real.
"""

import datetime as dt
import random
import re
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.urls import reverse

from accounts.services.actors import system_user
from accounts.tests.factories import UserFactory
from common import clock
from common.history import acting
from directory.models import HealthcareService
from directory.tests.factories import PractitionerFactory, ServiceFactory
from patients.models import Patient
from patients.tests.factories import PatientFactory
from scheduling import jobs
from scheduling.models import Appointment, AppointmentEvent, Session, Slot
from scheduling.services import pool, telling
from scheduling.tests.factories import SessionFactory
from tests.clients import Desk
from visits.models import Encounter, QueueEntry

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("connection.vendor != 'postgresql'", reason="a day of many writers takes two minutes"),
]
SESSIONS, TIMES, PLACES = 27, 20, 1  # 540 places
BOOKED, WALK_INS = 400, 10
ABSENT = 0.12
ROOMS_THAT_CALL = 5
HOLD = re.compile(r"/holds/([0-9a-f-]{36})/book/")


class Day:
    """The hospital of the test: its people, its clock, its desks."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.rng = random.Random(400)
        self.now = clock.at_wall(clock.today(), dt.time(7))
        self.clerks = [UserFactory(role="front_desk", name=f"Clerk {n}") for n in range(3)]
        self.supervisor = UserFactory(role="supervisor", name="Supervisor")
        with acting(self.supervisor):
            self._open()
        self.people = [PatientFactory(name=f"Patient {n}") for n in range(BOOKED + WALK_INS + 1)]

    def _open(self) -> None:
        service, begins = ServiceFactory(), self.now + dt.timedelta(hours=2)
        for n in range(SESSIONS):
            session = SessionFactory(
                service=service, day=clock.today(self.now), starts_at=begins, ends_at=begins + dt.timedelta(hours=4),
                practitioner=PractitionerFactory(name=f"Doctor {n}"),
            )  # fmt: skip
            ten = dt.timedelta(minutes=10)
            for number in range(TIMES):
                at = begins + number * ten
                Slot.objects.create(
                    session=session, service=service, starts_at=at, ends_at=at + ten, capacity=PLACES
                )  # fmt: skip

    def at(self, hour: int, minute: int = 0) -> None:
        self.now = clock.at_wall(clock.today(self.now), dt.time(hour, minute))

    def desks(self, people: list) -> list[Desk]:
        """Each signs in again: since the last act they were away for longer than one may be."""
        return [Desk(self.base_url, person) for person in people]


@pytest.fixture
def day(live_server, monkeypatch):
    hospital = Day(live_server.url)
    monkeypatch.setattr(clock, "now", lambda: hospital.now)
    return hospital


def at_once(acts: list) -> list:
    """Each act in a thread of its own; what they return."""

    def run(act):
        try:
            return act()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result() for one in [threads.submit(run, act) for act in acts]]


def address(name: str, **ids) -> str:
    return reverse(f"admin:desk:{name}", kwargs=ids)


# The morning's calls


def book(desk: Desk, patient, slots: list, rng: random.Random) -> None:
    """As a desk does: point at a time, take another when somebody was faster; now and then press twice."""
    for slot in rng.sample(slots, len(slots)):
        held = desk.press(address("open", slot=slot))
        if held.status != 200:
            assert held.status in (409, 422), held.text
            continue
        hold = HOLD.search(held.text).group(1)
        for _press in range(1 + (rng.random() < 0.1)):
            assert desk.press(address("book", hold=hold), patient=patient.uuid, reason="knee").status == 200
        return
    pytest.fail("no place was left")


def take_calls(day: Day) -> None:
    """400 bookings by three desks that all want the same places."""
    slots = list(Slot.objects.order_by("starts_at", "pk").values_list("uuid", flat=True))
    wanted = day.people[:BOOKED]

    def share(n: int, desk: Desk):
        rng = random.Random(n)
        for patient in wanted[n::3]:
            book(desk, patient, slots[:], rng)

    at_once([lambda n=n, desk=desk: share(n, desk) for n, desk in enumerate(day.desks(day.clerks))])
    assert Appointment.objects.filter(status="booked").count() == BOOKED


def change_minds(day: Day) -> None:
    """Some cancel, some come at another time; two desks want to do each at once, and one of them is told."""
    one, other = day.desks(day.clerks[:2])
    bookings = list(Appointment.objects.filter(status="booked").order_by("pk"))
    for booking in bookings[::25]:
        url = address("cancel", booking=booking.uuid)
        answers = at_once([lambda d=desk, u=url: d.press(u, reason="ill", version=1).status for desk in (one, other)])
        assert sorted(answers) == [200, 422], answers
    for booking in bookings[7::40]:
        free = Slot.objects.exclude(pk=booking.slot_id).filter(taken__lt=PLACES).order_by("-starts_at")[:2]
        url = address("move", booking=booking.uuid)
        acts = [
            lambda d=desk, u=url, s=slot.uuid: d.press(u, slot=s, version=1).status
            for desk, slot in zip((one, other), free, strict=True)
        ]
        assert sorted(at_once(acts)) == [200, 409]


def book_on_the_phone(page, sign_in, day: Day) -> None:
    """In a browser: the patient's desk, the first place that is offered, Enter."""
    sign_in(day.clerks[0])
    what = f"service.{HealthcareService.objects.get().uuid}"
    page.goto(reverse("admin:desk:booking_desk", query={"patient": day.people[-1].uuid, "what": what}))
    page.locator("[data-slot]").first.click()
    page.wait_for_selector("#panel [data-until]")
    page.keyboard.press("Enter")
    page.wait_for_selector(".panel-reference")
    assert Appointment.objects.filter(patient=day.people[-1], status="booked").exists()


# A doctor is ill


def stop_a_session(page, sign_in, day: Day) -> list[Appointment]:
    """In a browser: seen what it means, cancelled, and everybody still to be told stands on one list."""
    ill = Session.objects.order_by("-pk")[0]
    lost = list(Appointment.objects.filter(slot__session=ill, status="booked").order_by("starts_at", "pk"))
    sign_in(day.supervisor)
    page.goto(reverse("admin:desk:stopping", query={"practitioner": ill.practitioner_id}))
    page.click("#stop-preview")
    page.fill("[name=reason]", "Illness")
    page.click("button[value=cancel]")
    page.wait_for_url("**/untold/")
    assert page.locator("tr[id^=untold-]").count() == len(lost)
    return lost


def tell(day: Day, lost: list[Appointment]) -> None:
    """One takes the place that is kept, the next another one, the third wants none: nobody is left to tell."""
    desk = day.desks(day.clerks)[0]
    slots = list(Slot.objects.exclude(session__status="cancelled").values_list("uuid", flat=True))
    for n, booking in enumerate(lost):
        act = "tell" if n % 3 else "take_kept"
        assert desk.press(address(act, booking=booking.uuid)).status == 200
        if n % 3 == 1:
            book(desk, booking.patient, slots, random.Random(n))
    assert len(lost) > 10
    jobs.every_minute()
    assert not Appointment.objects.filter(status="held").exists()
    assert not telling.still_to_tell(Appointment.objects.all(), day.now).exists()


# People come


def receive(day: Day) -> None:
    """Most come, and for every fourth of them two desks press; ten come without a booking."""
    one, other, third = day.desks(day.clerks)
    come = [b for b in Appointment.objects.filter(status="booked").order_by("pk") if day.rng.random() > ABSENT]
    urls = [address("check_in", booking=booking.uuid) for booking in come]
    walk_ins = day.people[BOOKED : BOOKED + WALK_INS]

    def walk_in():
        for person in walk_ins:
            free = Slot.objects.filter(session__status="open", taken__lt=PLACES).order_by("-starts_at", "?")[0]
            key = uuid.uuid4()
            for _press in range(2):
                made = third.press(address("walk_in", patient=person.uuid), slot=free.uuid, key=key)
                assert made.status == 200, made.text

    statuses = at_once(
        [
            lambda: [one.press(url).status for url in urls],
            lambda: [other.press(url).status for url in urls[::4]],
            walk_in,
        ]
    )
    assert set(statuses[0] + statuses[1]) == {200}
    assert QueueEntry.objects.count() == len(come) + WALK_INS


def see_people(day: Day) -> list[QueueEntry]:
    """In some rooms two people press "next" at once, until nobody waits; the other rooms call without the program."""
    one, other = day.desks(day.clerks[:2])
    rooms = list(Session.objects.exclude(status="cancelled").order_by("pk")[:ROOMS_THAT_CALL])
    for room in rooms:
        while _call_two(room, one, other):
            pass
    seen = list(QueueEntry.objects.filter(state="done"))
    assert len(seen) == QueueEntry.objects.filter(session__in=rooms).count() > 30
    return seen


def _call_two(session: Session, one: Desk, other: Desk) -> bool:
    """Two calls at once are two people; each goes in and out. False when nobody was there to be called."""
    url = address("call_next", session=session.uuid)
    called = at_once([lambda d=desk: d.press(url, key=uuid.uuid4()).status for desk in (one, other)])
    entries = list(QueueEntry.objects.filter(session=session, state="called"))
    assert len(entries) == called.count(200)
    for entry in entries:
        assert one.press(address("act", entry=entry.uuid, act="start")).status == 200
        assert one.press(address("finish", entry=entry.uuid), outcome="treated").status == 200
    return bool(entries)


# The last line


def settle(page, sign_in, day: Day) -> None:
    """In a browser: "seen" for all, which is refused for whoever never arrived; those did not come."""
    sign_in(day.clerks[2])
    page.goto(reverse("admin:desk:ending"))
    page.check("#ending-all")
    page.click("[name=act][value=seen]")
    page.wait_for_selector("text=lines were refused and stay as they were")
    assert not Appointment.objects.filter(status="arrived").exists()
    page.check("#ending-all")
    page.click("[name=act][value=absent]")
    page.wait_for_selector("text=Everybody is settled.")


def balance(day: Day, seen: list[QueueEntry]) -> None:
    """Every place accounted for, every patient in one state, every change with an author."""
    assert pool.check() == []
    states = Counter(Appointment.objects.values_list("status", flat=True))
    assert set(states) == {"fulfilled", "noshow", "cancelled"}
    assert Slot.objects.filter(taken__gt=0).count() > 0
    claimed = sum(Slot.objects.values_list("taken", flat=True))
    assert claimed == states["fulfilled"] + states["noshow"]
    assert Encounter.objects.filter(ended_at__isnull=False).count() == Encounter.objects.count() == len(seen)
    assert not QueueEntry.objects.exclude(state="done").exists()
    tickets = Counter(QueueEntry.objects.values_list("number", flat=True))
    assert set(tickets.values()) == {1}
    kept = [Counter(patient.appointments.exclude(status="cancelled").values_list("status")) for patient in day.people]
    assert all(sum(one.values()) <= 1 for one in kept)
    staff = {one.pk for one in (*day.clerks, day.supervisor, system_user())}
    assert set(AppointmentEvent.objects.values_list("by", flat=True)) <= staff
    for model in (Appointment, Session, Slot, QueueEntry, Encounter):
        assert set(model.history.values_list("history_user", flat=True)) <= staff, model
    assert Patient.objects.count() == len(day.people)


def test_a_day_of_400_bookings_ends_with_books_that_balance(page, sign_in, day):
    page.clock.set_fixed_time(day.now)  # the browser counts down what is held by its own clock
    take_calls(day)
    change_minds(day)
    book_on_the_phone(page, sign_in, day)
    day.at(8)
    tell(day, stop_a_session(page, sign_in, day))
    day.at(8, 45)
    receive(day)
    day.at(9, 30)
    seen = see_people(day)
    day.at(18)
    settle(page, sign_in, day)
    balance(day, seen)

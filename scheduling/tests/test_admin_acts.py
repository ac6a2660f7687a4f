"""Acts of the pool's pages: they call the services, show refusals, and are offered only where they fit."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory
from common import clock
from directory.models import Scope
from directory.tests.factories import LocationFactory
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Schedule, Session, Slot, WaitlistEntry, WaitlistOffer
from scheduling.services import sessions as making
from scheduling.services import stoppages
from scheduling.tests.factories import (
    AppointmentFactory,
    ScheduleFactory,
    SessionFactory,
    SlotFactory,
    WaitlistEntryFactory,
)

BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def as_role(client, db):
    def sign_in(role):
        client.force_login(UserFactory(role=role), backend=BACKEND)
        return client

    return sign_in


def act(name: str, obj, path: str) -> str:
    return reverse(f"admin:scheduling_{name}_{path}", args=[obj.pk])


@pytest.fixture
def booking(db):
    """Tomorrow's booking, with a second free slot beside it."""
    made = AppointmentFactory(patient=PatientFactory(name="Alice Smith"))
    SlotFactory(session=made.slot.session, number=1)
    return made


def test_a_booking_is_cancelled_with_its_reason_in_the_history(as_role, booking):
    client = as_role("front_desk")
    answer = client.post(act("appointment", booking, "cancel"), {"reason": "ill", "cause": "patient"}, follow=True)
    booking.refresh_from_db()
    assert booking.status == "cancelled"
    assert "Cancelled. The place is free." in answer.text
    assert booking.history.first().history_change_reason == "ill"


def test_without_a_reason_nothing_is_cancelled(as_role, booking):
    answer = as_role("front_desk").post(act("appointment", booking, "cancel"), {"reason": "", "cause": "patient"})
    booking.refresh_from_db()
    assert (answer.status_code, booking.status) == (422, "booked")


def test_a_booking_moves_to_a_place_that_was_found(as_role, booking):
    client = as_role("front_desk")
    page = client.get(act("appointment", booking, "move"))
    free = booking.slot.session.slots.exclude(pk=booking.slot_id).get()
    assert str(free.uuid) in page.text
    client.post(act("appointment", booking, "move"), {"slot": free.uuid})
    booking.refresh_from_db()
    assert booking.slot == free


@pytest.fixture
def doctor(client, booking):
    """The booking's own clinician, without any scope, signed in."""
    person = UserFactory(role="clinician", sees_all_sites=False)
    booking.slot.session.practitioner.user = person
    booking.slot.session.practitioner.save()
    client.force_login(person, backend=BACKEND)
    return client


@pytest.mark.parametrize("has_scope", [False, True])
def test_a_clinician_moves_within_their_own_sessions(doctor, booking, has_scope):
    own = booking.slot.session.slots.exclude(pk=booking.slot_id).get()
    other = SlotFactory(session=SessionFactory(service=booking.slot.service))
    if has_scope:
        person = booking.slot.session.practitioner.user
        Scope.objects.create(user=person, site=booking.slot.service.department.site)
    for asked in ({}, {"first_day": clock.today().isoformat(), "anybody": "on"}):
        page = doctor.get(act("appointment", booking, "move"), asked)
        assert str(own.uuid) in page.text
        assert str(other.uuid) not in page.text
        assert "Other practitioners too" not in page.text
    doctor.post(act("appointment", booking, "move"), {"slot": own.uuid})
    booking.refresh_from_db()
    assert booking.slot == own


def test_a_refusal_is_shown_in_words(as_role, booking):
    answer = as_role("front_desk").post(act("appointment", booking, "noshow"), {"reason": ""})
    assert answer.status_code == 422
    assert "The visit has not begun yet." in answer.text


def test_only_acts_that_fit_the_state_are_offered(as_role, booking):
    page = as_role("front_desk").get(act("appointment", booking, "change"))
    assert act("appointment", booking, "cancel") in page.text
    assert act("appointment", booking, "noshow") not in page.text
    assert act("appointment", booking, "undo") not in page.text


def test_who_opens_a_booking_is_in_the_access_log(as_role, booking):
    as_role("front_desk").get(act("appointment", booking, "change"))
    line = AccessLog.objects.get()
    assert (line.action, line.subject_uuid) == ("open", booking.patient.uuid)


@pytest.mark.parametrize("path", ["move", "cancel", "confirm", "noshow", "undo"])
@pytest.mark.parametrize("role", ["auditor", "administrator"])
def test_who_only_looks_changes_no_booking(as_role, booking, role, path):
    assert as_role(role).post(act("appointment", booking, path), {"reason": "x"}).status_code == 403


def test_several_bookings_are_confirmed_and_what_is_refused_is_said(as_role, booking):
    over = AppointmentFactory(status="fulfilled", patient=PatientFactory(name="Bob Jones"))
    data = {"action": "confirm_rows", "_selected_action": [booking.pk, over.pk]}
    answer = as_role("front_desk").post(
        reverse("admin:scheduling_appointment_changelist", query={"when": "all"}), data, follow=True
    )
    booking.refresh_from_db()
    assert booking.confirmed_at is not None
    assert "1 confirmed." in answer.text
    assert "Bob Jones: This booking is" in answer.text


def test_an_export_is_masked_and_leaves_a_line_in_the_access_log(as_role, booking):
    data = {"action": "export_rows", "_selected_action": [booking.pk]}
    address = reverse("admin:scheduling_appointment_changelist", query={"when": "all"})
    text = b"".join(as_role("administrator").post(address, data).streaming_content).decode()
    assert "Alice Smith" in text
    assert "+86" not in text
    assert AccessLog.objects.get().action == "export"


def test_who_may_not_export_is_not_offered_it(as_role, booking):
    address = reverse("admin:scheduling_appointment_changelist", query={"when": "all"})
    assert "export_rows" not in as_role("front_desk").get(address).text


def preview(*sessions: Session) -> str:
    return reverse("admin:scheduling_session_stop_preview", query={"session": [one.pk for one in sessions]})


def seen(client, *sessions: Session) -> str:
    """What the preview says that it showed."""
    return client.get(preview(*sessions)).context["seen"]


def test_stopping_shows_each_booking_with_its_alternatives_and_writes_nothing(as_role, booking):
    session = booking.slot.session
    other = SlotFactory(session=SessionFactory(practitioner=session.practitioner, service=session.service,
                                               day=session.day + dt.timedelta(days=7)))  # fmt: skip
    page = as_role("supervisor").get(preview(session))
    session.refresh_from_db()
    assert "Alice Smith" in page.text
    assert f"{clock.local(other.starts_at):%H:%M}" in page.text
    assert session.status == "open"


def test_a_preview_opens_at_its_top_and_not_at_the_reason_below(as_role, booking):
    assert " autofocus" not in as_role("supervisor").get(preview(booking.slot.session)).text


def test_new_bookings_stop_and_the_old_ones_stay(as_role, booking):
    session = booking.slot.session
    client = as_role("supervisor")
    client.post(preview(session), {"kind": "stop_new", "reason": "ill", "seen": seen(client, session)})
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.status, booking.status) == ("stopped", "booked")


def test_a_session_is_cancelled_with_its_bookings_and_the_stoppage_taken_back(as_role, booking):
    session, client = booking.slot.session, as_role("supervisor")
    client.post(preview(session), {"kind": "cancel", "reason": "ill", "seen": seen(client, session)})
    session.refresh_from_db()
    booking.refresh_from_db()
    assert (session.status, booking.status, booking.cancel_cause) == ("cancelled", "cancelled", "clinic")
    client.post(act("session", session, "lift"), {"reason": "well again"})
    session.refresh_from_db()
    assert session.status == "open"


def test_what_changed_since_the_preview_is_shown_again_first(as_role, booking):
    """One booking goes and another comes: as many as before, and yet not those that were shown."""
    session, client = booking.slot.session, as_role("supervisor")
    shown = seen(client, session)
    Appointment.objects.filter(pk=booking.pk).update(status="fulfilled")
    late = AppointmentFactory(slot=session.slots.get(taken=0), patient=PatientFactory(name="Late Comer"))
    answer = client.post(preview(session), {"kind": "cancel", "reason": "x", "seen": shown})
    late.refresh_from_db()
    assert "look at the list again" in answer.text
    assert "Late Comer" in answer.text
    assert late.status == "booked"


def test_who_books_while_the_button_is_pressed_is_shown_and_not_cancelled(as_role, booking, monkeypatch):
    session, client = booking.slot.session, as_role("supervisor")
    shown, really = seen(client, session), stoppages.apply

    def apply(plan, **given):
        AppointmentFactory(slot=session.slots.get(taken=0), patient=PatientFactory(name="Late Comer"))
        return really(plan, **given)

    monkeypatch.setattr(stoppages, "apply", apply)
    answer = client.post(preview(session), {"kind": "cancel", "reason": "x", "seen": shown})
    session.refresh_from_db()
    assert "Something changed since this preview was made." in answer.text
    assert "Late Comer" in answer.text
    assert (session.status, Appointment.objects.filter(status="booked").count()) == ("open", 2)


@pytest.mark.parametrize("role", ["front_desk", "clinician", "auditor"])
def test_who_may_not_stop_sessions_is_refused(as_role, booking, role):
    assert as_role(role).post(preview(booking.slot.session), {"kind": "cancel", "reason": "x"}).status_code == 403


def test_an_extra_session_is_added_with_its_reason(as_role, booking):
    session = booking.slot.session
    data = {
        "practitioner": session.practitioner.pk, "service": session.service.pk, "location": "", "starts": "14:00",
        "ends": "15:00", "day": session.day.isoformat(), "capacity": "2", "overbook_limit": "0", "reason": "flu wave",
    }  # fmt: skip
    as_role("supervisor").post(reverse("admin:scheduling_session_add_extra"), data)
    extra = Session.objects.get(schedule=None, practitioner=session.practitioner, starts_at__gt=session.ends_at)
    assert extra.slots.count() == 4
    assert extra.history.first().history_change_reason == "flu wave"


def test_an_extra_session_that_clashes_says_with_what(as_role, booking):
    session = booking.slot.session
    data = {
        "practitioner": session.practitioner.pk, "service": session.service.pk, "starts": "09:00", "ends": "10:00",
        "day": session.day.isoformat(), "capacity": "1", "overbook_limit": "0", "reason": "x",
    }  # fmt: skip
    answer = as_role("supervisor").post(reverse("admin:scheduling_session_add_extra"), data)
    assert "is already in use at this time" in answer.text


def test_times_are_blocked_together_with_one_reason(as_role, booking):
    client, address = as_role("supervisor"), reverse("admin:scheduling_slot_changelist", query={"when": "all"})
    chosen = {"action": "block_rows", "_selected_action": [slot.pk for slot in Slot.objects.all()]}
    assert 'name="reason"' in client.post(address, chosen).text
    client.post(address, {**chosen, "reason": "meeting"})
    assert set(Slot.objects.values_list("closed", flat=True)) == {"blocked"}


def test_fewer_places_than_are_taken_are_refused(as_role, booking):
    second = SlotFactory(session=booking.slot.session, number=2, capacity=2)
    AppointmentFactory(slot=second), AppointmentFactory(slot=second)
    answer = as_role("supervisor").post(act("slot", second, "resize"), {"capacity": "1", "reason": "x"})
    second.refresh_from_db()
    assert (answer.status_code, second.capacity) == (422, 2)


@pytest.fixture
def schedule(db):
    """A line of the roster whose next four weeks are made."""
    line, today = ScheduleFactory(), clock.today()
    making.generate(today, today + dt.timedelta(days=28), by=UserFactory(), schedules=[line])
    return line


def changed(line: Schedule, **values) -> dict:
    data = {
        "weekday": line.weekday, "starts": "09:00", "ends": "10:00", "slot_minutes": 15, "capacity": 1,
        "overbook_limit": 0, "location": "", "valid_from": "2020-01-01", "valid_until": "", "is_active": "on",
    }  # fmt: skip
    return data | values


def test_a_change_of_the_roster_is_shown_before_it_is_made(as_role, schedule):
    client, address = as_role("supervisor"), act("schedule", schedule, "change_roster")
    before = Slot.objects.count()
    page = client.post(address, changed(schedule, ends="11:00", preview="1"))
    assert "What it does to the weeks already made" in page.text
    assert Slot.objects.count() == before
    seen = page.context["seen"]
    client.post(address, changed(schedule, ends="11:00", apply="1", reason="longer", seen=seen))
    schedule.refresh_from_db()
    assert schedule.ends == dt.time(11)
    assert Slot.objects.count() > before


def test_a_slot_that_somebody_holds_is_named_before_the_roster_changes(as_role, schedule):
    slot = Slot.objects.filter(starts_at__gt=clock.now() + dt.timedelta(days=1)).first()
    AppointmentFactory(slot=slot)
    address = act("schedule", schedule, "change_roster")
    page = as_role("supervisor").post(address, changed(schedule, starts="09:30", preview="1"))
    assert "because somebody holds it" in page.text


def test_a_room_that_is_taken_is_named_before_and_after(as_role, schedule):
    room = LocationFactory(name_en="Room 7")
    other = ScheduleFactory(weekday=schedule.weekday, starts=dt.time(9, 30), location=room)
    client, today = as_role("supervisor"), clock.today()
    data = {"first": today.isoformat(), "last": (today + dt.timedelta(days=20)).isoformat()}
    client.post(reverse("admin:scheduling_schedule_generate"), data)
    page = client.post(act("schedule", schedule, "change_roster"), changed(schedule, location=room.pk, preview="1"))
    assert "would share Room 7" in page.text
    assert other.practitioner.name in page.text
    assert "Sessions in another room" in page.text
    second = ScheduleFactory(weekday=schedule.weekday, starts=dt.time(9, 15), location=room)
    answer = client.post(reverse("admin:scheduling_schedule_generate"), data, follow=True)
    assert f"{second.practitioner.name} ·" in answer.text
    assert "shares Room 7 with" in answer.text


def test_sessions_are_generated_now(as_role):
    ScheduleFactory()
    today = clock.today()
    data = {"first": today.isoformat(), "last": (today + dt.timedelta(days=14)).isoformat()}
    answer = as_role("supervisor").post(reverse("admin:scheduling_schedule_generate"), data, follow=True)
    assert Session.objects.exists()
    assert "times were made." in answer.text


def test_somebody_joins_the_waiting_list_once(as_role, booking):
    client, address = as_role("front_desk"), reverse("admin:scheduling_waitlistentry_add")
    today = clock.today()
    data = {
        "patient": booking.patient.pk, "service": booking.slot.service.pk, "practitioner": "", "part_of_day": "",
        "earliest": today.isoformat(), "latest": (today + dt.timedelta(days=9)).isoformat(), "priority": "0",
        "notice_hours": "1", "note": "", "offers-TOTAL_FORMS": "0", "offers-INITIAL_FORMS": "0",
    }  # fmt: skip
    client.post(address, data)
    assert WaitlistEntry.objects.get().patient == booking.patient
    assert "already waits" in client.post(address, data).text
    assert WaitlistEntry.objects.count() == 1


def test_a_place_is_offered_taken_and_booked(as_role, booking):
    entry = WaitlistEntryFactory(service=booking.slot.service)
    free = booking.slot.session.slots.exclude(pk=booking.slot_id).get()
    client = as_role("front_desk")
    assert str(free.uuid) in client.get(act("waitlistentry", entry, "offer")).text
    client.post(act("waitlistentry", entry, "offer"), {"slot": free.uuid})
    client.post(act("waitlistoffer", WaitlistOffer.objects.get(), "accept"))
    entry.refresh_from_db()
    assert entry.status == "booked"


def test_somebody_is_taken_off_the_list_with_a_reason(as_role, booking):
    entry = WaitlistEntryFactory(service=booking.slot.service)
    as_role("front_desk").post(act("waitlistentry", entry, "withdraw"), {"reason": "went elsewhere"})
    entry.refresh_from_db()
    assert entry.status == "withdrawn"


def test_acts_stop_at_the_border_of_the_scope(client, booking):
    stranger = UserFactory(role="supervisor", sees_all_sites=False)
    Scope.objects.create(user=stranger, site=SlotFactory().service.department.site)
    client.force_login(stranger, backend=BACKEND)
    for name, obj, path in (
        ("appointment", booking, "cancel"), ("session", booking.slot.session, "lift"), ("slot", booking.slot, "block"),
    ):  # fmt: skip
        assert client.post(act(name, obj, path), {"reason": "x"}).status_code == 404
    page = client.get(preview(booking.slot.session))
    assert "Alice Smith" not in page.text

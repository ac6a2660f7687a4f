"""The stoppage workbench: sessions chosen, seen what it means, stopped; then everybody told."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, EventKind, Session
from scheduling.services import stoppages
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from tests.axe import faults

STOPPING, UNTOLD = reverse("admin:desk:stopping"), reverse("admin:desk:untold")


def cancelled(session, by):
    origin = Origin(by, "desk")
    stoppages.apply(stoppages.plan([session], origin=origin), kind="cancel", reason="ill", origin=origin)


def test_r17_a_season_of_66_sessions_is_stopped_in_five_acts(page, sign_in, transactional_db, department, supervisor):
    """Choose the practitioner and the last day, look, give the reason, press: whatever the number of sessions."""
    first = SessionFactory(service__department=department, practitioner__name="Chen Yu")
    for n in range(1, 66):
        SessionFactory(practitioner=first.practitioner, service=first.service, day=first.day + dt.timedelta(days=n))
    booking = AppointmentFactory(slot=SlotFactory(session=first), patient=PatientFactory(name="Alice Smith"))
    sign_in(supervisor)
    page.goto(STOPPING)
    page.select_option("#id_practitioner", label="Chen Yu")
    page.fill("#id_last", (first.day + dt.timedelta(days=100)).isoformat())
    page.click("text=Show sessions")
    assert page.inner_text("#stop-count") == "66"
    page.click("#stop-preview")
    page.wait_for_selector("text=Alice Smith")
    page.fill("[name=reason]", "Illness")
    page.click("button[value=cancel]")
    page.wait_for_url(f"**{UNTOLD}")
    assert Session.objects.filter(status="cancelled").count() == 66
    assert Appointment.objects.get(pk=booking.pk).status == "cancelled"
    page.click("text=Told, wants no other")
    page.wait_for_selector(f"#untold-{booking.uuid}", state="detached")
    assert booking.events.filter(kind=EventKind.TOLD).exists()


def test_a_session_that_is_unticked_goes_on(page, sign_in, transactional_db, department, supervisor):
    one = SessionFactory(service__department=department)
    other = SessionFactory(practitioner=one.practitioner, service=one.service, day=one.day + dt.timedelta(days=1))
    sign_in(supervisor)
    page.goto(f"{STOPPING}?practitioner={one.practitioner.pk}")
    page.uncheck(f"#stop-{other.pk}")
    assert page.inner_text("#stop-count") == "1"
    page.click("#stop-preview")
    page.fill("[name=reason]", "Illness")
    page.click("button[value=stop_new]")
    page.wait_for_url(f"**{UNTOLD}")
    assert list(Session.objects.order_by("day").values_list("status", flat=True)) == ["stopped", "open"]


@pytest.mark.parametrize(
    "query",
    [
        {"practitioner": "nonsense"}, {"practitioner": "999999"}, {"first": "x"}, {"last": "0001-01-01"},
        {"session": "x", "preview": "1"}, {"first": "2026-13-45", "department": "1"},
    ],
)  # fmt: skip
def test_addresses_typed_by_hand_do_no_harm(boss, session, query):
    assert boss.get(STOPPING, query).status_code in (200, 302)


def test_sessions_of_another_site_cannot_be_chosen(boss, session):
    foreign = SessionFactory()
    page = boss.get(STOPPING, {"practitioner": foreign.practitioner.pk})
    assert page.context["sessions"] == []


def test_who_may_not_stop_is_refused(desk, session):
    assert desk.get(STOPPING).status_code == 403


def test_the_desk_tells_people_and_sees_masked_phones_only(desk, clerk, session, slots, supervisor):
    booking = AppointmentFactory(slot=slots[0], patient=PatientFactory(name="Alice Smith"))
    cancelled(session, supervisor)
    page = desk.get(UNTOLD).text
    assert "Alice Smith" in page
    assert "No phone" in page
    assert desk.post(reverse("admin:desk:tell", kwargs={"booking": booking.uuid})).status_code == 200
    assert "Alice Smith" not in desk.get(UNTOLD).text


def test_telling_of_a_booking_that_stands_is_refused_in_words(desk, session, slots):
    booking = AppointmentFactory(slot=slots[0])
    answer = desk.post(reverse("admin:desk:tell", kwargs={"booking": booking.uuid}))
    assert answer.status_code == 409
    assert "crm-danger" in answer.text


def test_people_of_another_site_are_not_listed_and_cannot_be_told(desk, session, supervisor):
    foreign = AppointmentFactory(slot=SlotFactory(session=SessionFactory()))
    cancelled(foreign.slot.session, UserFactory(role="supervisor", sees_all_sites=True))
    assert str(foreign.uuid) not in desk.get(UNTOLD).text
    assert desk.post(reverse("admin:desk:tell", kwargs={"booking": foreign.uuid})).status_code == 404


def test_the_list_costs_the_same_for_one_and_for_many(desk, session, slots, supervisor, django_assert_max_num_queries):
    for slot in slots:
        AppointmentFactory(slot=slot)
    cancelled(session, supervisor)
    desk.get(UNTOLD)
    with django_assert_max_num_queries(10):
        assert desk.get(UNTOLD).text.count('<tr id="untold-') == len(slots)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_have_no_known_fault(page, sign_in, transactional_db, department, supervisor, scheme):
    one = SessionFactory(service__department=department)
    AppointmentFactory(slot=SlotFactory(session=one))
    page.emulate_media(color_scheme=scheme)
    sign_in(supervisor)
    page.goto(STOPPING)
    assert faults(page) == []
    page.goto(f"{STOPPING}?practitioner={one.practitioner.pk}")
    assert faults(page) == []
    cancelled(one, supervisor)
    page.goto(UNTOLD)
    assert faults(page) == []


def test_the_clock_is_the_hospitals(boss, session):
    assert boss.get(STOPPING, {"practitioner": session.practitioner.pk}).context["asked"]["first"] == clock.today()


def test_a_place_is_kept_shown_and_taken_with_one_press(page, sign_in, transactional_db, department, supervisor):
    one = SessionFactory(service__department=department)
    booking = AppointmentFactory(slot=SlotFactory(session=one), patient=PatientFactory(name="Alice Smith"))
    other = SessionFactory(practitioner=one.practitioner, service=one.service, day=one.day + dt.timedelta(days=1))
    SlotFactory(session=other)
    sign_in(supervisor)
    page.goto(reverse("admin:scheduling_session_stop_preview", query={"session": one.pk, "next": UNTOLD}))
    page.wait_for_selector("text=can be kept")
    assert faults(page) == []
    page.fill("[name=reason]", "Illness")
    page.click("button[value=cancel]")
    page.wait_for_selector("text=1 place kept")
    assert faults(page) == []
    page.click(".untold-kept")
    page.wait_for_selector("text=Alice Smith is booked for")
    assert "0 rows" in page.inner_text("#untold-count")
    assert Appointment.objects.get(patient=booking.patient, status="booked").slot.session == other


def test_nothing_is_kept_when_the_box_is_not_ticked(boss, session, slots):
    AppointmentFactory(slot=slots[0])
    later = session.day + dt.timedelta(days=1)
    SlotFactory(session=SessionFactory(practitioner=session.practitioner, service=session.service, day=later))
    address = reverse("admin:scheduling_session_stop_preview", query={"session": session.pk})
    seen = boss.get(address).context["seen"]
    boss.post(address, {"seen": seen, "reason": "ill", "kind": "cancel"})
    assert Appointment.objects.get(slot=slots[0]).status == "cancelled"
    assert not Appointment.objects.filter(status="held").exists()


def test_a_kept_place_of_another_site_cannot_be_taken(desk, session):
    foreign = AppointmentFactory(slot=SlotFactory(session=SessionFactory()))
    assert desk.post(reverse("admin:desk:take_kept", kwargs={"booking": foreign.uuid})).status_code == 404


def test_a_place_that_nobody_keeps_is_refused_in_words(desk, session, slots):
    booking = AppointmentFactory(slot=slots[0])
    answer = desk.post(reverse("admin:desk:take_kept", kwargs={"booking": booking.uuid}))
    assert answer.status_code == 409
    assert "crm-danger" in answer.text

"""The waiting-list desk: who waits, a place proposed, the answer entered; nothing of other sites."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, WaitlistEntry, WaitlistOffer
from scheduling.services import waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, WaitlistEntryFactory
from tests.axe import faults

PAGE = reverse("admin:desk:waiting")


@pytest.fixture
def entry(session, slots):
    return WaitlistEntryFactory(
        patient=PatientFactory(name="Alice Smith"), service=session.service, earliest=clock.today(),
        latest=session.day + dt.timedelta(days=7), notice_hours=0,
    )  # fmt: skip


def offered(entry, slot) -> WaitlistOffer:
    return waitlist.offer(
        entry=entry, slot=slot, origin=Origin(UserFactory(role="front_desk", sees_all_sites=True), "desk")
    )


def ask(client, name, **kwargs):
    data = kwargs.pop("data", {})
    return client.post(reverse(f"admin:desk:{name}", kwargs=kwargs), data)


def test_who_has_a_place_stands_first_and_the_rest_says_so(desk, session, slots, entry):
    later = WaitlistEntryFactory(
        patient=PatientFactory(name="Bob Jones"), service=session.service, priority=5,
        earliest=session.day + dt.timedelta(days=30), latest=session.day + dt.timedelta(days=40),
    )  # fmt: skip
    found = desk.get(PAGE).context["found"]
    assert [(one, one.has_place) for one in found.entries] == [(entry, True), (later, False)]


def test_a_place_with_somebody_else_is_none_for_who_wants_one_practitioner(desk, session, slots, entry):
    other = AppointmentFactory().slot.session.practitioner
    WaitlistEntry.objects.filter(pk=entry.pk).update(practitioner=other)
    assert [one.has_place for one in desk.get(PAGE).context["found"].entries] == [False]


def test_a_place_is_proposed_held_and_taken_by_phone(desk, session, slots, entry):
    places = desk.get(reverse("admin:desk:waiting_places", kwargs={"entry": entry.uuid}))
    assert str(slots[0].uuid) in places.text
    answer = ask(desk, "waiting_offer", entry=entry.uuid, data={"slot": str(slots[0].uuid)})
    assert answer.status_code == 200
    assert "Held for Alice Smith" in answer.text
    offer = WaitlistOffer.objects.get()
    answer = ask(desk, "waiting_accept", offer=offer.uuid)
    assert "Booked. Reference" in answer.text
    assert Appointment.objects.get().status == "booked"
    entry.refresh_from_db()
    assert entry.status == "booked"


def test_a_declined_place_is_free_and_the_person_waits_on(desk, session, slots, entry):
    answer = ask(desk, "waiting_decline", offer=offered(entry, slots[0]).uuid)
    assert answer.status_code == 200
    slots[0].refresh_from_db()
    entry.refresh_from_db()
    assert (slots[0].taken, entry.status) == (0, "waiting")


def test_an_answer_that_comes_twice_or_too_late_is_refused_in_words(desk, session, slots, entry):
    offer = offered(entry, slots[0])
    ask(desk, "waiting_decline", offer=offer.uuid)
    answer = ask(desk, "waiting_accept", offer=offer.uuid)
    assert answer.status_code in (409, 422)
    assert "crm-danger" in answer.text


def test_a_place_that_is_gone_is_refused_and_nobody_loses_their_turn(desk, session, slots, entry):
    AppointmentFactory(slot=slots[0])
    answer = ask(desk, "waiting_offer", entry=entry.uuid, data={"slot": str(slots[0].uuid)})
    assert answer.status_code == 409
    entry.refresh_from_db()
    assert entry.status == "waiting"


@pytest.mark.parametrize("slot", ["", "nonsense", "00000000-0000-0000-0000-000000000000"])
def test_nonsense_for_a_place_does_no_harm(desk, session, slots, entry, slot):
    assert ask(desk, "waiting_offer", entry=entry.uuid, data={"slot": slot}).status_code == 422


def test_people_and_offers_of_another_site_are_not_there(desk, slots):
    foreign = WaitlistEntryFactory()
    assert desk.get(PAGE).context["found"].entries == []
    assert ask(desk, "waiting_offer", entry=foreign.uuid).status_code == 404
    assert desk.get(reverse("admin:desk:waiting_places", kwargs={"entry": foreign.uuid})).status_code == 404


def test_who_may_only_look_is_offered_nothing(as_user, session, slots, entry):
    client = as_user(UserFactory(role="auditor", sees_all_sites=True))
    assert "propose-" not in client.get(PAGE).text
    assert ask(client, "waiting_offer", entry=entry.uuid, data={"slot": str(slots[0].uuid)}).status_code == 403


def test_the_page_costs_the_same_for_one_and_for_many(desk, session, slots, django_assert_max_num_queries):
    for slot in slots:
        person = WaitlistEntryFactory(service=session.service, notice_hours=0)
        offered(WaitlistEntryFactory(service=session.service, notice_hours=0), slot)
        assert person
    desk.get(PAGE)
    with django_assert_max_num_queries(12):
        assert len(desk.get(PAGE).context["found"].offers) == 3


def test_by_keys_alone_in_a_browser_and_the_clock_runs(page, sign_in, transactional_db, clerk, session, slots, entry):
    sign_in(clerk)
    page.goto(PAGE)
    page.focus(f"#propose-{entry.uuid}")
    page.keyboard.press("Enter")
    page.wait_for_selector(".waiting-places button:focus")
    page.keyboard.press("Enter")
    page.wait_for_selector("#waiting-said:has-text('Held for Alice Smith')")
    offer = WaitlistOffer.objects.get()
    clock_of = f"#offer-{offer.uuid} [data-until]"
    seen = [clock_of, page.inner_text(clock_of)]
    page.wait_for_function("([where, text]) => document.querySelector(where).textContent !== text", arg=seen)
    page.focus(f"#takes-{offer.uuid}")
    page.keyboard.press("Enter")
    page.wait_for_selector("#waiting-said:has-text('Booked')")
    assert Appointment.objects.get().status == "booked"


def test_the_page_that_is_only_looked_at_keeps_nobody_signed_in(page, sign_in, transactional_db, clerk, entry):
    sign_in(clerk)
    page.clock.install()
    page.goto(PAGE)
    with page.expect_request(f"**{PAGE}") as asked:
        page.clock.run_for(31_000)
    assert asked.value.headers["x-background"] == "1"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_has_no_known_fault(page, sign_in, transactional_db, clerk, session, slots, entry, scheme):
    offered(WaitlistEntryFactory(service=session.service, notice_hours=0), slots[0])
    page.emulate_media(color_scheme=scheme)
    sign_in(clerk)
    page.goto(PAGE)
    assert faults(page) == []
    page.click(f"#propose-{entry.uuid}")
    page.wait_for_selector(".waiting-places")
    assert faults(page) == []

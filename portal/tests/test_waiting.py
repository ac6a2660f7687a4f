"""The waiting list on the portal: queued, not booked; left at any time; an offer is taken or let go."""

import datetime as dt

import pytest
from django.urls import reverse

from common import clock
from patients.tests.factories import PatientFactory, RelatedPersonFactory
from portal.tests.factories import desk, offered
from portal.tests.signing import enter
from portal.tests.test_my_visits import text
from scheduling.models import Appointment, WaitlistEntry
from scheduling.tests.factories import WaitlistEntryFactory, restricted

WAITING = "/portal/waiting/"


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def own(client, alice):
    enter(client, alice)
    return client


def said(session, whom, **more):
    day = clock.today()
    return {
        "service": session.service.uuid, "person": whom.uuid, "earliest": day.isoformat(),
        "latest": (day + dt.timedelta(days=14)).isoformat(), "part_of_day": "am",
    } | more  # fmt: skip


def test_p22_before_joining_it_says_what_it_is(own, session):
    page = text(own.get(WAITING, {"service": session.service.uuid}))
    for fact in (
        "You are queued, not booked. We cannot promise you a place.", "for 30 minutes", "within 24 hours",
        "After that day you are off the list.", "You can leave the list at any time.", "General clinic",
    ):  # fmt: skip
        assert fact in page
    assert not WaitlistEntry.objects.exists()


def test_p22_joining_makes_an_entry_that_is_shown(own, session, alice):
    practitioner = session.practitioner
    page = text(own.post(WAITING, said(session, alice, practitioner=practitioner.uuid), follow=True))
    entry = WaitlistEntry.objects.get()
    assert (entry.patient, entry.service, entry.practitioner) == (alice, session.service, practitioner)
    assert (entry.part_of_day, entry.channel, entry.notice_hours, entry.priority) == ("am", "portal", 24, 0)
    assert "Queued, not booked" in page
    assert "A* S*" in page
    assert "Queued, not booked" in text(own.get(reverse("portal:visits")))


def test_joining_twice_is_said_and_is_one_entry(own, session, alice):
    own.post(WAITING, said(session, alice))
    again = own.post(WAITING, said(session, alice))
    assert again.status_code in (409, 422)
    assert WaitlistEntry.objects.count() == 1


def test_p31_wrong_days_are_said_at_their_field(own, session, alice):
    answer = own.post(WAITING, said(session, alice, latest="2020-01-01"))
    assert answer.status_code == 422
    assert 'id="id_latest_error"' in answer.content.decode()
    answer = own.post(WAITING, said(session, alice, person=""))
    assert "Choose who it is for." in text(answer)
    assert not WaitlistEntry.objects.exists()


def test_a_relative_can_be_entered(own, session, alice):
    child = PatientFactory(name="Ben Smith", birth_date=dt.date(2018, 3, 7))
    RelatedPersonFactory(patient=child, proxy=alice, can_view=True)
    assert "B* S* (8 years old)" in text(own.get(WAITING, {"service": session.service.uuid}))
    own.post(WAITING, said(session, child))
    assert WaitlistEntry.objects.get().patient == child


def test_h1_nobody_else_can_be_entered(own, session):
    answer = own.post(WAITING, said(session, PatientFactory()))
    assert answer.status_code == 422
    assert not WaitlistEntry.objects.exists()


def test_h3_priority_and_channel_are_ours(own, session, alice):
    own.post(WAITING, said(session, alice, priority=99, channel="desk", status="booked", notice_hours=0, note="x"))
    entry = WaitlistEntry.objects.get()
    assert (entry.priority, entry.channel, entry.status, entry.notice_hours, entry.note) == (
        0, "portal", "waiting", 24, ""
    )  # fmt: skip


@pytest.mark.parametrize("service", ["x", "00000000-0000-4000-8000-000000000000", ""])
def test_an_unknown_service_is_no_page(own, service):
    assert own.get(WAITING, {"service": service}).status_code == 404


def test_who_is_restricted_hears_why(own, session, alice):
    restricted(alice, by=desk().by)
    answer = own.post(WAITING, said(session, alice))
    assert answer.status_code == 422
    assert "To object, contact" in text(answer)


def test_p22_leaving_asks_first_and_twice_is_once(own, alice):
    entry = WaitlistEntryFactory(patient=alice)
    leave = reverse("portal:leave", args=[entry.uuid])
    assert "Leave the waiting list?" in text(own.get(leave))
    entry.refresh_from_db()
    assert entry.status == "waiting"
    assert [own.post(leave)["Location"] for _n in range(2)] == [WAITING, WAITING]
    entry.refresh_from_db()
    assert entry.status == "withdrawn"


@pytest.fixture
def offer(session):
    return offered(session)[0]


@pytest.fixture
def waits(client, offer):
    enter(client, offer.entry.patient)
    return client


def test_p22_an_offer_stands_first_with_its_end(waits, offer):
    for page in (waits.get(WAITING), waits.get(reverse("portal:offer", args=[offer.uuid]))):
        assert "The place is kept for you until" in text(page)
        assert "09:00–09:15 (morning)" in text(page)


def test_an_offer_is_taken_once(waits, offer):
    where = reverse("portal:offer", args=[offer.uuid])
    answers = [waits.post(where, {"answer": "yes"}) for _n in range(2)]
    assert "Done: your visit is booked" in text(waits.get(answers[0]["Location"]))
    assert answers[1].status_code == 302
    assert Appointment.objects.get(patient=offer.entry.patient).status == "booked"


def test_an_offer_is_let_go_and_the_person_waits_on(waits, offer):
    waits.post(reverse("portal:offer", args=[offer.uuid]), {"answer": "no"})
    offer.entry.refresh_from_db()
    assert offer.entry.status == "waiting"


def test_looking_at_an_offer_changes_nothing(waits, offer):
    where = reverse("portal:offer", args=[offer.uuid])
    waits.get(where), waits.head(where), waits.post(where)
    offer.refresh_from_db()
    assert offer.status == "open"


def test_an_offer_that_is_over_says_so(noon, client, session):
    offer = offered(session)[0]
    noon.later(minutes=31)
    enter(client, offer.entry.patient)
    where = reverse("portal:offer", args=[offer.uuid])
    assert "This place is not kept for you any more" in text(client.get(where))
    assert client.post(where, {"answer": "yes"}).status_code in (409, 410, 422)
    assert not Appointment.objects.filter(status="booked").exists()


def test_h2_the_entries_and_offers_of_others_read_like_none(client, offer):
    enter(client, PatientFactory(language="en"))
    for name, about in (("offer", offer), ("leave", offer.entry)):
        where = reverse(f"portal:{name}", args=[about.uuid])
        assert client.get(where).status_code == client.post(where, {"answer": "yes"}).status_code == 404
    offer.refresh_from_db()
    assert offer.status == "open"

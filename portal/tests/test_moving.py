"""Another time for a visit, chosen by its patient: the old place is theirs until the new one is."""

import re

import pytest
from django.urls import reverse

from common import clock
from patients.tests.factories import PatientFactory
from portal import places
from portal.tests.factories import another, booked, clinic, desk, slot_of, stopped
from portal.tests.signing import enter
from portal.tests.test_my_visits import address, text
from scheduling.models import Appointment, Session
from scheduling.services import appointments, holds
from scheduling.tests.factories import SlotFactory, restricted


@pytest.fixture
def own(client, visit):
    enter(client, visit.patient)
    return client


def test_p6_twelve_days_stand_on_the_first_page_and_later_ones_behind_a_link(own, visit, session):
    for days in range(1, 15):
        another(session, days)
    Session.objects.update(released_at=clock.now())
    page = own.get(address("move", visit))
    assert len(re.findall(r'href="[^"]*/move/\d{4}-\d\d-\d\d/', page.content.decode())) == places.DAYS
    later = re.search(r'href="(\?from=[^"]+)"', page.content.decode())[1]
    assert len(re.findall(r"/move/\d{4}-\d\d-\d\d/", own.get(address("move", visit) + later).content.decode())) == 3


def test_p17_the_old_place_is_named_and_kept_until_the_new_one_is_chosen(own, visit, session):
    for page in (own.get(address("move", visit)), own.get(address("move_day", visit, session.day.isoformat()))):
        assert "This place stays yours until you have chosen." in text(page)
        assert "A* S*" in text(page)
    check = text(own.get(address("move_to", visit, slot_of(session, 1).uuid)))
    assert "09:00–09:15 (morning)" in check
    assert "09:15–09:30 (morning)" in check
    visit.refresh_from_db()
    assert visit.version == 1


def test_p8_times_are_periods_of_half_an_hour_at_most(own, visit, session):
    page = text(own.get(address("move_day", visit, session.day.isoformat())))
    spans = re.findall(r"(\d\d):(\d\d)–(\d\d):(\d\d)", page)
    assert len(spans) >= 4
    assert all(0 < (int(c) - int(a)) * 60 + int(d) - int(b) <= 30 for a, b, c, d in spans)


def test_p17_the_new_place_is_taken_and_the_old_one_given_back(own, visit, session):
    to = address("move_to", visit, slot_of(session, 1).uuid)
    page = text(own.post(to, {"version": 1}, follow=True))
    assert "Done: your visit has a new time" in page
    assert "09:15–09:30" in page
    assert [slot_of(session, number).taken for number in (0, 1)] == [0, 1]


def test_p12_pressed_twice_is_moved_once(own, visit, session):
    to = address("move_to", visit, slot_of(session, 1).uuid)
    answers = [own.post(to, {"version": 1}) for _n in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    visit.refresh_from_db()
    assert visit.version == 2


def test_p17_a_fault_in_the_middle_leaves_the_old_place(own, visit, session, monkeypatch):
    own.raise_request_exception = False
    monkeypatch.setattr(appointments, "_resettle", lambda *given: 1 / 0)
    assert own.post(address("move_to", visit, slot_of(session, 1).uuid), {"version": 1}).status_code == 500
    visit.refresh_from_db()
    assert (visit.status, visit.slot_id) == ("booked", slot_of(session, 0).pk)
    assert [slot_of(session, number).taken for number in (0, 1)] == [1, 0]


def test_p9_a_place_lost_in_between_is_said_with_others_on_the_same_page(own, visit, session):
    to = address("move_to", visit, slot_of(session, 1).uuid)
    assert own.get(to).status_code == 200
    booked(session, PatientFactory(), 1)
    answer = own.post(to, {"version": 1})
    assert answer.status_code == 409
    assert "The last place has just been taken. These times are free now:" in text(answer)
    assert "09:30–09:45" in text(answer)
    assert "Still yours" in text(answer)
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_after_the_deadline_the_reason_and_the_phone_are_named(noon, own, visit, session):
    noon.now = visit.starts_at
    noon.later(hours=-2)
    enter(own, visit.patient)
    for page in (
        own.get(address("move", visit)),
        own.get(address("move_day", visit, session.day.isoformat())),
        own.post(address("move_to", visit, slot_of(session, 1).uuid), {"version": 1}),
    ):
        assert page.status_code == 422
        assert "Please call us." in text(page)
        assert "tel:01055550100" in page.content.decode()
    visit.refresh_from_db()
    assert visit.version == 1


def test_a_visit_that_staff_moved_meanwhile_is_shown_with_its_new_time(own, visit, session):
    appointments.move(appointment=visit, slot=slot_of(session, 2), origin=desk())
    answer = own.post(address("move_to", visit, slot_of(session, 1).uuid), {"version": 1})
    assert answer.status_code == 409
    assert "09:30–09:45" in text(answer)
    visit.refresh_from_db()
    assert visit.slot == slot_of(session, 2)


def test_a_place_of_another_service_is_no_choice(own, visit):
    other = slot_of(clinic(site__code="two"), 0)
    assert own.get(address("move_to", visit, other.uuid)).status_code == 404
    assert own.post(address("move_to", visit, other.uuid), {"version": 1}).status_code == 404


@pytest.mark.parametrize("day", ["yesterday", "2026-13-01", "20261201x", "0001-01-01", "9999-12-31", "１２"])
def test_what_is_no_day_is_no_page(own, visit, day):
    assert own.get(address("move_day", visit, day)).status_code == 404


@pytest.mark.parametrize("day", ["x", "0001-01-01", "9999-12-31"])
def test_days_from_nowhere_are_those_from_today(own, visit, day):
    answer = own.get(address("move", visit), {"from": day})
    assert answer.status_code == 200
    assert re.search(r"/move/\d{4}-\d\d-\d\d/", answer.content.decode())


def test_without_a_free_place_others_are_asked_and_the_waiting_list_is_named(own, visit, session):
    session.slots.exclude(pk=visit.slot_id).delete()
    page = own.get(address("move", visit))
    assert "There is no free place in the next two months." in text(page)
    assert f"?service={session.service.uuid}" in page.content.decode()
    other = SlotFactory(session__service=session.service, session__day=session.day)
    page = text(own.get(address("move", visit)))
    assert "Chen Yu has no free place. These days are with others." in page
    assert str(other.session.practitioner) in text(
        own.get(address("move_day", visit, session.day.isoformat()) + "?with=anybody")
    )


def test_p18_after_a_cancellation_the_same_is_booked_again_once(own, visit, session):
    appointments.cancel(appointment=visit, origin=desk())
    assert "as last time with Chen Yu" in text(own.get(address("again_visit", visit)))
    to = address("again_to", visit, slot_of(session, 1).uuid)
    assert "Confirm booking" in text(own.get(to))
    answers = [own.post(to, {"version": 1}) for _n in range(2)]
    assert answers[0]["Location"].endswith("?new=1")
    assert answers[0]["Location"] == answers[1]["Location"]
    made = Appointment.objects.get(patient=visit.patient, status="booked")
    assert (made.slot, made.channel) == (slot_of(session, 1), "portal")


def test_after_a_stoppage_another_time_is_two_presses_away(client):
    lost, _link = stopped(clinic())
    enter(client, lost.patient)
    page = client.get(address("again_visit", lost)).content.decode()
    assert re.search(r"/again/\d{4}-\d\d-\d\d/", page)


def test_who_is_restricted_hears_why_and_where_to_object(client, visit):
    appointments.cancel(appointment=visit, origin=desk())
    restricted(visit.patient, by=desk().by)
    enter(client, visit.patient)
    answer = client.get(address("again_visit", visit))
    assert answer.status_code == 422
    assert "To object, contact" in text(answer)


def test_a_visit_to_come_is_not_booked_again_and_a_cancelled_one_not_moved(own, visit, session):
    assert own.get(address("again_visit", visit)).status_code == 422
    appointments.cancel(appointment=visit, origin=desk())
    assert own.get(address("move", visit)).status_code == 422


def test_looking_holds_and_books_nothing(own, visit, session):
    before = list(Appointment.objects.values())
    for page in (
        address("move", visit),
        address("move_day", visit, session.day.isoformat()),
        address("move_to", visit, slot_of(session, 1).uuid),
    ):
        assert own.get(page).status_code == own.head(page).status_code == 200
    assert list(Appointment.objects.values()) == before


def test_a_place_that_somebody_keeps_is_not_named(own, visit, session):
    holds.hold(slot=slot_of(session, 1), origin=desk())
    page = text(own.get(address("move_day", visit, session.day.isoformat())))
    assert "09:15–09:30" not in page
    assert clock.today() < session.day


@pytest.mark.parametrize("name", ["visit", "cancel", "calendar", "move", "again_visit", "today"])
def test_h1_somebody_elses_visit_reads_like_none(client, visit, name):
    enter(client, PatientFactory(language="en"))
    unknown = reverse(f"portal:{name}", args=["00000000-0000-4000-8000-000000000000"])
    answers = [client.get(one) for one in (address(name, visit), unknown)]
    assert {answer.status_code for answer in answers} == {404}
    bodies = {re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", one.content.decode()) for one in answers}
    assert len(bodies) == 1


def test_h1_somebody_elses_visit_is_not_touched_by_a_post(client, visit, session):
    enter(client, PatientFactory(language="en"))
    to = slot_of(session, 1).uuid
    for one in (address("cancel", visit), address("move_to", visit, to), address("kept", visit)):
        assert client.post(one, {"version": 1, "answer": "yes"}).status_code == 404
    visit.refresh_from_db()
    assert (visit.status, visit.version) == ("booked", 1)

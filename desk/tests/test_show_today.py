"""The landing page: numbers that equal their rows, alerts only when there are any, refreshed by what changed."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from desk import today
from directory.models import Scope
from directory.tests.factories import PractitionerFactory
from patients.tests.factories import ContactPointFactory, PatientFactory
from scheduling.models import Appointment, Slot, WaitlistOffer
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, WaitlistEntryFactory
from visits.models import QueueEntry
from visits.services import encounters, queue
from visits.tests.factories import clinic, counter, waiting

TODAY = reverse("admin:index")
REFRESH = reverse("admin:desk:today")


def end_of_day() -> dt.datetime:
    return clock.day_bounds(clock.today())[1]


def session_of_today(department=None, **fields):
    """Runs until midnight, so that its places can be booked whenever the test runs."""
    ends = end_of_day()
    if department:
        fields["service__department"] = department
    return SessionFactory(day=clock.today(), starts_at=ends - dt.timedelta(hours=1), ends_at=ends, **fields)


def booked(session, status="booked", **more):
    """In a time of its own with three places."""
    starts = session.starts_at + dt.timedelta(minutes=session.slots.count())
    slot = SlotFactory(session=session, starts_at=starts, ends_at=session.ends_at, capacity=3)
    return AppointmentFactory(slot=slot, status=status, **more)


@pytest.fixture
def now(department):
    """A session with somebody in every state."""
    session = session_of_today(department)
    for status in ("booked", "booked", "arrived", "fulfilled", "noshow"):
        booked(session, status)
    Slot.objects.give_back(booked(session, "cancelled").slot_id)
    return session


@pytest.fixture
def browser_client(client, clerk):
    client.force_login(clerk, backend="django.contrib.auth.backends.ModelBackend")
    return client


def line_of(client, session) -> today.Line:
    lines = client.get(TODAY).context["found"].lines
    return next(line for line in lines if line.session == session)


def numbers_of(client, session) -> dict:
    page = client.get(TODAY)
    drawn = next(one for one in page.context["lines"] if one.line.session == session)
    return {cell.name: cell for cell in drawn.cells}


@pytest.mark.parametrize(("name", "count"), [("booked", 2), ("arrived", 1), ("seen", 1), ("absent", 1)])
def test_a_number_of_bookings_equals_the_rows_it_leads_to(browser_client, now, name, count):
    booked(session_of_today(now.service.department))
    number = numbers_of(browser_client, now)[name]
    assert number.value == count
    assert browser_client.get(number.link).context["cl"].result_count == count


@pytest.mark.parametrize(("name", "count"), [("waiting", 2), ("inside", 1)])
def test_a_number_of_tickets_equals_the_rows_it_leads_to(client, db, name, count):
    session = clinic()
    people = [waiting(session, minutes) for minutes in range(3)]
    waiting(clinic())
    encounters.start(entry=people[0], origin=counter())
    client.force_login(UserFactory(role="front_desk"), backend="django.contrib.auth.backends.ModelBackend")
    number = numbers_of(client, session)[name]
    assert number.value == count
    assert len(client.get(number.link).context["rows"]) == count


def test_the_places_left_equal_the_free_places_of_the_grid_it_leads_to(browser_client, now):
    SlotFactory(
        session=now,
        starts_at=now.starts_at - dt.timedelta(minutes=1),
        ends_at=now.ends_at,
        capacity=5,
        closed="blocked",
    )
    ended = booked(now, "held", held_until=clock.now() - dt.timedelta(minutes=1))
    SlotFactory(session=session_of_today(now.service.department), ends_at=end_of_day())
    number = numbers_of(browser_client, now)["left"]
    assert ended.slot.capacity == 3
    assert number.value == browser_client.get(number.link).context["grid"].free == 5 * 2 + 2 * 3


def test_a_clinician_sees_their_own_sessions(client, department):
    person = UserFactory(role="clinician", sees_all_sites=False)
    Scope.objects.create(user=person, site=department.site)
    mine = session_of_today(department, practitioner=PractitionerFactory(user=person))
    session_of_today(department)
    client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
    assert [line.session for line in client.get(TODAY).context["found"].lines] == [mine]


def test_sessions_of_another_site_are_not_there(browser_client, now):
    session_of_today()
    assert [line.session for line in browser_client.get(TODAY).context["found"].lines] == [now]


@pytest.mark.parametrize("path", [REFRESH, reverse("admin:desk:people", args=["stopped"])])
def test_who_may_not_see_sessions_is_refused(as_user, path):
    assert as_user(UserFactory(role="campaign_editor")).get(path).status_code == 403


def test_a_list_that_does_not_exist_is_not_found(desk):
    assert desk.get(reverse("admin:desk:people", args=["nobody"])).status_code == 404


def alerts(client) -> dict[str, str]:
    return {alert.name: alert for alert in client.get(TODAY).context["alerts"]}


def leads_to(client, name: str) -> list:
    return client.get(alerts(client)[name].link).context["rows"]


def test_when_all_is_well_nothing_stands_above_the_list(browser_client, now):
    for booking in Appointment.objects.all():
        ContactPointFactory(patient=booking.patient)
    page = browser_client.get(TODAY)
    assert page.context["alerts"] == []
    assert "today-alert crm-" not in page.text


def test_a_stopped_session_with_bookings_is_named_until_they_are_settled(browser_client, department):
    tomorrow = booked(SessionFactory(status="cancelled", service__department=department))
    of_today = booked(session_of_today(department, status="stopped"))
    SessionFactory(status="stopped", service__department=department)
    assert alerts(browser_client)["stopped"].text.startswith("2 stopped sessions")
    assert leads_to(browser_client, "stopped") == [of_today.slot.session, tomorrow.slot.session]
    Appointment.objects.update(status="cancelled")
    assert "stopped" not in alerts(browser_client)


def test_a_booking_whose_patient_refuses_the_only_phone_is_named(browser_client, department):
    session = session_of_today(department)
    lost, fine = booked(session), booked(session)
    ContactPointFactory(patient=lost.patient, refused_at=clock.now())
    ContactPointFactory(patient=fine.patient)
    assert leads_to(browser_client, "unreachable") == [lost]


def test_an_offer_that_ends_within_ten_minutes_is_named(browser_client, clerk, department):
    soon, later = (_offer(clerk, department, minutes) for minutes in (9, 11))
    assert leads_to(browser_client, "offers") == [soon] != [later]


def _offer(by, department, minutes: int) -> WaitlistOffer:
    entry = WaitlistEntryFactory(service__department=department)
    until = clock.now() + dt.timedelta(minutes=minutes)
    held = booked(session_of_today(department), "held", held_until=until, by=by)
    return WaitlistOffer.objects.create(entry=entry, appointment=held, offered_at=clock.now(), expires_at=until, by=by)


def test_who_has_waited_for_more_than_45_minutes_is_named(client, db):
    session = clinic()
    long, short = waiting(session), waiting(session, 15)
    for ticket, minutes in ((long, 46), (short, 44)):
        arrived = clock.now() - dt.timedelta(minutes=minutes)
        QueueEntry.objects.filter(pk=ticket.pk).update(arrived_at=arrived)
    client.force_login(UserFactory(role="front_desk"), backend="django.contrib.auth.backends.ModelBackend")
    assert leads_to(client, "late") == [long]


def test_who_is_back_with_results_waits_since_they_came_back(client, db):
    session = clinic()
    tickets = [waiting(session), waiting(session, 15)]
    QueueEntry.objects.update(state="done")
    for ticket, minutes in zip(tickets, (46, 44), strict=True):
        queue.come_back(entry=ticket, origin=counter(), at=clock.now() - dt.timedelta(minutes=minutes))
    client.force_login(UserFactory(role="front_desk"), backend="django.contrib.auth.backends.ModelBackend")
    assert leads_to(client, "late") == [tickets[0]]


def test_an_unfinished_booking_leads_back_to_its_place(browser_client, clerk, department):
    until = clock.now() + dt.timedelta(minutes=3)
    mine = booked(SessionFactory(service__department=department), "held", held_until=until, by=clerk, patient=None)
    booked(SessionFactory(service__department=department), "held", held_until=until, patient=None)
    page = browser_client.get(TODAY)
    assert page.context["found"].holds == [mine]
    grid = browser_client.get(
        reverse("admin:desk:day"), {"day": mine.slot.session.day, "department": department.uuid, "hold": mine.uuid}
    )
    assert reverse("admin:desk:resume", args=[mine.uuid]) in grid.text
    assert "Held for you" in browser_client.get(reverse("admin:desk:resume", args=[mine.uuid])).text


def test_an_unfinished_booking_of_another_site_is_not_there(desk):
    until = clock.now() + dt.timedelta(minutes=3)
    other = booked(SessionFactory(), "held", held_until=until, patient=None)
    assert desk.get(reverse("admin:desk:resume", args=[other.uuid])).status_code == 404


def test_the_chosen_department_stands_in_the_address_and_is_remembered(browser_client, now, department):
    other = session_of_today(service__department__site=department.site)
    chosen = browser_client.get(TODAY, {"department": department.uuid})
    assert [line.session for line in chosen.context["found"].lines] == [now]
    again = browser_client.get(TODAY)
    assert again.url == f"{TODAY}?department={department.uuid}"
    everything = browser_client.get(TODAY, {"department": ""})
    assert {line.session for line in everything.context["found"].lines} == {now, other}
    assert browser_client.get(TODAY).status_code == 200


def shown_by(page) -> dict[str, str]:
    """What a page says that it shows."""
    found = page.context["found"]
    lines = "".join(line.version for line in found.lines)
    return {"X-Lines": lines, "X-Order": found.order, "X-Alerts": found.alerts, "X-Background": "1"}


def test_a_refresh_without_news_is_empty(browser_client, now):
    headers = shown_by(browser_client.get(TODAY))
    answer = browser_client.get(REFRESH, headers=headers)
    assert (answer.status_code, answer.content) == (204, b"")
    assert answer["X-As-Of"]


def test_a_refresh_brings_only_the_line_that_changed(browser_client, now):
    other = session_of_today(now.service.department)
    SlotFactory(session=other, starts_at=other.starts_at, ends_at=other.ends_at)
    headers = shown_by(browser_client.get(TODAY))
    booked(now)
    answer = browser_client.get(REFRESH, headers=headers).text
    assert f'id="line-{now.pk}"' in answer
    assert f'id="line-{other.pk}"' not in answer


def test_a_refresh_brings_the_whole_list_when_a_session_comes(browser_client, now):
    headers = shown_by(browser_client.get(TODAY))
    session_of_today(now.service.department)
    assert 'id="today-lines"' in browser_client.get(REFRESH, headers=headers).text


def test_a_refresh_tells_of_a_new_alert_once(browser_client, now):
    headers = shown_by(browser_client.get(TODAY))
    booked(session_of_today(now.service.department, status="stopped"))
    answer = browser_client.get(REFRESH, headers=headers).text
    assert "1 stopped session with bookings" in answer
    assert 'id="today-said"' in answer
    again = browser_client.get(REFRESH, headers=shown_by(browser_client.get(TODAY)))
    assert again.status_code == 204


def test_a_page_that_refreshes_itself_does_not_keep_anybody_signed_in(browser_client, now):
    browser_client.get(REFRESH, headers={"X-Background": "1"})
    assert "last_act" not in browser_client.session


def test_today_costs_eleven_statements_however_many_sessions(clerk, now, django_assert_num_queries):
    for _n in range(25):
        booked(session_of_today(now.service.department))
    person = type(clerk).objects.get(pk=clerk.pk)
    with django_assert_num_queries(11):
        assert len(today.of(person).lines) == 26


def test_the_page_costs_the_same_for_one_and_for_many_sessions(browser_client, now, django_assert_max_num_queries):
    for _n in range(10):
        booked(session_of_today(now.service.department), patient=PatientFactory())
    browser_client.get(TODAY)
    with django_assert_max_num_queries(14):
        browser_client.get(TODAY)

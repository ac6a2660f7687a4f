"""The end of the day: who is open is listed, nobody is guessed, what is refused is said and the rest stands."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.models import AppointmentStatus, EventKind
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from visits.models import QueueState
from visits.tests.factories import waiting

ENDING = reverse("admin:desk:ending")
YESTERDAY = clock.today() - dt.timedelta(days=1)


def on(day, department=None, **fields):
    if department:
        fields["service__department"] = department
    return SessionFactory(day=day, **fields)


def booked(session, status="booked", **person):
    number = session.slots.count()
    return AppointmentFactory(
        slot=SlotFactory(session=session, number=number), status=status, patient=PatientFactory(**person)
    )


@pytest.fixture
def yesterday(department):
    return on(YESTERDAY, department)


def post(client, booking=(), day=YESTERDAY, **data):
    return client.post(f"{ENDING}?day={day}", {"booking": [one.uuid for one in booking], **data})


def status(booking) -> str:
    booking.refresh_from_db()
    return booking.status


def test_only_who_is_not_settled_is_listed_by_practitioner_and_time(desk, yesterday, department):
    late = booked(on(YESTERDAY, department, practitioner__name_pinyin="zzz"))
    rows = [booked(yesterday), booked(yesterday, "arrived")]
    for ended in ("fulfilled", "noshow", "cancelled"):
        booked(yesterday, ended)
    shown = [row.booking for row in desk.get(ENDING, {"day": YESTERDAY}).context["rows"]]
    by_name = sorted([*rows, late], key=lambda one: (one.slot.session.practitioner.name_pinyin, one.starts_at))
    assert shown == by_name


def test_who_left_without_being_seen_says_so(as_user, db):
    ticket = waiting(on(clock.today()))
    type(ticket).objects.update(state=QueueState.LEFT)
    page = as_user(UserFactory(role="front_desk")).get(ENDING)
    assert [row.state for row in page.context["rows"]] == ["left"]
    assert "Left without being seen" in page.text


def test_nothing_is_ticked_beforehand(desk, yesterday):
    booked(yesterday)
    assert " checked" not in desk.get(ENDING, {"day": YESTERDAY}).text


def test_a_line_is_settled_by_its_own_button(desk, yesterday):
    one, other = booked(yesterday, "arrived"), booked(yesterday)
    answer = post(desk, one=f"seen:{one.uuid}")
    assert (answer.status_code, status(one), status(other)) == (200, "fulfilled", "booked")
    assert "1 is still open." in answer.text


def test_ticked_lines_are_settled_together_and_the_page_says_when_all_are(desk, yesterday):
    rows = [booked(yesterday) for _n in range(3)]
    answer = post(desk, rows, act="absent")
    assert [status(one) for one in rows] == ["noshow"] * 3
    assert "Everybody is settled." in answer.text


def test_excused_is_a_cancellation_at_the_patients_wish(desk, yesterday):
    one = booked(yesterday)
    post(desk, [one], act="excused", reason="called in")
    one.refresh_from_db()
    assert (one.status, one.cancel_cause) == ("cancelled", "patient")
    assert one.events.get(kind=EventKind.CANCELLED).reason == "called in"


def test_what_is_refused_is_listed_with_the_reason_and_the_others_stand(desk, yesterday):
    here, never = booked(yesterday, "arrived"), booked(yesterday, name="Alice Smith")
    answer = post(desk, [here, never], act="seen", reason="")
    assert (status(here), status(never)) == ("fulfilled", "booked")
    assert "1 line was refused" in answer.text
    assert "Alice Smith: Please give a reason." in answer.text
    assert f'id="tick-{never.uuid}"' in answer.text
    assert " checked" in answer.text


def test_a_refused_act_keeps_the_words(desk, yesterday):
    one = booked(yesterday, "arrived")
    answer = post(desk, [one], act="excused", reason="called in")
    assert answer.status_code == 422
    assert 'value="called in"' in answer.text
    assert status(one) == "arrived"


def test_pressing_twice_settles_once(desk, yesterday):
    one = booked(yesterday, "arrived")
    for _press in range(2):
        assert post(desk, one=f"seen:{one.uuid}").status_code == 200
    assert one.events.filter(kind=EventKind.FULFILLED).count() == 1


@pytest.mark.parametrize(("act", "by"), [("seen", "noshow"), ("absent", "fulfilled"), ("excused", "fulfilled")])
def test_what_a_colleague_settled_otherwise_stays(desk, yesterday, act, by):
    one = booked(yesterday, by)
    assert post(desk, [one], act=act, reason="x").status_code == 422
    assert status(one) == by


def test_a_ticket_of_somebody_settled_waits_no_more(as_user, db):
    session = on(clock.today())
    ticket = waiting(session)
    client = as_user(UserFactory(role="front_desk"))
    post(client, day=clock.today(), one=f"seen:{ticket.appointment.uuid}")
    ticket.refresh_from_db()
    assert ticket.state == QueueState.DONE


def test_a_visit_that_has_not_begun_is_not_missed(desk, department):
    tomorrow = clock.today() + dt.timedelta(days=1)
    one = booked(on(tomorrow, department))
    answer = post(desk, [one], day=tomorrow, act="absent")
    assert "The visit has not begun yet." in answer.text
    assert status(one) == "booked"


def test_without_a_tick_nothing_happens(desk, yesterday):
    one = booked(yesterday)
    answer = post(desk, act="seen")
    assert "Tick at least one line first." in answer.text
    assert (answer.status_code, status(one)) == (422, "booked")


def test_an_absence_is_corrected_with_a_reason(desk, yesterday):
    one = booked(yesterday, "noshow")
    assert post(desk, one=f"correct:{one.uuid}").status_code == 422
    post(desk, one=f"correct:{one.uuid}", reason="wrong line")
    assert status(one) == "fulfilled"
    assert one.events.last().reason == "wrong line"


def test_an_absence_is_corrected_from_the_panel_too(desk, yesterday):
    one = booked(yesterday, "noshow")
    where = reverse("admin:desk:correct", args=[one.uuid])
    assert where in desk.get(reverse("admin:desk:booking", args=[one.uuid])).text
    assert desk.post(where, {"reason": ""}).status_code == 422
    assert "they were seen" in desk.post(where, {"reason": "wrong line"}).text
    assert status(one) == AppointmentStatus.FULFILLED


def test_other_days_that_are_open_are_links_with_as_many_rows(desk, department):
    for back in (1, 2):
        for _n in range(back):
            booked(on(clock.today() - dt.timedelta(days=back), department))
    page = desk.get(ENDING)
    assert "2 other days are not settled" in page.text
    for day, count in page.context["past"]:
        assert len(desk.get(ENDING, {"day": day}).context["rows"]) == count


def test_another_department_is_left_out(desk, yesterday, department):
    booked(yesterday)
    other = booked(on(YESTERDAY, service__department__site=department.site))
    page = desk.get(ENDING, {"day": YESTERDAY, "department": other.slot.service.department.uuid})
    assert [row.booking for row in page.context["rows"]] == [other]


def test_another_sites_booking_is_neither_shown_nor_settled(desk, yesterday):
    other = booked(on(YESTERDAY))
    assert not desk.get(ENDING, {"day": YESTERDAY}).context["rows"]
    assert post(desk, [other], act="absent").status_code == 422
    assert status(other) == "booked"


@pytest.mark.parametrize("role", ["auditor", "administrator", "campaign_editor"])
def test_who_may_not_record_absence_is_refused(as_user, yesterday, role):
    one = booked(yesterday)
    client = as_user(UserFactory(role=role))
    assert client.get(ENDING).status_code == 403
    assert post(client, [one], act="absent").status_code == 403
    assert client.post(reverse("admin:desk:correct", args=[one.uuid]), {"reason": "x"}).status_code == 403
    assert status(one) == "booked"


def test_the_page_costs_the_same_for_one_and_for_many(desk, yesterday, django_assert_max_num_queries):
    for _n in range(12):
        booked(on(YESTERDAY, yesterday.service.department))
        booked(on(YESTERDAY, yesterday.service.department), "noshow")
    desk.get(ENDING)
    with django_assert_max_num_queries(18):
        assert len(desk.get(ENDING, {"day": YESTERDAY}).context["rows"]) == 12

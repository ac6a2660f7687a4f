"""Only what changed is fetched, whoever changed it and through whichever door; and the week of one practitioner."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import clock
from desk import changes
from patients.services import registration
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.services import appointments, holds, stoppages
from scheduling.services.origin import Origin
from scheduling.services.slots import block
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

DAY, FRESH = reverse("admin:desk:day"), reverse("admin:desk:day_fresh")


def tomorrow() -> str:
    return (clock.today() + dt.timedelta(days=1)).isoformat()


@pytest.fixture
def origin(db):
    return Origin(UserFactory(role="supervisor", sees_all_sites=True), "phone")


@pytest.fixture
def board(desk, session):
    """Opened a minute ago, so that what the fixtures did is not news; knows what it shows."""
    return Board(desk, session.service.department)


class Board:
    def __init__(self, client, department):
        self._client, self._query = client, f"day={tomorrow()}&department={department.uuid}"
        self.open()

    def open(self):
        page = self._client.get(f"{DAY}?{self._query}")
        self.known = "".join(cell.split('"')[0] for cell in page.text.split('data-v="')[1:])
        self.at, self.shape = page.context["at"], page.context["shape"]
        return page

    def ask(self, **other):
        return self._client.post(f"{FRESH}?{self._query}", {"known": self.known, "at": self.at, **other})

    def changed(self, answer) -> set[str]:
        return {part.split('"')[0] for part in answer.text.split('id="cell-')[1:]}


def test_where_nothing_changed_nothing_is_sent(board, slots):
    board.open()
    answer = board.ask()
    assert (answer.status_code, answer.text) == (204, "")
    assert answer["X-Shape"] == board.shape


def test_a_booking_of_another_channel_brings_its_own_cell_only(board, slots, origin):
    board.open()
    appointments.book(patient=PatientFactory(name="Alice Smith"), slot=slots[1], origin=origin)
    answer = board.ask()
    assert board.changed(answer) == {str(slots[1].uuid)}
    assert "Alice Smith" in answer.text


def test_a_move_brings_both_places(board, slots, origin):
    booking = appointments.book(patient=PatientFactory(), slot=slots[0], origin=origin)
    board.open()
    appointments.move(appointment=booking, slot=slots[2], origin=origin)
    assert board.changed(board.ask()) == {str(slots[0].uuid), str(slots[2].uuid)}


def test_a_hold_that_ends_by_itself_is_free_again_without_anybody_doing_anything(board, slots, origin):
    held = holds.hold(slot=slots[0], origin=origin)
    board.open()
    Appointment.objects.filter(pk=held.pk).update(held_until=clock.now())
    AppointmentEvent.objects.update(at=clock.now() - dt.timedelta(hours=1))
    assert board.changed(board.ask()) == {str(slots[0].uuid)}


def test_blocked_and_stopped_times_are_news(board, slots, session, origin):
    board.open()
    block(Slot.objects.filter(pk=slots[0].pk), by=origin.by, reason="meeting")
    assert board.changed(board.ask()) == {str(slots[0].uuid)}
    stoppages.apply(stoppages.plan([session], origin=origin), kind="stop_new", reason="ill", origin=origin)
    assert board.changed(board.ask()) == {str(one.uuid) for one in slots}


def test_other_days_and_other_peoples_sites_are_no_news(board, session, slots, origin):
    later = SessionFactory(service=session.service, day=session.day + dt.timedelta(days=1))
    elsewhere = SlotFactory(session=SessionFactory())
    other_day = SlotFactory(session=later)
    board.open()
    for slot in (elsewhere, other_day):
        appointments.book(patient=PatientFactory(), slot=slot, origin=origin)
    assert board.ask().status_code == 204


def test_a_session_that_is_added_or_taken_away_is_told_by_the_shape(board, session, slots):
    board.open()
    SlotFactory(session=session, number=7)
    assert board.ask()["X-Shape"] != board.shape


@pytest.mark.parametrize("asked", ["", "nonsense", "nan", "inf", "-1", "1e400", "0", "99999999999"])
def test_a_page_that_slept_or_says_nonsense_gets_what_it_lacks(board, slots, asked):
    board.open()
    answer = board.ask(at=asked, known="")
    assert board.changed(answer) == {str(one.uuid) for one in slots}


def test_what_changed_while_the_answer_was_under_way_is_not_lost(board, slots, origin):
    """An event is dated when its transaction begins, which may be before the page asked last."""
    board.open()
    appointments.book(patient=PatientFactory(), slot=slots[0], origin=origin)
    AppointmentEvent.objects.update(at=clock.now() - changes.OVERLAP / 2)
    assert board.changed(board.ask(at=changes.write_moment())) == {str(slots[0].uuid)}


def test_a_refresh_costs_a_fixed_number_of_statements(board, slots, origin):
    board.open()
    appointments.book(patient=PatientFactory(), slot=slots[0], origin=origin)
    with CaptureQueriesContext(connection) as asked:
        board.ask()
    assert len(asked) <= 21, [query["sql"][:100] for query in asked]


def test_a_name_is_text_and_never_markup(desk, session, slots):
    AppointmentFactory(slot=slots[0], patient=PatientFactory(name="<b>&Bob</b>"))
    page = desk.get(DAY, {"day": tomorrow()}).text
    assert "&lt;b&gt;&amp;Bob&lt;/b&gt;" in page
    assert "<b>&Bob" not in page


def test_the_week_of_a_practitioner_has_seven_days_side_by_side(desk, session, slots):
    next_day = SessionFactory(
        practitioner=session.practitioner,
        service=session.service,
        day=session.day + dt.timedelta(days=7 if session.day.weekday() == 6 else 1),
    )
    SlotFactory(session=next_day)
    page = desk.get(DAY, {"practitioner": str(session.practitioner.uuid), "day": session.day.isoformat()})
    monday = session.day - dt.timedelta(days=session.day.weekday())
    assert [column.day for column in page.context["grid"].columns] == [monday + dt.timedelta(days=n) for n in range(7)]
    times = [time for time, _boxes in page.context["grid"].rows]
    assert times == sorted(set(times))
    assert str(slots[0].uuid) in page.text


def test_the_week_of_somebody_out_of_sight_is_not_there(desk, slots):
    other = SlotFactory(session=SessionFactory()).session.practitioner
    assert desk.get(DAY, {"practitioner": str(other.uuid)}).status_code == 404
    assert desk.get(DAY, {"practitioner": "nonsense"}).status_code == 200


def test_a_whole_site_is_shown_together(desk, department, session, slots):
    page = desk.get(DAY, {"day": tomorrow(), "department": f"site-{department.site.uuid}"})
    assert str(slots[0].uuid) in page.text
    assert page.context["asked"].site == department.site
    assert desk.get(DAY, {"department": "site-nonsense"}).status_code == 200


def test_what_is_entered_afterwards_with_a_time_long_past_is_news_too(board, slots, origin):
    board.open()
    past = clock.now() - dt.timedelta(hours=3)
    appointments.book(patient=PatientFactory(), slot=slots[0], origin=origin)
    AppointmentEvent.objects.update(at=past)
    assert board.changed(board.ask()) == {str(slots[0].uuid)}


def test_a_page_asks_for_the_board_that_it_shows_whatever_would_be_shown_first_now(desk, department, slots):
    page = desk.get(DAY, {"day": tomorrow()})
    assert f"day={tomorrow()}&amp;department={department.uuid}" in page.text


def test_a_patients_new_name_is_news(board, slots, clerk):
    booking = AppointmentFactory(slot=slots[1], patient=PatientFactory(name="Alice Smith"))
    AppointmentFactory(slot=slots[0])
    board.open()
    registration.update(patient=booking.patient, by=clerk, name="Alice Jones")
    answer = board.ask()
    assert board.changed(answer) == {str(slots[1].uuid)}
    assert "Alice Jones" in answer.text

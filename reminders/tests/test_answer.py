"""What an answer does."""

import datetime as dt

import pytest

from accounts.models import Channel
from accounts.tests.factories import UserFactory
from interactions import facts
from interactions.models import Task, TaskKind
from messaging.models import Delivery, InboundMessage, InboundState
from messaging.services import planning
from messaging.services.planning import Planned
from messaging.services.sending import drain
from patients.tests.factories import ContactPointFactory, PatientFactory
from reminders import meaning
from reminders.tests.conftest import PHONE
from scheduling.models import Appointment, AppointmentStatus, EventKind
from scheduling.services import appointments


@pytest.fixture
def reminded(noon, visit, runs, carrier):
    """Alice got her booking's notice and a reminder of it."""
    runs()
    planning.plan(
        [
            Planned(
                key="step:1", patient=visit.patient, kind="reminder", media=["sms"], due_at=noon.now,
                expires_at=visit.starts_at, about=("appointment", visit.pk, visit.version),
            )
        ]
    )  # fmt: skip
    [text] = runs()
    assert "1 I will come, 2 cancel, 3 another time" in text
    return Delivery.objects.get(key="step:1")


def again(row):
    row.refresh_from_db()
    return row


@pytest.mark.parametrize("word", ["1", " 1 ", "１", "Yes!", "ok", "确认", "好的"])
def test_one_confirms_the_visit_and_is_thanked(reminded, visit, says, word):
    [thanks] = says(word)
    assert again(visit).confirmed_at is not None
    assert thanks.startswith("Riverside Hospital: Thank you. See you on Sun 6 Dec 09:00")
    assert (again(reminded).answer, reminded.answered_at is not None) == ("confirmed", True)
    assert visit.events.get(kind=EventKind.CONFIRMED).channel == Channel.SMS


def test_two_cancels_and_the_notice_of_it_is_the_answer(reminded, visit, slots, says):
    [text] = says("2")
    assert again(visit).status == AppointmentStatus.CANCELLED
    assert "is cancelled" in text
    assert again(slots[0]).taken == 0


def test_three_names_three_places_and_the_number_of_one_moves(reminded, visit, slots, says):
    [text] = says("3")
    assert "1: Sun 6 Dec 09:15; 2: Sun 6 Dec 09:30; 3: Sun 6 Dec 09:45" in text
    [moved] = says("2")
    assert again(visit).slot == slots[2]
    assert "moved to Sun 6 Dec 09:30" in moved


def test_a_place_that_went_meanwhile_is_refused_and_others_are_named(reminded, visit, slots, bob, desk, says):
    says("3")
    appointments.book(patient=bob, slot=slots[2], origin=desk)
    texts = says("2")
    assert again(visit).slot == slots[0]
    assert any("1: Sun 6 Dec 09:15; 2: Sun 6 Dec 09:45" in text for text in texts)
    says("2")
    assert again(visit).slot == slots[3]


def test_without_any_other_place_a_person_looks_for_one(reminded, visit, slots, desk, says):
    for slot in slots[1:]:
        appointments.book(patient=PatientFactory(), slot=slot, origin=desk)
    says("3")
    assert Task.objects.get().kind == TaskKind.READ_ANSWER


@pytest.mark.parametrize(
    "text", ["12", "1 or 2?", "yes but later", "4", "maybe", "取消还是改期", "my mother is ill, cancel", "", "🙂", "0"]
)
def test_what_is_not_certain_is_never_acted_on(reminded, visit, says, text):
    says(text)
    assert (again(visit).status, visit.confirmed_at) == (AppointmentStatus.BOOKED, None)
    assert InboundMessage.objects.get().state == InboundState.OPEN
    assert Task.objects.get().kind == TaskKind.READ_ANSWER


def test_the_first_certain_answer_counts_and_the_second_is_for_a_person(reminded, visit, says):
    says("1")
    says("2")
    assert again(visit).status == AppointmentStatus.BOOKED


def test_an_answer_to_a_visit_that_was_moved_changes_nothing(noon, reminded, visit, slots, desk, says):
    appointments.move(appointment=visit, slot=slots[3], origin=desk)
    texts = says("2")
    assert again(visit).status == AppointmentStatus.BOOKED
    assert any("09:45" in text for text in texts)


def test_after_the_deadline_it_is_too_late_to_cancel_by_message(noon, reminded, visit, says):
    noon.now = visit.starts_at - dt.timedelta(hours=1)
    texts = says("2")
    assert again(visit).status == AppointmentStatus.BOOKED
    assert texts
    assert Task.objects.get(kind=TaskKind.READ_ANSWER).why_code == "too_late_to_change"


def test_the_task_shows_the_words_only_to_who_may_read_messages(reminded, says):
    says("my son comes instead")
    task = Task.objects.get()
    assert "son" not in str(task.why_values) + str(task.why_code)
    agent, clinician = UserFactory(role="agent"), UserFactory(role="clinician")
    assert "my son comes instead" in [value for _label, value in facts.of(task, agent)]
    assert facts.of(task, clinician) == []


@pytest.mark.parametrize("text", ["fasting?", "Can I have breakfast?", "需要空腹吗"])
def test_common_questions_are_answered_from_the_services_own_text(reminded, says, text):
    assert says(text) == ["Riverside Hospital: Please come fasting."]
    assert again(reminded).answered_at is None
    assert InboundMessage.objects.get().state == InboundState.UNDERSTOOD


def test_a_question_without_an_answer_in_the_text_is_for_a_person(reminded, session, says):
    session.service.preparation_en = session.service.preparation_zh = ""
    session.service.save()
    assert says("parking?") == []
    assert InboundMessage.objects.get().state == InboundState.OPEN


def test_who_missed_it_and_is_restricted_hears_so_before_choosing(noon, visit, slots, desk, runs, says, alice):
    runs()
    noon.now = visit.starts_at + dt.timedelta(minutes=30)
    appointments.mark_noshow(appointment=visit, origin=desk)
    noon.later(hours=1, minutes=1)
    runs()
    alice.barred_until = noon.now + dt.timedelta(days=30)
    alice.save()
    [text] = says("1")
    assert (
        "bookings are possible only at the front desk, after missed visits. To object, contact 010 5555 0100." in text
    )


def test_who_missed_it_gets_new_times_and_books_one_by_its_number(noon, visit, session, slots, desk, runs, says):
    runs()
    noon.at(10, day=6)
    appointments.mark_noshow(appointment=visit, origin=desk)
    runs()
    later = type(slots[0]).objects.create(
        session=session, service=session.service,
        starts_at=visit.starts_at + dt.timedelta(days=1), ends_at=visit.ends_at + dt.timedelta(days=1),
    )  # fmt: skip
    noon.at(11, 30, day=6)
    assert "we missed you" in runs()[0]
    assert "1: Mon 7 Dec 09:00" in says("1")[0]
    assert "you are booked" in says("1")[0]
    assert Appointment.objects.get(slot=later).patient == visit.patient
    assert Appointment.objects.get(pk=visit.pk).status == AppointmentStatus.NOSHOW


def test_of_two_visits_to_one_phone_the_bare_number_is_for_a_person(
    noon, reminded, visit, slots, bob, desk, runs, says
):
    ContactPointFactory(patient=bob, value=PHONE, rank=0)
    other = appointments.book(patient=bob, slot=slots[2], origin=desk)
    planning.plan(
        [
            Planned(
                key="step:2", patient=bob, kind="reminder", media=["sms"], due_at=noon.now,
                expires_at=other.starts_at, about=("appointment", other.pk, other.version),
            )
        ]
    )  # fmt: skip
    drain(seconds=5)
    says("2")
    assert {again(visit).status, again(other).status} == {AppointmentStatus.BOOKED}


@pytest.mark.parametrize(
    ("text", "code"), [("1", "confirm"), ("no", "cancel"), ("改约", "move"), ("11", ""), ("", ""), ("y", "confirm")]
)
def test_meaning_of_short_answers(text, code):
    assert meaning.choice(text, {"1": "confirm", "2": "cancel", "3": "move"}) == code


def test_a_number_that_could_mean_two_questions_of_one_visit_is_for_a_person(noon, reminded, visit, slots, says):
    says("3")
    planning.plan(
        [
            Planned(
                key="step:9", patient=visit.patient, kind="reminder", media=["sms"], due_at=noon.now,
                expires_at=visit.starts_at, about=("appointment", visit.pk, visit.version),
            )
        ]
    )  # fmt: skip
    drain(seconds=5)
    says("2")
    assert (again(visit).status, visit.slot) == (AppointmentStatus.BOOKED, slots[0])


def test_what_a_rule_refuses_is_said_in_the_patients_language(noon, reminded, visit, says):
    noon.now = visit.starts_at - dt.timedelta(hours=1)
    texts = says("2")
    assert not any("月" in text for text in texts)

"""What patients hear of as it happens."""

import datetime as dt

from icalendar import Calendar

from accounts.models import Channel
from common import clock
from interactions.models import Task, TaskKind
from messaging import kinds
from messaging.channels.base import TransportError
from messaging.lint import Draft, Severity, findings
from messaging.models import Delivery, DeliveryState
from patients.models import ContactSystem
from patients.tests.factories import ContactPointFactory
from reminders.defaults import NOTICES
from reminders.models import Cursor, Notice
from reminders.services import events
from scheduling.models import AppointmentEvent, AppointmentStatus
from scheduling.models.appointment import CancelCause
from scheduling.services import appointments
from scheduling.services.origin import Origin


def calendar_of(message):
    [(_name, _type, content)] = message.attachments
    [event] = Calendar.from_ical(content).walk("VEVENT")
    return event


def test_a_booking_is_confirmed_with_time_place_reference_and_a_link(noon, visit, runs):
    [text] = runs()
    assert text.startswith("Riverside Hospital: Alice Smith, you are booked for Sun 6 Dec 09:00 with Chen Yu")
    assert str(visit) in text
    assert "http://localhost:8000/a/" in text


def test_nothing_is_told_twice(noon, visit, runs):
    assert len(runs()) == 1
    assert runs() == []
    noon.later(minutes=5)
    assert runs() == []


def test_the_words_are_in_the_patients_language(noon, visit, alice, runs):
    alice.language = "zh-hans"
    alice.save()
    [text] = runs()
    assert text.startswith("【江滨医院】Alice Smith您好，已为您预约12月6日 周日 09:00")


def test_what_was_imported_and_what_was_before_the_first_run_is_told_to_nobody(noon, slots, alice, bob, desk, runs):
    appointments.book(patient=alice, slot=slots[0], origin=Origin(desk.by, Channel.IMPORT))
    Cursor.objects.all().delete()
    appointments.book(patient=bob, slot=slots[1], origin=desk, at=noon.now - dt.timedelta(minutes=5))
    assert runs() == []
    appointments.book(patient=bob, slot=slots[2], origin=desk, at=noon.later(minutes=1))
    assert len(runs()) == 1


def test_an_event_whose_transaction_ended_late_is_still_told(noon, visit, runs):
    """It carries an earlier time than what was read already."""
    AppointmentEvent.objects.update(at=noon.now - dt.timedelta(minutes=3))
    assert len(runs()) == 1


def test_a_booking_that_is_cancelled_before_it_was_confirmed_is_told_once(noon, visit, desk, runs):
    appointments.cancel(appointment=visit, origin=desk)
    [text] = runs()
    assert "is cancelled" in text


def test_what_was_entered_in_error_is_told_to_nobody(noon, visit, desk, runs):
    appointments.cancel(appointment=visit, origin=desk, cause=CancelCause.ERROR)
    assert runs() == []


def test_a_cancellation_that_is_taken_back_at_once_is_told_to_nobody(noon, visit, desk, runs):
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    events.tell_of_events()
    appointments.undo(appointment=visit, origin=desk)
    assert runs() == []


def test_a_moved_visit_is_told_with_its_new_time_only(noon, visit, slots, desk, runs):
    appointments.move(appointment=visit, slot=slots[2], origin=desk)
    [text] = runs()
    assert "moved to Sun 6 Dec 09:30" in text


def test_the_calendar_file_keeps_its_uid_and_its_sequence_rises(noon, visit, slots, alice, desk, runs, carrier):
    alice.contact_points.all().delete()
    ContactPointFactory(patient=alice, system=ContactSystem.EMAIL, value="alice@example.org")
    runs()
    appointments.move(appointment=visit, slot=slots[1], origin=desk, at=noon.later(minutes=2))
    runs()
    appointments.cancel(appointment=visit, origin=desk, at=noon.later(minutes=2))
    runs()
    first, second, third = [calendar_of(message) for message in carrier.sent]
    assert first["uid"] == second["uid"] == third["uid"]
    assert first["sequence"] < second["sequence"] < third["sequence"]
    assert (first["status"], third["status"]) == ("CONFIRMED", "CANCELLED")
    assert second["dtstart"].dt == slots[1].starts_at


def test_a_notice_that_is_off_is_not_sent(noon, visit, runs):
    Notice.objects.filter(kind="booked").update(is_active=False)
    assert runs() == []


def test_the_name_of_a_sensitive_service_is_not_in_any_fact(noon, visit, session, runs, carrier):
    session.service.department.is_sensitive = True
    session.service.department.save()
    runs()
    assert carrier.sent[0].facts["service"] == "clinic"


def test_a_patient_whom_no_channel_reaches_is_called_by_staff(noon, visit, alice, runs, carrier):
    carrier.says(TransportError("blocked", permanent=True))
    runs()
    runs()
    task = Task.objects.get()
    assert (task.kind, task.patient, task.about_id) == (TaskKind.CALL_UNREACHED, alice, visit.pk)


def test_that_call_is_dropped_when_the_visit_is_off(noon, visit, desk, runs, carrier):
    carrier.says(TransportError("blocked", permanent=True))
    runs()
    runs()
    appointments.cancel(appointment=visit, origin=desk, at=noon.later(minutes=3))
    runs()
    assert not Task.objects.live().filter(kind=TaskKind.CALL_UNREACHED).exists()


def test_a_missed_visit_is_asked_about_once_and_then_by_one_call(noon, visit, desk, runs):
    runs()
    noon.at(10, day=6)
    appointments.mark_noshow(appointment=visit, origin=desk)
    assert runs() == []
    noon.at(11, 30, day=6)
    [text] = runs()
    assert "we missed you on" in text
    noon.at(12, day=7)
    runs()
    assert Task.objects.get().kind == TaskKind.CALL_MISSED
    noon.at(12, day=8)
    assert runs() == []
    assert Task.objects.count() == 1


def test_an_absence_that_is_taken_back_is_not_asked_about(noon, visit, desk, runs):
    runs()
    noon.at(10, day=6)
    appointments.mark_noshow(appointment=visit, origin=desk)
    events.tell_of_events()
    appointments.undo(appointment=visit, origin=desk, at=noon.later(minutes=5))
    noon.at(12, day=6)
    assert runs() == []
    assert Delivery.objects.get(kind="missed").state == DeliveryState.CANCELLED


def test_a_visit_that_is_about_to_begin_is_not_confirmed_any_more(noon, visit, runs):
    noon.now = visit.starts_at - dt.timedelta(minutes=20)
    assert runs() == []
    assert visit.status == AppointmentStatus.BOOKED
    assert clock.now() == noon.now


def test_every_message_has_words_in_both_languages_that_lint_accepts():
    ours = [kind for kind in kinds.all_kinds() if kind.code in {*NOTICES, "reminder"}]
    assert len(ours) == 15
    for kind in ours:
        assert {language for language, _medium in kind.texts} == {"en", "zh-hans"}
        for (language, medium), (subject, text) in kind.texts.items():
            draft = Draft(kind=kind, language=language, medium=medium, subject=subject, text=text)
            errors = [one.sentence for one in findings(draft) if one.severity == Severity.ERROR]
            assert not errors, (kind.code, language, errors)


def test_a_cancellation_that_is_too_late_for_a_message_is_called(noon, visit, desk, runs):
    runs()
    noon.at(21, day=5)
    appointments.cancel(appointment=visit, origin=desk)
    runs()
    runs()
    task = Task.objects.live().get()
    assert (task.kind, task.about_id) == (TaskKind.CALL_UNREACHED, visit.pk)
    noon.later(minutes=5)
    runs()
    assert Task.objects.live().count() == 1  # the visit being off does not settle it


def test_who_heard_of_a_cancellation_that_was_taken_back_hears_of_that_too(noon, visit, desk, runs):
    runs()
    appointments.cancel(appointment=visit, origin=desk)
    assert "is cancelled" in runs()[0]
    appointments.undo(appointment=visit, origin=desk, at=noon.later(minutes=5))
    assert "you are booked for" in runs()[0]
    assert runs() == []


def test_a_clock_that_was_ahead_for_a_while_loses_no_notice(noon, slots, alice, desk, runs):
    noon.later(hours=1)
    runs()
    noon.later(hours=-1)
    appointments.book(patient=alice, slot=slots[0], origin=desk)
    assert len(runs()) == 1

"""Every kind of message with a link, and every answer to it."""

import datetime as dt

import pytest

from accounts.models import Channel
from common import clock
from interactions.models import Task
from messaging.models import Delivery
from portal.tests.factories import another, booked, clinic, desk, offered, slot_of, stopped, told
from reminders.models import AnswerLink
from scheduling.models import Appointment, AppointmentEvent, WaitlistOffer
from scheduling.services import appointments


def shows(answer, *sentences, status=200):
    page = answer.content.decode()
    assert answer.status_code == status
    missing = [sentence for sentence in sentences if sentence not in page]
    assert not missing, (missing, page)
    return page


def choose(client, address, slot, version=1):
    return client.post(f"{address}times/{slot.uuid}/", {"version": version}, follow=True)


def test_i_will_come(press, address, visit):
    page = shows(press(address, "confirm"), "Thank you, we expect you", "Add to my calendar")
    visit.refresh_from_db()
    assert visit.confirmed_at is not None
    assert AppointmentEvent.objects.get(kind="confirmed").channel == Channel.PORTAL
    assert "I will come" not in page
    assert "Cancel the visit" in page


def test_what_was_answered_is_written_down_with_the_message(press, address):
    press(address, "confirm")
    delivery = Delivery.objects.get()
    assert (delivery.answer, delivery.answered_at is not None) == ("confirmed", True)
    assert AnswerLink.objects.get().used_at is not None


def test_an_answer_on_the_page_sends_no_message_beside_it(press, address):
    press(address, "confirm")
    assert Delivery.objects.count() == 1


@pytest.mark.parametrize("kind", ["reminder", "booked"])
def test_cancelling_says_first_what_is_lost_and_then_does_it(client, press, visit, kind):
    address = told(kind, visit)
    asked = client.get(f"{address}sure/cancel/")
    shows(asked, "Cancel this visit?", "Your place goes to somebody else at once", "No, keep my visit")
    visit.refresh_from_db()
    assert visit.status == "booked"
    page = shows(press(address, "cancel"), "Done: your visit is cancelled", "call us")
    visit.refresh_from_db()
    assert (visit.status, visit.cancel_cause) == ("cancelled", "patient")
    assert "<button" not in page


@pytest.mark.parametrize("kind", ["reminder", "booked"])
def test_another_time_is_chosen_checked_and_taken(client, session, visit, kind):
    address = told(kind, visit)
    later = another(session, days=3)
    places = shows(client.get(f"{address}times/"), "Step 1 of 2", "Chen Yu", "09:15")
    wanted = slot_of(later, 1)
    assert str(wanted.uuid) in places
    shows(client.get(f"{address}times/{wanted.uuid}/"), "Step 2 of 2", "Is this right?", "Yes, take this time")
    visit.refresh_from_db()
    assert visit.version == 1
    shows(choose(client, address, wanted), "Done: your visit has a new time")
    visit.refresh_from_db()
    assert visit.slot == wanted
    assert Delivery.objects.get().answer == "moved"


def test_after_a_move_the_same_link_still_answers(client, press, address, session, visit):
    choose(client, address, slot_of(session, 2))
    shows(press(address, "confirm"), "Thank you, we expect you")
    visit.refresh_from_db()
    assert visit.confirmed_at is not None


def test_a_message_about_a_moved_visit_can_be_answered_too(press, session, visit):
    appointments.move(appointment=visit, slot=slot_of(session, 1), origin=desk())
    visit.refresh_from_db()
    address = told("moved", visit)
    shows(press(address, "cancel"), "Done: your visit is cancelled")


def test_a_kept_place_is_taken(client, press, session):
    lost, address = stopped(session)
    shows(client.get(address), "This clinic does not take place", "We keep another place", "kept for you until")
    shows(press(address, "yes"), "Done: the place is yours")
    kept = Appointment.objects.get(substitute__lost=lost)
    assert kept.status == "booked"


def test_a_kept_place_is_let_go(client, press, session):
    lost, address = stopped(session)
    shows(client.get(f"{address}sure/no/"), "Let the kept place go?")
    shows(press(address, "no"), "Done: we do not keep the other place")
    assert Appointment.objects.get(substitute__lost=lost).status != "held"


def test_a_free_place_is_taken(client, press, session):
    offer, address = offered(session)
    shows(client.get(address), "A place is free for you", "kept for you until", "Take this place")
    shows(press(address, "yes"), "Done: the place is yours")
    offer.refresh_from_db()
    assert offer.status == "accepted"


def test_a_free_place_is_let_go_and_the_person_waits_on(client, press, session):
    offer, address = offered(session)
    shows(client.get(f"{address}sure/no/"), "You stay on the waiting list")
    shows(press(address, "no"), "Done: you let this place go")
    offer.refresh_from_db()
    assert (offer.status, offer.entry.status) == ("declined", "waiting")


def test_an_offer_that_ran_out_says_so(noon, client, press, session):
    _offer, address = offered(session)
    WaitlistOffer.objects.update(status="lapsed")
    shows(client.get(address), "This place is not kept for you any more")
    shows(press(address, "yes"), "not possible any more", status=409)


@pytest.fixture
def missed(noon):
    """Alice did not come this morning."""
    visit = booked(clinic(days=1))
    noon.at(11, day=2)
    appointments.mark_noshow(appointment=visit, origin=desk())
    visit.refresh_from_db()
    return visit


def test_who_missed_a_visit_and_is_restricted_hears_so_before_choosing(client, missed):
    another(missed.slot.session, days=3)
    address = told("missed", missed)
    missed.patient.barred_until = clock.now() + dt.timedelta(days=30)
    missed.patient.save()
    answer = client.get(f"{address}times/")
    shows(answer, "bookings are possible only at the front desk", "To object, contact", status=422)


def test_who_missed_a_visit_books_a_new_time(client, missed):
    later = another(missed.slot.session, days=3)
    address = told("missed", missed)
    shows(client.get(address), "We missed you at this visit", "Find a new time")
    wanted = slot_of(later, 1)
    shows(choose(client, address, wanted), "Done: the place is yours")
    assert Appointment.objects.get(status="booked").slot == wanted
    shows(choose(client, address, slot_of(later, 2)), "not possible any more", status=409)
    assert Appointment.objects.count() == 2


def test_who_missed_a_visit_needs_no_new_time_and_may_change_their_mind(press, missed):
    page = shows(press(told("missed", missed), "no"), "Thank you for telling us")
    assert "Find a new time" in page
    assert Delivery.objects.get().answer == "no_need"


def test_the_link_about_a_missed_visit_is_valid_although_the_visit_is_over(client, missed, noon):
    address = told("missed", missed)
    noon.at(11, day=4)
    shows(client.get(address), "We missed you")


def test_when_no_place_suits_a_person_calls(client, address, visit):
    shows(client.post(f"{address}times/", follow=True), "Thank you, we will call you")
    assert Task.objects.get().why_code == "wants_to_move"
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_without_any_free_place_a_call_is_offered(client, address, session):
    session.slots.exclude(taken=1).delete()
    shows(client.get(f"{address}times/"), "There is no free place in the next four weeks", "Please call me")


def test_places_of_several_days_are_offered_not_one_full_morning(client, address, session):
    for days in (1, 2, 3):
        another(session, days)
    page = client.get(f"{address}times/").content.decode()
    assert page.count('class="day"') == 4
    assert page.count("<li>") == 12


def test_a_place_that_is_gone_is_refused_in_words_and_others_are_shown(client, address, session, visit):
    gone, spare = slot_of(session, 1), slot_of(session, 2)
    booked(session, number=1)
    page = shows(choose(client, address, gone), "The last place has just been taken.", status=409)
    assert "These times are free now" in page
    assert str(spare.uuid) in page
    visit.refresh_from_db()
    assert visit.version == 1


def test_a_place_of_another_service_is_no_choice(client, address, visit):
    other = clinic(site__code="other")
    answer = choose(client, address, slot_of(other, 0))
    assert answer.status_code == 404
    visit.refresh_from_db()
    assert visit.version == 1


def test_after_the_deadline_the_page_says_so_and_whom_to_call(noon, client, press):
    visit = booked(clinic())
    address = told("reminder", visit)
    noon.now = visit.starts_at - dt.timedelta(hours=3)
    page = shows(client.get(address), "If you cannot come, please call us", 'href="tel:01055550100"', "I will come")
    assert "Cancel the visit" not in page
    shows(press(address, "cancel"), "Please call the hospital", status=422)
    assert Task.objects.get().why_code == "too_late_to_change"
    shows(choose(client, address, slot_of(visit.slot.session, 1)), "Please call the hospital", status=422)
    visit.refresh_from_db()
    assert (visit.status, visit.version) == ("booked", 1)


def test_a_visit_that_was_moved_shows_its_new_time_and_an_old_page_does_nothing(client, press, address, session, visit):
    appointments.move(appointment=visit, slot=slot_of(session, 2), origin=desk())
    shows(client.get(address), "The time has changed since our message", "09:30")
    shows(press(address, "cancel", version=1), "moved this booking", status=409)
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_a_visit_that_staff_cancelled_says_so(client, press, address, visit):
    appointments.cancel(appointment=visit, origin=desk(), cause="staff")
    page = shows(client.get(address), "This visit is cancelled")
    assert "<button" not in page
    shows(press(address, "confirm"), "not possible any more", status=409)


def test_cancelling_twice_is_cancelling_once(press, address):
    press(address, "cancel", version=1)
    shows(press(address, "cancel", version=1), "Done: your visit is cancelled")
    assert AppointmentEvent.objects.filter(kind="cancelled").count() == 1


def test_moving_twice_to_the_same_place_is_moving_once(client, address, session):
    wanted = slot_of(session, 1)
    choose(client, address, wanted)
    shows(choose(client, address, wanted), "Done: your visit has a new time")
    assert AppointmentEvent.objects.filter(kind="moved").count() == 1


def test_a_visit_that_came_back_can_be_cancelled_again(press, address, visit):
    press(address, "cancel")
    appointments.undo(appointment=visit, origin=desk())
    press(address, "cancel")
    visit.refresh_from_db()
    assert visit.status == "cancelled"


@pytest.mark.parametrize("said", [{}, {"answer": "confirm"}, {"answer": "confirm", "version": "x"}, {"answer": "yes"}])
def test_nonsense_changes_nothing(client, address, visit, said):
    assert client.post(address, said).status_code == 409
    visit.refresh_from_db()
    assert visit.confirmed_at is None


def test_the_time_of_the_visit_has_come(noon, client, session):
    visit = booked(clinic(site__code="other"))
    address = told("reminder", visit)
    noon.now = visit.starts_at + dt.timedelta(minutes=1)
    page = shows(client.get(address), "The time of this visit has come", "call us")
    assert "<button" not in page


def test_the_calendar_file_is_the_visit(client, address, visit):
    answer = client.get(f"{address}visit.ics")
    assert answer["Content-Type"].startswith("text/calendar")
    assert str(visit.uuid) in answer.content.decode().replace("\r\n ", "")


def test_a_cancelled_visit_has_no_calendar_file(client, press, address):
    press(address, "cancel")
    assert client.get(f"{address}visit.ics").status_code == 302

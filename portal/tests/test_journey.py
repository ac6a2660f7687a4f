"""From “who is it for” to “done”: P1 to P13, P19 of the checklist, without a script."""

import re
from html import unescape

import pytest
from django.urls import reverse

from common import clock
from directory.tests.factories import PractitionerFactory
from patients.models import Proof
from patients.services import proxies
from patients.tests.factories import PatientFactory, UserFactory
from portal import acting
from portal.tests.factories import another, booked, clinic, desk, slot_of, with_places
from portal.tests.signing import enter
from scheduling.models import Appointment, AppointmentStatus, Session
from scheduling.services import appointments, holds
from scheduling.tests.factories import SessionFactory

BOOK = "/portal/book/"


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


@pytest.fixture
def inside(client, alice):
    """Alice is signed in."""
    enter(client, alice)
    return client


def page(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def times_of(session, who) -> str:
    return reverse("portal:times", args=[who.uuid, session.service.uuid, session.day])


def choose(client, session, who, number=0):
    """Keep a place; returns what follows."""
    return client.post(times_of(session, who), {"choice": slot_of(session, number).uuid})


def held() -> Appointment:
    return Appointment.objects.get(status=AppointmentStatus.HELD)


def test_from_the_first_page_to_the_confirmation(inside, alice, session):
    answer = inside.get(BOOK, {"go": "1", "choice": str(alice.uuid)}, follow=True)
    department = session.service.department
    answer = inside.get(answer.request["PATH_INFO"], {"go": "1", "choice": f"d.{department.uuid}"}, follow=True)
    chosen = f"{session.service.uuid}.{session.practitioner.uuid}"
    answer = inside.get(answer.request["PATH_INFO"], {"go": "1", "choice": chosen}, follow=True)
    path, query = answer.request["PATH_INFO"], answer.request["QUERY_STRING"]
    answer = inside.get(f"{path}?{query}&go=1&choice={session.day}", follow=True)
    assert "Chen Yu" in page(answer)
    answer = inside.post(answer.request["PATH_INFO"], {"choice": slot_of(session, 0).uuid}, follow=True)
    assert "Not booked yet" in page(answer)
    inside.post(answer.request["PATH_INFO"])
    booking = Appointment.objects.get()
    assert (booking.status, booking.patient, booking.channel) == ("booked", alice, "portal")
    assert str(booking.by) == "Patient portal"


def test_oneself_is_chosen_already_and_a_returning_patient_has_last_time_chosen(inside, alice, session):
    """P3: a returning patient presses Continue three times before the first decision."""
    booked(session, alice)
    assert f'value="{alice.uuid}" checked' in inside.get(BOOK).content.decode()
    what = inside.get(reverse("portal:what", args=[alice.uuid])).content.decode()
    assert f'value="{session.service.uuid}.{session.practitioner.uuid}" checked' in what


def test_each_page_has_one_heading_a_way_back_and_one_group_of_choices(inside, alice, session):
    """P1."""
    pages = [
        BOOK,
        reverse("portal:what", args=[alice.uuid]),
        reverse("portal:which", args=[alice.uuid, session.service.department.uuid]),
        reverse("portal:dates", args=[alice.uuid, session.service.uuid]),
        times_of(session, alice),
    ]
    for address in pages:
        html = inside.get(address).content.decode()
        assert len(re.findall(r"<h1", html)) == 1, address
        assert re.search(r"<legend><h1>", html), address
        assert 'class="back"' in html, address
        assert len(set(re.findall(r'type="radio" name="(\w+)"', html))) == 1, address


def test_the_masked_name_of_the_person_stands_on_each_later_page(inside, alice, session):
    """P4."""
    for address in (reverse("portal:what", args=[alice.uuid]), times_of(session, alice)):
        assert alice.name_masked in page(inside.get(address))


def test_day_and_doctor_are_said_again_on_the_pages_that_follow(inside, alice, session):
    """P5."""
    address = f"{times_of(session, alice)}?doctor={session.practitioner.uuid}"
    assert "Chen Yu" in page(inside.get(address))
    choose(inside, session, alice)
    assert "Chen Yu" in page(inside.get(reverse("portal:check", args=[held().uuid])))


def test_ten_days_and_more_stand_on_one_page_and_later_ones_behind_a_link(inside, alice, session):
    """P6."""
    for days in range(1, 16):
        another(session, days)
    Session.objects.update(released_at=clock.now())
    answer = inside.get(reverse("portal:dates", args=[alice.uuid, session.service.uuid]))
    assert answer.content.decode().count('type="radio"') == 14
    assert "Later days" in page(answer)


def test_a_day_that_is_not_offered_is_refused_on_the_same_page(inside, alice, session):
    """P6."""
    address = reverse("portal:dates", args=[alice.uuid, session.service.uuid])
    answer = inside.get(address, {"go": "1", "choice": "2031-01-01"})
    assert answer.status_code == 422
    assert "Choose one of the days with free places." in page(answer)
    assert page(answer).count("Error:") >= 2


def test_times_have_a_half_of_the_day_and_24_hours(inside, alice, session):
    """P7, P8."""
    text = page(inside.get(times_of(session, alice)))
    assert "09:00–09:15 (morning)" in text
    assert " AM" not in text


def test_a_lost_time_leads_to_the_nearest_others_on_the_same_page(inside, alice, session):
    """P9."""
    booked(session, PatientFactory(name="Bob"), 0)
    answer = choose(inside, session, alice)
    assert answer.status_code == 409
    assert "Nearest free times" in page(answer)
    assert Appointment.objects.filter(patient=alice).count() == 0


def test_a_chosen_time_is_kept_and_free_again_when_it_is_not_booked(noon, inside, alice, session):
    """P10."""
    choose(inside, session, alice)
    assert slot_of(session, 0).taken == 1
    noon.later(minutes=6)
    answer = inside.get(reverse("portal:check", args=[Appointment.objects.get().uuid]))
    assert "The time is not kept any more" in page(answer)
    assert "Nothing was booked." in page(answer)
    assert booked(session, PatientFactory(name="Bob"), 0).status == "booked"


def test_the_time_is_kept_longer_once(noon, inside, alice, session):
    """P10."""
    choose(inside, session, alice)
    before = held().held_until
    noon.later(minutes=4)
    inside.post(reverse("portal:extend", args=[held().uuid]))
    assert held().held_until > before
    assert inside.post(reverse("portal:extend", args=[held().uuid])).status_code in (409, 422)


def test_each_line_of_the_check_page_can_be_changed_and_another_time_frees_the_first(inside, alice, session):
    """P11."""
    choose(inside, session, alice)
    html = inside.get(reverse("portal:check", args=[held().uuid])).content.decode()
    assert html.count(">Change<span") == 4
    assert "Confirm booking" in html
    choose(inside, session, alice, 1)
    assert held().slot == slot_of(session, 1)
    assert slot_of(session, 0).taken == 0


def test_the_same_form_posted_twice_books_once_and_shows_the_same_confirmation(inside, alice, session):
    """P12."""
    choose(inside, session, alice)
    address = reverse("portal:check", args=[held().uuid])
    first, second = inside.post(address), inside.post(address)
    assert first["Location"] == second["Location"]
    assert Appointment.objects.count() == 1


def test_what_holds_is_said_before_it_is_booked(inside, alice, session):
    """P19."""
    choose(inside, session, alice)
    text = page(inside.get(reverse("portal:check", args=[held().uuid])))
    assert "You can change or cancel it here until 4 hours before." in text
    assert "At most 50 bookings a day for each person." in text


def test_sold_out_is_no_dead_end(inside, alice, session):
    """P21."""
    for number in range(4):
        booked(session, PatientFactory(name=f"Bob {number}"), number)
    answer = inside.get(reverse("portal:dates", args=[alice.uuid, session.service.uuid]))
    text = page(answer)
    assert "Join the waiting list" in text
    assert "Another clinic or doctor" in text


def test_who_gives_the_place_back_frees_it_at_once(inside, alice, session):
    choose(inside, session, alice)
    address = reverse("portal:give_up", args=[held().uuid])
    assert inside.post(address).status_code == inside.post(address).status_code == 302
    assert slot_of(session, 0).taken == 0


def test_a_mother_books_for_her_child_and_a_stranger_does_not(inside, alice, session):
    child, other = PatientFactory(name="Charlie"), PatientFactory(name="Dora")
    right = proxies.grant(
        patient=child, proxy=alice, relation="parent", proof=Proof.DECLARED, can_view=True, by=UserFactory()
    )
    assert inside.get(times_of(session, child)).status_code == 200
    assert inside.get(times_of(session, other)).status_code == 404
    proxies.end(related=right, by=UserFactory())
    assert inside.get(times_of(session, child)).status_code == 404
    assert choose(inside, session, child).status_code == 404


def test_the_place_of_somebody_else_is_not_there(inside, alice, session):
    kept = holds.hold(slot=slot_of(session, 0), patient=PatientFactory(name="Bob"), origin=acting.origin())
    for name in ("check", "extend", "give_up"):
        assert inside.post(reverse(f"portal:{name}", args=[kept.uuid])).status_code == 404
    assert held() == kept


def test_a_place_that_staff_keep_is_not_booked_from_here(inside, alice, session):
    kept = holds.hold(slot=slot_of(session, 0), patient=alice, origin=desk())
    assert inside.post(reverse("portal:check", args=[kept.uuid])).status_code == 404


def test_another_booking_at_that_time_is_said_and_nothing_is_kept(inside, alice, session):
    booked(clinic(site__code="two"), alice, 0)
    answer = choose(inside, session, alice, 0)
    assert answer.status_code == 422
    assert Appointment.objects.count() == 1


def test_nothing_chosen_is_said_beside_the_choices(inside, alice, session):
    answer = inside.post(times_of(session, alice), {})
    assert answer.status_code == 422
    assert "Choose a time." in page(answer)


@pytest.mark.parametrize("odd", ["x", "9" * 300, "\x00", "<script>", "00000000-0000-0000-0000-000000000000"])
def test_odd_choices_are_refused_in_words(inside, alice, session, odd):
    for address in (BOOK, reverse("portal:what", args=[alice.uuid])):
        assert inside.get(address, {"go": "1", "choice": odd}).status_code == 422
    assert inside.post(times_of(session, alice), {"choice": odd}).status_code in (404, 409, 422)


def test_words_find_a_clinic_and_nothing_found_leads_on(inside, alice, session):
    address = reverse("portal:what", args=[alice.uuid])
    assert "Chen Yu" in page(inside.get(address, {"q": "chen"}))
    text = page(inside.get(address, {"q": "=HYPERLINK(1)<b>"}))
    assert "Nothing found for" in text
    assert "All departments" in text


def test_a_day_that_is_none_is_an_address_that_does_not_exist(inside, alice, session):
    address = reverse("portal:dates", args=[alice.uuid, session.service.uuid])
    assert inside.get(address, {"from": "2026-02-30"}).status_code == 404
    assert inside.get(f"{address}2026-02-30/").status_code == 404


def test_a_cancelled_booking_of_the_same_place_does_not_return_by_the_old_form(inside, alice, session):
    choose(inside, session, alice)
    address = reverse("portal:check", args=[held().uuid])
    inside.post(address)
    appointments.cancel(appointment=Appointment.objects.get(), origin=desk())
    assert inside.post(address).status_code == 302
    assert Appointment.objects.get().status == AppointmentStatus.CANCELLED


def test_no_page_asks_more_of_the_database_with_more_days(inside, alice, session, django_assert_max_num_queries):
    for days in range(1, 12):
        another(session, days)
    choose(inside, session, alice)
    pages = [
        BOOK,
        reverse("portal:what", args=[alice.uuid]),
        reverse("portal:which", args=[alice.uuid, session.service.department.uuid]),
        reverse("portal:dates", args=[alice.uuid, session.service.uuid]),
        times_of(session, alice),
        reverse("portal:check", args=[held().uuid]),
    ]
    inside.get(BOOK)  # the phones of the foot are remembered for a minute
    for address in pages:
        with django_assert_max_num_queries(8):
            assert inside.get(address).status_code == 200, address


def test_what_was_begun_waits_on_the_first_page_with_the_code_to_say_on_the_phone(noon, inside, alice, session):
    """P34, P38."""
    choose(inside, session, alice)
    kept = held()
    assert f"say {kept} : we finish it" in page(inside.get("/portal/"))
    noon.later(minutes=20)
    html = inside.get("/portal/").content.decode()
    assert times_of(session, alice) in html


def test_nothing_begun_is_shown_once_it_is_booked_or_given_back(inside, alice, session):
    choose(inside, session, alice)
    inside.post(reverse("portal:check", args=[held().uuid]))
    assert "Not booked yet" not in page(inside.get("/portal/"))


def test_for_whoever_has_time_each_time_stands_there_once(inside, alice, session):
    other = SessionFactory(service=session.service, day=session.day, practitioner=PractitionerFactory(name="Lin Yi"))
    with_places(other)
    html = inside.get(times_of(session, alice)).content.decode()
    assert html.count('type="radio"') == 4
    html = inside.get(f"{times_of(session, alice)}?doctor={other.practitioner.uuid}").content.decode()
    assert html.count("Lin Yi") >= 4


def test_after_booking_the_buttons_of_the_old_page_lead_to_the_visit(inside, alice, session):
    choose(inside, session, alice)
    kept = held()
    inside.post(reverse("portal:check", args=[kept.uuid]))
    for name in ("extend", "give_up"):
        answer = inside.post(reverse(f"portal:{name}", args=[kept.uuid]), follow=True)
        assert answer.redirect_chain[-1][0] == f"{reverse('portal:visit', args=[kept.uuid])}?new=1"
    assert Appointment.objects.get().status == AppointmentStatus.BOOKED


def test_a_place_that_was_only_kept_is_no_cancelled_visit(inside, alice, session):
    choose(inside, session, alice)
    kept = held()
    inside.post(reverse("portal:give_up", args=[kept.uuid]))
    assert inside.get(reverse("portal:visit", args=[kept.uuid])).status_code == 404
    assert kept.reference not in inside.get(reverse("portal:past")).content.decode().replace(" ", "")


@pytest.mark.parametrize("day", ["0001-01-01", "2020-01-01", "9999-12-31"])
def test_a_day_that_no_roster_has_is_no_page(inside, alice, session, day):
    address = reverse("portal:dates", args=[alice.uuid, session.service.uuid])
    assert inside.get(f"{address}{day}/").status_code == 404
    assert inside.post(f"{address}{day}/", {"choice": slot_of(session, 0).uuid}).status_code == 404


def test_where_one_says_what_hurts_the_ambulance_of_the_country_is_named(inside, alice, session, settings):
    address = reverse("portal:what", args=[alice.uuid])
    assert "Call 120 now." in page(inside.get(address))
    settings.EMERGENCY_PHONE = "112"
    assert "Call 112 now." in page(inside.get(address))

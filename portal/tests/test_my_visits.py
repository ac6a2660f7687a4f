"""My visits: the list, one visit as its confirmation, its calendar file, and cancelling it."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from icalendar import Calendar

from common import clock
from patients.services import family
from patients.tests.factories import PatientFactory, RelatedPersonFactory, UserFactory
from portal.tests.factories import another, booked, clinic, desk, slot_of, stopped
from portal.tests.signing import enter
from scheduling.models import Appointment
from scheduling.services import appointments
from scheduling.tests.factories import PolicyFactory, WaitlistEntryFactory, missed


def address(name, visit, *more):
    return reverse(f"portal:{name}", args=[visit.uuid, *more])


def text(answer) -> str:
    """What a reader sees, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())


@pytest.fixture
def alice(visit):
    return visit.patient


@pytest.fixture
def child(alice):
    """Somebody for whom Alice acts."""
    made = PatientFactory(name="Ben Smith", language="en", birth_date=dt.date(2018, 3, 7))
    RelatedPersonFactory(patient=made, proxy=alice, can_view=True)
    return made


@pytest.fixture
def own(client, alice):
    """Alice's browser."""
    enter(client, alice)
    return client


def test_p4_the_list_says_when_where_with_whom_and_for_whom(own, visit, child):
    booked(clinic(site__code="two", name_en="Skin"), child)
    page = text(own.get(reverse("portal:visits")))
    for fact in ("09:00–09:15 (morning)", "in 5 days", "Chen Yu", "General clinic", "A* S*", "B* S*", "Booked"):
        assert fact in page


def test_who_has_no_visit_is_told_what_to_do(client):
    enter(client, PatientFactory(language="en"))
    page = text(client.get(reverse("portal:visits")))
    assert "You have no visit to come." in page


def test_a_stopped_clinic_stands_first_with_the_place_that_is_kept(client):
    lost, _link = stopped(clinic())
    booked(clinic(2, site__code="two"), lost.patient)
    enter(client, lost.patient)
    page = text(client.get(reverse("portal:visits")))
    assert page.index("These clinics do not take place") < page.index("To come")
    assert "We keep another place for you" in page
    assert "Choose another time" in page


def test_the_kept_place_is_taken_once_however_often_the_button_is_pressed(client):
    lost, _link = stopped(clinic())
    enter(client, lost.patient)
    answers = [client.post(address("kept", lost), {"answer": "yes"}) for _n in range(2)]
    assert answers[0]["Location"] == answers[1]["Location"]
    page = text(client.get(answers[0]["Location"]))
    assert "Done: your visit is booked" in page
    assert Appointment.objects.filter(patient=lost.patient, status="booked").count() == 1


def test_the_kept_place_is_let_go(client):
    lost, _link = stopped(clinic())
    enter(client, lost.patient)
    answer = client.post(address("kept", lost), {"answer": "no"}, follow=True)
    assert "Done: we do not keep the other place" in text(answer)
    assert not Appointment.objects.filter(patient=lost.patient, status="held").exists()


def test_a_button_that_is_not_ours_lets_nothing_go(client):
    lost, _link = stopped(clinic())
    enter(client, lost.patient)
    client.post(address("kept", lost), {"answer": "maybe"}), client.post(address("kept", lost))
    assert Appointment.objects.filter(patient=lost.patient, status="held").exists()


def test_a_visit_of_today_stays_on_the_list_and_one_of_yesterday_is_over(noon, own, visit):
    noon.now = visit.ends_at + dt.timedelta(hours=1)
    enter(own, visit.patient)
    assert str(visit.uuid) in own.get(reverse("portal:visits")).content.decode()
    noon.later(days=1)
    enter(own, visit.patient)
    assert str(visit.uuid) not in own.get(reverse("portal:visits")).content.decode()
    assert "Over" in text(own.get(reverse("portal:past")))
    assert "The time of this visit is over" in text(own.get(address("visit", visit)))


def test_p13_the_confirmation_says_all_that_one_needs(own, visit):
    page = own.get(address("visit", visit) + "?new=1")
    said = text(page)
    facts = [
        "Done: your visit is booked", str(visit), "Keep it: with it you check in", "09:00–09:15 (morning)",
        "Chen Yu", "Room 12", "3F", "Riverside", "1 River Road", "Please come fasting.", "What to bring",
        "What happens next", "You can change or cancel it here until", "Add to my calendar", "Print",
        "Choose another time", "Cancel the visit", "A* S*", "010 5555 0100", "Code for the check-in",
    ]  # fmt: skip
    plain = said + page.content.decode()
    assert [fact for fact in facts if fact not in plain] == []
    assert page.content.decode().count("<h1") == 1


def test_p13_looking_again_or_a_day_later_books_nothing(noon, own, visit):
    before = list(Appointment.objects.values())
    for _n in range(2):
        assert own.get(address("visit", visit) + "?new=1").status_code == 200
    noon.later(hours=24)
    enter(own, visit.patient)
    assert own.get(address("visit", visit)).status_code == 200
    assert list(Appointment.objects.values()) == before


def test_p13_the_bookmark_asks_who_is_not_signed_in_to_sign_in_and_then_leads_back(client, visit):
    answer = client.get(address("visit", visit))
    assert answer["Location"] == f"{reverse('portal:sign_in')}?next={address('visit', visit).replace('/', '%2F')}"


def test_p7_times_have_weekday_and_half_of_the_day_in_both_languages(own, visit):
    day = clock.local(visit.starts_at)
    assert f"{day:%a} {day.day} {day:%b} 09:00–09:15 (morning)" in text(own.get(address("visit", visit)))
    chinese = text(own.get(address("visit", visit) + "?language=zh-hans"))
    assert f"{day.month}月{day.day}日 周{'一二三四五六日'[day.weekday()]} 上午 09:00–09:15" in chinese
    assert not re.search(r"\b[AP]M\b", chinese)


def test_what_was_done_is_said_only_while_it_is_so(own, visit):
    appointments.cancel(appointment=visit, origin=desk())
    page = text(own.get(address("visit", visit) + "?new=1"))
    assert "This visit is cancelled" in page
    assert "Done" not in page


def test_p14_the_calendar_file_has_one_uid_and_rises_through_move_and_cancel(own, visit, session):
    events = []
    for act in (lambda: None, lambda: _move(visit, session), lambda: _cancel(visit)):
        act()
        answer = own.get(address("calendar", visit))
        assert answer["Content-Type"].startswith("text/calendar")
        read = Calendar.from_ical(answer.content)
        events.append((str(read["METHOD"]), read.walk("VEVENT")[0]))
    assert len({str(event["UID"]) for _method, event in events}) == 1
    assert [int(event["SEQUENCE"]) for _method, event in events] == sorted({int(e["SEQUENCE"]) for _m, e in events})
    assert [(method, str(event["STATUS"])) for method, event in events] == [
        ("PUBLISH", "CONFIRMED"), ("PUBLISH", "CONFIRMED"), ("CANCEL", "CANCELLED")
    ]  # fmt: skip
    assert all(event["DTSTART"].dt.utcoffset() is not None for _method, event in events)
    assert not any("Cardiology" in str(event["SUMMARY"]) for _method, event in events)


def _move(visit, session):
    appointments.move(appointment=visit, slot=slot_of(session, 2), origin=desk())


def _cancel(visit):
    appointments.cancel(appointment=visit, origin=desk())


def test_p18_looking_at_the_cancel_page_changes_nothing_whoever_looks(own, visit):
    before = list(Appointment.objects.values())
    robot = {"User-Agent": "WhatsApp/2", "Sec-Purpose": "prefetch"}
    for answer in (own.get(address("cancel", visit)), own.head(address("cancel", visit)),
                   own.get(address("cancel", visit), headers=robot)):  # fmt: skip
        assert answer.status_code == 200
    assert list(Appointment.objects.values()) == before
    assert own.put(address("cancel", visit)).status_code == 405


def test_p18_the_consequence_is_said_first(own, visit):
    page = text(own.get(address("cancel", visit)))
    for fact in ("first to those on the waiting list", "You can cancel here until", "No, keep my visit", "A* S*"):
        assert fact in page
    assert "missed a visit" not in page


def test_p18_the_rule_on_missed_visits_is_named_while_it_is_in_use(own, visit):
    PolicyFactory()
    assert "After three missed visits" in text(own.get(address("cancel", visit)))


def test_p18_a_post_cancels_once_and_offers_to_book_again(own, visit):
    answers = [own.post(address("cancel", visit), {"version": 1}) for _n in range(2)]
    page = text(own.get(answers[0]["Location"]))
    assert "Done: your visit is cancelled" in page
    assert "Book this visit again" in page
    visit.refresh_from_db()
    assert (visit.status, visit.channel) == ("cancelled", "desk")
    assert visit.events.filter(kind="cancelled", channel="portal").count() == 1


def test_a_visit_that_was_moved_meanwhile_is_not_cancelled(own, visit, session):
    _move(visit, session)
    answer = own.post(address("cancel", visit), {"version": 1})
    assert answer.status_code == 409
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_after_the_deadline_the_phone_is_named_instead(noon, own, visit):
    noon.now = visit.starts_at - dt.timedelta(hours=1)
    enter(own, visit.patient)
    answer = own.post(address("cancel", visit), {"version": 1})
    assert answer.status_code == 422
    assert "If you cannot come, please call us." in text(answer)
    assert "tel:01055550100" in answer.content.decode()
    assert "Yes, cancel the visit" not in text(answer)
    page = text(own.get(address("visit", visit)))
    assert "Choose another time" not in page
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_past_visits_are_paged_the_latest_first(own, alice):
    for days in range(1, 13):
        missed(alice, days, excused=None)
    first = own.get(reverse("portal:past"))
    assert first.content.decode().count('class="badge') == 10
    assert "Earlier visits" in text(first)
    second = own.get(reverse("portal:past"), {"page": 2})
    assert second.content.decode().count('class="badge') == 2
    assert own.get(reverse("portal:past"), {"page": "x"}).status_code == 200


def test_a_place_that_is_only_kept_is_no_visit(client):
    lost, _link = stopped(clinic())
    enter(client, lost.patient)
    kept = Appointment.objects.get(patient=lost.patient, status="held")
    assert client.get(address("visit", kept)).status_code == 404


def test_h3_other_fields_change_nothing(own, visit):
    other = PatientFactory()
    said = {"version": 1, "patient": other.pk, "status": "fulfilled", "id": 999, "by": 1, "reference": "AAAA2222"}
    own.post(address("cancel", visit), said)
    row = Appointment.objects.get(pk=visit.pk)
    assert (row.patient_id, row.status, row.reference) == (visit.patient_id, "cancelled", visit.reference)


def test_h2_who_no_longer_acts_for_somebody_sees_nothing_of_them(own, alice, child):
    theirs = booked(clinic(site__code="two"), child)
    assert own.get(address("visit", theirs)).status_code == 200
    family.end(related=family.acting_for(child)[0], by=UserFactory())
    for name in ("visit", "cancel", "move", "calendar", "today"):
        assert own.get(address(name, theirs)).status_code == 404
    another(theirs.slot.session)
    assert own.post(address("cancel", theirs), {"version": 1}).status_code == 404
    theirs.refresh_from_db()
    assert theirs.status == "booked"


def test_nothing_tells_of_a_sensitive_department(client):
    session = clinic(is_sensitive=True, name_en="Psychiatry", name_zh="精神科")
    session.service.name_en, session.service.name_zh = "Psychiatric clinic", "精神科门诊"
    session.service.save()
    visit = booked(session)
    WaitlistEntryFactory(patient=visit.patient, service=session.service)
    enter(client, visit.patient)
    to = slot_of(session, 1).uuid
    wheres = [reverse("portal:visits"), reverse("portal:waiting"), address("move_to", visit, to)]
    wheres += [address(name, visit) for name in ("visit", "cancel", "move", "calendar")]
    for where in wheres:
        for language in ("en", "zh-hans"):
            page = client.get(where, {"language": language}).content.decode()
            assert not re.search("Psychiatr|精神", page), where


def test_h9_markup_in_a_name_stays_text(client, visit, session):
    visit.patient.name = '<img src=x onerror=alert(1)>"><script>'
    visit.patient.save()
    enter(client, visit.patient)
    wheres = [reverse("portal:visits"), address("move_to", visit, slot_of(session, 1).uuid), reverse("portal:past")]
    wheres += [address(name, visit) for name in ("visit", "cancel", "move", "calendar")]
    for where in wheres:
        page = client.get(where).content.decode()
        assert not re.search("<img src=x|onerror=alert|<script>", page), where


@pytest.mark.parametrize("name", ["visits", "past", "missed", "waiting", "find"])
def test_h14_pages_of_a_patient_are_kept_and_indexed_nowhere(own, name):
    answer = own.get(reverse(f"portal:{name}"))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


@pytest.mark.parametrize("name", ["visits", "past", "missed", "waiting"])
def test_who_is_not_signed_in_is_asked_to(client, name):
    assert client.get(reverse(f"portal:{name}"))["Location"].startswith(reverse("portal:sign_in"))

"""The booking desk: all of a caller at one address, what is offered and why the rest is not."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory
from common import clock
from desk import asking, offering
from directory.tests.factories import DepartmentFactory, PractitionerFactory, ServiceFactory
from patients.models import Patient
from patients.tests.factories import (
    ConsentFactory,
    ContactPointFactory,
    PatientFactory,
    PatientTagFactory,
    RelatedPersonFactory,
    TagFactory,
)
from scheduling.models import Appointment, ChannelRule, Session, Slot
from scheduling.services import holds
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, WaitlistEntryFactory
from scheduling.tests.factories import desk as at_desk

PAGE = reverse("admin:desk:booking_desk")


def address(**asked) -> str:
    return reverse("admin:desk:booking_desk", query=asked)


def service_of(slot: Slot) -> str:
    return f"service.{slot.service.uuid}"


def visit(patient: Patient, session: Session, days: int, **facts) -> Appointment:
    """A visit that lies so many days back."""
    day = clock.today() - dt.timedelta(days=days)
    then = SessionFactory(practitioner=session.practitioner, service=session.service, day=day)
    return AppointmentFactory(patient=patient, slot=SlotFactory(session=then), **{"status": "fulfilled", **facts})


@pytest.fixture
def alice(db):
    return PatientFactory(name="Alice Smith", note="Uses a wheelchair")


def test_r1_everything_about_the_caller_stands_at_one_address(desk, session, slots, alice):
    AppointmentFactory(patient=alice, slot=slots[0])
    visit(alice, session, 40)
    visit(alice, session, 20, status="noshow")
    WaitlistEntryFactory(patient=alice, service=session.service)
    RelatedPersonFactory(patient=alice, proxy=PatientFactory(name="Bob Smith"))
    ConsentFactory(patient=alice)
    PatientTagFactory(patient=alice, tag=TagFactory(name_en="Deaf"))
    PatientFactory(name="Alice Smith")
    shown = desk.get(address(patient=alice.uuid)).text
    for words in ("Uses a wheelchair", "Seen", "Did not come", "1 missed visit in a year", "Bob Smith", "Deaf"):
        assert words in shown
    assert "1 other patient has this name" in shown
    assert f'data-booking="{Appointment.objects.get(slot=slots[0]).uuid}"' in shown


def test_as_many_statements_for_many_visits_as_for_one(desk, session, slots, alice):
    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert desk.get(address(patient=alice.uuid, what=service_of(slots[0]))).status_code == 200
        return len(caught)

    visit(alice, session, 1)
    desk.get(address(patient=alice.uuid))  # what is read once per process is read
    few = statements()
    for number in range(2, 20):
        visit(alice, session, number)
    assert statements() <= few


def test_who_opens_a_caller_is_written_down(desk, clerk, alice):
    for _part in range(3):  # the page and what is drawn again of it
        desk.get(address(patient=alice.uuid))
    assert AccessLog.objects.filter(action="open", subject_uuid=alice.uuid, user=clerk).count() == 1


def test_a_candidate_is_told_apart_and_shows_no_full_phone(desk, session):
    known = PatientFactory(name="张伟", birth_date=dt.date(1970, 12, 10))
    ContactPointFactory(patient=known, value="+8613800138000")
    PatientFactory(name="张伟", birth_date=dt.date(1986, 7, 3))
    visit(known, session, 7)
    shown = desk.get(reverse("admin:desk:found"), {"q": "zhangwei"}).text
    assert "10 Dec 1970" in shown
    assert "last visit" in shown
    assert "no visit yet" in shown
    assert shown.count("same name") == 2
    assert "13800138000" not in shown


@pytest.mark.parametrize("spoken", ["as it stands", "with a space"])
def test_a_booking_reference_finds_its_patient(desk, slots, alice, spoken):
    booking = AppointmentFactory(patient=alice, slot=slots[0])
    text = booking.reference if spoken == "as it stands" else str(booking).lower()
    assert "Alice Smith" in desk.get(reverse("admin:desk:found"), {"q": text}).text


def test_a_reference_of_another_site_finds_nobody(desk, alice):
    elsewhere = AppointmentFactory(patient=alice)
    assert "Nobody is found." in desk.get(reverse("admin:desk:found"), {"q": elsewhere.reference}).text


@pytest.mark.parametrize("text", ["心内", "xinnei", "xnk", "card"])
def test_what_is_asked_for_is_found_by_either_name_pinyin_or_initials(clerk, department, text):
    type(department).objects.update(name_zh="心内科", name_en="Cardiology")
    assert [one.key for one in asking.found(clerk, text)] == [f"department.{department.uuid}"]


def test_what_lies_outside_the_scope_cannot_be_asked_for(desk, clerk, alice):
    other = DepartmentFactory(name_en="Elsewhere")
    assert asking.found(clerk, "elsewhere") == []
    assert "Ask what it is for." in desk.get(address(patient=alice.uuid, what=f"department.{other.uuid}")).text


def test_r10_the_soonest_places_come_first_and_the_week_says_why_the_rest_is_not_free(desk, session, slots, alice):
    AppointmentFactory(slot=slots[0])
    later = SessionFactory(
        practitioner=session.practitioner, service=session.service, day=clock.today() + dt.timedelta(days=3),
        released_at=clock.now() + dt.timedelta(days=1),
    )  # fmt: skip
    SlotFactory(session=later)
    shown = desk.get(address(patient=alice.uuid, what=service_of(slots[0]))).text
    assert shown.index(f"soon-{slots[1].uuid}") < shown.index(f"soon-{slots[2].uuid}")
    assert f"soon-{slots[0].uuid}" not in shown
    assert "2 free" in shown
    assert "opens " in shown
    assert "The last place has just been taken." in shown  # in the list of times


def test_a_practitioner_who_is_not_for_this_patient_says_so(desk, slots, alice):
    type(slots[0].service).objects.update(max_age=14)
    Patient.objects.update(birth_date=dt.date(1980, 1, 1))
    assert "0 to 14 years" in desk.get(address(patient=alice.uuid, what=service_of(slots[0]))).text


def test_when_nothing_is_free_the_reason_and_the_waiting_list_are_offered(desk, session, slots, alice):
    Slot.objects.update(closed="blocked")
    shown = desk.get(address(patient=alice.uuid, what=service_of(slots[0]))).text
    assert "Nothing is free:" in shown
    assert "This time is blocked." in shown
    assert "Put on the waiting list" in shown
    assert f"patient={alice.pk}&amp;service={slots[0].service.pk}" in shown


def test_beyond_the_roster_it_says_that_nothing_is_planned(desk, slots, alice):
    far = clock.today() + dt.timedelta(days=80)
    shown = desk.get(address(patient=alice.uuid, what=service_of(slots[0]), first_day=far)).text
    assert "No session is planned from this day on." in shown


def test_without_being_asked_it_offers_what_the_patient_had_last(desk, session, slots, alice):
    visit(alice, session, 30)
    shown = desk.get(address(patient=alice.uuid)).text
    assert f"soon-{slots[0].uuid}" in shown
    assert 'id="repeat"' in shown


def test_as_last_time_is_the_same_service_with_the_same_practitioner(desk, session, slots, alice):
    visit(alice, session, 30)
    other = SlotFactory(session=SessionFactory(service=session.service), number=0)
    everybody = desk.get(address(patient=alice.uuid)).text
    again = address(patient=alice.uuid, what=service_of(slots[0]), person=session.practitioner.uuid)
    assert f"soon-{other.uuid}" in everybody
    assert f"soon-{other.uuid}" not in desk.get(again).text


def test_again_in_three_months_is_the_same_weekday(desk, session, slots, alice):
    visit(alice, session, 30)
    later = clock.today() + dt.timedelta(weeks=13)
    assert f"first_day={later.isoformat()}" in desk.get(address(patient=alice.uuid)).text


def test_a_merged_record_leads_to_the_one_that_was_kept(desk, alice):
    old = PatientFactory(name="Alice Smyth", merged_into=alice)
    assert "Uses a wheelchair" in desk.get(address(patient=old.uuid)).text


@pytest.mark.parametrize(
    "asked", [{"patient": "x"}, {"hold": "x"}, {"first_day": "x"}, {"what": "service.x"}, {"cell": "x"}]
)
def test_an_address_that_says_nothing_opens_the_desk(desk, slots, alice, asked):
    assert desk.get(address(**({"patient": alice.uuid} | asked))).status_code == 200


def test_an_unknown_patient_is_not_found(desk, session):
    assert desk.get(address(patient=session.uuid)).status_code == 404


def test_whoever_may_not_book_does_not_come_in(as_user):
    assert as_user(UserFactory(role="auditor")).get(PAGE).status_code == 403


def test_a_place_taken_for_a_caller_is_held_for_them_and_read_back_in_their_language(desk, slots):
    zhang = PatientFactory(name="张伟", language="zh-hans")
    answer = desk.post(reverse("admin:desk:open", kwargs={"slot": slots[0].uuid}), {"patient": zhang.uuid})
    hold = Appointment.objects.get(slot=slots[0])
    assert (hold.status, hold.patient) == ("held", zhang)
    assert 'lang="zh-hans"' in answer.text
    assert "09:00" in answer.text
    done = desk.post(reverse("admin:desk:book", kwargs={"hold": hold.uuid}), {"patient": zhang.uuid})
    hold.refresh_from_db()
    assert hold.status == "booked"
    assert f"预约码为 {hold}" in done.text


def test_a_rule_says_no_before_the_caller_has_waited(desk, slots):
    gone = PatientFactory(deceased_on=clock.today())
    answer = desk.post(reverse("admin:desk:open", kwargs={"slot": slots[0].uuid}), {"patient": gone.uuid})
    assert answer.status_code == 422
    assert Slot.objects.get(pk=slots[0].pk).taken == 0


def test_for_a_restricted_patient_the_desk_writes_why_it_books(desk, slots):
    barred = PatientFactory(barred_until=clock.now() + dt.timedelta(days=3))
    answer = desk.post(reverse("admin:desk:open", kwargs={"slot": slots[0].uuid}), {"patient": barred.uuid})
    assert "You can book here; write why." in answer.text
    address = reverse("admin:desk:book", kwargs={"hold": Appointment.objects.get(slot=slots[0]).uuid})
    refused = desk.post(address, {"patient": barred.uuid})
    assert refused.status_code == 422
    assert "Please write why you book now." in refused.text
    assert desk.post(address, {"patient": barred.uuid, "reason": "cannot use a phone"}).status_code == 200
    assert Appointment.objects.get(slot=slots[0]).status == "booked"


def hold_of_colleague(slot: Slot, patient: Patient) -> Appointment:
    return holds.hold(slot=slot, patient=patient, origin=at_desk(name="Li Na"))


def test_a_colleague_goes_on_with_a_booking_that_was_left_and_closing_does_not_give_it_back(desk, slots, alice):
    hold = hold_of_colleague(slots[0], alice)
    assert "Held by Li Na:" in desk.get(PAGE).text
    shown = desk.get(reverse("admin:desk:resume", kwargs={"hold": hold.uuid})).text
    assert "Held by Li Na:" in shown
    assert "data-hold" not in shown
    desk.post(reverse("admin:desk:book", kwargs={"hold": hold.uuid}), {"patient": alice.uuid})
    hold.refresh_from_db()
    assert hold.status == "booked"


def test_a_hold_that_has_ended_is_not_unfinished(desk, slots, alice):
    hold = hold_of_colleague(slots[0], alice)
    Appointment.objects.update(held_until=clock.now() - dt.timedelta(seconds=1))
    assert str(hold.uuid) not in desk.get(PAGE).text


def test_holds_of_other_sites_and_of_other_doors_are_not_the_desks_business(desk, slots, alice):
    elsewhere = hold_of_colleague(SlotFactory(), alice)
    portal = holds.hold(slot=slots[0], origin=Origin(UserFactory(kind="device", is_staff=False), "portal"))
    shown = desk.get(PAGE).text
    assert str(elsewhere.uuid) not in shown
    assert str(portal.uuid) not in shown


def test_registering_leads_back_to_the_desk_with_the_new_patient(desk):
    form = reverse("admin:patients_patient_add", query={"next": PAGE, "typed": "李小明"})
    assert 'value="李小明"' in desk.get(form).text
    facts = {"name": "李小明", "phone": "13800138000", "sex": "male", "language": "zh-hans"}
    answer = desk.post(form, facts)
    assert answer.headers["Location"] == f"{PAGE}?patient={Patient.objects.get(name='李小明').uuid}"


def test_registering_leads_nowhere_outside(desk):
    form = reverse("admin:patients_patient_add", query={"next": "https://elsewhere.example/"})
    answer = desk.post(form, {"name": "李小明", "phone": "13800138000", "sex": "male", "language": "zh-hans"})
    assert answer.headers["Location"].startswith("/admin/patients/")


def test_practitioners_are_found_by_initials(clerk, session):
    type(session.practitioner).objects.update(name="刘雅静", name_pinyin="liu ya jing")
    clerk.sees_all_sites = True
    clerk.save()
    found = asking.found(type(clerk).objects.get(pk=clerk.pk), "lyj")
    assert [one.name for one in found] == ["刘雅静"]


def test_times_of_another_day_are_shown_when_that_day_is_chosen(desk, session, slots, alice):
    other = PractitionerFactory(name="Wang Fang", name_pinyin="wang fang")
    theirs = SlotFactory(session=SessionFactory(practitioner=other, service=session.service))
    cell = f"{other.uuid}.{theirs.session.day.isoformat()}"
    shown = desk.get(address(patient=alice.uuid, what=service_of(slots[0]), cell=cell)).text
    assert f"time-{theirs.uuid}" in shown
    assert f"time-{slots[0].uuid}" not in shown


def test_a_service_of_another_department_is_not_mixed_in(desk, session, slots, alice):
    extra = SlotFactory(session=SessionFactory(service=ServiceFactory(department=session.service.department)))
    shown = desk.get(address(patient=alice.uuid, what=service_of(slots[0]))).text
    assert f"soon-{extra.uuid}" not in shown
    whole = desk.get(address(patient=alice.uuid, what=f"department.{session.service.department.uuid}")).text
    assert f"soon-{extra.uuid}" in whole


def test_places_behind_many_that_a_channel_keeps_are_still_found(desk, session, alice):
    ChannelRule.objects.create(
        channel="portal",
        name_en="All for the portal",
        reserved_percent=100,
        melts_hours=0,  # else the places are everybody's from nine o'clock on
        service=session.service,
    )
    for number in range(offering.SOONEST + 2):
        SlotFactory(session=session, number=number)
    later = SessionFactory(
        service=ServiceFactory(department=session.service.department), day=session.day + dt.timedelta(days=1)
    )
    free = SlotFactory(session=later)
    shown = desk.get(address(patient=alice.uuid, what=f"department.{session.service.department.uuid}")).text
    assert f"soon-{free.uuid}" in shown
    assert "Nothing is free:" not in shown

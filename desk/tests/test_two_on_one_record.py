"""Front-desk point R18: two people on one record see each other, and nobody saves over what they have not seen."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape
from threading import Event

import pytest
from django.db import connection, transaction
from django.urls import reverse

from accounts.models import Presence
from accounts.services import presence
from accounts.tests.factories import UserFactory
from common import clock
from common.history import acting
from directory.models import PractitionerRole, Scope, Site
from directory.tests.factories import DepartmentFactory, PractitionerFactory, SiteFactory
from patients.admin import sections
from patients.models import Patient
from patients.services import registration
from patients.tests.factories import PatientFactory
from scheduling.services import appointments
from scheduling.services.origin import Origin
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from tests.axe import faults

BACKEND = "django.contrib.auth.backends.ModelBackend"


def patient_page(patient) -> str:
    return reverse("admin:patients_patient_change", args=[patient.pk])


def asked(record: str, pk) -> str:
    return reverse("admin:desk:presence", kwargs={"label": record, "pk": pk})


@pytest.fixture
def li(db):
    return UserFactory(role="front_desk", name="Li Na", sees_all_sites=True)


@pytest.fixture
def chen(db):
    return UserFactory(role="front_desk", name="Chen Jie", sees_all_sites=True)


@pytest.fixture
def patient(db):
    return PatientFactory(name="张伟", note="deaf in one ear")


@contextmanager
def signed_in(client, person):
    client.force_login(person, backend=BACKEND)
    yield client


def form_of(client, address: str) -> dict:
    """What the page would post if it were saved at once."""
    form = client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    return {name: "" if value is None else value for name, value in values.items()}


def inlines() -> dict:
    own = ("contact_points", "identifiers", "proxies", "acts_for", "consents", "patient_tags", "portal_accounts")
    more = (kind.model._meta.get_field("patient").remote_field.related_name for kind in sections.known())
    prefixes = [*own, *more]
    return {f"{prefix}-{name}": "0" for prefix in prefixes for name in ("TOTAL_FORMS", "INITIAL_FORMS")}


# In a browser


@pytest.fixture
def record(page, sign_in, transactional_db):
    """Li has the patient's page open."""
    patient = PatientFactory(name="张伟", note="deaf in one ear")
    sign_in(UserFactory(role="front_desk", name="Li Na", sees_all_sites=True))
    page.goto(patient_page(patient))
    return patient


def change_as_chen(patient, **changes) -> None:
    chen = UserFactory(role="front_desk", name="Chen Jie", sees_all_sites=True)
    with acting(chen):
        registration.update(patient=patient, by=chen, **changes)


def test_r18_a_stale_form_says_who_changed_what_and_keeps_what_was_typed(page, record):
    page.fill("[name=name]", "张玮")
    change_as_chen(record, note="uses a wheelchair")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=Chen Jie changed this at")
    shown = page.inner_text("#content")
    assert "deaf in one ear → uses a wheelchair" in shown
    assert page.input_value("[name=name]") == "张玮"
    assert page.input_value("[name=note]") == "uses a wheelchair"  # left alone by Li, so it is Chen's
    record.refresh_from_db()
    assert (record.name, record.note) == ("张伟", "uses a wheelchair")
    assert faults(page) == []
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**/patients/patient/")
    record.refresh_from_db()
    assert (record.name, record.note) == ("张玮", "uses a wheelchair")


def test_r18_two_people_on_one_record_see_each_other(page, browser, record, live_server):
    assert page.inner_text(".crm-presence") == ""
    presence.here(user=UserFactory(name="Chen Jie"), record=f"patients.patient/{record.pk}")
    page.reload()
    page.wait_for_selector("text=Chen Jie has this record open too")
    assert faults(page) == []
    page.goto(reverse("admin:desk:booking_desk", query={"patient": record.uuid}))
    page.wait_for_selector(".caller >> text=Chen Jie has this record open too")
    assert faults(page) == []


def test_a_change_is_told_while_the_page_is_still_open(page, record):
    page.wait_for_load_state("networkidle")
    change_as_chen(record, note="uses a wheelchair")
    page.evaluate("htmx.trigger('.crm-presence', 'now')")
    page.wait_for_selector(".crm-presence >> text=Chen Jie changed this at")


# Saving


def save(client, patient, **typed):
    form = form_of(client, patient_page(patient))
    seen = client.get(patient_page(patient)).context["seen"]
    return client.post(patient_page(patient), form | inlines() | {"seen": seen} | typed)


def test_a_form_that_is_not_stale_is_saved(client, li, patient):
    with signed_in(client, li):
        assert save(client, patient, note="new").status_code == 302
    patient.refresh_from_db()
    assert patient.note == "new"


def test_a_stale_form_is_answered_with_409_and_nothing_is_written(client, li, chen, patient):
    with signed_in(client, li):
        seen = client.get(patient_page(patient)).context["seen"]
        registration.update(patient=patient, by=chen, note="uses a wheelchair")
        answer = save(client, patient, seen=seen, note="mine")
    assert answer.status_code == 409
    patient.refresh_from_db()
    assert patient.note == "uses a wheelchair"
    assert answer.context["adminform"].form["note"].value() == "mine"


@pytest.mark.parametrize("mark", ["", "x", "-1", "9" * 30, "9" * 5000, "1 or 1=1"])
def test_a_mark_that_says_nothing_breaks_nothing(client, li, patient, mark):
    with signed_in(client, li):
        assert save(client, patient, seen=mark, note="new").status_code in (302, 409)


# Presence


def test_who_stopped_asking_is_gone_after_a_while(li, chen):
    now = clock.now()
    presence.here(user=li, record="a/1", at=now)
    assert [one.user for one in presence.here(user=chen, record="a/1", at=now)] == [li]
    later = now + presence.FORGOTTEN_AFTER + dt.timedelta(seconds=1)
    assert presence.here(user=chen, record="a/1", at=later) == []


def test_presence_keeps_since_when_and_leaves_nothing_behind(li):
    now = clock.now()
    for seconds in (0, 15, 30):
        presence.here(user=li, record="a/1", at=now + dt.timedelta(seconds=seconds))
    assert [(one.since, one.seen_at - one.since) for one in Presence.objects.all()] == [(now, dt.timedelta(seconds=30))]
    presence.here(user=li, record="a/2", at=now + dt.timedelta(minutes=5))
    assert Presence.objects.get().record == "a/2"


def test_nobody_appears_on_a_record_that_they_may_not_see(client, db):
    person = UserFactory(role="front_desk", sees_all_sites=False)
    Scope.objects.create(user=person, site=SiteFactory())
    with signed_in(client, person):
        other = SessionFactory()
        assert client.post(asked("scheduling.session", other.pk)).status_code == 404
        assert client.post(asked("accounts.channelkey", "x")).status_code in (403, 404)
        assert client.post(asked("nothing.here", 1)).status_code == 404
        assert client.post(asked("nothing", 1)).status_code == 404
        assert client.post(asked("patients.patient", "9" * 40)).status_code == 404
    assert Presence.objects.count() == 0


def test_asking_who_is_there_tells_no_more_than_names(client, li, chen, patient):
    presence.here(user=chen, record=f"patients.patient/{patient.pk}")
    with signed_in(client, li):
        text = client.post(asked("patients.patient", patient.pk)).text
    assert "Chen Jie" in text
    assert "张伟" not in text


def test_a_page_that_is_left_open_keeps_nobody_signed_in(page, record):
    with page.expect_request("**/open/patients.patient/**") as sent:
        page.reload()
    assert sent.value.headers["x-background"] == "1"
    assert "note" not in (sent.value.post_data or "")  # only the token and the version, not the form around it


# A booking that was moved while its panel was open


@pytest.fixture
def moved(db, chen):
    """A booking that Chen moved while somebody looked at its first time."""
    booking = AppointmentFactory()
    there = SlotFactory(session=booking.slot.session, number=1)
    return appointments.move(appointment=booking, slot=there, origin=Origin(chen, "desk"))


@pytest.mark.parametrize("act", ["cancel", "move", "confirm"])
def test_r18_what_was_decided_about_another_time_is_not_done(client, li, moved, act):
    address = reverse(f"admin:desk:{act}", kwargs={"booking": moved.uuid})
    free = SlotFactory(session=moved.slot.session, number=2)
    with signed_in(client, li):
        answer = client.post(
            address, {"version": 1, "reason": "ill", "slot": free.uuid}, headers={"HX-Request": "true"}
        )
    assert answer.status_code == 409
    assert "Chen Jie moved this booking to" in answer.text
    moved.refresh_from_db()
    assert (moved.status, moved.confirmed_at, moved.version) == ("booked", None, 2)


def test_who_has_seen_the_new_time_may_cancel_it(client, li, moved):
    address = reverse("admin:desk:cancel", kwargs={"booking": moved.uuid})
    with signed_in(client, li):
        page = client.get(address, headers={"HX-Request": "true"})
        assert 'name="version" value="2"' in page.text
        client.post(address, {"version": 2, "reason": "ill"}, headers={"HX-Request": "true"})
    moved.refresh_from_db()
    assert moved.status == "cancelled"


def test_a_site_changed_by_another_is_saved_on_the_second_try(client, db):
    boss = UserFactory(is_superuser=True)
    site = SiteFactory(phone="1")
    address = reverse("admin:directory_site_change", args=[site.pk])
    with signed_in(client, boss):
        form = form_of(client, address) | {"seen": client.get(address).context["seen"]}
        site.address = "elsewhere"
        site.save()
        first = client.post(address, form | {"phone": "2"})
        assert (first.status_code, Site.objects.get().phone) == (409, "1")
        again = first.context["adminform"].form
        values = {name: again[name].value() or "" for name in again.fields}
        assert client.post(address, values | {"seen": first.context["seen"]}).status_code == 302
    site.refresh_from_db()
    assert (site.phone, site.address) == ("2", "elsewhere")


@pytest.mark.parametrize("version", ["0", "7", "9" * 5000, "x", "-1"])
@pytest.mark.parametrize("act", ["cancel", "confirm"])
def test_a_version_that_no_booking_has_breaks_nothing(client, li, act, version):
    booking = AppointmentFactory()
    address = reverse(f"admin:desk:{act}", kwargs={"booking": booking.uuid})
    with signed_in(client, li):
        answer = client.post(address, {"version": version, "reason": "ill"}, headers={"HX-Request": "true"})
    assert answer.status_code == 200


def test_a_row_that_never_changed_is_guarded_too(client, db):
    boss = UserFactory(is_superuser=True)
    made = SiteFactory.build(phone="1")
    site = Site.objects.bulk_create([made])[0]
    address = reverse("admin:directory_site_change", args=[site.pk])
    with signed_in(client, boss):
        form = form_of(client, address) | {"seen": client.get(address).context["seen"]}
        Site.objects.get().save()
        assert client.post(address, form | {"phone": "2"}).status_code == 409


def test_a_role_taken_away_by_another_does_not_come_back_with_the_second_save(client, li):
    boss = UserFactory(is_superuser=True)
    address = reverse("admin:accounts_user_change", args=[li.pk])
    with signed_in(client, boss):
        form = form_of(client, address)
        form |= {"groups": [group.pk for group in li.groups.all()], "seen": client.get(address).context["seen"]}
        li.groups.clear()
        first = client.post(address, form | {"email": "li@example.org"})
        assert first.status_code == 409
        assert "Roles: shown as it is now" in first.text
        assert "Front desk → –" in unescape(first.text)  # by the names of the screens, not as stored
        assert "front_desk →" not in unescape(first.text)
        again = first.context["adminform"].form
        assert not again["groups"].value()


def test_a_post_changed_by_another_is_drawn_as_it_is_now(client, db):
    boss = UserFactory(is_superuser=True)
    post = PractitionerRole.objects.create(practitioner=PractitionerFactory(), department=DepartmentFactory())
    person, moved_to = post.practitioner, DepartmentFactory()
    address = reverse("admin:directory_practitioner_change", args=[person.pk])
    with signed_in(client, boss):
        form = form_of(client, address) | {"seen": client.get(address).context["seen"]}
        rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 1, "0-id": post.pk, "0-practitioner": person.pk}
        rows["0-department"] = post.department_id
        form |= {f"roles-{name}": value for name, value in rows.items()}
        post.department = moved_to
        post.save()
        person.save()
        first = client.post(address, form | {"introduction": "new"})
        assert first.status_code == 409
        shown = first.context["inline_admin_formsets"][0].formset.forms[0]
    assert shown["department"].value() == moved_to.pk


def test_presence_leaves_no_row_of_anybody_behind(li, chen):
    now = clock.now()
    presence.here(user=li, record="a/1", at=now)
    presence.here(user=chen, record="b/1", at=now + dt.timedelta(days=1))
    assert [one.user for one in Presence.objects.all()] == [chen]


def test_many_changes_are_told_by_the_latest(client, li, chen, patient):
    with signed_in(client, li):
        seen = client.get(patient_page(patient)).context["seen"]
        for n in range(12):
            registration.update(patient=patient, by=chen, note=f"note {n}")
        text = client.post(asked("patients.patient", patient.pk), {"seen": seen}).text
    assert text.count("changed this at") == 5
    assert "note 10 → note 11" in text


@pytest.mark.without_network
def test_a_poll_that_fails_opens_no_panel(page, record):
    page.goto(reverse("admin:desk:booking_desk", query={"patient": record.uuid}))
    page.route("**/open/**", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.evaluate("htmx.trigger('.crm-presence', 'now')")
    page.wait_for_timeout(200)
    assert not page.evaluate("document.getElementById('panel').open")


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer at a time")
def test_a_row_that_somebody_keeps_for_too_long_is_said_and_what_was_typed_stays(client):
    li, patient = UserFactory(role="front_desk", sees_all_sites=True), PatientFactory(note="old")
    held, done = Event(), Event()

    def keep():
        with transaction.atomic():
            Patient.objects.select_for_update().get(pk=patient.pk)
            held.set()
            done.wait(20)
        connection.close()

    with ThreadPoolExecutor(1) as other, signed_in(client, li):
        kept = other.submit(keep)
        held.wait(10)
        answer = save(client, patient, note="mine")
        done.set()
        kept.result()
    assert "The system is busy" in answer.text
    assert answer.context["adminform"].form["note"].value() == "mine"
    patient.refresh_from_db()
    assert patient.note == "old"

"""Beyond capacity (加号): who sees the way, what it asks, what it refuses, and how it is marked."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import Scope
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Slot
from scheduling.services import pool
from scheduling.tests.factories import AppointmentFactory


def address(name: str, **ids) -> str:
    return reverse(f"admin:desk:{name}", kwargs=ids)


@pytest.fixture
def full(session, slots):
    """The first time is full; the session may take two beyond it."""
    type(session).objects.filter(pk=session.pk).update(overbook_limit=2)
    return AppointmentFactory(slot=slots[0], patient=PatientFactory(name="Alice Smith")).slot


@pytest.fixture
def chief(as_user, department):
    person = UserFactory(role="supervisor", sees_all_sites=False)
    Scope.objects.create(user=person, site=department.site)
    return as_user(person)


def day_of(client, slot) -> str:
    return client.get(reverse("admin:desk:day"), {"day": slot.session.day.isoformat()}).text


def squeeze_in(client, slot, person, **given):
    data = {"patient": person.uuid, "reason": "fever", **given}
    return client.post(address("overbook", slot=slot.uuid), data)


def test_who_has_the_right_sees_the_way_in_the_cell_and_in_the_panel(chief, full):
    assert f'data-overbook="{full.uuid}"' in day_of(chief, full)
    panel = chief.get(address("booking", booking=full.appointments.get().uuid))
    assert address("overbook", slot=full.uuid) in panel.text


def test_r20_the_front_desk_sees_no_way_and_is_refused(desk, full):
    assert "data-overbook=" not in day_of(desk, full)
    panel = desk.get(address("booking", booking=full.appointments.get().uuid))
    assert "/overbook/" not in panel.text
    assert desk.get(address("overbook", slot=full.uuid)).status_code == 403
    assert squeeze_in(desk, full, PatientFactory()).status_code == 403
    assert Appointment.objects.count() == 1


def test_the_panel_says_how_many_extra_places_are_left(chief, full):
    assert "This session has 2 extra places left of 2." in chief.get(address("overbook", slot=full.uuid)).text
    squeeze_in(chief, full, PatientFactory())
    assert "This session has 1 extra place left of 2." in chief.get(address("overbook", slot=full.uuid)).text


def test_r20_somebody_is_squeezed_in_and_marked_with_a_word_in_cell_and_panel(chief, full):
    answer = squeeze_in(chief, full, PatientFactory(name="Bob Jones"))
    extra = Appointment.objects.get(patient__name="Bob Jones")
    assert (extra.is_overbooked, extra.reason, extra.events.get().reason) == (True, "fever", "fever")
    panel, cell = answer.text.split(f'id="cell-{full.uuid}"')
    assert "Beyond capacity" in panel
    assert "day-extra" in cell
    assert "extra" in day_of(chief, full)
    assert pool.check() == []


def test_other_full_times_of_the_session_say_at_once_how_many_are_left(chief, slots, full):
    AppointmentFactory(slot=slots[1])
    answer = squeeze_in(chief, full, PatientFactory())
    cell = answer.text.split(f'id="cell-{slots[1].uuid}"')[1]
    assert "1 left" in cell
    assert f'id="cell-{slots[2].uuid}"' not in answer.text


@pytest.mark.parametrize("missing", ["reason", "patient"])
def test_without_a_reason_or_a_patient_nothing_is_booked_and_what_was_typed_stays(chief, full, missing):
    bob = PatientFactory(name="Bob Jones")
    answer = squeeze_in(chief, full, bob, **{missing: ""})
    assert answer.status_code == 422
    assert {"reason": "Please give a reason.", "patient": "Choose a patient."}[missing] in answer.text
    assert {"reason": "Bob Jones", "patient": 'value="fever"'}[missing] in answer.text
    assert Appointment.objects.count() == 1


def test_beyond_the_sessions_limit_it_is_refused_in_words_and_no_longer_offered(chief, full):
    for _n in range(2):
        assert squeeze_in(chief, full, PatientFactory()).status_code == 200
    answer = squeeze_in(chief, full, PatientFactory())
    assert answer.status_code == 422
    assert "may be overbooked by 2 places, and all are used" in answer.text
    assert "All extra places of this session are used (2)." in chief.get(address("overbook", slot=full.uuid)).text
    assert "data-overbook=" not in day_of(chief, full)


def test_a_session_without_extra_places_offers_none(chief, full):
    type(full.session).objects.update(overbook_limit=0)
    assert "data-overbook=" not in day_of(chief, full)
    assert "This session has no extra places." in chief.get(address("overbook", slot=full.uuid)).text


def test_a_rule_that_says_no_is_shown(chief, full):
    answer = squeeze_in(chief, full, full.appointments.get().patient)
    assert answer.status_code == 422
    assert "already has a booking at this time" in answer.text


def test_pressing_twice_books_once(chief, full):
    key, bob = "0b6ff1c7-6dd5-4a39-9d2c-54c1f3f0a001", PatientFactory()
    for _press in range(2):
        assert squeeze_in(chief, full, bob, key=key).status_code == 200
    assert Slot.objects.get(pk=full.pk).overbooking == 1


def test_whoever_comes_too_late_for_a_place_and_may_is_shown_the_way(chief, full):
    answer = chief.post(address("open", slot=full.uuid))
    assert answer.status_code == 409
    assert address("overbook", slot=full.uuid) in answer.text


def test_a_clinician_squeezes_into_their_own_session_and_into_no_other(as_user, session, full):
    clinician = UserFactory(role="clinician", sees_all_sites=False)
    Scope.objects.create(user=clinician, site=full.service.department.site)
    client = as_user(clinician)
    assert client.get(address("overbook", slot=full.uuid)).status_code == 404
    session.practitioner.user = clinician
    session.practitioner.save()
    assert squeeze_in(client, full, PatientFactory()).status_code == 200

"""Every address against every key that must not get through it. A new address without a row here fails."""

import datetime as dt
import uuid

import pytest

from accounts.services import devices
from api import urls
from api.tests.conftest import Caller
from common import clock
from patients.tests.factories import PatientFactory
from scheduling.models import Appointment
from scheduling.services import holds, waitlist
from scheduling.services.origin import Origin
from scheduling.tests.factories import SlotFactory, WaitlistEntryFactory, desk

OPEN = {"schema", "docs"}  # they tell what the program can do
ROUTES = {  # name -> (method, path, right)
    "slots": ("GET", "slots/", "may_search"),
    "practitioners": ("GET", "practitioners/", "may_search"),
    "departments": ("GET", "departments/", "may_search"),
    "services": ("GET", "services/", "may_search"),
    "sites": ("GET", "sites/", "may_search"),
    "patients": ("GET", "patients/?q=zhang", "may_read_patients"),
    "patients (register)": ("POST", "patients/", "may_register"),
    "holds": ("POST", "holds/", "may_book"),
    "hold": ("DELETE", "holds/{id}/", "may_book"),
    "hold-renew": ("POST", "holds/{id}/renew/", "may_book"),
    "appointments": ("POST", "appointments/", "may_book"),
    "appointment": ("GET", "appointments/{id}/", "may_book"),
    "appointment-cancel": ("POST", "appointments/{id}/cancel/", "may_book"),
    "appointment-move": ("POST", "appointments/{id}/move/", "may_book"),
    "appointment-confirm": ("POST", "appointments/{id}/confirm/", "may_book"),
    "waitlist": ("POST", "waitlist/", "may_book"),
    "waitlist-entry": ("GET", "waitlist/{id}/", "may_book"),
    "waitlist-entry (withdraw)": ("DELETE", "waitlist/{id}/", "may_book"),
    "offer-accept": ("POST", "offers/{id}/accept/", "may_book"),
    "offer-decline": ("POST", "offers/{id}/decline/", "may_book"),
}
OF_ONE = {name: row for name, row in ROUTES.items() if row[1].startswith(("appointments/{id}", "holds/{id}"))}
WAITING = {name: row for name, row in ROUTES.items() if row[1].startswith(("waitlist/{id}", "offers/{id}"))}
TABLE = pytest.mark.parametrize("route", ROUTES.values(), ids=ROUTES)


def test_every_address_stands_in_the_table():
    assert {pattern.name for pattern in urls.urlpatterns} == OPEN | {name.split(" ")[0] for name in ROUTES}


def ask(caller, route, id=None, body=None):
    method, path, _right = route
    return caller.send(method, path.format(id=id or uuid.uuid4()), body)


@TABLE
def test_without_a_key_nothing_is_told(client, db, route):
    method, path, _right = route
    answer = client.generic(method, f"/api/v1/{path.format(id=uuid.uuid4())}", b"{}", content_type="application/json")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Api-Key")
    assert answer.json()["code"] == "key_missing"


def wrong(caller):
    caller.secret = caller.secret[:-1] + ("a" if caller.secret[-1] != "a" else "b")


def unknown(caller):
    caller.secret = f"{'x' * 8}.{'y' * 32}"


def garbled(caller):
    caller.secret = "=\xa0"


def revoked(caller):
    devices.revoke(caller.key)


def expired(caller):
    caller.key.expiry_date = clock.now() - dt.timedelta(seconds=1)
    caller.key.save()


def out_of_use(caller):
    caller.key.device.is_active = False
    caller.key.device.save()


def dismissed(caller):
    caller.user.is_active = False
    caller.user.save()


@pytest.mark.parametrize("spoil", [wrong, unknown, garbled, revoked, expired, out_of_use, dismissed])
@TABLE
def test_a_key_that_is_not_valid_opens_nothing(phone, route, spoil):
    spoil(phone)
    answer = ask(phone, route)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Api-Key")
    assert answer.json()["code"] == "key_invalid"


@TABLE
def test_a_key_without_the_right_is_refused(caller, route):
    answer = ask(caller(**{route[2]: False}), route)
    assert (answer.status_code, answer.json()["code"]) == (403, "right_missing")


@pytest.fixture
def booked(db, phone):
    """A place that the phone menu holds for somebody."""
    origin = Origin(phone.user, "phone")
    return holds.hold(slot=SlotFactory().uuid, patient=PatientFactory().uuid, origin=origin)


@pytest.mark.parametrize("route", OF_ONE.values(), ids=OF_ONE)
def test_a_booking_of_another_device_does_not_exist_for_a_partner(partner, booked, route):
    before = Appointment.objects.values().get()
    answer = ask(partner, route, booked.uuid, {"slot": str(SlotFactory().uuid)} if "move" in route[1] else {})
    assert (answer.status_code, answer.json()["code"]) == (404, "appointment_not_found")
    assert Appointment.objects.values().get() == before


def test_a_hold_of_another_device_cannot_be_booked(partner, booked):
    body = {"slot": booked.slot.uuid, "patient": booked.patient.uuid, "hold": booked.uuid}
    answer = partner.post("appointments/", body)
    assert (answer.status_code, answer.json()["code"]) == (404, "appointment_not_found")


def test_a_key_that_sees_all_bookings_sees_them(caller, booked):
    assert caller("kiosk").get(f"appointments/{booked.uuid}/").status_code == 200


def test_a_hold_of_another_device_is_not_taken_over_even_by_a_key_that_sees_it(caller, booked):
    answer = caller("kiosk").post(f"appointments/{booked.uuid}/confirm/")
    assert (answer.status_code, answer.json()["code"]) == (422, "hold_not_yours")


def test_a_device_of_one_site_does_not_see_the_other(caller, booked):
    device = devices.register(name="Kiosk of another site", channel="kiosk", sees_all_sites=False)
    kiosk = Caller(caller().client, *devices.create_key(device))
    assert kiosk.get(f"appointments/{booked.uuid}/").status_code == 404
    assert kiosk.post("holds/", {"slot": SlotFactory().uuid}).status_code == 404
    for path in ("slots/", "sites/", "departments/", "services/", "practitioners/"):
        assert kiosk.get(path).json()["results"] == []


@pytest.mark.parametrize("method", ["PUT", "PATCH", "OPTIONS", "TRACE", "PROPFIND"])
@TABLE
def test_other_methods_are_refused_and_the_right_ones_named(phone, route, method):
    answer = phone.send(method, route[1].format(id=uuid.uuid4()))
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")
    assert route[0] in answer["Allow"]


@pytest.mark.parametrize("route", WAITING.values(), ids=WAITING)
def test_who_waits_by_another_device_does_not_exist_for_a_partner(partner, phone, route):
    entry = WaitlistEntryFactory(by=phone.user)
    offer = waitlist.offer(entry=entry, slot=SlotFactory(session__service=entry.service), origin=desk())
    answer = ask(partner, route, offer.uuid if "offers" in route[1] else entry.uuid)
    assert answer.status_code == 404
    offer.refresh_from_db()
    assert offer.status == "open"

"""From a missed visit to a restriction, an objection and its decision, on the pages of all who have a part in it."""

import pytest

from accounts.services import devices
from accounts.tests.factories import DeviceFactory, UserFactory
from messaging.models import Delivery
from messaging.services import planning as messages
from patients.tests.factories import PatientFactory
from reminders import jobs
from reminders.services import links
from scheduling.models import BookingRestriction
from scheduling.tests.factories import PolicyFactory, SlotFactory, missed
from tests.clients import Client

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def alice(transactional_db, monkeypatch):
    """She has missed three visits; nobody has judged the last one."""
    monkeypatch.setattr(messages, "async_task", lambda name: None)
    patient = PatientFactory(name="Alice Smith", language="en")
    PolicyFactory()
    for days in (30, 20):
        missed(patient, days)
    missed(patient, 10, excused=None)
    return patient


@pytest.fixture
def portal(transactional_db, live_server):
    """The hospital's mini-program, which books by the API."""
    _key, secret = devices.create_key(DeviceFactory(channel="miniapp"))
    with Client(live_server.url, secret) as client:
        yield client


def supervisor(name):
    return UserFactory(name=name, role="supervisor", sees_all_sites=True)


def test_a_missed_visit_is_judged_restricts_is_objected_to_and_decided(page, sign_in, alice, portal):
    sign_in(UserFactory(role="front_desk", sees_all_sites=True))
    page.goto("/admin/scheduling/missedvisit/")
    page.get_by_role("link", name="Not excused", exact=True).last.click()
    page.get_by_label("Reason").fill("gave no reason")
    page.locator(".crm-card button[type=submit]").click()
    page.get_by_text("A supervisor decides what follows.").wait_for()

    sign_in(supervisor("Chen"))
    page.goto("/admin/scheduling/bookingrestriction/")
    page.get_by_role("link", name="Impose a restriction").click()
    page.locator("#id_patient").select_option(str(alice.pk))
    page.locator(".crm-card button[type=submit]").click()
    page.get_by_text("Restricted. The patient is told.").wait_for()

    refused = portal.book(SlotFactory().uuid, alice.uuid)
    assert (refused.status, refused.body["code"]) == (422, "patient_barred")
    assert "To object, contact" in refused.body["message"]

    jobs.tell()
    delivery, held = Delivery.objects.get(kind="restricted"), BookingRestriction.objects.get()
    address = links.address(delivery, until=held.until, at=held.starts_at)
    page.goto(address.removeprefix("http://localhost:8000"))
    page.get_by_label("Was one of these visits not your fault").fill("I called each time")
    page.get_by_role("button", name="Object").click()
    page.get_by_role("heading", name="We have your objection").wait_for()
    assert portal.book(SlotFactory().uuid, alice.uuid).status == 201

    jobs.follow()
    sign_in(supervisor("Wang"))
    page.goto("/admin/interactions/task/")
    page.get_by_role("link", name="Decide an appeal").first.click()
    page.get_by_role("link", name="decide there").click()
    page.get_by_role("link", name="Decide the appeal").click()
    page.get_by_text("I called each time").wait_for()
    page.get_by_label("The restriction stays").check()
    page.get_by_label("Reason").fill("no call is on our list")
    page.locator(".crm-card button[type=submit]").click()
    page.get_by_text("Decided. The patient is told.").wait_for()
    assert portal.book(SlotFactory(number=1).uuid, alice.uuid).body["code"] == "patient_barred"

"""Opt-outs said to staff, and taken back."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common.errors import ReasonRequired
from messaging.errors import OptedOutAlready, TakenBackAlready
from messaging.models import Medium, OptOut
from messaging.services import opt_outs
from patients.errors import PhoneInvalid
from patients.tests.factories import ContactPointFactory, PatientFactory

PHONE = "+8613800138000"
LIST = reverse("admin:messaging_optout_changelist")
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def clerk(db):
    return UserFactory(role="front_desk")


@pytest.fixture
def desk(client, clerk):
    client.force_login(clerk, backend=BACKEND)
    return client


@pytest.fixture
def opt_out(clerk):
    return opt_outs.record(medium=Medium.SMS, address="138 0013 8000", said="by phone", by=clerk)


def test_it_is_kept_in_the_form_in_which_addresses_are_compared(opt_out, clerk):
    assert (opt_out.address, opt_out.by) == (PHONE, clerk)


def test_the_same_is_recorded_once_and_nonsense_never(opt_out, clerk):
    with pytest.raises(OptedOutAlready):
        opt_outs.record(medium=Medium.SMS, address=PHONE, said="again", by=clerk)
    with pytest.raises(PhoneInvalid):
        opt_outs.record(medium=Medium.SMS, address="12", said="?", by=clerk)


def test_it_is_taken_back_once_for_a_reason_and_may_come_again(opt_out, clerk):
    with pytest.raises(ReasonRequired):
        opt_outs.take_back(opt_out, reason=" ", by=clerk)
    opt_outs.take_back(opt_out, reason="wants reminders", by=clerk)
    opt_out.refresh_from_db()
    assert (opt_out.ended_by, opt_out.ended_reason) == (clerk, "wants reminders")
    with pytest.raises(TakenBackAlready):
        opt_outs.take_back(opt_out, reason="again", by=clerk)
    assert opt_outs.record(medium=Medium.SMS, address=PHONE, said="no", by=clerk).pk != opt_out.pk


def test_the_desk_records_one_on_a_page_and_sees_it_masked(desk):
    page = reverse("admin:messaging_optout_add")
    said = {"medium": "sms", "address": "13800138000", "said": "by phone"}
    assert desk.post(page, {**said, "address": "12"}).status_code == 422
    assert desk.post(page, said).status_code == 302
    answer = desk.get(LIST)
    assert "138****8000" in answer.text
    assert PHONE not in answer.text
    assert "13800138000" not in answer.text


@pytest.mark.parametrize("text", ["13800138000", "+8613800138000", "Alice", "0013"])
def test_it_is_found_by_number_or_by_whose_it_is(desk, opt_out, text):
    ContactPointFactory(patient=PatientFactory(name="Alice Smith"), value=PHONE)
    found = desk.get(LIST, {"q": text}).context["cl"].result_list
    assert list(found) == ([opt_out] if text != "0013" else [])


def test_what_was_taken_back_stands_behind_its_chip(desk, opt_out, clerk):
    opt_outs.take_back(opt_out, reason="wants reminders", by=clerk)
    assert list(desk.get(LIST).context["cl"].result_list) == []
    assert list(desk.get(LIST, {"live": "no"}).context["cl"].result_list) == [opt_out]


def test_taking_back_is_for_the_supervisor(client, desk, opt_out):
    page = reverse("admin:messaging_optout_take_back", args=[opt_out.pk])
    assert desk.post(page, {"reason": "wants them"}).status_code == 403
    client.force_login(UserFactory(role="supervisor"), backend=BACKEND)
    assert client.post(page, {"reason": ""}).status_code == 422
    assert client.post(page, {"reason": "wants them"}).status_code == 302
    assert not OptOut.objects.live().exists()

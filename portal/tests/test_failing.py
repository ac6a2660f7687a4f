"""P33: what somebody reads when the server or the database is away."""

import pytest
from django.db import OperationalError
from django.test import Client
from django.urls import reverse

from directory.tests.factories import SiteFactory
from patients.tests.factories import PatientFactory
from portal.tests.signing import enter


@pytest.fixture
def broken(monkeypatch, settings):
    """The database went away after the first page."""
    settings.DEBUG = False
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    SiteFactory(phone="010 5555 0100", phone_hours_en="7:30 to 17:30")
    enter(client, PatientFactory(name="Alice Smith"))
    client.get(reverse("portal:home"))

    def away(*args, **more):
        raise OperationalError("the database is away")

    monkeypatch.setattr("portal.visitor.of", away)
    return client


def test_a_page_that_was_only_looked_at_says_that_nothing_was_booked(broken):
    answer = broken.get(reverse("portal:book"))
    assert answer.status_code == 500
    assert "Nothing was booked" in answer.text
    assert "010 5555 0100" in answer.text
    assert "7:30 to 17:30" in answer.text


def test_a_form_that_was_sent_says_where_it_will_be_seen_and_that_to_repeat_is_safe(broken):
    answer = broken.post(reverse("portal:check", args=["00000000-0000-0000-0000-000000000000"]))
    assert answer.status_code == 500
    assert "“My visits” shows it" in answer.text
    assert "never made twice" in answer.text


def test_the_hospitals_line_stands_there_whatever_else_is_away(broken, settings):
    settings.HOSPITAL_PHONE = "12320"
    assert "12320" in broken.get(reverse("portal:book")).text


def test_an_address_that_does_not_exist_leads_to_the_portal_and_not_to_the_admin(client, db):
    answer = client.get("/portal/nothing/", headers={"accept-language": "en"})
    assert answer.status_code == 404
    assert "There is nothing at this address." in answer.text
    assert 'href="/admin/"' not in answer.text


@pytest.mark.parametrize(("language", "said"), [("en", "Something went wrong"), ("zh-hans", "系统出现错误")])
def test_it_speaks_the_readers_language(broken, language, said):
    assert said in broken.get(reverse("portal:book"), headers={"accept-language": language}).text

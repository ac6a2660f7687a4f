"""Who gets in, and for how long."""

import pytest
from django.urls import reverse

from patients.services import portal_accounts
from patients.tests.factories import PatientFactory, UserFactory
from portal import visitor
from portal.tests.signing import account_of, enter

WHO = "/portal/who-are-you/"


@pytest.fixture
def alice():
    return PatientFactory(name="Alice Smith", language="en")


def test_nobody_is_asked_to_sign_in_first_and_comes_back(client):
    answer = client.get(WHO)
    assert answer.status_code == 302
    assert answer["Location"] == f"{reverse('portal:sign_in')}?next=%2Fportal%2Fwho-are-you%2F"


@pytest.mark.parametrize(
    "wanted", ["//evil.example", "https://evil.example/portal/", "/admin/", "/\\evil", "/portal/\\x"]
)
def test_nobody_is_led_away_after_signing_in(client, wanted):
    enter(client, None)
    page = client.get(reverse("portal:sign_in"), {"next": wanted})
    assert page["Location"] == reverse("portal:home")


def test_after_thirty_minutes_without_an_act_nobody_is_signed_in(client, alice, noon):
    enter(client, alice)
    noon.later(minutes=31)
    assert client.get(WHO).status_code == 302
    assert "portal" not in client.session


def test_a_page_that_asks_by_itself_keeps_nobody_signed_in(client, alice, noon):
    enter(client, alice)
    for _n in range(4):
        noon.later(minutes=10)
        client.get(reverse("portal:home"), headers={"X-Background": "1"})
    assert "Sign out" not in client.get(reverse("portal:home")).content.decode()


def test_to_stay_is_one_press_and_too_late_is_said(client, alice, noon):
    enter(client, alice)
    noon.later(minutes=29)
    assert client.post(reverse("portal:stay")).status_code == 204
    noon.later(minutes=29)
    assert client.post(reverse("portal:stay")).status_code == 204
    noon.later(minutes=31)
    assert client.post(reverse("portal:stay")).status_code == 401


def test_signing_out_everywhere_ends_each_browser_at_its_next_request(client, alice):
    account = enter(client, alice)
    portal_accounts.sign_out_everywhere(account=account, by=UserFactory())
    assert "Sign out" not in client.get(reverse("portal:home")).content.decode()


def test_an_ended_account_is_out_at_its_next_request(client, alice):
    account = enter(client, alice)
    portal_accounts.end(account=account, by=UserFactory(), reason="Phone lost.")
    assert client.get(WHO)["Location"].startswith(reverse("portal:sign_in"))


def test_signing_out_leaves_nothing_for_the_next_person(client, alice):
    enter(client, alice)
    client.post(reverse("portal:sign_out"))
    assert client.get(WHO)["Location"].startswith(reverse("portal:sign_in"))


def test_staff_who_use_the_same_browser_stay_signed_in(client, alice):
    client.force_login(UserFactory())
    session = client.session
    session["portal"] = visitor.signed_in(account_of(alice))
    session.save()
    client.post(reverse("portal:sign_out"))
    assert "portal" not in client.session
    assert "_auth_user_id" in client.session


def test_pages_of_patients_stay_in_no_store_and_no_search_engine(client, alice):
    enter(client, alice)
    answer = client.get(reverse("portal:home"))
    assert "no-store" in answer["Cache-Control"]
    assert "noindex" in answer["X-Robots-Tag"]


def test_after_twelve_hours_everybody_signs_in_anew(client, noon, alice):
    enter(client, alice)
    for _n in range(12 * 60 // 25):
        noon.later(minutes=25)
        client.get(WHO)
    noon.later(minutes=25)
    assert client.get(WHO)["Location"].startswith(reverse("portal:sign_in"))

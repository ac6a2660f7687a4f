"""Signing in: how many tries, from where, and for how long it lasts."""

from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from common import clock

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-password"


@pytest.fixture
def alice():
    return get_user_model().objects.create_superuser(username="alice", password=PASSWORD)


def _try(client, password, address="10.0.0.1"):
    form = {"username": "alice", "password": password}
    return client.post(reverse("admin:login"), form, REMOTE_ADDR=address)


def test_the_right_password_opens_the_desk(client, alice):
    assert _try(client, PASSWORD).status_code == 302


def test_five_wrong_passwords_lock_the_sign_in_from_there(client, alice):
    for _ in range(5):
        answer = _try(client, "wrong")
    assert answer.status_code == 429
    assert _try(client, PASSWORD).status_code == 429


def test_a_stranger_elsewhere_cannot_lock_a_colleague_out(client, alice):
    for _ in range(6):
        _try(client, "wrong", address="10.6.6.6")
    assert _try(client, PASSWORD, address="10.0.0.1").status_code == 302


def test_behind_the_proxy_the_address_that_the_proxy_saw_counts(client, alice, settings):
    settings.BEHIND_PROXY = True
    for number in range(6):
        client.post(
            reverse("admin:login"),
            {"username": "alice", "password": "wrong"},
            headers={"x-forwarded-for": f"1.2.3.{number}, 10.6.6.6"},
        )
    form = {"username": "alice", "password": PASSWORD}
    assert client.post(reverse("admin:login"), form, headers={"x-forwarded-for": "10.6.6.6"}).status_code == 429
    assert client.post(reverse("admin:login"), form, headers={"x-forwarded-for": "10.0.0.1"}).status_code == 302


def _later(monkeypatch, minutes):
    at = clock.now() + timedelta(minutes=minutes)
    monkeypatch.setattr(clock, "now", lambda: at)


def test_a_person_who_does_nothing_is_signed_out(client, alice, monkeypatch):
    _try(client, PASSWORD)
    client.get(reverse("admin:index"))
    _later(monkeypatch, 31)
    assert client.get(reverse("admin:index")).status_code == 302


def test_a_person_who_works_stays_signed_in(client, alice, monkeypatch):
    _try(client, PASSWORD)
    for _ in range(3):
        _later(monkeypatch, 20)
        assert client.get(reverse("admin:index")).status_code == 200


def test_a_page_that_asks_by_itself_does_not_keep_anyone_signed_in(client, alice, monkeypatch):
    _try(client, PASSWORD)
    client.get(reverse("admin:index"))
    _later(monkeypatch, 20)
    client.get(reverse("admin:index"), headers={"x-background": "1"})
    _later(monkeypatch, 20)
    assert client.get(reverse("admin:index")).status_code == 302

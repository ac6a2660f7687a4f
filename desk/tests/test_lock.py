"""Front-desk point R21: an idle desk is locked in place, the half-filled form survives, and polling changes nothing."""

import datetime as dt

import pytest
from django.contrib.sessions.models import Session as SignedIn
from django.urls import reverse

from accounts.tests.factories import UserFactory
from scheduling.tests.factories import SessionFactory
from tests.axe import faults

PASSWORD = "a-long-password"
UNLOCK, AWAKE = reverse("admin:desk:unlock"), reverse("admin:desk:awake")
FORM = reverse("admin:patients_patient_add")


@pytest.fixture(autouse=True)
def limit(settings):
    """Nobody may be idle for longer than a minute."""
    settings.SESSION_IDLE_LIMIT = dt.timedelta(minutes=1)


@pytest.fixture
def clerk(transactional_db):
    person = UserFactory(role="front_desk", username="clerk")
    person.set_password(PASSWORD)
    person.save()
    return person


@pytest.fixture
def desk(page, sign_in, clerk):
    """A form, half filled, on a desk whose clock the test moves."""
    sign_in(clerk)
    page.clock.install()
    page.goto(FORM)
    page.fill("input[name=name]", "张伟")
    return page


def type_password(page, text: str) -> None:
    page.fill("#lock-password", text)
    page.keyboard.press("Enter")


def test_r21_the_form_survives_the_lock_and_is_saved_after_it(desk, clerk):
    desk.clock.run_for(62_000)
    desk.wait_for_selector("#lock[open]")
    SignedIn.objects.all().delete()  # the server has signed them out too
    assert faults(desk) == []
    type_password(desk, PASSWORD)
    desk.wait_for_selector("#lock", state="hidden")
    assert desk.input_value("input[name=name]") == "张伟"
    desk.get_by_role("button", name="Register", exact=True).click()
    desk.wait_for_url("**/change/")


def test_a_wrong_password_opens_nothing_and_says_so(desk):
    desk.clock.run_for(62_000)
    type_password(desk, "wrong")
    desk.wait_for_selector("#lock-fault", state="visible")
    assert "not the password" in desk.inner_text("#lock-fault")
    desk.keyboard.press("Escape")
    assert desk.locator("#lock[open]").count() == 1


def test_who_works_is_not_locked(desk):
    for _ in range(3):
        desk.clock.run_for(40_000)
        desk.keyboard.press("Shift")
    assert desk.locator("#lock[open]").count() == 0


def test_r21_polling_neither_keeps_a_desk_open_nor_passes_its_lock(page, sign_in, clerk):
    SessionFactory()
    sign_in(clerk)
    page.clock.install()
    page.goto(reverse("admin:index"))
    page.clock.run_for(62_000)  # it has asked a dozen times meanwhile
    page.wait_for_selector("#lock[open]")
    SignedIn.objects.all().delete()
    page.clock.run_for(10_000)
    assert page.url.endswith(reverse("admin:index"))


def test_an_answer_that_the_session_is_over_locks_instead_of_leaving(page, sign_in, clerk):
    sign_in(clerk)
    page.goto(reverse("admin:desk:booking_desk"))
    SignedIn.objects.all().delete()
    page.keyboard.insert_text("zhang")  # at once: of single keys the later ones could reach the lock's own field
    page.wait_for_selector("#lock[open]")
    type_password(page, PASSWORD)
    page.wait_for_selector("#lock", state="hidden")
    assert page.input_value("#caller") == "zhang"


def test_unlocking_is_limited_like_every_sign_in(client, clerk):
    for _ in range(5):
        client.post(UNLOCK, {"username": "clerk", "password": "wrong"})
    assert client.post(UNLOCK, {"username": "clerk", "password": PASSWORD}).status_code == 429


def test_awake_tells_whether_the_session_stands(client, clerk):
    assert client.get(AWAKE, {"user": "clerk"}).status_code == 401
    client.post(UNLOCK, {"username": "clerk", "password": PASSWORD})
    assert client.get(AWAKE, {"user": "clerk"}).json()["csrf"]


def test_the_session_of_somebody_else_opens_nothing(client, clerk):
    client.post(UNLOCK, {"username": "clerk", "password": PASSWORD})
    assert client.get(AWAKE, {"user": "colleague"}).status_code == 401


def test_a_locked_desk_is_signed_out_so_that_a_reload_opens_nothing(desk):
    with desk.expect_response("**/leave/"):
        desk.clock.run_for(62_000)
    desk.wait_for_selector("#lock[open]")
    desk.reload()
    desk.wait_for_url("**/admin/login/**")


def test_unlocking_one_tab_unlocks_the_others_of_the_same_person(desk):
    other = desk.context.new_page()
    other.goto(FORM)
    other.fill("input[name=name]", "李娜")
    other.evaluate("document.dispatchEvent(new CustomEvent('locked'))")
    with desk.expect_response("**/leave/"):
        desk.clock.run_for(62_000)
    type_password(desk, PASSWORD)
    desk.wait_for_selector("#lock", state="hidden")
    other.wait_for_selector("#lock", state="hidden")
    assert other.input_value("input[name=name]") == "李娜"


def test_a_patient_or_device_does_not_unlock_a_desk(client, clerk):
    device = UserFactory(kind="device", is_staff=False, username="kiosk")
    device.set_password(PASSWORD)
    device.save()
    client.post(UNLOCK, {"username": "kiosk", "password": PASSWORD})
    assert client.get(AWAKE, {"user": "kiosk"}).status_code == 401

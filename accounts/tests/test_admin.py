"""Staff, devices and keys on their pages: who may do what, and what is shown once."""

from html import unescape
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.models import AccessLog, ChannelKey, Device, Role, User
from accounts.models.access import Action
from accounts.roles import ROLES, grants
from accounts.services import access, devices
from accounts.tests.factories import UserFactory

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def as_role(client):
    def sign_in(role):
        client.person = UserFactory(role=role)
        client.force_login(client.person, backend=BACKEND)
        return client

    return sign_in


def known() -> set[str]:
    return {
        f"{right.content_type.app_label}.{right.codename}"
        for right in Permission.objects.select_related("content_type")
    }


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_right_of_a_role_exists(role):
    assert grants()[role] <= known()


def test_every_act_of_every_page_asks_for_a_right_that_exists():
    for page in admin.site._registry.values():
        acts = [*page._get_base_actions_list(), *page._get_base_actions_detail(), *page._get_base_actions_row()]
        asked = {right for act in acts for right in getattr(act.method, "allowed_permissions", ()) if "." in right}
        assert asked <= known(), page


def form_of(person: User, **changes) -> dict:
    data = {"username": person.username, "name": person.name, "email": "", "is_active": "on", "is_staff": "on"}
    return data | changes


def change(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def test_an_administrator_gives_a_role(as_role):
    bob, role = UserFactory(), Role.objects.get(name="clinician")
    as_role("administrator").post(change(bob), form_of(bob, groups=[role.pk]))
    assert bob.has_perm("scheduling.overbook_appointment")
    assert bob.history.first().history_user.groups.filter(name="administrator").exists()


@pytest.mark.parametrize("right", ["is_superuser", "sees_all_sites", "groups"])
def test_nobody_raises_themselves(as_role, right):
    client = as_role("administrator")
    User.objects.filter(pk=client.person.pk).update(sees_all_sites=False)
    value = [Role.objects.get(name="supervisor").pk] if right == "groups" else "on"
    client.post(change(client.person), form_of(client.person, **{right: value}))
    person = User.objects.get(pk=client.person.pk)
    assert not person.is_superuser
    assert not person.sees_all_sites
    assert [group.name for group in person.groups.all()] == ["administrator"]


def test_an_administrator_makes_no_superuser_and_changes_none(as_role):
    bob, root = UserFactory(), UserFactory(is_superuser=True)
    client = as_role("administrator")
    client.post(change(bob), form_of(bob, is_superuser="on"))
    assert client.post(change(root), form_of(root, name="Owned")).status_code == 403
    assert not User.objects.get(pk=bob.pk).is_superuser


def test_devices_users_are_not_staff_and_not_listed(as_role):
    devices.register(name="Hall kiosk", channel="kiosk")
    assert "device:Hall kiosk" not in as_role("administrator").get(reverse("admin:accounts_user_changelist")).text


def test_a_device_is_added_with_the_user_behind_it(as_role):
    as_role("administrator").post(
        reverse("admin:accounts_device_add"),
        {"name": "Hall kiosk", "channel": "kiosk", "is_active": "on", "keys-TOTAL_FORMS": 0, "keys-INITIAL_FORMS": 0},
    )
    assert Device.objects.get().user.kind == "device"


def test_a_key_is_shown_once_and_never_again(as_role):
    client, device = as_role("administrator"), devices.register(name="Hall kiosk", channel="kiosk")
    address = reverse("admin:accounts_device_new_key", args=[device.pk])
    assert not ChannelKey.objects.exists()
    client.get(address)
    assert not ChannelKey.objects.exists()
    secret = client.post(address).context["secret"]
    key = ChannelKey.objects.get()
    assert ChannelKey.objects.get_from_key(secret) == key
    assert secret not in client.get(reverse("admin:accounts_channelkey_change", args=[key.pk])).text


def test_a_rotated_key_lives_on_for_a_while_and_a_revoked_one_does_not(as_role):
    client = as_role("administrator")
    key, secret = devices.create_key(devices.register(name="Hall kiosk", channel="kiosk"))
    answer = client.post(reverse("admin:accounts_channelkey_rotate", args=[key.pk]), {"grace_hours": 2})
    assert answer.context["secret"] != secret
    assert ChannelKey.objects.is_valid(secret)
    client.post(reverse("admin:accounts_channelkey_revoke", args=[key.pk]))
    assert not ChannelKey.objects.is_valid(secret)


@pytest.mark.parametrize("role", ["auditor", "supervisor", "front_desk"])
def test_who_only_looks_makes_no_key(as_role, role):
    device = devices.register(name="Hall kiosk", channel="kiosk")
    assert as_role(role).post(reverse("admin:accounts_device_new_key", args=[device.pk])).status_code == 403


def test_the_access_log_is_read_and_never_written_by_hand(as_role):
    line = access.record(Action.REVEAL, by=UserFactory(name="Eve"), kind="patients.patient", reason="call back")
    client = as_role("auditor")
    page = client.get(reverse("admin:accounts_accesslog_changelist"))
    assert "Revealed in full" in page.text
    assert "call back" in page.text
    assert client.get(reverse("admin:accounts_accesslog_add")).status_code == 403
    client.post(reverse("admin:accounts_accesslog_delete", args=[line.pk]), {"post": "yes"})
    assert AccessLog.objects.filter(pk=line.pk).exists()


@pytest.mark.parametrize("name", ["user", "role", "device", "channelkey", "accesslog"])
def test_the_front_desk_does_not_come_in_here(as_role, name):
    assert as_role("front_desk").get(reverse(f"admin:accounts_{name}_changelist")).status_code == 403


@pytest.mark.parametrize("name", ["user", "device", "channelkey", "accesslog"])
def test_a_list_costs_the_same_for_one_row_and_for_many(as_role, name, django_assert_max_num_queries):
    def row(number):
        device = devices.register(name=f"Kiosk {number}", channel="kiosk")
        devices.create_key(device)
        access.record(Action.OPEN, by=UserFactory(role="clinician"), kind="patients.patient")

    client, address = as_role("administrator"), reverse(f"admin:accounts_{name}_changelist")
    for number in range(25):
        row(number)
    client.get(address)
    with django_assert_max_num_queries(13):
        assert client.get(address).status_code == 200


@pytest.mark.parametrize(("asked", "shown"), [({}, True), ({"standing": "over"}, False), ({"standing": "all"}, True)])
def test_the_list_of_keys_opens_with_those_that_open_something(as_role, asked, shown):
    client = as_role("administrator")
    device = devices.register(name="Hall kiosk", channel="kiosk")
    key, _secret = devices.create_key(device)
    answer = client.get(reverse("admin:accounts_channelkey_changelist"), asked)
    assert (key.prefix in answer.text) is shown


def test_an_old_version_that_does_not_exist_is_not_found(as_role):
    boss = as_role("administrator")
    address = reverse("admin:accounts_user_simple_history", args=[boss.person.pk, "password"])
    assert boss.get(address).status_code == 404


@pytest.mark.parametrize("page", ["changelist", "change", "history", "rotate", "revoke", "device"])
def test_no_page_and_no_address_shows_what_a_key_hashes_to(as_role, page):
    client = as_role("administrator")
    key, secret = devices.create_key(devices.register(name="Hall kiosk", channel="kiosk"))
    if page == "device":
        address = reverse("admin:accounts_device_change", args=[key.device.pk])
    else:
        address = reverse(f"admin:accounts_channelkey_{page}", args=[] if page == "changelist" else [key.pk])
    answer = client.get(address)
    assert answer.status_code == 200
    hidden = {key.hashed_key, quote(key.hashed_key), secret.partition(".")[2]}
    assert not [text for text in hidden if text in address or text in unescape(answer.text)]


def test_an_old_version_of_a_person_offers_no_way_to_another_password(as_role):
    boss = as_role("administrator")
    bob = UserFactory()
    version = bob.history.first()
    text = boss.get(reverse("admin:accounts_user_simple_history", args=[bob.pk, version.pk])).text
    assert bob.name in text
    assert "An old version" in text
    assert "password/" not in text
    assert "password/" in boss.get(change(bob)).text


def test_who_gave_which_role_to_whom_stands_in_the_history(as_role):
    client, person = as_role("administrator"), UserFactory(role="front_desk", name="Li Na")
    supervisor = Role.objects.get(name="supervisor")
    client.post(change(person), form_of(person, groups=[supervisor.pk]))
    page = unescape(client.get(reverse("admin:accounts_user_history", args=[person.pk])).text)
    assert "Front desk" in page
    assert "Supervisor" in page
    newest = person.history.order_by("-history_id").first()
    assert newest.history_user == client.person


def test_an_old_version_of_a_person_shows_the_roles_of_then(as_role):
    client, person = as_role("administrator"), UserFactory(role="front_desk")
    then = person.history.order_by("-history_id").first()
    person.groups.set([Role.objects.get(name="auditor")])
    address = reverse("admin:accounts_user_simple_history", args=[person.pk, then.pk])
    page = client.get(address).text
    assert "Front desk" in page
    assert "Auditor" not in page.split("<form", 1)[-1]


def test_a_role_given_from_the_roles_side_stands_in_the_persons_history(db):
    person = UserFactory()
    Role.objects.get(name="auditor").user_set.add(person)
    newest = person.history.order_by("-history_id").first()
    assert [row.group.name for row in newest.groups.all()] == ["auditor"]

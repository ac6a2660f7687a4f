"""The start page and the menu: real numbers, each leading to its rows, nothing that a role may not open."""

import re

import pytest
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from common import clock
from scheduling.models import Session
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory, WaitlistEntryFactory

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def as_role(client):
    def sign_in(role):
        client.force_login(UserFactory(role=role), backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def today(db):
    """A session of today with one booking of two slots, a stopped one, and somebody who waits."""
    session = SessionFactory(day=clock.today())
    AppointmentFactory(slot=SlotFactory(session=session))
    SlotFactory(session=session, number=1)
    SessionFactory(day=clock.today(), status="stopped")
    WaitlistEntryFactory()
    return session


def test_every_number_leads_to_as_many_rows(as_role, today):
    client = as_role("supervisor")
    tiles = {str(tile["word"]): tile for tile in client.get(reverse("admin:index")).context["tiles"]}
    for word in ("booked today", "stopped sessions from today on", "on the waiting list"):
        rows = client.get(tiles[word]["link"])
        assert rows.context["cl"].result_count == tiles[word]["n"] == 1, word
    assert client.get(tiles["free places today"]["link"]).status_code == 200


def test_the_sessions_of_today_say_how_full_they_are(as_role, today):
    page = as_role("supervisor").get(reverse("admin:index")).text
    assert str(today.practitioner) in page
    assert "1 of 2" in page


def test_the_start_page_costs_the_same_for_many_sessions(as_role, today, django_assert_max_num_queries):
    for _n in range(10):
        SlotFactory(session=SessionFactory(day=clock.today()))
    client = as_role("supervisor")
    client.get(reverse("admin:index"))
    with django_assert_max_num_queries(14):
        client.get(reverse("admin:index"))


@pytest.mark.parametrize("role", sorted(ROLES))
def test_every_line_of_a_roles_menu_opens(as_role, role):
    client = as_role(role)
    page = client.get(reverse("admin:index"))
    links = [item["link"] for group in page.context["sidebar_navigation"] for item in group["items"]]
    assert all(client.get(link).status_code == 200 for link in links)


HIDDEN = [
    ("front_desk", "accounts/user"),
    ("clinician", "waitlistentry"),
    ("knowledge_editor", "desk/day"),
    ("auditor", "scheduling/slot/"),
]


@pytest.mark.parametrize(("role", "hidden"), HIDDEN)
def test_what_a_role_may_not_open_is_not_in_its_menu(as_role, role, hidden):
    page = as_role(role).get(reverse("admin:index"))
    assert not re.search(f'href="/admin/[^"]*{hidden}', page.text)


def test_a_page_has_one_name_in_the_menu_and_in_its_head(as_role):
    page = as_role("supervisor").get(reverse("admin:scheduling_session_changelist"))
    assert page.text.count(str(Session._meta.verbose_name_plural).capitalize()) >= 2

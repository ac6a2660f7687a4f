"""The start page and the menu: nothing that a role may not open."""

import re

import pytest
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from scheduling.models import Session

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def as_role(client):
    def sign_in(role):
        client.force_login(UserFactory(role=role), backend=BACKEND)
        return client

    return sign_in


def test_who_may_see_sessions_begins_with_today(as_role):
    assert as_role("clinician").get(reverse("admin:index")).context["title"] == "Today"


def test_who_may_not_see_sessions_begins_with_the_menu(as_role):
    assert "Choose a page on the left." in as_role("campaign_editor").get(reverse("admin:index")).text


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

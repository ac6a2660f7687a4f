"""Who is limited to a site sees staff, scopes and accesses that concern it; who sees all sites sees all."""

import pytest
from django.urls import reverse

from accounts.models import Role
from accounts.models.access import Action
from accounts.services import access
from accounts.tests.factories import UserFactory
from directory.models import Scope
from directory.tests.factories import DepartmentFactory, SiteFactory

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
PAGES = ("accounts_user", "accounts_accesslog", "directory_scope")


@pytest.fixture
def here():
    return SiteFactory()


def worker(name: str, site=None, **given):
    """Somebody limited to `site`, who has just opened a record."""
    person = UserFactory(name=name, sees_all_sites=False, **given)
    if site:
        Scope.objects.create(user=person, site=site)
    access.record(Action.OPEN, by=person, kind="patients.patient")
    return person


@pytest.fixture
def as_user(client):
    def sign_in(person):
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in


def text_of(client, page: str) -> str:
    return client.get(reverse(f"admin:{page}_changelist")).text


@pytest.mark.parametrize("page", PAGES)
def test_a_supervisor_of_one_site_sees_nobody_of_another(as_user, here, page):
    worker("Near Colleague", here)
    worker("Far Stranger", SiteFactory())
    text = text_of(as_user(worker("Chief", here, role="supervisor")), page)
    assert "Near Colleague" in text
    assert "Far Stranger" not in text


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("role", ["supervisor", "auditor", "administrator"])
def test_who_sees_all_sites_sees_everybody(as_user, here, page, role):
    worker("Near Colleague", here)
    worker("Far Stranger", SiteFactory())
    text = text_of(as_user(UserFactory(role=role)), page)
    assert "Near Colleague" in text
    assert "Far Stranger" in text


def test_the_page_of_somebody_at_another_site_is_not_there(as_user, here):
    stranger = worker("Far Stranger", SiteFactory())
    client = as_user(worker("Chief", here, role="supervisor"))
    for part in ("change", "history"):
        answer = client.get(reverse(f"admin:accounts_user_{part}", args=[stranger.pk]))
        assert answer.status_code in (302, 404)
        assert "Far Stranger" not in answer.text


def test_who_works_everywhere_or_nowhere_yet_concerns_every_site(as_user, here):
    worker("Just Hired")
    UserFactory(name="Everywhere")
    both = worker("Both Places", SiteFactory())
    Scope.objects.create(user=both, site=here, department=DepartmentFactory(site=here))
    text = text_of(as_user(worker("Chief", here, role="supervisor")), "accounts_user")
    for name in ("Just Hired", "Everywhere", "Both Places", "Chief"):
        assert name in text


def test_a_role_counts_the_people_that_its_link_shows(as_user, here):
    worker("Near Colleague", here, role="front_desk")
    worker("Far Stranger", SiteFactory(), role="front_desk")
    role = Role.objects.get(name="front_desk")
    client = as_user(worker("Chief", here, role="supervisor"))
    rows = client.get(reverse("admin:accounts_role_changelist")).context["cl"].queryset
    assert rows.get(pk=role.pk).n == 1

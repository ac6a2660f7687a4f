"""The directory's pages: own scope, pinyin kept, nothing deleted."""

import pytest
from django.urls import reverse

from accounts.tests.factories import UserFactory
from directory.models import HealthcareService, Practitioner, PractitionerRole, Scope
from directory.tests.factories import (
    DepartmentFactory,
    LocationFactory,
    PractitionerFactory,
    ServiceFactory,
)

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"
LISTS = ("site", "department", "location", "practitioner", "healthcareservice", "scope")


def page(client, name, **query):
    return client.get(reverse(f"admin:directory_{name}_changelist"), query)


def world(name: str):
    """A department with a room, a practitioner and a service, all called after `name`."""
    department = DepartmentFactory(name_en=f"{name} department", site__name_en=f"{name} site")
    LocationFactory(site=department.site, name_en=f"{name} room")
    person = PractitionerFactory(name=f"{name} person")
    PractitionerRole.objects.create(practitioner=person, department=department)
    ServiceFactory(department=department, name_en=f"{name} service")
    return department


@pytest.fixture
def as_user(client):
    def sign_in(person):
        client.force_login(person, backend=BACKEND)
        return client

    return sign_in


@pytest.mark.parametrize("name", [name for name in LISTS if name != "scope"])
@pytest.mark.parametrize("role", ["front_desk", "supervisor", "clinician", "auditor", "administrator"])
def test_a_role_of_one_site_sees_no_row_of_another(as_user, name, role):
    person = UserFactory(role=role, sees_all_sites=False)
    Scope.objects.create(user=person, site=world("Near").site)
    world("Far")
    text = page(as_user(person), name).text
    assert "Near" in text
    assert "Far" not in text


@pytest.mark.parametrize("name", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_many(as_user, name, django_assert_max_num_queries):
    for number in range(12):
        Scope.objects.create(user=UserFactory(), site=world(f"Place {number}").site)
    client = as_user(UserFactory(is_superuser=True))
    page(client, name)
    with django_assert_max_num_queries(10):
        assert page(client, name).status_code == 200


def test_a_practitioner_is_found_by_pinyin_typed_in_one_word(as_user):
    client = as_user(UserFactory(is_superuser=True))
    client.post(
        reverse("admin:directory_practitioner_add"),
        {"name": "张 伟", "code": "D1", "title": "chief", "is_active": "on", "introduction": "", "user": "",
         "roles-TOTAL_FORMS": 0, "roles-INITIAL_FORMS": 0},
    )  # fmt: skip
    assert Practitioner.objects.get().name_pinyin == "zhang wei"
    assert "张伟" in page(client, "practitioner", q="zhangwei").text.replace("张 伟", "张伟")


def test_search_words_are_written_on_the_page_of_the_service_and_kept_in_its_history(as_user):
    service = ServiceFactory()
    client = as_user(UserFactory(role="administrator"))
    address = reverse("admin:directory_healthcareservice_change", args=[service.pk])
    form = client.get(address).context["adminform"].form
    said = {name: value for name, value in form.initial.items() if value is not None}
    answer = client.post(address, said | {"search_words": "膝盖痛, knee pain", "is_active": "on"})
    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert HealthcareService.objects.get().search_words == "膝盖痛, knee pain"
    assert HealthcareService.history.first().search_words == "膝盖痛, knee pain"


def test_nothing_of_the_catalogue_is_deleted(as_user):
    department = world("Near")
    client = as_user(UserFactory(is_superuser=True))
    address = reverse("admin:directory_department_delete", args=[department.pk])
    assert client.post(address, {"post": "yes"}).status_code == 403


def test_a_scope_is_taken_away_by_an_administrator_and_the_history_keeps_it(as_user):
    scope = Scope.objects.create(user=UserFactory(), site=world("Near").site)
    client = as_user(UserFactory(role="administrator"))
    client.post(reverse("admin:directory_scope_delete", args=[scope.pk]), {"post": "yes"})
    assert not Scope.objects.exists()
    assert Scope.history.filter(history_type="-").exists()


def test_the_front_desk_changes_nothing_here(as_user):
    department = world("Near")
    client = as_user(UserFactory(role="front_desk"))
    address = reverse("admin:directory_department_change", args=[department.pk])
    assert client.post(address, {"name_en": "Mine"}).status_code == 403


def test_only_what_is_in_use_is_shown_unless_asked(as_user):
    PractitionerFactory(name="Gone Away", is_active=False)
    client = as_user(UserFactory(is_superuser=True))
    assert "Gone Away" not in page(client, "practitioner").text
    assert "Gone Away" in page(client, "practitioner", use="all").text

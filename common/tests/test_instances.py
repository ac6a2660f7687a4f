import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models
from rest_framework_api_key.models import APIKey

from common.compiled import Compiled, Given

User = get_user_model()


def members(*names):
    group = Group.objects.get(name="auditor")
    group.user_set.add(*(User.objects.create(username=name, name=name.title()) for name in names))


def memberships():
    rows = User.groups.through.objects.select_related("user", "group").order_by("user__username")
    return list(Compiled(lambda: rows.filter(group__name=Given("name", models.CharField()))).rows(name="auditor"))


@pytest.mark.django_db
def test_an_instance_is_what_the_orm_would_make_of_the_row():
    members("alice")
    [made] = memberships()
    known = User.objects.get(username="alice")
    assert (made.user, vars(made.user) | {"_state": 0}) == (known, vars(known) | {"_state": 0})
    assert (made.user._state.adding, made.user._state.db) == (known._state.adding, known._state.db)


@pytest.mark.django_db
def test_a_row_that_several_name_is_made_once_in_a_run():
    members("alice", "bob")
    first, second = memberships()
    assert (first.user.username, second.user.username) == ("alice", "bob")
    assert first.group is second.group
    assert memberships()[0].group is not first.group


@pytest.mark.django_db
def test_a_model_that_wants_to_know_of_its_instances_is_asked():
    key, _secret = APIKey.objects.create_key(name="Kiosk")
    made = Compiled(lambda: APIKey.objects.filter(name=Given("name", models.CharField()))).first(name="Kiosk")
    made.revoked = True
    made.save()
    key.refresh_from_db()
    assert key.revoked


@pytest.mark.django_db
def test_what_is_left_out_is_read_when_it_is_asked_for(django_assert_num_queries):
    User.objects.create(username="alice", name="Alice")
    rows = User.objects.defer("name")
    made = Compiled(lambda: rows.filter(username=Given("name", models.CharField()))).first(name="alice")
    with django_assert_num_queries(1):
        assert made.name == "Alice"

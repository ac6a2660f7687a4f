import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import models

from common.compiled import Compiled, CompiledInsert, CompiledUpdate, Given


@pytest.mark.django_db
def test_a_kept_statement_finds_what_the_orm_finds():
    kept = Compiled(lambda: Group.objects.filter(name=Given("name", models.CharField())))
    assert kept.first(name="front_desk") == Group.objects.get(name="front_desk")
    assert kept.first(name="auditor") == Group.objects.get(name="auditor")
    assert kept.first(name="nobody") is None


@pytest.mark.django_db
def test_a_kept_statement_reads_anew_at_each_run(django_assert_num_queries):
    user = get_user_model().objects.create(username="alice", name="Alice")
    kept = Compiled(lambda: type(user).objects.filter(uuid=Given("uuid", models.UUIDField())))
    assert kept.first(uuid=user.uuid).name == "Alice"
    type(user).objects.filter(pk=user.pk).update(name="Bob")
    with django_assert_num_queries(1):
        found = kept.first(uuid=user.uuid)
    assert (found.name, found.uuid, found.date_joined) == ("Bob", user.uuid, user.date_joined)


@pytest.mark.django_db
def test_related_rows_and_annotations_come_along(django_assert_num_queries):
    user = get_user_model().objects.create(username="bob")
    user.groups.add(Group.objects.get(name="auditor"))
    through = type(user).groups.through
    kept = Compiled(
        lambda: (
            through.objects.select_related("group", "user")
            .annotate(letters=models.functions.Length("group__name"))
            .filter(user=Given("user", models.BigIntegerField()))
        )
    )
    kept.first(user=user.pk)
    with django_assert_num_queries(1):
        row = kept.first(user=user.pk)
        assert (row.user.uuid, row.group.name, row.letters) == (user.uuid, "auditor", 7)


@pytest.mark.django_db
def test_a_list_of_values_comes_as_tuples():
    kept = Compiled(lambda: Group.objects.filter(name=Given("name", models.CharField())).values_list("name", "pk"))
    assert kept.first(name="auditor") == ("auditor", Group.objects.get(name="auditor").pk)


@pytest.mark.django_db
def test_a_kept_insert_writes_what_save_writes():
    group = CompiledInsert(Group).run(Group(name="night shift"))
    assert Group.objects.get(name="night shift") == group
    assert CompiledInsert(Group).run(Group(name="day shift")).pk != group.pk
    group.name = "late shift"
    group.save()
    assert Group.objects.filter(name="late shift").count() == 1


@pytest.mark.django_db
def test_a_kept_update_counts_the_rows_it_changed():
    rename = CompiledUpdate(lambda: Group.objects.filter(name=Given("old", models.CharField())), name="x")
    assert rename.run(old="auditor") == 1
    assert rename.run(old="auditor") == 0
    assert Group.objects.filter(name="x").exists()


@pytest.mark.django_db
def test_the_log_names_a_kept_statement_at_every_run(django_assert_num_queries):
    kept = Compiled(lambda: Group.objects.filter(name=Given("name", models.CharField())))
    with django_assert_num_queries(4) as logged:
        for _ in range(4):  # PostgreSQL prepares it on the way
            kept.first(name="auditor")
    assert all("auth_group" in query["sql"] for query in logged)

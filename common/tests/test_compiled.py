import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import IntegrityError, models, transaction

from common.compiled import Compiled, CompiledInsert, CompiledUpdate, Following, Given


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
    insert = CompiledInsert(Group)
    (first,), (second,) = insert.run(vars(Group(name="night shift"))), insert.run(vars(Group(name="day shift")))
    assert (Group.objects.get(pk=first).name, Group.objects.get(pk=second).name) == ("night shift", "day shift")


@pytest.mark.django_db
def test_rows_that_follow_name_the_first_one():
    user = get_user_model().objects.create(username="alice")
    member = get_user_model().groups.through
    insert = CompiledInsert(Group, Following(member, "group_id"))
    group, membership = insert.run(vars(Group(name="night shift")), vars(member(user=user)))
    assert Group.objects.get(pk=group).name == "night shift"
    assert list(user.groups.values_list("pk")) == [(group,)]
    assert member.objects.get().pk == membership


@pytest.mark.django_db(transaction=True)
def test_a_first_row_is_not_written_without_those_that_follow():
    member = get_user_model().groups.through
    insert = CompiledInsert(Group, Following(member, "group_id"))
    with pytest.raises(IntegrityError), transaction.atomic():
        insert.run(vars(Group(name="night shift")), vars(member(user_id=-1)))
    assert not Group.objects.filter(name="night shift").exists()


@pytest.mark.django_db
def test_an_instance_of_a_kept_statement_can_be_changed_and_saved():
    user = get_user_model().objects.create(username="alice", name="Alice")
    kept = Compiled(lambda: type(user).objects.filter(pk=Given("pk", models.BigIntegerField())))
    found = kept.first(pk=user.pk)
    assert vars(found).keys() == vars(type(user).objects.get(pk=user.pk)).keys()
    found.name = "Alice Smith"
    found.save()
    assert type(user).objects.get(pk=user.pk).name == "Alice Smith"


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

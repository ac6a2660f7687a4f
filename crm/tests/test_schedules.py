"""The schedule table says what the code says."""

import pytest
from croniter import croniter
from django.utils.module_loading import import_string
from django_q.models import Schedule

from crm import schedules

pytestmark = pytest.mark.django_db


def test_every_declared_schedule_is_written_once():
    schedules.sync()
    schedules.sync()
    assert Schedule.objects.count() == len(schedules.declared())


def test_a_row_made_by_hand_is_removed():
    Schedule.objects.create(name="by hand", func="os.getcwd", args="not a tuple (")
    schedules.sync()
    assert not Schedule.objects.filter(name="by hand").exists()


def test_a_schedule_that_is_there_keeps_its_next_run():
    schedules.sync()
    before = list(Schedule.objects.order_by("name").values_list("name", "next_run"))
    schedules.sync()
    assert list(Schedule.objects.order_by("name").values_list("name", "next_run")) == before


def test_what_is_scheduled_exists_and_has_a_time():
    for row in schedules.declared():
        assert callable(import_string(row["func"]))
        assert row.get("minutes", 0) > 0 or croniter.is_valid(row["cron"])

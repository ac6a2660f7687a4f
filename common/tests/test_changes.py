import datetime as dt

import pytest
from django.db import models
from django.utils import translation

from common.changes import in_words

STATE = models.CharField(choices=[("", "Open"), ("stopped", "Session stopped")])
WHEN = models.DateTimeField()


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        (STATE, "stopped", "Session stopped"),
        (STATE, "", "Open"),
        (STATE, "of an older version", "of an older version"),
        (models.CharField(), "", "–"),
        (WHEN, None, "–"),
        (WHEN, dt.datetime(2025, 11, 24, 1, 30, tzinfo=dt.UTC), "Mon 24 Nov 2025 09:30"),
        (models.DateField(), dt.date(2025, 11, 24), "Mon 24 Nov 2025"),
        (models.TimeField(), dt.time(9, 30), "09:30"),
        (models.BooleanField(), False, "No"),
        (models.IntegerField(), 0, 0),
    ],
)
def test_history_says_values_as_the_pages_do(field, value, words):
    with translation.override("en"):
        assert in_words(field, value) == words

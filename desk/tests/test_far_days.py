"""Days that no desk means are read as today, on every page that takes one."""

import pytest
from django.urls import reverse

PAGES = ("booking_desk", "day", "ending", "afterwards", "paper")


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "2026-02-30", "x"])
def test_a_day_that_cannot_be_meant_is_today(desk, session, name, day):
    answer = desk.get(reverse(f"admin:desk:{name}"), {"day": day, "first_day": day})
    assert answer.status_code == 200

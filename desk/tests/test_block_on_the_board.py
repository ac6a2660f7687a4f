"""Times are blocked and opened on the board: by right, for a reason, and bookings in them stay."""

import pytest
from django.urls import reverse

from patients.tests.factories import PatientFactory
from scheduling.models import Appointment, Slot
from scheduling.tests.factories import AppointmentFactory, SlotFactory

BLOCK = reverse("admin:desk:day_block")


def chosen(*slots) -> str:
    return ",".join(str(slot.uuid) for slot in slots)


def closures(slots) -> list[str]:
    return list(
        Slot.objects.filter(pk__in=[slot.pk for slot in slots]).order_by("starts_at").values_list("closed", flat=True)
    )


def test_chosen_times_are_closed_together_and_their_bookings_stay(boss, slots):
    booking = AppointmentFactory(slot=slots[0], patient=PatientFactory(name="Alice Smith"))
    answer = boss.post(BLOCK, {"slots": chosen(*slots[:2]), "reason": "Meeting"})
    assert answer.status_code == 200
    assert closures(slots) == ["blocked", "blocked", ""]
    assert Appointment.objects.get(pk=booking.pk).status == "booked"
    assert "2 times are blocked" in answer.text
    assert "Alice Smith" in answer.text
    assert Slot.history.filter(id=slots[0].pk).latest().history_change_reason == "Meeting"


def test_blocked_times_are_opened_again(boss, slots):
    boss.post(BLOCK, {"slots": chosen(*slots), "reason": "Meeting"})
    answer = boss.post(BLOCK, {"slots": chosen(slots[1]), "reason": "Meeting is off", "opens": "1"})
    assert closures(slots) == ["blocked", "", "blocked"]
    assert "1 time takes bookings again" in answer.text


@pytest.mark.parametrize(
    "typed", [{"reason": "x"}, {"slots": "", "reason": "x"}, {"slots": "nonsense,1", "reason": "x"}, {}]
)
def test_nothing_chosen_is_said_and_nothing_done(boss, slots, typed):
    answer = boss.post(BLOCK, typed)
    assert answer.status_code == 422
    assert closures(slots) == ["", "", ""]


def test_without_a_reason_nothing_is_blocked(boss, slots):
    answer = boss.post(BLOCK, {"slots": chosen(*slots), "reason": "  "})
    assert (answer.status_code, closures(slots)) == (422, ["", "", ""])


def test_times_of_another_site_stay_as_they_are(boss, slots):
    foreign = SlotFactory()
    boss.post(BLOCK, {"slots": chosen(foreign), "reason": "x"})
    assert closures([foreign]) == [""]


def test_who_may_not_block_is_not_offered_it_and_is_refused(desk, slots):
    page = desk.get(reverse("admin:desk:day"), {"day": slots[0].session.day.isoformat(), "blocking": "1"})
    assert "data-mark" not in page.text
    assert "start-blocking" not in page.text
    assert desk.post(BLOCK, {"slots": chosen(*slots), "reason": "x"}).status_code == 403
    assert closures(slots) == ["", "", ""]

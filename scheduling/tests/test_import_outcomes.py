import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock, tabular
from scheduling.models import Appointment, AppointmentEvent, Slot
from scheduling.services import appointments
from scheduling.tests.factories import SlotFactory, desk
from scheduling.tests.test_import import TOMORROW, ahead, run_his

pytestmark = pytest.mark.django_db
AFTER = clock.at_wall(TOMORROW, dt.time(20))


def run_after(folder, rows, options="", at=AFTER, **more):
    """The file of the day after."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "now", lambda: at)
        return run_his(folder, rows, options, **more)


def rejected(folder, rows, **more):
    """Column and reason of the only row that is refused."""
    path = folder / "rejects.csv"
    assert run_after(folder, rows, rejects=path, **more) == (0, 0, 1)
    [row] = tabular.Table(path).rows()
    return row.values["import_column"], row.values["import_reason"]


@pytest.mark.parametrize("status", ["fulfilled", "noshow"])
def test_the_outcome_of_a_booking_of_last_week_is_taken(tmp_path, status):
    alice = UserFactory()
    run_his(tmp_path, ahead(1))
    assert run_after(tmp_path, ahead(1, status=status), by=alice) == (0, 0, 0)
    booking = Appointment.objects.get()
    assert booking.status == status
    assert list(booking.events.values_list("kind", flat=True)) == ["booked", status]
    latest = booking.history.latest()
    assert (latest.status, latest.history_user, latest.history_change_reason) == (status, alice, "import")
    assert Slot.objects.get().taken == 1


def test_a_booking_that_was_cancelled_there_gives_its_place_to_the_next_row(tmp_path):
    run_his(tmp_path, ahead(1))
    assert run_his(tmp_path, ahead(1, status="已取消") + ahead(2, patient="H2", name="李娜")) == (1, 0, 0)
    assert sorted(Appointment.objects.values_list("status", "patient__name")) == [
        ("booked", "李娜"),
        ("cancelled", "张伟"),
    ]
    assert Appointment.objects.get(status="cancelled").cancel_cause == "patient"
    assert Slot.objects.get().taken == 1


def test_the_same_outcome_again_and_the_old_file_again_change_nothing(tmp_path):
    run_his(tmp_path, ahead(1))
    run_after(tmp_path, ahead(1, status="noshow"))
    assert run_after(tmp_path, ahead(1, status="noshow")) == (0, 1, 0)
    assert run_his(tmp_path, ahead(1)) == (0, 1, 0)
    assert AppointmentEvent.objects.count() == 2


def test_a_try_counts_the_outcome_and_stores_nothing(tmp_path):
    run_his(tmp_path, ahead(1))
    assert run_after(tmp_path, ahead(1, status="noshow"), dry_run=True) == (0, 0, 0)
    assert Appointment.objects.get().status == "booked"


def test_an_outcome_that_the_desk_has_recorded_already_is_passed_over(tmp_path):
    run_his(tmp_path, ahead(1))
    appointments.mark_noshow(appointment=Appointment.objects.get(), origin=desk(), at=AFTER)
    assert run_after(tmp_path, ahead(1, status="noshow")) == (0, 1, 0)
    assert Appointment.objects.get().events.count() == 2


def test_an_outcome_other_than_ours_is_refused(tmp_path):
    run_his(tmp_path, ahead(1))
    appointments.mark_noshow(appointment=Appointment.objects.get(), origin=desk(), at=AFTER)
    column, reason = rejected(tmp_path, ahead(1, status="fulfilled"))
    assert (column, Appointment.objects.get().status) == ("状态", "noshow")
    assert reason


def test_an_outcome_is_not_changed_into_another(tmp_path):
    run_his(tmp_path, ahead(1))
    run_after(tmp_path, ahead(1, status="noshow"))
    assert rejected(tmp_path, ahead(1, status="fulfilled"))[0] == "状态"


def test_a_booking_that_was_moved_here_does_not_get_the_outcome_of_its_old_time(tmp_path):
    run_his(tmp_path, ahead(1))
    booking, later = Appointment.objects.get(), SlotFactory(session__day=TOMORROW + dt.timedelta(days=5))
    appointments.move(appointment=booking, slot=later, origin=desk())
    _column, reason = rejected(tmp_path, ahead(1, status="noshow"))
    assert "not begun" in reason
    assert Appointment.objects.get().status == "booked"


@pytest.mark.parametrize(
    ("old", "new", "column"),
    [
        ("H1", "H7", "病历号"),
        ("张伟", "张薇", "姓名"),
        ("骨科", "眼科", "科室"),
        ("李医生", "王医生", "医生"),
        (str(TOMORROW), str(TOMORROW - dt.timedelta(days=1)), "日期"),
        ("09:00", "10:30", "时间"),
    ],
)
def test_any_other_difference_is_refused_and_its_column_named(tmp_path, old, new, column):
    run_his(tmp_path, ahead(1))
    assert rejected(tmp_path, ahead(1, status="noshow").replace(old, new))[0] == column
    assert Appointment.objects.get().status == "booked"


def test_a_file_that_contradicts_itself_keeps_its_first_word(tmp_path):
    assert run_his(tmp_path, ahead(1) + ahead(1, status="已取消")) == (1, 0, 1)
    assert Appointment.objects.get().status == "booked"


def test_a_refused_outcome_leaves_the_others(tmp_path):
    run_his(tmp_path, ahead(1) + ahead(2, patient="H2", name="李娜", time="10:00"))
    moved = Appointment.objects.get(patient__name="张伟")
    later = SlotFactory(session__day=TOMORROW + dt.timedelta(days=5))
    appointments.move(appointment=moved, slot=later, origin=desk())
    rows = ahead(1, status="noshow") + ahead(2, patient="H2", name="李娜", time="10:00", status="noshow")
    assert run_after(tmp_path, rows) == (0, 0, 1)
    assert Appointment.objects.get(patient__name="李娜").status == "noshow"

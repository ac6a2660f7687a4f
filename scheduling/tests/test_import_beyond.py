import datetime as dt
import io

import pytest
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse

from accounts.tests.factories import UserFactory
from common import tabular
from directory.models import Site
from patients.models import ImportRun
from patients.services.importing import runs
from patients.tests.factories import IdentifierFactory
from scheduling.models import Appointment, AppointmentEvent, ChannelRule
from scheduling.tests.factories import AppointmentFactory
from scheduling.tests.test_import import HIS, HIS_HEADER, TOMORROW, ahead, run_his, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def strict_site():
    """One booking a day for each patient."""
    return Site.objects.create(code="main", name_zh="主院区", max_per_day=1, max_per_department=1)


def run_command(folder, rows, options=""):
    (folder / "map.toml").write_text(HIS % options, "utf-8")
    out = io.StringIO()
    path = write(folder, HIS_HEADER + rows)
    call_command("import_appointments", path, map=folder / "map.toml", rejects=folder / "rejects.csv", stdout=out)
    return out.getvalue(), list(tabular.Table(folder / "rejects.csv").rows())


def test_a_booking_beyond_the_limit_of_a_day_is_stored_and_named_with_its_line(tmp_path, strict_site):
    said, rows = run_command(
        tmp_path, ahead(1) + ahead(2, time="10:00") + ahead(3, patient="H2", name="李娜", time="11:00")
    )
    assert "3 rows: 3 stored, 0 brought their outcome, 0 known already, 0 rejected." in said
    assert "1 of them stored with a warning" in said
    assert "Line 3: stored all the same: A patient can have at most 1 bookings a day." in said
    assert [(row.values["import_line"], row.values["预约号"]) for row in rows] == [("3", "2")]
    assert "at most 1 bookings a day" in rows[0].values["import_reason"]


def test_the_warning_stands_with_what_happened_to_the_booking(tmp_path, strict_site):
    run_command(tmp_path, ahead(1) + ahead(2, time="10:00"))
    assert sorted(bool(event.reason) for event in AppointmentEvent.objects.all()) == [False, True]


def test_bookings_of_ours_count_towards_the_limits(tmp_path, strict_site):
    person = IdentifierFactory(system="external", value="H1", issuer="HIS").patient
    AppointmentFactory(patient=person)
    said, _rows = run_command(tmp_path, ahead(1, time="11:00"))
    assert "Line 2: stored all the same" in said


def test_the_open_bookings_of_a_patient_are_counted_too(tmp_path, strict_site):
    Site.objects.update(max_open=1, max_per_day=9, max_per_department=9)
    said, _rows = run_command(
        tmp_path, ahead(1) + ahead(2).replace(str(TOMORROW), str(TOMORROW + dt.timedelta(days=2)))
    )
    assert "Line 3: stored all the same: A patient can have at most 1 open bookings." in said


def test_a_try_warns_too_and_a_second_run_does_not_warn_again(tmp_path, strict_site):
    rows = ahead(1) + ahead(2, time="10:00")
    assert run_his(tmp_path, rows, dry_run=True) == (2, 0, 0)
    run_his(tmp_path, rows)
    said, listed = run_command(tmp_path, rows)
    assert "0 stored, 0 brought their outcome, 2 known already" in said
    assert "Line" not in said
    assert listed == []


def test_places_that_a_rule_keeps_for_another_channel_are_named(tmp_path):
    ChannelRule.objects.create(name_en="Half for the phone", channel="phone", reserved_percent=50, melts_hours=0)
    said, _rows = run_command(tmp_path, ahead(1) + ahead(2, patient="H2", name="李娜"), "capacity = 2")
    assert Appointment.objects.count() == 2
    assert "Line 3: stored all the same" in said
    assert "Half for the phone" in said
    assert "Line 2" not in said


def test_a_channel_beyond_its_own_share_is_named(tmp_path):
    ChannelRule.objects.create(name_en="Portal at most half", channel="portal", max_percent=50, melts_hours=0)
    rows = ahead(1) + ahead(2, patient="H2", name="李娜")
    said, _rows = run_command(tmp_path, rows, 'capacity = 2\nchannel = "portal"')
    assert "Line 3: stored all the same" in said


def test_a_window_counts_from_when_it_was_booked(tmp_path):
    ChannelRule.objects.create(name_en="Portal a day before", channel="portal", opens_days=2, closes_hours=0)
    said, _rows = run_command(tmp_path, ahead(1), 'channel = "portal"')
    assert "Line 2" not in said
    AppointmentEvent.objects.all().delete()
    early = f'channel = "portal"\nbooked_at = "{TOMORROW - dt.timedelta(days=30)}"'
    said, _rows = run_command(tmp_path, ahead(9, time="11:00"), early)
    assert "Portal a day before" in said


def test_what_is_past_goes_beyond_nothing(tmp_path, strict_site):
    day = TOMORROW - dt.timedelta(days=30)
    rows = (ahead(1, status="fulfilled") + ahead(2, time="10:00", status="fulfilled")).replace(str(TOMORROW), str(day))
    assert "Line" not in run_command(tmp_path, rows)[0]


def test_the_page_of_a_run_counts_the_warnings_and_hands_out_their_rows(client, settings, tmp_path, strict_site):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory(is_superuser=True))
    file = ContentFile((HIS_HEADER + ahead(1) + ahead(2, time="10:00")).encode(), name="his.csv")
    client.post(reverse("admin:patients_importrun_add"), {"kind": "appointments", "file": file, "map_text": HIS % ""})
    runs.execute_queued()
    done = ImportRun.objects.get()
    assert (done.state, done.created, done.rejected, done.warned) == ("done", 2, 0, 1)
    rows = reverse("admin:patients_importrun_rejects", args=[done.uuid])
    assert rows in client.get(reverse("admin:patients_importrun_change", args=[done.pk])).content.decode()
    assert "at most 1 bookings" in b"".join(client.get(rows).streaming_content).decode()

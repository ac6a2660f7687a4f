import datetime as dt
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.urls import reverse

from accounts.services.actors import system_user
from accounts.tests.factories import UserFactory
from common import clock, tabular
from patients.models import ImportRun, Patient
from patients.services.importing import loop, maps, runs
from patients.tests.factories import ContactPointFactory, IdentifierFactory, PatientFactory
from scheduling.models import Appointment, AppointmentEvent, Session, Slot
from scheduling.services import pool
from scheduling.services.importing import visits
from scheduling.services.importing.appointments import AppointmentImporter
from scheduling.tests.factories import AppointmentFactory, SlotFactory

pytestmark = pytest.mark.django_db

VITORIA = settings.BASE_DIR / "docs/maps/vitoria.toml"
SHAPE = "PatientId,AppointmentID,Gender,ScheduledDay,AppointmentDay,Age,Neighbourhood,SMS_received,No-show\n"
GOOD = (
    "111,1,F,2016-04-29T18:38:08Z,2016-04-29T00:00:00Z,62,CENTRO,0,No\n"
    "222,2,M,2016-04-27T08:36:51Z,2016-04-29T00:00:00Z,0,CENTRO,1,Yes\n"
    "111,3,F,2016-04-29T18:40:00Z,2016-05-02T00:00:00Z,62,JABOUR,1,No\n"
    "333,4,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,115,CENTRO,0,No\n"
)
BAD = {
    "age": ("444,5,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,-1,CENTRO,0,No\n", "Age"),
    "visit before booking": ("444,5,F,2016-05-04T06:50:57Z,2016-05-03T00:00:00Z,7,CENTRO,0,Yes\n", "ScheduledDay"),
    "no clinic": ("444,5,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,7,,0,No\n", "Neighbourhood"),
    "unknown outcome": ("444,5,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,7,CENTRO,0,Perhaps\n", "No-show"),
    "no outcome": ("444,5,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,7,CENTRO,0,\n", "No-show"),
    "no date": ("444,5,F,2016-04-29T07:00:00Z,29/04/2016,7,CENTRO,0,No\n", "AppointmentDay"),
    "known with other content": ("444,1,F,2016-04-29T07:00:00Z,2016-04-29T00:00:00Z,7,CENTRO,0,No\n", ""),
}

HIS = """
[columns]
appointment = "预约号"
external = "病历号"
name = "姓名"
phone = "手机"
department = "科室"
practitioner = "医生"
day = "日期"
time = "时间"
outcome = "状态"
[constants]
source = "HIS"
external_issuer = "HIS"
site = "主院区"
%s
[values.outcome]
"已预约" = "booked"
"已取消" = "cancelled"
"""
HIS_HEADER = "预约号,病历号,姓名,手机,科室,医生,日期,时间,状态\n"
TOMORROW = clock.today() + dt.timedelta(days=1)


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "appointments.csv"
    path.write_bytes(text.encode(encoding))
    return path


def run(path: Path, map_text: str | None = None, by=None, **options):
    import_map = maps.read_map(map_text or VITORIA.read_text("utf-8"), fields=visits.FIELDS, required=visits.REQUIRED)
    importer = AppointmentImporter(by=by or system_user())
    counts = loop.run(path, import_map, importer, **({"dry_run": False} | options))
    assert pool.check() == []
    return counts.created, counts.repeated, counts.rejected


def ahead(number: int, *, patient: str = "H1", name: str = "张伟", time: str = "09:00", status: str = "已预约") -> str:
    return f"{number},{patient},{name},13800138000,骨科,李医生,{TOMORROW},{time},{status}\n"


def run_his(folder: Path, rows: str, options: str = "", **more):
    return run(write(folder, HIS_HEADER + rows), HIS % options, **more)


def test_past_visits_become_sessions_with_their_outcomes(tmp_path):
    assert run(write(tmp_path, SHAPE + GOOD)) == (4, 0, 0)
    assert sorted(Appointment.objects.values_list("status", "slot__service__department__name_en", "place")) == [
        ("fulfilled", "CENTRO", 1),
        ("fulfilled", "CENTRO", 3),
        ("fulfilled", "JABOUR", 1),
        ("noshow", "CENTRO", 2),
    ]
    assert sorted(Slot.objects.values_list("capacity", "taken")) == [(1, 1), (3, 3)]
    assert Session.objects.count() == 2


def test_people_without_names_and_birth_dates_are_known_by_their_number(tmp_path):
    run(write(tmp_path, SHAPE + GOOD))
    woman = Patient.objects.with_identifier("111", system="external").get()
    assert (woman.sex, woman.age(dt.date(2016, 4, 29)), woman.appointments.count()) == ("female", 62, 2)
    assert woman.note
    assert Patient.objects.count() == 3


def test_the_lead_time_is_that_of_the_file_by_the_clinics_own_clock(tmp_path):
    run(write(tmp_path, SHAPE + GOOD))
    asked = Appointment.objects.get(patient__name="222").requested_at
    assert clock.local(asked).replace(tzinfo=None) == dt.datetime(2016, 4, 27, 8, 36, 51)


def test_each_visit_has_its_events_and_history(tmp_path):
    alice = UserFactory()
    run(write(tmp_path, SHAPE + GOOD), by=alice)
    kinds = AppointmentEvent.objects.filter(appointment__patient__name="222").values_list("kind", flat=True)
    assert list(kinds) == ["booked", "noshow"]
    for appointment in Appointment.objects.all():
        assert appointment.history.get().history_user == appointment.by == alice
    assert Slot.objects.get(capacity=3).history.count() >= 1


def test_feeding_the_file_again_stores_nothing_whoever_does_it(tmp_path):
    path = write(tmp_path, SHAPE + GOOD)
    run(path)
    assert run(path, by=UserFactory()) == (0, 4, 0)
    assert Slot.objects.get(capacity=3).taken == 3


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_handed_back_with_line_column_and_reason_and_leaves_nothing(tmp_path, kind):
    row, column = BAD[kind]
    rejects = tmp_path / "rejects.csv"
    assert run(write(tmp_path, SHAPE + GOOD + row), rejects=rejects) == (4, 0, 1)
    [rejected] = tabular.Table(rejects).rows()
    assert rejected.values["import_line"] == "6"
    assert rejected.values["import_column"] == column
    assert rejected.values["import_reason"]
    assert not Patient.objects.filter(name="444").exists()


def test_rejected_rows_are_corrected_and_fed_again(tmp_path):
    rejects = tmp_path / "rejects.csv"
    run(write(tmp_path, SHAPE + BAD["age"][0]), rejects=rejects)
    rejects.write_text(rejects.read_text("utf-8-sig").replace("'-1", "1").replace("-1,", "1,"), "utf-8")
    assert run(rejects, rejects=tmp_path / "again.csv") == (1, 0, 0)


def test_a_dry_run_tells_all_and_stores_nothing(tmp_path):
    path = write(tmp_path, SHAPE + GOOD + GOOD + BAD["age"][0])
    assert run(path, dry_run=True) == (4, 4, 1)
    assert not Appointment.objects.exists()
    assert not Session.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_booking_ahead_takes_a_place_whatever_the_encoding(tmp_path, encoding):
    path = write(tmp_path, HIS_HEADER + ahead(1), encoding)
    assert run(path, HIS % "") == (1, 0, 0)
    booking = Appointment.objects.for_desk().get()
    assert (booking.status, booking.slot.session.practitioner.name, booking.patient.name) == (
        "booked",
        "李医生",
        "张伟",
    )
    assert clock.local(booking.starts_at).time() == dt.time(9)
    assert booking.slot.service.department.name_zh == "骨科"


def test_a_sheet_is_read_too(tmp_path):
    path = tmp_path / "appointments.xlsx"
    header, row = HIS_HEADER.strip().split(","), ahead(1).strip().split(",")
    tabular.write_xlsx(path, header, [row])
    assert run(path, HIS % "") == (1, 0, 0)


def test_of_two_bookings_of_one_place_the_second_is_refused_and_leaves_nothing(tmp_path):
    assert run_his(tmp_path, ahead(1) + ahead(2, patient="H2", name="李娜")) == (1, 0, 1)
    assert not Patient.objects.filter(name="李娜").exists()
    assert Slot.objects.get().taken == 1


def test_a_slot_grows_where_the_map_says_so(tmp_path):
    rows = ahead(1) + ahead(2, patient="H2", name="李娜")
    assert run_his(tmp_path, rows, 'when_full = "grow"') == (2, 0, 0)
    assert list(Slot.objects.values_list("capacity", "taken")) == [(2, 2)]


def test_nobody_is_booked_in_two_places_at_once(tmp_path):
    elsewhere = ahead(2).replace("骨科", "眼科").replace("李医生", "王医生")
    assert run_his(tmp_path, ahead(1) + elsewhere) == (1, 0, 1)
    assert not Session.objects.filter(service__department__name_zh="眼科").exists()


def test_a_cancelled_visit_takes_no_place(tmp_path):
    assert run_his(tmp_path, ahead(1, status="已取消") + ahead(2, patient="H2", name="李娜")) == (2, 0, 0)
    assert list(Slot.objects.values_list("capacity", "taken")) == [(1, 1)]


def test_a_booking_joins_the_slot_of_the_roster_and_never_oversells_it(tmp_path):
    slot = SlotFactory(session__service__department__name_zh="骨科", session__service__name_zh="骨科")
    slot.session.practitioner.name = "李医生"
    slot.session.practitioner.save()
    slot.session.practitioner.roles.create(department=slot.service.department)
    site = slot.service.department.site
    rows = ahead(1) + ahead(2, patient="H2", name="李娜")
    assert run(write(tmp_path, HIS_HEADER + rows), HIS.replace("主院区", site.code) % "") == (1, 0, 1)
    assert Slot.objects.get().pk == slot.pk


def test_a_patient_of_ours_is_recognised_by_phone_and_name(tmp_path):
    ours = ContactPointFactory(value="+8613800138000", patient__name="张伟", patient__birth_date=None).patient
    row = ahead(1).replace("H1", "")
    assert run_his(tmp_path, row) == (1, 0, 0)
    assert ours.appointments.count() == 1


def test_numbers_of_two_patients_are_handed_back(tmp_path):
    IdentifierFactory(system="external", value="H1", issuer="HIS")
    IdentifierFactory(system="passport", value="E1234567", patient=PatientFactory(name="李娜"))
    assert run_his(tmp_path, ahead(1), 'passport = "E1234567"') == (0, 0, 1)


def test_a_booking_of_somebody_who_has_another_at_that_time_is_refused(tmp_path):
    person = IdentifierFactory(system="external", value="H1", issuer="HIS").patient
    AppointmentFactory(patient=person)
    assert run_his(tmp_path, ahead(1)) == (0, 0, 1)


def test_the_command_tells_what_it_did(tmp_path, capsys):
    path = write(tmp_path, SHAPE + GOOD + BAD["age"][0])
    call_command("import_appointments", path, map=VITORIA, rejects=tmp_path / "rejects.csv")
    assert "5 rows: 4 stored, 0 brought their outcome, 0 known already, 1 rejected" in capsys.readouterr().out


def test_a_page_asks_and_the_worker_imports(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    client.force_login(UserFactory(is_superuser=True))
    file = ContentFile((SHAPE + GOOD + BAD["age"][0]).encode(), name="noshow.csv")
    data = {"kind": "appointments", "file": file, "map_text": VITORIA.read_text("utf-8")}
    assert client.post(reverse("admin:patients_importrun_add"), data).status_code == 302
    assert runs.execute_queued() == 1
    done = ImportRun.objects.get()
    assert (done.state, done.created, done.rejected) == ("done", 4, 1)

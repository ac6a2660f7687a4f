import io
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.management import CommandError, call_command

from common import tabular
from common.errors import NotAllowed
from patients.errors import ImportFileUnreadable, ImportMapInvalid
from patients.models import Identifier, ImportRun, NameToken, Patient
from patients.services.importing import loop, maps, people, runs
from patients.tests.factories import ZHANG_WEI_CARD, IdentifierFactory, PatientFactory, UserFactory

pytestmark = pytest.mark.django_db
MAP = """
[columns]
name = "姓名"
sex = "性别"
birth_date = "生日"
phone = ["手机", "电话"]
resident_id = "身份证"
external = "病历号"
[constants]
external_issuer = "HIS"
[values.sex]
"男" = "male"
"女" = "female"
[formats]
birth_date = ["%Y/%m/%d"]
"""
HEADER = "姓名,性别,生日,手机,电话,身份证,病历号\n"
GOOD = HEADER + f"张伟,男,1990/3/7,13800138000,010-65123456,{ZHANG_WEI_CARD},H1\n李娜,女,1985-06-15,13900139000,,,H2\n"


def write(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    path = folder / "patients.csv"
    path.write_bytes(text.encode(encoding))
    return path


def run(path, by, **options):
    import_map = maps.read_map(MAP, fields=people.FIELDS, required=people.REQUIRED)
    return loop.run(path, import_map, people.PeopleImporter(by=by), **({"dry_run": False} | options))


def counted(counts):
    return counts.created, counts.repeated, counts.rejected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_people_come_in_whole_whatever_the_encoding(tmp_path, alice, encoding):
    assert counted(run(write(tmp_path, GOOD, encoding), alice)) == (2, 0, 0)
    zhang = Patient.objects.search("zhangwei").get()
    assert (zhang.sex, str(zhang.birth_date)) == ("male", "1990-03-07")
    assert [point.value for point in zhang.contact_points.order_by("rank")] == ["+8613800138000", "+861065123456"]
    assert zhang.identifiers.get(system="external").issuer == "HIS"
    assert zhang.history.get().history_user == zhang.identifiers.first().history.get().history_user == alice


def test_a_second_run_stores_nothing(tmp_path, alice):
    path = write(tmp_path, GOOD)
    run(path, alice)
    assert counted(run(path, alice)) == (0, 2, 0)
    assert (Patient.objects.count(), Identifier.objects.count()) == (2, 3)


def test_without_numbers_name_birth_date_and_phone_tell_who_is_known(tmp_path, alice):
    path = write(
        tmp_path, HEADER + "张伟,男,1990/3/7,13800138000,,,\n张伟,男,1990/3/7,13800138000,,,\n张伟,,,13800138000,,,\n"
    )
    assert counted(run(path, alice)) == (2, 1, 0)
    assert counted(run(path, alice)) == (0, 3, 0)


BAD = {
    "empty": (",男,1990/3/7,13800138000,,,H9", "姓名"),
    "unknown sex": ("张伟,爷,1990/3/7,13800138000,,,H9", "性别"),
    "no date": ("张伟,男,07.03.1990,13800138000,,,H9", "生日"),
    "born in the future": ("张伟,男,2999/1/1,13800138000,,,H9", "生日"),
    "no phone": ("张伟,男,1990/3/7,12345,,,H9", "手机, 电话"),
    "wrong card": ("张伟,男,1990/3/7,,,110101199003070135,H9", "身份证"),
    "card of another day": (f"张伟,男,1990/3/8,,,{ZHANG_WEI_CARD},H9", "身份证"),
    "nothing to recognise": ("张伟,男,1990/3/7,,,,", ""),
    "too many cells": ("张伟,男,1990/3/7,13800138000,,,H9,more", ""),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_row_is_handed_back_with_line_column_and_reason(tmp_path, alice, kind):
    row, column = BAD[kind]
    rejects = tmp_path / "rejects.csv"
    assert counted(run(write(tmp_path, GOOD + row + "\n"), alice, rejects=rejects)) == (2, 0, 1)
    [rejected] = tabular.Table(rejects).rows()
    assert rejected.values["import_line"] == "4"
    assert rejected.values["import_column"] == column
    assert rejected.values["import_reason"]
    assert Patient.objects.count() == 2


def test_rejected_rows_are_corrected_and_fed_again(tmp_path, alice):
    rejects = tmp_path / "rejects.csv"
    run(write(tmp_path, HEADER + "张伟,爷,1990/3/7,+8613800138000,,,H9\n"), alice, rejects=rejects)
    rejects.write_text(rejects.read_text("utf-8-sig").replace("爷", "男"), "utf-8")
    assert counted(run(rejects, alice, rejects=tmp_path / "again.csv")) == (1, 0, 0)


def test_a_known_patient_gets_the_number_that_was_missing(tmp_path, alice):
    known = IdentifierFactory(system="resident_id", value=ZHANG_WEI_CARD).patient
    assert counted(run(write(tmp_path, GOOD), alice)) == (1, 1, 0)
    assert known.identifiers.get(system="external").unsealed() == "H1"


def test_numbers_of_two_patients_are_handed_back(tmp_path, alice):
    IdentifierFactory(system="resident_id", value=ZHANG_WEI_CARD)
    IdentifierFactory(system="external", value="H1", issuer="HIS", patient=PatientFactory(name="李娜"))
    assert counted(run(write(tmp_path, GOOD), alice)) == (1, 0, 1)


def test_a_dry_run_tells_all_and_stores_nothing(tmp_path, alice):
    path = write(tmp_path, GOOD + "李娜,女,,13900139000,,,H2\n,,,,,,\n,男,,,,,\n")
    assert counted(run(path, alice, dry_run=True)) == (2, 1, 1)
    assert not Patient.objects.exists()


def test_a_run_killed_in_the_middle_is_repeated_without_doubles(tmp_path, alice, monkeypatch):
    monkeypatch.setattr(loop, "BATCH", 3)
    path = write(tmp_path, HEADER + "".join(f"张伟,男,,13800138000,,,H{n}\n" for n in range(10)))
    store, calls = people.PeopleImporter.store, []

    def dies_in_the_second_batch(self, items):
        calls.append(len(items))
        results = store(self, items)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return results

    monkeypatch.setattr(people.PeopleImporter, "store", dies_in_the_second_batch)
    with pytest.raises(KeyboardInterrupt):
        run(path, alice)
    assert Patient.objects.count() == 3
    monkeypatch.setattr(people.PeopleImporter, "store", store)
    assert counted(run(path, alice)) == (7, 3, 0)
    assert NameToken.objects.values("patient").distinct().count() == 10


def test_what_the_database_refuses_costs_one_row_only(tmp_path, alice, monkeypatch):
    IdentifierFactory(system="external", value="H1", issuer="HIS")
    monkeypatch.setattr(people, "_owners", lambda items: {})  # as if registered in between
    assert counted(run(write(tmp_path, GOOD), alice)) == (1, 0, 1)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[columns", "Expected"),
        ("[columns]\nname = 3", "name"),
        ("[columns]\nfirst_name = 'x'", "first_name"),
        ("[columns]\nphone = 'x'", "name"),
        ("columns = 3", "columns"),
        ("[values]\nsex = 'x'", "table"),
        ("colums = 3", "colums"),
    ],
)
def test_a_map_that_says_nothing_useful_is_refused(text, problem):
    with pytest.raises(ImportMapInvalid, match=problem):
        maps.read_map(text, fields=people.FIELDS, required=people.REQUIRED)


def test_a_file_without_the_columns_of_the_map_is_refused(tmp_path, alice):
    with pytest.raises(ImportMapInvalid, match="姓名"):
        run(write(tmp_path, "a,b\n1,2\n"), alice)


def test_an_unreadable_file_is_refused(tmp_path, alice):
    with pytest.raises(ImportFileUnreadable):
        run(write(tmp_path, ""), alice)


def test_the_command_says_what_it_did(tmp_path, capsys):
    (tmp_path / "map.toml").write_text(MAP, "utf-8")
    path = write(tmp_path, GOOD + ",男,,,,,\n")
    out, err = io.StringIO(), io.StringIO()
    options = {"map": tmp_path / "map.toml", "rejects": tmp_path / "r.csv", "stdout": out, "stderr": err}
    call_command("import_patients", path, **options)
    assert "3 rows: 2 registered, 0 known already, 1 rejected." in out.getvalue()
    assert "3 / 3" in err.getvalue()


def test_the_command_names_the_problem_of_a_missing_file(tmp_path):
    with pytest.raises(CommandError):
        call_command("import_patients", tmp_path / "none.csv", map=tmp_path / "none.toml")


@pytest.fixture
def queued(alice, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    text = GOOD + ",男,,,,,\n"
    return runs.queue(
        kind="patients", file=ContentFile(text.encode(), "p.csv"), map_text=MAP, is_dry_run=False, by=alice
    )


def test_a_queued_run_is_executed_once_and_keeps_its_rejects(queued):
    assert runs.execute_queued() == 1
    assert runs.execute_queued() == 0
    done = ImportRun.objects.get()
    assert (done.state, done.total, done.created, done.rejected) == ("done", 3, 2, 1)
    assert Path(done.rejects.path).read_text("utf-8-sig").count("\n") == 2


def test_a_long_run_goes_on_where_its_turn_ended(queued, monkeypatch):
    monkeypatch.setattr(loop, "BATCH", 1)
    monkeypatch.setattr(runs, "SLICE", runs.SLICE * 0)
    runs.execute_queued()
    assert (ImportRun.objects.get().state, Patient.objects.count()) == ("queued", 1)
    monkeypatch.undo()
    for _ in range(3):
        runs.execute_queued()
    done = ImportRun.objects.get()
    assert (done.state, done.created, done.repeated, done.rejected) == ("done", 2, 0, 1)


def test_a_run_whose_worker_died_is_taken_up_again(queued):
    ImportRun.objects.update(state="running", progress_at="2024-01-01T00:00Z")
    assert runs.execute(queued)
    assert ImportRun.objects.get().state == "done"


def test_a_stopped_run_is_not_executed(queued):
    runs.stop(queued)
    assert runs.execute_queued() == 0
    assert ImportRun.objects.get().state == "stopped"


def test_a_run_over_an_unreadable_file_fails_and_says_why(queued):
    Path(queued.file.path).write_bytes(b"")
    runs.execute_queued()
    assert ImportRun.objects.get().problem


def test_queueing_an_import_needs_the_right(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    nobody = UserFactory(is_superuser=False)
    with pytest.raises(NotAllowed):
        runs.queue(kind="patients", file=ContentFile(b"", "p.csv"), map_text=MAP, is_dry_run=True, by=nobody)

"""Day lists on paper: what stands on them, who may print them, and the folder that is there when nothing else is."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from accounts.models import AccessLog
from accounts.tests.factories import UserFactory
from common import clock
from desk.paper import folder, render, sheets
from desk.tasks import write_paper_lists
from patients.tests.factories import ContactPointFactory, PatientFactory
from scheduling.models import Slot
from scheduling.services import holds
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory
from scheduling.tests.factories import desk as at_desk

PAPER = reverse("admin:desk:paper")


@pytest.fixture(autouse=True)
def place(settings, tmp_path):
    settings.PAPER_DIR = tmp_path / "paper"
    return settings.PAPER_DIR


@pytest.fixture
def booked(slots):
    """Zhang Wei at nine; the two times after it are free."""
    patient = PatientFactory(name="张伟", birth_date=dt.date(1970, 12, 10))
    ContactPointFactory(patient=patient, value="+8613800138123")
    return AppointmentFactory(patient=patient, slot=slots[0])


def rows(user, session) -> list[sheets.Row]:
    found = sheets.of_day(user, session.day, at=clock.now())
    return [row for sheet in found for row in sheet.rows]


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b(?!s)", pdf))


def test_every_place_of_the_day_has_a_line_with_masked_phone_and_reference(clerk, session, booked):
    lines = rows(clerk, session)
    assert [(row.time, row.name) for row in lines] == [("09:00", "张伟"), ("09:15", ""), ("09:30", "")]
    assert (lines[0].reference, lines[0].place, lines[0].phone) == (str(booked), "1", "138****8123")
    assert "1970" in lines[0].born


def test_a_time_with_several_places_has_a_line_for_each(clerk, session):
    wide = SlotFactory(session=session, capacity=3)
    AppointmentFactory(slot=wide, place=2)
    assert [(row.place, bool(row.name)) for row in rows(clerk, session)] == [("2", True), ("1", False), ("3", False)]


def test_closed_times_and_held_places_say_so(clerk, session, slots):
    Slot.objects.filter(pk=slots[1].pk).update(closed="blocked")
    holds.hold(slot=slots[2], origin=at_desk())
    notes = [row.note for row in rows(clerk, session)]
    assert notes[:2] == ["", "closed"]
    assert notes[2].startswith("held until ")


def test_a_sheet_is_one_practitioner_in_one_department(clerk, session, slots):
    SlotFactory(session=SessionFactory(service=session.service))
    found = sheets.of_day(clerk, session.day, at=clock.now())
    assert [len(sheet.rows) for sheet in found] in ([3, 1], [1, 3])


def test_other_sites_are_not_printed(clerk, session, slots):
    SlotFactory()
    assert len(sheets.of_day(clerk, session.day, at=clock.now())) == 1


def test_statements_do_not_grow_with_sheets(clerk, session, slots, django_assert_max_num_queries):
    for _ in range(5):
        AppointmentFactory(slot=SlotFactory(session=SessionFactory(service=session.service)))
    with django_assert_max_num_queries(7):  # scope, slots, bookings, patients, their phones, extra places
        sheets.of_day(clerk, session.day, at=clock.now())


@pytest.mark.parametrize("kind", ["html", "pdf"])
def test_a_list_is_printed_on_demand_and_written_down(desk, clerk, session, booked, kind):
    asked = {"day": session.day, "department": session.service.department.uuid, "as": kind}
    answer = desk.get(PAPER, asked)
    assert answer.status_code == 200
    assert answer.content.startswith(b"%PDF-" if kind == "pdf" else b"<!doctype html>")
    assert AccessLog.objects.get(action="export").user == clerk


def test_no_full_phone_stands_on_paper(desk, session, booked):
    assert "13800138123" not in desk.get(PAPER, {"day": session.day}).text


@pytest.mark.parametrize("asked", [{"day": "x"}, {"department": "x"}, {"as": "x"}])
def test_an_address_that_says_nothing_prints_today(desk, session, asked):
    assert desk.get(PAPER, asked).status_code == 200


def test_whoever_may_not_see_bookings_prints_none(as_user):
    assert as_user(UserFactory(role="knowledge_editor")).get(PAPER).status_code == 403


def test_a_long_day_takes_several_pages_of_paper(session):
    for number in range(30):
        patient = PatientFactory(name="A very long name of <somebody> & company " + "x" * 40)
        AppointmentFactory(slot=SlotFactory(session=session, number=number), patient=patient)
    found = sheets.of_day(at_desk(sees_all_sites=True).by, session.day, at=clock.now())
    assert pages(render.pdf(found, clock.now())) > 1


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("张伟 José Müller", "张伟 José Müller"),
        ("买买提·吐尔逊", "买买提・吐尔逊"),
        ("Ngô Việt Señor", "Ngo Viet Senor"),
        ("䶮𬭎", "䶮〓"),
        ("Ł", "〓"),
    ],
)
def test_the_pdf_writes_what_its_font_has_and_never_fails_on_the_rest(name, printed):
    assert render.printable(name) == printed


def test_a_day_without_sessions_is_a_page_that_says_so(db):
    assert pages(render.pdf([], clock.now())) == 1
    assert "No sessions on this day." in render.html([], clock.now())


def test_every_hour_the_folder_holds_today_and_tomorrow_for_each_department(place, session, booked):
    assert write_paper_lists() == 2
    department = session.service.department
    name = f"{session.day.isoformat()}/{department.site.code}-{department.code}"
    assert "张伟" in (place / f"{name}.html").read_text()
    assert (place / f"{name}.pdf").read_bytes().startswith(b"%PDF-")


def test_the_page_of_the_folder_needs_nothing_from_the_network(place, session, booked):
    write_paper_lists()
    text = next(place.glob("*/*.html")).read_text()
    assert not re.search(r"(src|href)=|url\(|@import", text)


def test_lists_of_days_that_are_over_are_removed(place, session, booked):
    old = place / "2020-01-01"
    old.mkdir(parents=True)
    (old / "list.html").write_text("old")
    write_paper_lists()
    assert not old.exists()


def test_a_list_that_was_cut_off_leaves_the_one_before(place, session, booked, monkeypatch):
    write_paper_lists()
    before = {path: path.read_bytes() for path in place.glob("*/*.*")}
    monkeypatch.setattr(folder.os, "fsync", lambda _number: (_ for _ in ()).throw(OSError("no space left")))
    with pytest.raises(OSError, match="no space"):
        write_paper_lists()
    assert {path: path.read_bytes() for path in before} == before

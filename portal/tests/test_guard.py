"""Who has no business on a page gets nothing, learns nothing, and leaves no secret in a log."""

import datetime as dt
import http.client
import logging
import re

import pytest
from django.test import Client

from common import secret_paths
from patients.tests.factories import PatientFactory
from portal import doors
from portal.tests.factories import PHONE, booked, clinic, slot_of, told
from reminders.models import AnswerLink
from scheduling.models import Appointment

NOBODYS = "/a/AAAAAAAAAAAAAAAA/"


def test_a_post_without_its_token_is_refused_in_friendly_words(address, visit):
    strict = Client(enforce_csrf_checks=True)
    strict.get(address)
    for more in ("", "times/", f"times/{slot_of(visit.slot.session, 1).uuid}/"):
        answer = strict.post(address + more, {"answer": "cancel", "version": 1})
        assert answer.status_code == 403
        assert "open for too long" in answer.content.decode()
        assert answer["Referrer-Policy"] == "strict-origin"
    visit.refresh_from_db()
    assert (visit.status, visit.version) == ("booked", 1)


def test_with_its_token_it_is_taken(address, visit):
    strict = Client(enforce_csrf_checks=True)
    page = strict.get(address).content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)[1]
    said = {"answer": "confirm", "version": 1, "csrfmiddlewaretoken": token}
    assert strict.post(address, said).status_code == 302
    visit.refresh_from_db()
    assert visit.confirmed_at is not None


def test_an_unknown_link_and_one_that_ended_read_the_same(client, address):
    AnswerLink.objects.update(expires_at="2020-01-01T00:00Z")
    answers = [client.get(one) for one in (address, NOBODYS, "/a/%F0%9F%92%A9/", f"{NOBODYS}times/")]
    pages = {re.sub(r'href="\?.*?"', "", answer.content.decode()) for answer in answers}
    assert {answer.status_code for answer in answers} == {410}
    assert len(pages) == 1
    assert "not valid any more" in pages.pop()
    assert len({tuple(sorted(answer.headers.items())) for answer in answers}) == 1


def test_outside_every_phone_of_the_hospital_is_named(client, session):
    clinic(site__code="north", site__name_en="North site", site__phone="010 5555 0200")
    page = client.get(NOBODYS).content.decode()
    assert PHONE in page
    assert "North site" in page
    assert "tel:01055550200" in page


def test_a_link_that_ended_answers_nothing(client, address, visit):
    AnswerLink.objects.update(expires_at="2020-01-01T00:00Z")
    assert client.post(address, {"answer": "cancel", "version": 1}).status_code == 410
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_the_link_of_one_visit_does_nothing_to_another(client, address, visit):
    other = booked(clinic(site__code="other"))
    answer = client.post(address, {"answer": "cancel", "version": 1, "about_id": other.pk, "booking": other.uuid})
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.status == "booked"


def test_a_visit_that_is_another_persons_by_now_is_not_shown(client, address, visit):
    Appointment.objects.filter(pk=visit.pk).update(patient=PatientFactory())
    assert client.get(address).status_code == 410
    assert client.post(address, {"answer": "cancel", "version": 1}).status_code == 410
    visit.refresh_from_db()
    assert visit.status == "booked"


def test_who_tries_many_secrets_is_let_in_nowhere_for_a_while(client, address):
    for number in range(doors.WRONG):
        assert client.get(f"/a/{number:016}/").status_code == 410
    answer = client.get(address)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= doors.WINDOW
    assert client.get("/stop/x/").status_code == 429
    assert client.get(address, REMOTE_ADDR="10.1.2.3").status_code == 200


def test_the_limit_ends(client, address, monkeypatch):
    for number in range(doors.WRONG):
        client.get(f"/a/{number:016}/")
    moved = doors.counting.time.time() + doors.WINDOW
    monkeypatch.setattr(doors.counting.time, "time", lambda: moved)
    assert client.get(address).status_code == 200


@pytest.mark.parametrize("more", ["", "times/", "sure/cancel/", "visit.ics"])
def test_no_page_is_kept_indexed_or_named_to_others(client, address, more):
    answer = client.get(address + more)
    assert answer["Referrer-Policy"] == "strict-origin"
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert client.get(NOBODYS)["Referrer-Policy"] == "strict-origin"


def test_a_page_names_no_other_host_and_runs_no_script(client, address):
    page = client.get(address).content.decode()
    assert "<script" not in page
    assert not re.search(r"""(?:src|href|action)=["'](?:https?:)?//""", page)


def test_the_programs_own_log_never_names_a_secret(client, caplog):
    caplog.handler.addFilter(secret_paths.HidesSecrets())
    with caplog.at_level(logging.DEBUG):
        client.get("/a/AAAABBBBCCCC/times/")
        client.post("/stop/0123.abc/", {"x": "1"})
        Client(enforce_csrf_checks=True).post("/a/AAAABBBBCCCC/")
    assert "/a/…/times/" in caplog.text
    assert not re.search("AAAABBBBCCCC|0123.abc", caplog.text)


@pytest.mark.processes
def test_the_access_log_never_names_a_secret(monkeypatch, live_processes):
    monkeypatch.setenv("ACCESS_LOG", "-")
    live_processes.restart()
    for path in ("/a/AAAABBBBCCCC/times/?language=en", "/stop/0123.abc/", "/healthz"):
        asked = http.client.HTTPConnection("127.0.0.1", live_processes.port, timeout=60)
        asked.request("GET", path)
        asked.getresponse().read()
        asked.close()
    live_processes.stop()
    log = live_processes.log.read_text()
    live_processes.start()
    assert "GET /healthz 200" in log
    assert "GET /a/…/times/ 410" in log
    assert not re.search("AAAABBBBCCCC|0123.abc", log)


def test_a_visits_end_ends_its_link(noon, client):
    visit = booked(clinic(site__code="other"))
    address = told("reminder", visit)
    noon.now = visit.ends_at + dt.timedelta(minutes=1)
    assert client.get(address).status_code == 410

"""What the page shows, and that looking changes nothing."""

import re

import pytest
from django.apps import apps
from django.forms.models import model_to_dict
from django.utils import translation

from common import shown
from messaging.models import Delivery
from patients.tests.factories import ContactPointFactory
from portal.tests.factories import PHONE, another, booked, clinic, offered, slot_of, stopped, told
from reminders.models import AnswerLink

OURS = ("reminders", "messaging", "scheduling", "interactions", "patients")


def everything(but=("opened_at",)):
    """All rows that a page could touch."""
    models = [model for model in apps.get_models() if model._meta.app_label in OURS]
    return {
        (model._meta.label, row.pk): {name: value for name, value in model_to_dict(row).items() if name not in but}
        for model in models
        for row in model.objects.all()
    }


@pytest.fixture
def addresses(session, visit, address):
    """Every page that can be looked at behind the link."""
    wanted = slot_of(session, 1).uuid
    return [address, *(f"{address}{more}" for more in ("sure/cancel/", "times/", f"times/{wanted}/", "visit.ics"))]


def test_the_page_says_what_a_patient_needs_to_know(client, address, visit):
    page = client.get(address).content.decode()
    with translation.override("en"):
        facts = [shown.moment(visit.starts_at), "in 5 days", "Chen Yu", "General clinic", "Room 12", "(3F)"]
    facts += ["Riverside Hospital", "1 River Road", "Please come fasting.", str(visit), f"tel:{PHONE.replace(' ', '')}"]
    assert [fact for fact in facts if fact not in page] == []


def test_the_name_is_masked_and_no_number_of_the_patient_is_shown(client, address, visit):
    ContactPointFactory(patient=visit.patient, value="+8613800138000")
    page = client.get(address).content.decode()
    assert "A* S*" in page
    assert not re.search("Alice|Smith|13800138000|138\\*", page)


def test_nothing_tells_of_a_sensitive_department(client):
    session = clinic(is_sensitive=True, name_en="Psychiatry", name_zh="精神科")
    session.service.name_en, session.service.name_zh = "Psychiatric clinic", "精神科门诊"
    session.service.save()
    address = told("reminder", booked(session))
    wanted = slot_of(session, 1).uuid
    for more in ("", "sure/cancel/", "times/", f"times/{wanted}/", "visit.ics", "?language=zh-hans"):
        page = client.get(address + more).content.decode()
        assert not re.search("Psychiatr|精神", page), more


def test_looking_changes_nothing_but_the_moment_of_the_first_look(client, addresses):
    before = everything()
    for address in addresses * 2:
        assert client.get(address).status_code == 200
        assert client.head(address).status_code == 200
        assert client.get(address, headers={"Sec-Purpose": "prefetch", "User-Agent": "WhatsApp/2"}).status_code == 200
    assert everything() == before
    assert AnswerLink.objects.get().opened_at is not None


@pytest.mark.parametrize("make", [stopped, offered])
def test_looking_at_a_kept_place_changes_nothing(client, session, make):
    _about, address = make(session)
    before = everything()
    for more in ("", "sure/no/", "sure/yes/", "times/", "visit.ics"):
        client.get(address + more)
    assert everything() == before


def test_other_methods_are_refused(client, address):
    assert {client.put(address).status_code, client.delete(address).status_code} == {405}
    assert client.post(f"{address}sure/cancel/").status_code == 405
    assert client.post(f"{address}visit.ics").status_code == 405


def test_the_page_speaks_the_patients_language_and_can_be_switched_in_place(client, session, visit, address):
    visit.patient.language = "zh-hans"
    visit.patient.save()
    page = client.get(f"{address}times/")
    assert '<html lang="zh-Hans">' in page.content.decode()
    assert 'href="?language=en"' in page.content.decode()
    assert page["Content-Language"] == "zh-hans"
    other = client.get(f"{address}times/?language=en").content.decode()
    assert '<html lang="en">' in other
    assert f'href="{address}?language=en"' in other
    assert f'times/{slot_of(session, 1).uuid}/?language=en"' in other


def test_a_language_that_is_chosen_stays_after_the_answer(client, address):
    answer = client.post(f"{address}?language=zh-hans", {"answer": "confirm", "version": 1})
    assert answer["Location"] == f"{address}?language=zh-hans"


def test_a_language_that_we_do_not_speak_is_ignored(client, address):
    assert '<html lang="en">' in client.get(f"{address}?language=../x").content.decode()


def english(page: str) -> list[str]:
    """English words that a reader sees."""
    body = page[page.index("<body") :]
    text = re.sub(r"<a [^>]*lang=\"en\"[^>]*>.*?</a>", " ", body, flags=re.S)
    text = re.sub(r"<[^>]+>", " ", text)
    text = re.sub(r"Chen Yu|River Road|[A-Z0-9]{4} [A-Z0-9]{4}|A\* S\*|SMS", " ", text)
    return re.findall(r"[A-Za-z]{2,}", text)


def chinese_pages(client, session):
    visit = booked(session)
    reminder = told("reminder", visit)
    yield client.get(f"{reminder}?language=zh-hans")
    for more in ("sure/cancel/", "times/", f"times/{slot_of(session, 1).uuid}/"):
        yield client.get(f"{reminder}{more}?language=zh-hans")
    for code in ("confirm", "cancel"):
        yield client.post(f"{reminder}?language=zh-hans", {"answer": code, "version": 1}, follow=True)
    yield client.post(f"{reminder}?language=zh-hans", {"answer": "confirm", "version": 1})
    another_one = clinic(site__code="two", site__phone=PHONE)
    for make, of in ((stopped, another_one), (offered, session)):
        _about, address = make(of)
        yield client.get(f"{address}?language=zh-hans")
        yield client.get(f"{address}sure/no/?language=zh-hans")
        yield client.post(f"{address}?language=zh-hans", {"answer": "no", "version": 1}, follow=True)
    yield client.get("/a/unknown/?language=zh-hans")


def test_no_english_is_left_on_chinese_pages(client, session):
    left = [(page.request["PATH_INFO"], english(page.content.decode())) for page in chinese_pages(client, session)]
    assert [one for one in left if one[1]] == []


def test_places_are_named_with_their_practitioner(client, address, session):
    another(session)
    assert client.get(f"{address}times/").content.decode().count("<span>Chen Yu</span>") == 7


def test_a_page_takes_the_same_number_of_questions_for_few_and_many_places(
    client, address, session, django_assert_max_num_queries
):
    with django_assert_max_num_queries(22):
        client.get(f"{address}times/")
    for days in (1, 2, 3):
        another(session, days)
    with django_assert_max_num_queries(22):
        client.get(f"{address}times/")
    assert Delivery.objects.count() == 1

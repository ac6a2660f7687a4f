"""Signing in by phone and code, and showing once whose record is one's own. P30, P31, P32; H7."""

import datetime as dt
import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from accounts.services import one_time_codes
from common import clock
from interactions.models import Task
from messaging.models import CodeMessage, MessageChannel
from messaging.services import code_messages, code_sending
from patients.models import Consent, Patient, PortalAccount
from patients.services import identifiers
from patients.services.identity_numbers import GivenIdentifier
from patients.tests.factories import ZHANG_WEI_CARD, ContactPointFactory, PatientFactory, UserFactory
from portal.tests.coding import asked, code_at, wrong_at
from portal.tests.factories import PHONE, clinic
from portal.tests.signing import account_of, enter

pytestmark = pytest.mark.usefixtures("carriers", "noon")
MINE, OTHER = "+8613800138000", "+8613900139000"
SIGN_IN, CODE, AGAIN, WHO, DOCUMENT, HOME, BOOK = (
    reverse(f"portal:{name}") for name in ("sign_in", "code", "again", "who_are_you", "document", "home", "book")
)
ALICE = {"name": "Alice Smith", "birth_date": "1990-03-07", "agree": "on"}
CARD = {"kind": "resident_id", "number": ZHANG_WEI_CARD}


def page(answer) -> str:
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode())))


def bare(answer) -> tuple:
    """Without what changes with each form."""
    return answer.status_code, re.sub(r'value="\w{64}"', "", answer.content.decode()), answer.get("Location")


def ask(client, phone="138 0013 8000", **more):
    return client.post(SIGN_IN, {"phone": phone} | more)


def come_in(client, **more):
    ask(client, **more)
    return client.post(CODE, {"code": code_at(MINE)})


def test_a_code_to_the_phone_lets_in_and_asks_who_it_is(client):
    assert ask(client)["Location"] == CODE
    answer = client.post(CODE, {"code": code_at(MINE)})
    assert answer["Location"] == WHO
    assert PortalAccount.objects.get().phone == MINE


def test_the_answers_are_the_same_for_a_known_and_an_unknown_phone(monkeypatch):
    """H7: status, address and body, until the code."""
    account_of(PatientFactory(name="Alice Smith", language="en"), OTHER)
    monkeypatch.setattr(one_time_codes.secrets, "randbelow", lambda _n: 111111)
    seen = []
    for phone in ("13900139000", "13700137000"):
        client = Client()
        answers = [ask(client, phone), client.get(CODE), client.post(CODE, {"code": "x"})]
        wrong = client.post(CODE, {"code": "222222"})
        seen.append([bare(one) for one in (*answers, wrong, client.post(AGAIN))])
    assert seen[0] == seen[1]


def test_the_number_is_not_repeated_on_the_page_of_the_code(client):
    """P30."""
    ask(client)
    assert not re.search(r"138 ?0013 ?8000|13800138000", client.get(CODE).content.decode())


def test_the_field_of_the_code_takes_what_the_phone_offers(client):
    """P30: one field, no length that cuts a paste."""
    ask(client)
    html = client.get(CODE).content.decode()
    assert 'autocomplete="one-time-code"' in html
    assert 'inputmode="numeric"' in html
    assert html.count('name="code"') == 1
    assert 'maxlength="6"' not in html


def as_full_width(code):
    return code.translate({ord("0") + n: ord("０") + n for n in range(10)})


WAYS = [
    lambda one: f" {one[:3]} {one[3:]} ",
    lambda one: f"{one[:3]}-{one[3:]}。",
    as_full_width,
    lambda one: f"{one}\n",
]


@pytest.mark.parametrize("typed", WAYS)
def test_a_code_is_taken_however_it_is_pasted(client, typed):
    """P32."""
    ask(client)
    assert client.post(CODE, {"code": typed(code_at(MINE))})["Location"] == WHO


@pytest.mark.parametrize(
    "typed", ["１３８００１３８０００", "+86 138-0013-8000", "138 0013 8000。", "(138) 00138000", " 13800138000,"]
)
def test_a_phone_is_taken_however_it_is_written(client, typed):
    """P32."""
    ask(client, typed)
    assert CodeMessage.objects.get().address == MINE


@pytest.mark.parametrize("typed", ["", "12", "hello", "138001380001380013800", "\x00", "9" * 300])
def test_what_is_no_phone_is_said_beside_the_field_and_kept(client, typed):
    """P31."""
    answer = ask(client, typed)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "<title>Error:" in html
    assert 'href="#id_phone"' in html
    assert 'aria-describedby="id_phone_error"' in html
    assert asked() == 0


def test_a_wrong_code_says_how_many_tries_are_left_and_the_fifth_ends_it(client):
    ask(client)
    wrong = wrong_at(MINE)
    answers = [client.post(CODE, {"code": wrong}) for _n in range(5)]
    assert [one.status_code for one in answers] == [422] * 5
    assert [f"Tries left: {left}" in page(one) for left, one in zip((4, 3, 2, 1), answers, strict=False)] == [True] * 4
    assert "Please ask for a new one." in page(answers[4])
    assert client.post(CODE, {"code": code_at(MINE)}).status_code == 422
    assert PortalAccount.objects.count() == 0


def test_a_new_code_ends_the_one_before(client, monkeypatch):
    codes = iter((111111, 222222))
    monkeypatch.setattr(one_time_codes.secrets, "randbelow", lambda _n: next(codes))
    ask(client)
    assert client.post(AGAIN)["Location"] == CODE
    assert client.post(CODE, {"code": "111111"}).status_code == 422
    assert client.post(CODE, {"code": "222222"})["Location"] == WHO


def test_the_code_is_read_out_when_no_message_comes(client):
    """P30: “not received?” and a call as the other way."""
    ask(client)
    assert "No code has come?" in page(client.get(CODE))
    client.post(AGAIN, {"voice": "1"})
    assert CodeMessage.objects.latest("pk").medium == "voice"


def test_a_code_is_over_after_ten_minutes(client, noon):
    ask(client)
    noon.later(minutes=11)
    assert client.post(CODE, {"code": code_at(MINE)}).status_code == 422


def test_a_code_works_once(client):
    ask(client)
    other = Client()
    other.cookies = client.cookies.copy()
    code = code_at(MINE)
    assert client.post(CODE, {"code": code})["Location"] == WHO
    assert other.post(CODE, {"code": code})["Location"] == SIGN_IN


def test_the_code_of_another_browser_is_worth_nothing(client):
    """H7: it is bound to who asked for it."""
    ask(client)
    other = Client()
    assert other.post(CODE, {"code": code_at(MINE)})["Location"] == SIGN_IN
    ask(other, "13900139000")
    if code_at(MINE) != code_at(OTHER):
        assert other.post(CODE, {"code": code_at(MINE)}).status_code == 422
    assert PortalAccount.objects.count() == 0


def test_in_two_tabs_the_phone_that_was_asked_for_last_is_signed_in(client):
    ask(client, "13900139000")
    ask(client)
    client.post(CODE, {"code": code_at(MINE)})
    assert PortalAccount.objects.get().phone == MINE
    assert client.post(CODE, {"code": code_at(OTHER)})["Location"] == SIGN_IN


def test_a_session_that_was_planted_is_worth_nothing_after_the_sign_in(client):
    """Session fixation: the session has another name afterwards, and the old one opens nothing."""
    ask(client)
    planted = Client()
    planted.cookies = client.cookies.copy()
    before = client.session.session_key
    client.post(CODE, {"code": code_at(MINE)})
    assert client.session.session_key != before
    assert planted.get(WHO)["Location"].startswith(SIGN_IN)


def test_one_comes_back_to_the_page_that_was_asked_for(client):
    patient = PatientFactory(name="Alice Smith", birth_date=dt.date(1990, 3, 7), language="en")
    ContactPointFactory(patient=patient, value=MINE)
    first = client.get(BOOK)
    assert first["Location"] == f"{SIGN_IN}?next={BOOK.replace('/', '%2F')}"
    assert f'name="next" value="{BOOK}"' in client.get(first["Location"]).content.decode()
    answer = come_in(client, next=BOOK)
    assert answer["Location"] == f"{WHO}?next={BOOK.replace('/', '%2F')}"
    assert client.post(answer["Location"], ALICE)["Location"] == BOOK


@pytest.mark.parametrize("wanted", ["//evil.example", "https://evil.example/portal/", "/admin/", "javascript:alert(1)"])
def test_nobody_is_led_away_by_a_link(client, wanted):
    answer = come_in(client, next=wanted)
    assert answer["Location"] == WHO


def test_when_no_code_can_be_sent_the_phone_of_the_hospital_is_named(client):
    clinic()
    MessageChannel.objects.filter(medium__in=("sms", "voice")).update(is_active=False)
    answer = ask(client)
    assert answer.status_code >= 400
    assert PHONE in page(answer)
    assert "138 0013 8000" in answer.content.decode()
    assert asked() == 0


def test_too_many_codes_are_refused_with_the_minutes_to_wait(client):
    for _n in range(5):
        ask(client)
    answer = ask(client)
    assert answer.status_code == 429
    assert re.search(r"try again in \d+ minutes", page(answer))
    assert client.post(AGAIN).status_code == 429
    assert asked() == 5


def test_a_browser_without_cookies_is_told_so_and_not_led_in_circles():
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(SIGN_IN, {"phone": "13800138000", "csrfmiddlewaretoken": "x" * 64})
    assert answer.status_code == 403
    assert "Your browser keeps no cookies" in page(answer)
    assert "open for too long" not in page(answer)
    assert asked() == 0


def test_with_cookies_the_form_is_sent_with_its_token():
    strict = Client(enforce_csrf_checks=True)
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', strict.get(SIGN_IN).content.decode())[1]
    assert strict.post(SIGN_IN, {"phone": "13800138000"}).status_code == 403
    assert ask(strict, csrfmiddlewaretoken=token)["Location"] == CODE


def test_the_code_stands_in_the_outbox_of_the_demo(client):
    ask(client)
    code = code_at(MINE)
    code_sending.drain()
    row = CodeMessage.objects.get()
    assert (row.state, row.carrier) == ("delivered", "outbox")
    assert code in code_messages.words_of(row, clock.now())


def test_a_record_with_the_phone_is_found_by_name_and_birth_date(client):
    patient = PatientFactory(name="Alice Smith", birth_date=dt.date(1990, 3, 7), language="en")
    ContactPointFactory(patient=patient, value=MINE)
    come_in(client)
    assert client.post(WHO, ALICE)["Location"] == HOME
    assert PortalAccount.objects.get().patient == patient
    assert Consent.objects.get().patient == patient


def test_a_record_is_found_by_the_identity_card(client):
    patient = PatientFactory(name="Alice Smith", birth_date=dt.date(1990, 3, 7), language="en")
    identifiers.add(patient=patient, given=GivenIdentifier("resident_id", ZHANG_WEI_CARD), by=UserFactory())
    come_in(client)
    assert client.post(WHO, ALICE)["Location"] == DOCUMENT
    assert client.post(DOCUMENT, CARD)["Location"] == HOME
    assert PortalAccount.objects.get().patient == patient


def test_nothing_is_asked_twice(client):
    """P28, WCAG 3.3.7: name and birth date stand in the session, and the first sign-in is the last that asks."""
    come_in(client)
    client.post(WHO, ALICE)
    html = client.get(DOCUMENT).content.decode()
    assert 'name="name"' not in html
    client.post(DOCUMENT, {"kind": ""})
    client.post(reverse("portal:sign_out"))
    assert come_in(client)["Location"] == HOME


def test_somebody_unknown_gets_a_record_and_a_doubt_goes_to_staff(client):
    PatientFactory(name="Alice Smith", birth_date=dt.date(1990, 3, 7), language="en")
    come_in(client)
    client.post(WHO, ALICE)
    assert client.post(DOCUMENT, {"kind": ""})["Location"] == HOME
    assert Patient.objects.count() == 2
    assert Task.objects.get().kind == "check_identity"


def test_the_page_of_the_document_is_the_same_whoever_it_is(client):
    """H7: a number that is known reads like one that is not."""
    stranger = PatientFactory(name="Bob Jones", birth_date=dt.date(1980, 1, 1))
    identifiers.add(patient=stranger, given=GivenIdentifier("passport", "E12345678"), by=UserFactory())
    seen = []
    for phone, number in (("13800138000", "E12345678"), ("13900139000", "E87654321")):
        browser = Client()
        ask(browser, phone)
        browser.post(CODE, {"code": code_at(f"+86{phone}")})
        browser.post(WHO, ALICE | {"name": f"Alice {number[-1]}"})
        seen.append(bare(browser.post(DOCUMENT, {"kind": "passport", "number": number})))
    assert seen[0] == seen[1]


def test_a_child_below_fourteen_is_sent_to_its_parents(client):
    """PIPL 31."""
    come_in(client)
    born = clock.today() - dt.timedelta(days=10 * 365)
    answer = client.post(WHO, ALICE | {"birth_date": f"{born}"})
    assert answer.status_code == 422
    assert "a parent or guardian signs in" in page(answer)
    assert Patient.objects.count() == 0


def test_a_record_that_another_phone_has_says_what_to_do_next(client):
    patient = PatientFactory(name="Alice Smith", birth_date=dt.date(1990, 3, 7), language="en")
    identifiers.add(patient=patient, given=GivenIdentifier("resident_id", ZHANG_WEI_CARD), by=UserFactory())
    account_of(patient, OTHER)
    clinic()
    come_in(client)
    client.post(WHO, ALICE)
    answer = client.post(DOCUMENT, CARD)
    assert answer.status_code == 409
    assert "Please call us" in page(answer)
    assert PHONE in page(answer)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"name": ""}, "name"), ({"birth_date": "7.3.1990"}, "birth_date"), ({"birth_date": "1690-01-01"}, "birth_date"),
     ({"agree": ""}, "agree"), ({"name": "x" * 201}, "name"), ({"birth_date": "2999-01-01"}, "birth_date")],
)  # fmt: skip
def test_each_wrong_answer_is_said_at_its_field_and_the_others_stay(client, wrong, field):
    """P31."""
    come_in(client)
    answer = client.post(WHO, ALICE | wrong)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#id_{field}"' in html
    assert f"id_{field}_error" in html
    assert ("1990-03-07" if field != "birth_date" else "Alice Smith") in html


@pytest.mark.parametrize("name", ["𠮷田·买买提", "阿卜杜热西提·" + "麦" * 53, "Nguyễn Thị Minh Khai", "O’Brien-Smith"])
def test_rare_and_long_names_are_kept_as_they_are(client, name):
    """P29."""
    come_in(client)
    client.post(WHO, ALICE | {"name": name})
    client.post(DOCUMENT, {"kind": ""})
    assert Patient.objects.get().name == name


@pytest.mark.parametrize(
    "typed", ["1990年3月7日", "19900307", "１９９０－０３－０７", "1990/3/7", "1990.03.07。", "1990 3 7"]
)
def test_a_birth_date_is_taken_however_it_is_written(client, typed):
    """P32."""
    come_in(client)
    client.post(WHO, ALICE | {"birth_date": typed})
    client.post(DOCUMENT, {"kind": ""})
    assert Patient.objects.get().birth_date == dt.date(1990, 3, 7)


def test_more_fields_than_asked_for_change_nothing(client):
    """H3."""
    bob = PatientFactory(name="Bob Jones")
    more = {"patient": bob.pk, "account": 1, "id": 1, "is_staff": "1", "way": "staff", "sessions": 99}
    come_in(client, **more)
    client.post(WHO, ALICE | more)
    client.post(DOCUMENT, {"kind": ""} | more)
    account = PortalAccount.objects.get()
    assert account.patient.name == "Alice Smith"
    assert (account.sessions, account.way) == (1, "registered")


def test_who_is_in_already_is_not_asked_again(client):
    enter(client, PatientFactory(name="Alice Smith", language="en"))
    for address in (SIGN_IN, WHO, DOCUMENT):
        assert client.get(address)["Location"] == HOME

"""The outbox: conversations of what was not sent, answered in the patient's place."""

import pytest
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from messaging.errors import NoOutbox
from messaging.models import Delivery, InboundMessage, Message, MessageChannel, Priority
from messaging.replying import Understood
from messaging.services import outbox, planning, receiving
from messaging.services.sending import drain
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import DeliveryFactory

BACKEND = "django.contrib.auth.backends.ModelBackend"
PHONE = "+8613800138000"
PAGE, FRESH, ANSWER = (reverse(f"admin:outbox:{name}") for name in ("page", "fresh", "answer"))


@pytest.fixture
def supervisor(db):
    return UserFactory(role="supervisor")


@pytest.fixture
def browser_client(client, supervisor):
    client.force_login(supervisor, backend=BACKEND)
    return client


@pytest.fixture
def woken(monkeypatch):
    """How often the worker was woken for answers."""
    calls = []
    monkeypatch.setattr(planning, "wake_answers", lambda: calls.append(1))
    return calls


def told(name="Alice Smith", value=PHONE, **more) -> Message:
    patient = PatientFactory(name=name, language="en")
    ContactPointFactory(patient=patient, value=value)
    row = DeliveryFactory(patient=patient, **more)
    drain(seconds=5)
    return row.messages.get()


@pytest.fixture
def message(noon, kind, db, woken):
    """A reminder that lies in the outbox."""
    return told()


def hx(client, path, data=None, **query):
    """Asked as the page asks."""
    ask = client.get if data is None else client.post
    return ask(
        f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}",
        data or {},
        headers={"hx-request": "true"},
    )


@pytest.mark.parametrize("role", sorted(ROLES))
def test_only_who_may_speak_for_patients_opens_it(client, db, role):
    client.force_login(UserFactory(role=role), backend=BACKEND)
    assert client.get(PAGE).status_code == (200 if role in ("supervisor", "administrator") else 403)
    assert client.post(ANSWER).status_code == (404 if role in ("supervisor", "administrator") else 403)


def test_an_ended_session_locks_the_page_instead_of_losing_what_was_typed(client, db):
    answer = hx(client, FRESH)
    assert (answer.status_code, answer.headers["HX-Trigger"]) == (401, "locked")


def test_conversations_stand_by_address_the_latest_first(browser_client, message, noon):
    noon.later(minutes=1)
    told("Bob Jones", "+8613900139000")
    noon.later(minutes=1)
    told("Alice's Child", PHONE)
    talks = browser_client.get(PAGE).context["shown"].talks
    assert [(talk.name, talk.masked) for talk in talks] == [
        ("Alice Smith, Alice's Child", "138****8000"),
        ("Bob Jones", "139****9000"),
    ]
    found = browser_client.get(PAGE, {"q": "bob"}).context["shown"].talks
    assert [talk.name for talk in found] == ["Bob Jones"]


def test_a_conversation_shows_both_sides_and_no_number_in_full(browser_client, message, noon, supervisor):
    outbox.answer(message, "<b>Hello</b>", by=supervisor, at=noon.later(minutes=1))
    page = browser_client.get(PAGE, {"to": message.uuid})
    assert [bubble.is_theirs for bubble in page.context["shown"].bubbles] == [False, True]
    assert "&lt;b&gt;Hello&lt;/b&gt;" in page.text
    assert "<b>Hello" not in page.text
    assert PHONE not in page.text


def test_a_pressed_key_answers_its_own_question(browser_client, message, woken, monkeypatch):
    monkeypatch.setattr("messaging.replying._readers", [lambda inbound: Understood("confirm")])
    told("Alice's Child", PHONE, about_kind="visit", about_id=2)
    answer = hx(browser_client, ANSWER, {"text": "1", "ref": message.uuid}, to=message.uuid)
    assert (answer.status_code, woken) == (200, [1])
    inbound = InboundMessage.objects.get()
    assert (inbound.text, inbound.answers, inbound.sender) == ("1", message, PHONE)
    receiving.deal_with_new()
    assert Delivery.objects.get(pk=message.delivery_id).answer == "confirm"
    bubbles = browser_client.get(PAGE, {"to": message.uuid}).context["shown"].bubbles
    assert [bool(bubble.choices) for bubble in bubbles if not bubble.is_theirs] == [False, True]


def test_free_text_names_no_question_as_an_sms_does_not(browser_client, message, noon):
    told("Alice's Child", PHONE, about_kind="visit", about_id=2)
    hx(browser_client, ANSWER, {"text": "Which of us?"}, to=message.uuid)
    assert InboundMessage.objects.get().answers is None


def test_the_same_words_twice_are_two_answers(browser_client, message):
    for _ in range(2):
        hx(browser_client, ANSWER, {"text": "hello"}, to=message.uuid)
    assert InboundMessage.objects.count() == 2


def test_empty_words_are_refused_on_the_page(browser_client, message):
    answer = hx(browser_client, ANSWER, {"text": " "}, to=message.uuid)
    assert answer.status_code == 409
    assert "Please type what the patient answers" in answer.text
    assert not InboundMessage.objects.exists()


def test_nobody_speaks_for_a_patient_to_a_real_carrier(browser_client, message, carrier, supervisor):
    MessageChannel.objects.update(kind="scripted")
    with pytest.raises(NoOutbox):
        outbox.answer(message, "1", by=supervisor)
    assert hx(browser_client, ANSWER, {"text": "1"}, to=message.uuid).status_code == 404
    assert "Every channel has a real carrier." in browser_client.get(PAGE).text


def test_what_a_real_carrier_sent_is_not_shown_after_a_switch_back(browser_client, message):
    Message.objects.update(carrier="scripted")
    assert browser_client.get(PAGE).context["shown"].talks == []


def test_a_page_that_asks_gets_only_what_is_new(browser_client, message, noon, supervisor):
    version = browser_client.get(PAGE, {"to": message.uuid}).context["shown"].version
    assert hx(browser_client, FRESH, to=message.uuid, have=version).status_code == 204
    outbox.answer(message, "new words", by=supervisor, at=noon.later(minutes=1))
    answer = hx(browser_client, FRESH, to=message.uuid, have=version)
    assert answer.status_code == 200
    assert "new words" in answer.text


def test_asking_costs_the_same_for_one_conversation_and_for_many(
    browser_client, message, django_assert_max_num_queries
):
    for number in range(5):
        told(f"Patient {number}", f"+86139001390{number:02}")
    hx(browser_client, FRESH, to=message.uuid)
    # session, user, rights; channels, the chosen; two for each of five media, two for codes
    with django_assert_max_num_queries(20):
        hx(browser_client, FRESH, to=message.uuid)


@pytest.fixture
def telephone(page, sign_in, transactional_db, kind, woken):
    """The page in a browser, with one conversation open, at whatever hour the test runs."""
    message = told(priority=Priority.CODE)
    sign_in(UserFactory(role="supervisor"))
    page.goto(f"{PAGE}?to={message.uuid}")
    return page, message


def test_new_bubbles_come_by_themselves_and_half_typed_words_stay(telephone):
    page, message = telephone
    page.focus("#outbox-text")
    page.keyboard.type("half ty")
    outbox.answer(message, "from elsewhere", by=UserFactory())
    page.wait_for_selector(".outbox-bubble.is-theirs >> text=from elsewhere", timeout=10_000)
    page.keyboard.type("ped")
    assert page.input_value("#outbox-text") == "half typed"
    page.keyboard.press("Enter")
    page.wait_for_selector(".outbox-bubble.is-theirs >> text=half typed")
    page.wait_for_function("document.getElementById('outbox-text').value === ''")
    assert page.evaluate("document.activeElement.id") == "outbox-text"


def test_a_choice_is_pressed_by_keyboard_and_keeps_the_focus_while_the_page_asks(telephone):
    page, message = telephone
    page.focus(f"#choice-{message.uuid}-2")
    outbox.answer(message, "something new", by=UserFactory())
    page.wait_for_selector("text=something new", timeout=10_000)
    assert page.evaluate("document.activeElement.id") == f"choice-{message.uuid}-2"
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelectorAll('.outbox-bubble.is-theirs').length === 2")
    assert set(InboundMessage.objects.values_list("text", flat=True)) == {"something new", "2"}

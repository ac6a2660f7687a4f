"""The staff face of messages: who sees what, what it says, what it costs."""

import datetime as dt
import uuid

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import ROLES
from accounts.tests.factories import UserFactory
from messaging.channels.base import Option, Reply, TransportError
from messaging.kinds import Verdict
from messaging.models import (
    Delivery,
    DeliveryState,
    InboundMessage,
    InboundState,
    Medium,
    Message,
    MessageChannel,
    MessageState,
    OptOut,
    Reason,
    SendingRule,
)
from messaging.services import receiving, timeline
from messaging.services.sending import drain
from patients.tests.factories import ContactPointFactory, PatientFactory

from .factories import DeliveryFactory, make_kind

BACKEND = "django.contrib.auth.backends.ModelBackend"
PHONE = "+8613800138000"
State = DeliveryState


@pytest.fixture
def as_role(client, db):
    def sign_in(role):
        client.force_login(UserFactory(role=role), backend=BACKEND)
        return client

    return sign_in


@pytest.fixture
def sms(db):
    return MessageChannel.objects.get(medium=Medium.SMS)


def patient(name="Alice Smith", value=PHONE):
    made = PatientFactory(name=name, language="en")
    ContactPointFactory(patient=made, value=value)
    return made


@pytest.fixture
def alice(db):
    return patient()


@pytest.fixture
def sent(noon, kind, carrier, alice):
    row = DeliveryFactory(patient=alice)
    drain(seconds=5)
    row.refresh_from_db()
    return row


@pytest.fixture
def question(sent, sms, noon):
    """An answer that nobody understands by rule."""
    inbound = receiving.take(Reply("r1", PHONE, "Can my son come instead?", "sms"), sms, noon.later(minutes=5))
    receiving.deal_with_new(noon.now)
    inbound.refresh_from_db()
    return inbound


def listed(client, name, **query):
    return client.get(reverse(f"admin:messaging_{name}_changelist"), query)


def shown(client, name, **query):
    return list(listed(client, name, **query).context["cl"].result_list)


def page_of(row, act="change"):
    return reverse(f"admin:messaging_{row._meta.model_name}_{act}", args=[row.pk])


# Who may see what

MAY = {
    "inboundmessage": {"front_desk", "agent", "supervisor", "auditor", "administrator"},
    "delivery": {"front_desk", "agent", "supervisor", "auditor", "administrator"},
    "optout": {"front_desk", "agent", "supervisor", "auditor", "administrator"},
    "sendingrule": {"supervisor", "auditor", "administrator"},
    "messagechannel": {"supervisor", "auditor", "administrator"},
}


@pytest.mark.parametrize("role", sorted(ROLES))
def test_each_role_opens_its_lists_and_no_others(as_role, role):
    client = as_role(role)
    opened = {name for name in MAY if listed(client, name).status_code == 200}
    assert opened == {name for name, roles in MAY.items() if role in roles}


ACTS = [
    ("delivery", "again", {"supervisor"}),
    ("delivery", "call_off", {"supervisor"}),
    ("inboundmessage", "deal_with", {"front_desk", "agent", "supervisor"}),
    ("messagechannel", "set_up", {"administrator"}),
    ("messagechannel", "test", {"administrator"}),
    ("messagechannel", "pause", {"administrator"}),
    ("messagechannel", "resume", {"administrator"}),
]


@pytest.mark.parametrize(("name", "act", "roles"), ACTS)
def test_each_act_is_for_those_who_answer_for_it(as_role, question, sent, sms, name, act, roles):
    row = {"delivery": sent, "inboundmessage": question, "messagechannel": sms}[name]
    may = {role for role in ROLES if as_role(role).get(page_of(row, act)).status_code == 200}
    assert may == roles


PAGES = [
    "messaging_inboundmessage_changelist",
    "messaging_delivery_changelist",
    "messaging_optout_changelist",
    "outbox:page",
]


@pytest.mark.parametrize("name", PAGES)
def test_a_stranger_sees_nothing(client, db, name):
    answer = client.get(reverse(f"admin:{name}"))
    assert (answer.status_code, reverse("admin:login") in answer.url) == (302, True)


def test_the_words_are_a_right_of_their_own(as_role, sent, question):
    for role, reads in (("supervisor", True), ("administrator", False)):
        client = as_role(role)
        pages = [
            client.get(page_of(sent)).text,
            client.get(page_of(question)).text,
            listed(client, "inboundmessage").text,
        ]
        assert ["Riverside Hospital: your visit" in pages[0], *("Can my son" in page for page in pages[1:])] == [
            reads
        ] * 3


@pytest.mark.parametrize("name", sorted(MAY))
def test_a_list_costs_the_same_for_one_row_and_for_many(as_role, noon, kind, carrier, sms, name):
    client = as_role("supervisor")

    def more(number):
        value = f"+86138001380{number:02}"
        DeliveryFactory(patient=patient(f"Patient {number}", value))
        drain(seconds=5)
        receiving.take(Reply(f"r{number}", value, "?", "sms"), sms, noon.now)
        receiving.take(Reply(f"s{number}", f"+86139001380{number:02}", "TD", "sms"), sms, noon.now)
        receiving.deal_with_new(noon.now)

    more(0)
    listed(client, name)
    with CaptureQueriesContext(connection) as one:
        listed(client, name)
    for number in range(1, 6):
        more(number)
    with CaptureQueriesContext(connection) as many:
        assert listed(client, name).status_code == 200
    assert len(many) <= len(one), [query["sql"][:100] for query in many]


# Deliveries


def test_the_list_opens_on_the_last_seven_days(as_role, noon, kind):
    today = DeliveryFactory(due_at=noon.now)
    DeliveryFactory(due_at=noon.now - dt.timedelta(days=8))
    to_come = DeliveryFactory(due_at=noon.now + dt.timedelta(days=2))
    client = as_role("front_desk")
    assert shown(client, "delivery") == [today]
    assert shown(client, "delivery", when="ahead") == [to_come]
    assert len(shown(client, "delivery", when="all")) == 3


@pytest.mark.parametrize("state", State.values)
def test_it_is_filtered_by_every_state(as_role, noon, kind, state):
    lease = {"token": uuid.uuid4(), "lease_until": noon.now}
    rows = {one: DeliveryFactory(state=one, due_at=noon.now, **lease) for one in State.values}
    assert shown(as_role("front_desk"), "delivery", state=state) == [rows[state]]


def test_numbers_above_the_list_lead_to_their_rows(as_role, noon, kind):
    long_ago = noon.now - dt.timedelta(days=9)
    rows = {
        "waiting": DeliveryFactory(due_at=long_ago, expires_at=noon.now + dt.timedelta(days=1)),
        "failed": DeliveryFactory(state=State.FAILED, due_at=long_ago, changed_at=noon.now),
        "unknown": DeliveryFactory(state=State.UNKNOWN, due_at=long_ago, changed_at=noon.now),
    }
    DeliveryFactory(state=State.FAILED, due_at=noon.now, changed_at=long_ago)
    DeliveryFactory(due_at=noon.now + dt.timedelta(hours=1))
    client = as_role("front_desk")
    health = listed(client, "delivery").context["health"]
    assert (health.waiting, health.oldest, health.failed, health.unknown) == (1, long_ago, 1, 1)
    for name, row in rows.items():
        assert shown(client, "delivery", now=name) == [row]


def test_a_delivery_says_why_in_words_of_ours_or_of_its_kind(as_role, noon, known):
    known(make_kind(reasons={"moved": "The visit was moved"}, judge=lambda rows, at: {r.pk: Verdict() for r in rows}))
    DeliveryFactory(state=State.SUPPRESSED, reason=Reason.OPTED_OUT)
    DeliveryFactory(state=State.CANCELLED, reason="moved")
    DeliveryFactory(state=State.CANCELLED, reason="of_old", kind="gone")
    text = listed(as_role("front_desk"), "delivery").text
    assert all(words in text for words in ("The person opted out", "The visit was moved", "of_old", "gone"))


def test_a_delivery_is_found_by_its_patient(as_role, noon, kind, alice):
    row = DeliveryFactory(patient=alice, due_at=noon.now)
    DeliveryFactory(due_at=noon.now)
    assert shown(as_role("front_desk"), "delivery", q="alice") == [row]


def test_its_page_tells_what_happened_in_order(as_role, noon, kind, carrier, alice, sms):
    carrier.says(TransportError("Unknown subscriber", wrong_address=True))
    planned = noon.now
    row = DeliveryFactory(patient=alice, created_at=planned)
    noon.later(minutes=1)
    drain(seconds=5)
    steps = as_role("front_desk").get(page_of(row)).context["story"]
    assert [step.at for step in steps] == [planned, noon.now, noon.now]
    assert [step.words for step in steps][1:] == ["Not sent by SMS to 138****8000", "Failed"]
    assert "Unknown subscriber" in steps[1].details
    assert steps[2].details == "The number or address reaches nobody"


def test_its_page_tells_of_arrival_and_answer(as_role, sent, noon):
    Delivery.objects.filter(pk=sent.pk).update(
        delivered_at=noon.now, answered_at=noon.now, answer="confirm", state=State.DELIVERED
    )
    page = as_role("front_desk").get(page_of(sent)).text
    assert "Sent by SMS to 138****8000" in page
    assert "Answered 1: confirm" in page
    assert PHONE not in page


def test_sending_again_what_perhaps_arrived_asks_first(as_role, sent):
    Delivery.objects.filter(pk=sent.pk).update(state=State.UNKNOWN)
    Message.objects.update(state=MessageState.UNKNOWN)
    client = as_role("supervisor")
    again = page_of(sent, "again")
    assert "may get it twice" in client.get(again).text
    assert client.post(again).status_code == 422
    assert not Delivery.objects.filter(again_of=sent).exists()
    assert client.post(again, {"is_sure": "on"}).status_code == 302
    assert Delivery.objects.filter(again_of=sent).exists()


def test_calling_off_is_offered_while_it_waits(as_role, noon, kind, sent):
    client, waiting = as_role("supervisor"), DeliveryFactory()
    assert page_of(sent, "call_off") not in client.get(page_of(sent)).text
    assert page_of(waiting, "call_off") in client.get(page_of(waiting)).text
    assert client.post(page_of(waiting, "call_off")).status_code == 302
    waiting.refresh_from_db()
    assert waiting.state == State.CANCELLED


# Received messages


def test_the_worklist_opens_on_what_a_person_must_read_oldest_first(as_role, question, sms, noon):
    later = receiving.take(Reply("r2", "+8613900139000", "hello?", "sms"), sms, noon.later(minutes=1))
    receiving.take(Reply("r3", PHONE, "TD", "sms"), sms, noon.now)
    receiving.deal_with_new(noon.now)
    client = as_role("front_desk")
    assert shown(client, "inboundmessage") == [question, later]
    assert len(shown(client, "inboundmessage", standing="all")) == 3
    text = listed(client, "inboundmessage").text
    assert "Unknown sender" in text
    assert "139****9000" in text
    assert "your visit is on" in text  # what is answered


def test_dealt_with_takes_it_off_the_list_with_who_and_what(as_role, question):
    client = as_role("agent")
    assert client.post(page_of(question, "deal_with"), {"note": ""}).status_code == 422
    answer = client.post(page_of(question, "deal_with"), {"note": "Called back"})
    assert answer.url == reverse("admin:messaging_inboundmessage_changelist")
    question.refresh_from_db()
    assert (question.state, question.outcome) == (InboundState.CLOSED, "Called back")
    assert question.closed_by.groups.get().name == "agent"


def test_a_sender_is_named_once(as_role, sms, noon, alice):
    stranger = receiving.take(Reply("r2", "10690123", "hello", "sms"), sms, noon.now)
    client = as_role("front_desk")
    assert client.post(page_of(stranger, "is_from"), {"patient": alice.pk}).status_code == 302
    stranger.refresh_from_db()
    assert (stranger.patient, stranger.recognised_by.groups.get().name) == (alice, "front_desk")
    assert page_of(stranger, "is_from") not in client.get(page_of(stranger)).text
    assert client.post(page_of(stranger, "is_from"), {"patient": PatientFactory().pk}).status_code == 422
    assert InboundMessage.objects.get(pk=stranger.pk).patient == alice


# Channels and rules


def test_a_channel_says_who_carries_it_what_was_spent_and_whether_it_works(as_role, sent, sms, noon):
    Message.objects.update(cost_amount="12.40")
    MessageChannel.objects.filter(pk=sms.pk).update(
        budget_amount=50, down_since=noon.now, paused_until=noon.now + dt.timedelta(minutes=5), pause_reason="No answer"
    )
    text = listed(as_role("administrator"), "messagechannel").text
    for words in ("Scripted", "12.40 of 50.00 CNY", "Does not answer since", "No answer", "Works"):
        assert words in text


def test_an_account_is_set_up_and_its_secret_never_shown_again(as_role, carrier, sms):
    carrier.options = (Option("sender", "sender"), Option("secret", "secret", secret=True))
    client, page = as_role("administrator"), page_of(sms, "set_up")
    given = {
        "kind": "scripted",
        "price_amount": "0.045",
        "price_currency": "CNY",
        "budget_amount": "50",
        "is_active": "on",
    }
    refused = client.post(page, {**given, "scripted__sender": "Riverside"})
    assert refused.status_code == 422
    assert "“secret” is missing" in refused.text
    assert client.post(page, {**given, "scripted__sender": "Riverside", "scripted__secret": "hush"}).status_code == 302
    sms.refresh_from_db()
    assert (sms.options, sms.secrets) == ({"sender": "Riverside"}, {"secret": "hush"})
    assert client.post(page, {**given, "scripted__sender": "Other", "scripted__secret": ""}).status_code == 302
    sms.refresh_from_db()
    assert sms.secrets == {"secret": "hush"}
    history = client.get(reverse("admin:messaging_messagechannel_history", args=[sms.pk]))
    assert "hush" not in client.get(page).text + client.get(page_of(sms)).text + history.text
    assert "Stored; leave empty to keep it." in client.get(page).text


def test_only_carriers_of_the_medium_are_offered(as_role, carrier, sms):
    carrier.media = (Medium.EMAIL.value,)
    form = as_role("administrator").get(page_of(sms, "set_up")).context["form"]
    offered = {kind for kind, _label in form.fields["kind"].choices}
    assert {"outbox", "twilio_sms", "webhook"} <= offered
    assert not {"scripted", "smtp", "wechat"} & offered


def test_the_address_for_receipts_is_the_public_one(as_role, sms, settings):
    settings.PUBLIC_URL = "https://crm.example.org"
    page = as_role("administrator").get(page_of(sms)).text
    assert f"https://crm.example.org/hooks/{sms.uuid}/" in page


def test_a_test_message_tells_in_words_how_it_went(as_role, carrier, sms):
    client, page = as_role("administrator"), page_of(sms, "test")
    carrier.says(TransportError("Wrong key", permanent=True))
    assert "The carrier did not take it: Wrong key" in client.post(page, {"to": "13800138000"}).text
    assert "took the test message" in client.post(page, {"to": "13800138000"}, follow=True).text


def test_a_carrier_is_left_alone_and_asked_again(as_role, sms):
    client = as_role("administrator")
    assert client.post(page_of(sms, "pause"), {"hours": "4", "reason": "Maintenance"}).status_code == 302
    assert "Maintenance" in client.get(page_of(sms)).text
    assert client.post(page_of(sms, "resume")).status_code == 302
    sms.refresh_from_db()
    assert sms.paused_until is None


def test_hours_that_end_before_they_begin_are_refused_in_words(as_role, db):
    rule = SendingRule.objects.get(priority=3)
    given = {"opens": "20:00", "closes": "08:00", "a_day": "2", "patience_minutes": "10"}
    client = as_role("supervisor")
    page = client.post(page_of(rule), given)
    assert "The end must come after the beginning" in page.text
    assert "rule_closes_after_it_opens" not in page.text
    client.post(
        page_of(rule), {**given, "opens": "08:00", "closes": "20:00", "seen": client.get(page_of(rule)).context["seen"]}
    )
    rule.refresh_from_db()
    assert rule.a_day == 2
    assert rule.history.first().history_user.groups.get().name == "supervisor"


# On the patient's page


def test_the_last_messages_of_a_patient_both_ways_the_latest_first(sent, question, noon, alice):
    DeliveryFactory(patient=alice, due_at=noon.now + dt.timedelta(days=3))  # still to come
    DeliveryFactory()
    rows = timeline.of_patient(alice, 5, at=noon.later(minutes=1))
    assert [(one.is_theirs, one.medium, one.state) for one in rows] == [
        (True, "sms", "For a person"),
        (False, "sms", "Sent"),
    ]
    assert {one.words for one in rows} == {"Can my son come instead?", sent.messages.get().text}
    assert len(timeline.of_patient(alice, 1, at=noon.now)) == 1


def test_a_patients_messages_cost_three_statements(sent, question, alice, noon, django_assert_num_queries):
    for number in range(4):
        DeliveryFactory(patient=alice, due_at=noon.now - dt.timedelta(hours=number + 1))
    with django_assert_num_queries(3):
        timeline.of_patient(alice, 5, at=noon.now)


def test_they_stand_on_the_patients_page_for_who_may_see_them(as_role, sent, question, alice):
    page = reverse("admin:patients_patient_change", args=[alice.pk])
    assert "Can my son come instead?" in as_role("front_desk").get(page).text
    seen = as_role("clinician").get(page).text
    assert "Messages to the patient" not in seen
    assert "Can my son" not in seen


def test_opt_outs_are_of_nobody_who_never_said_so(as_role, question):
    assert not OptOut.objects.exists()
    assert shown(as_role("front_desk"), "optout") == []

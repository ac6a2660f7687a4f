"""Campaigns: started, handed over minute by minute, paused in the middle, ended."""

from collections import Counter
from uuid import UUID

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from common.errors import NotAllowed
from directory.models import Scope
from directory.tests.factories import DepartmentFactory
from interactions import facts, reasons
from interactions.models import Task
from messaging import kinds
from messaging.channels.base import TransportError
from messaging.models import Delivery, MessageChannel, MessageTemplate, OptOut, Priority
from messaging.services import texts
from messaging.services.sending import drain
from messaging.tests.factories import DeliveryFactory
from patients.models import Purpose
from patients.services import consents, merging
from patients.tests.factories import ConsentFactory, ContactPointFactory, PatientFactory, TagFactory
from reminders import lots
from reminders.errors import (
    BeyondScope,
    CampaignChanged,
    ChannelMissing,
    ConsentMissing,
    FigureImpossible,
    NobodyFits,
    NotAtThisPoint,
    OrderWrong,
    TextNotApproved,
    VariantMissing,
    VariantRefused,
    VariantTwice,
    WordsMissing,
)
from reminders.models import Campaign, CampaignMember
from reminders.services import campaigns, handing
from reminders.services.writing import Outline, Words

from .factories import CampaignFactory

A = Words("A", "您该来复查了。", "it is time for your next check.")
OUTLINE = {"name_zh": "", "name_en": "Yearly check", "purpose": "recall", "media": "sms", "variants": [A]}


def outline(**changes):
    return Outline(**{**OUTLINE, **changes})


def people(count, **facts):
    found = [PatientFactory(name=f"Patient {n}", language="en", **facts) for n in range(count)]
    for one in found:
        ContactPointFactory(patient=one)
    return found


@pytest.fixture
def boss(noon):
    return UserFactory(role="supervisor", sees_all_sites=True)


@pytest.fixture
def begins(boss):
    """`begins(per_minute=2)`: a campaign that was just started."""

    def begin(**facts):
        draft = CampaignFactory(**facts)
        return campaigns.start(draft=draft, seen=draft.version, by=boss)

    return begin


def states(campaign):
    return dict(Counter(CampaignMember.objects.filter(campaign=campaign).values_list("state", flat=True)))


def again(row):
    row.refresh_from_db()
    return row


# Written


@pytest.fixture
def sends_approved(carrier, monkeypatch):
    """The carrier of SMS sends only texts that it approved."""
    monkeypatch.setattr(carrier, "needs_template", True)
    carrier.media = ("sms",)
    MessageChannel.objects.exclude(medium="sms").update(kind="outbox")


def test_a_campaign_whose_text_the_carrier_has_not_approved_is_not_started(boss, sends_approved):
    people(1)
    draft = CampaignFactory(media="sms email")
    with pytest.raises(TextNotApproved) as caught:
        campaigns.start(draft=draft, seen=draft.version, by=boss)
    assert "carrier of SMS" in str(caught.value)
    assert Campaign.objects.get().state == "draft"


def test_a_campaign_does_not_go_on_by_a_carrier_that_has_not_approved_its_text(begins, boss, carrier, monkeypatch):
    people(2)
    campaign = begins(media="sms", per_minute=1)
    handing.run()
    campaigns.pause(campaign=campaign, by=boss)
    monkeypatch.setattr(carrier, "needs_template", True)  # another carrier is in use by now
    carrier.media = ("sms",)
    with pytest.raises(TextNotApproved):
        campaigns.resume(campaign=campaign, by=boss)
    assert again(campaign).state == "paused"
    assert {one.state for one in Delivery.objects.all()} == {"cancelled"}
    texts.find(kinds.known("recall"), "zh-hans", "sms")
    MessageTemplate.objects.filter(kind="recall", language="zh-hans").update(provider_code="SMS_1")
    assert campaigns.resume(campaign=campaign, by=boss).state == "running"


def test_with_an_approved_text_in_one_language_it_is_started(boss, sends_approved):
    people(1)
    draft = CampaignFactory(media="sms")
    texts.find(kinds.known("recall"), "zh-hans", "sms")
    MessageTemplate.objects.filter(kind="recall", language="zh-hans").update(provider_code="SMS_1")
    assert campaigns.start(draft=draft, seen=draft.version, by=boss).state == "running"


def test_a_draft_says_what_was_written_with_its_author_in_the_history(boss):
    tag = TagFactory()
    draft = campaigns.begin(outline=outline(tags_any=[tag], age_from=40), by=boss)
    assert (draft.state, draft.age_from, [*draft.tags_any.all()]) == ("draft", 40, [tag])
    assert draft.variants.get().text_en == A.text_en
    assert draft.history.get().history_user == boss


def test_a_change_needs_the_version_that_was_seen(boss):
    draft = campaigns.begin(outline=outline(), by=boss)
    campaigns.change(draft=draft, outline=outline(per_minute=5), seen=1, by=boss)
    assert (again(draft).per_minute, draft.version, draft.variants.count()) == (5, 2, 1)
    with pytest.raises(CampaignChanged):
        campaigns.change(draft=draft, outline=outline(), seen=1, by=boss)


@pytest.mark.parametrize(
    ("changes", "refusal", "field"),
    [
        ({"media": ""}, ChannelMissing, "media"),
        ({"media": "sms sms"}, ChannelMissing, "media"),
        ({"purpose": "checkup"}, ConsentMissing, "consent"),
        ({"hold_out_percent": 51}, FigureImpossible, "hold_out_percent"),
        ({"per_minute": 0}, FigureImpossible, "per_minute"),
        ({"age_from": 40, "age_to": 39}, OrderWrong, "age_to"),
        ({"variants": []}, VariantMissing, ""),
        ({"variants": [A, A]}, VariantTwice, "name"),
        ({"variants": [Words("A", "", "words")]}, WordsMissing, "text_zh"),
        ({"variants": [Words("A", "您好。", "Your diabetes check is due.")]}, VariantRefused, "text_en"),
        ({"variants": [Words("A", "您好。", "Come to {room}.")]}, VariantRefused, "text_en"),
    ],
)
def test_what_cannot_be_so_is_refused_beside_its_field(boss, changes, refusal, field):
    with pytest.raises(refusal) as refused:
        campaigns.begin(outline=outline(**changes), by=boss)
    assert refused.value.field == field
    assert not Campaign.objects.exists()


def test_who_sees_some_departments_reaches_only_people_of_these(noon):
    mine, other = DepartmentFactory(), DepartmentFactory()
    user = UserFactory(role="supervisor", sees_all_sites=False)
    Scope.objects.create(user=user, site=mine.site, department=mine)
    for departments in ([], [other], [mine, other]):
        with pytest.raises(BeyondScope):
            campaigns.begin(outline=outline(departments=departments), by=user)
    assert campaigns.begin(outline=outline(departments=[mine]), by=user).departments.get() == mine


def test_an_editor_writes_and_stops_but_does_not_start(begins):
    editor = UserFactory(role="campaign_editor", sees_all_sites=True)
    people(1)
    draft = campaigns.begin(outline=outline(), by=editor)
    with pytest.raises(NotAllowed):
        campaigns.start(draft=draft, seen=1, by=editor)
    campaign = campaigns.pause(campaign=begins(), by=editor)
    with pytest.raises(NotAllowed):
        campaigns.resume(campaign=campaign, by=editor)
    assert campaigns.end(campaign=campaign, by=editor).state == "ended"


def test_a_front_desk_writes_none(noon):
    with pytest.raises(NotAllowed):
        campaigns.begin(outline=outline(), by=UserFactory(role="front_desk"))


def test_only_what_was_tried_and_reaches_somebody_is_started(boss):
    draft = campaigns.begin(outline=outline(), by=boss)
    with pytest.raises(NobodyFits):
        campaigns.start(draft=draft, seen=1, by=boss)
    people(1)
    with pytest.raises(CampaignChanged):
        campaigns.start(draft=draft, seen=2, by=boss)
    campaigns.start(draft=draft, seen=1, by=boss)
    with pytest.raises(NotAtThisPoint):
        campaigns.start(draft=draft, seen=1, by=boss)
    assert [row.state for row in draft.history.order_by("pk")] == ["draft", "running"]


def test_what_has_begun_is_changed_by_a_copy_only(begins, boss):
    people(1)
    campaign = begins(age_from=3)
    with pytest.raises(NotAtThisPoint):
        campaigns.change(draft=campaign, outline=outline(), seen=1, by=boss)
    with pytest.raises(NotAtThisPoint):
        campaigns.discard(draft=campaign, by=boss)
    copy = campaigns.copy(campaign=campaign, by=boss)
    assert (copy.state, copy.name_en, copy.age_from) == ("draft", "Yearly check (copy)", 3)
    campaigns.discard(draft=copy, by=boss)
    assert Campaign.objects.get() == campaign


# By lot


def test_the_same_person_always_falls_the_same_way():
    campaign = UUID("6f1c2a52-5d40-4a2b-9a5a-0d6a1c1f0b11")
    first = [lots.draw(campaign, n) for n in range(1, 2001)]
    assert first[0] == lots.Lot(place=502008528, share=9435, words=4240455097)  # on every machine
    held = sum(lot.is_held_out(10) for lot in first)
    assert 160 <= held <= 240
    assert not any(lot.is_held_out(0) for lot in first)
    of_three = Counter(lot.variant([2, 1, 1]) for lot in first)
    assert 900 <= of_three[0] <= 1100
    assert {lot.is_held_out(10) for lot in sorted(first, key=lambda lot: lot.place)[:100]} == {True, False}


def test_another_campaign_draws_anew():
    one, other = CampaignFactory(), CampaignFactory()
    assert [lots.draw(one.uuid, n) for n in range(9)] != [lots.draw(other.uuid, n) for n in range(9)]


def test_who_is_held_out_is_told_nothing_and_has_a_turn(begins):
    people(40)
    campaign = begins(hold_out_percent=50, per_minute=600)
    handing.run()
    found = states(campaign)
    assert found["held"] + found["told"] == 40
    assert 8 <= found["held"] <= 32
    held = CampaignMember.objects.filter(state="held")
    assert not Delivery.objects.filter(patient__in=held.values("patient")).exists()
    assert not held.filter(turn_at=None).exists()


# Minute by minute


def test_so_many_a_minute_and_no_more_however_often_the_job_runs(begins, noon):
    people(5)
    campaign = begins(per_minute=2)
    assert [handing.run(), handing.run()] == [2, 0]
    noon.later(minutes=1)
    assert handing.run() == 2
    noon.later(minutes=1)
    assert [handing.run(), handing.run()] == [1, 0]
    assert Delivery.objects.values("patient").distinct().count() == Delivery.objects.count() == 5
    assert again(campaign).state == "running"  # its messages have not gone out yet


def test_nothing_is_handed_over_at_night(begins, noon):
    people(2)
    begins()
    noon.at(22)
    assert handing.run() == 0
    noon.at(9, day=2)
    assert handing.run() == 2


def test_while_its_messages_wait_for_the_carrier_no_more_are_handed_over(begins, noon, monkeypatch):
    monkeypatch.setattr(handing, "BACKLOG", 1)
    people(3)
    begins(per_minute=2)
    handing.run()
    noon.later(minutes=1)
    assert handing.run() == 0


def test_the_words_are_in_the_patients_language_and_it_ends_by_itself(begins, carrier, noon):
    ContactPointFactory(patient=PatientFactory(name="Alice", language="en"))
    ContactPointFactory(patient=PatientFactory(name="张伟", language="zh-hans"))
    campaign = begins(variants=[{"text_en": "call {phone}.", "text_zh": "请来复查。"}])
    handing.run()
    drain(seconds=5)
    assert sorted(message.text for message in carrier.sent) == [
        "Riverside Hospital: Alice, call . Reply 1 and we call you to book, 2 if you do not need it, "
        "STOP for no more messages.",
        "【江滨医院】张伟您好，请来复查。回复1我们致电为您预约，回复2不需要，拒收请回复R。",
    ]
    noon.later(minutes=1)
    handing.run()
    assert again(campaign).state == "ended"
    assert campaign.history.first().history_user.username == "system"


def test_who_opted_out_since_is_left_out_at_their_turn(begins):
    alice, bob = people(2)
    campaign = begins()
    handing.gather(campaign, clock.now())
    for medium in ("sms", "voice"):
        OptOut.objects.create(medium=medium, address=alice.contact_points.get().value, said="R", at=clock.now())
    handing.run()
    assert states(campaign) == {"skipped": 1, "told": 1}
    assert CampaignMember.objects.get(patient=alice).reason == "opted_out"
    assert Delivery.objects.get().patient == bob


def test_who_opted_out_or_withdrew_just_before_is_not_told(begins, carrier, boss):
    alice, bob, carol = people(3)
    for one in (alice, bob, carol):
        ConsentFactory(patient=one, purpose=Purpose.MARKETING)
    begins(consent=Purpose.MARKETING)
    handing.run()
    OptOut.objects.create(medium="sms", address=alice.contact_points.get().value, said="R", at=clock.now())
    consents.withdraw(patient=bob, purpose=Purpose.MARKETING, by=boss)
    drain(seconds=5)
    found = dict(Delivery.objects.values_list("patient__pk", "reason"))
    assert found == {alice.pk: "opted_out", bob.pk: "no_consent", carol.pk: ""}
    assert len(carrier.sent) == 1


def test_who_has_no_channel_is_left_out_with_the_reason(begins):
    people(1)
    lonely = PatientFactory()
    campaign = begins()
    handing.run()
    assert CampaignMember.objects.get(patient=lonely).reason == "no_address"
    assert states(campaign) == {"skipped": 1, "told": 1}


def test_two_records_that_become_one_hear_it_once(begins, carrier, boss):
    kept, merged = people(2)
    begins()
    handing.run()
    merging.merge(kept=kept, merged=merged, by=UserFactory(is_superuser=True), reason="same person")
    drain(seconds=5)
    assert len(carrier.sent) == 1
    assert {*Delivery.objects.values_list("state", "reason")} == {("accepted", ""), ("cancelled", "gone")}


def test_everything_else_goes_out_before_a_campaign(begins, carrier):
    [alice] = people(1)
    begins()
    handing.run()
    DeliveryFactory(patient=alice, kind="reply", priority=Priority.CODE, context={"text": "your code"})
    drain(seconds=5)
    assert [("your code" in message.text) for message in carrier.sent] == [True, False]


# Paused, gone on, ended


def test_a_pause_in_the_middle_calls_back_what_has_not_gone_out_and_nothing_is_told_meanwhile(
    begins, carrier, boss, noon
):
    people(6)
    campaign = begins(per_minute=2)
    handing.run()
    drain(seconds=5)
    noon.later(minutes=1)
    handing.run()
    campaigns.pause(campaign=campaign, by=boss)
    noon.later(minutes=1)
    assert handing.run() == 0
    drain(seconds=5)
    assert len(carrier.sent) == 2
    assert Counter(Delivery.objects.values_list("state", "reason")) == {("accepted", ""): 2, ("cancelled", "paused"): 2}
    with pytest.raises(NotAtThisPoint):
        campaigns.pause(campaign=campaign, by=boss)


def test_a_runner_that_comes_to_a_campaign_just_after_the_pause_leaves_it(begins, boss):
    people(2)
    campaign = begins()
    handing.gather(campaign, clock.now())
    campaigns.pause(campaign=campaign, by=boss)
    assert handing.hand_over(campaign, clock.now()) == 0
    assert states(campaign) == {"waiting": 2}


def test_after_a_pause_everybody_is_told_once(begins, carrier, boss, noon):
    people(6)
    campaign = begins(per_minute=2)
    for _pause in range(3):
        handing.run()
        campaigns.pause(campaign=campaign, by=boss)
        noon.later(minutes=1)
        campaigns.resume(campaign=campaign, by=boss)
        assert handing.run() == 2
        drain(seconds=5)
        noon.later(minutes=1)
    handing.run()
    assert len(carrier.sent) == len({message.to for message in carrier.sent}) == 6
    assert again(campaign).state == "ended"
    assert states(campaign) == {"told": 6}


def test_what_a_worker_gave_back_after_the_pause_waits_too(begins, carrier, boss, noon):
    people(1)
    campaign = begins()
    handing.run()
    Delivery.objects.update(attempts=1)  # tried, and not taken
    campaigns.pause(campaign=campaign, by=boss)
    drain(seconds=5)
    assert Delivery.objects.get().reason == "paused"
    campaigns.resume(campaign=campaign, by=boss)
    noon.later(minutes=1)
    handing.run()
    drain(seconds=5)
    assert len(carrier.sent) == 1


def test_what_a_carrier_may_have_taken_is_settled_also_while_it_is_paused_and_not_said_anew(
    begins, carrier, boss, noon
):
    people(1)
    campaign = begins()
    handing.run()
    carrier.says(TransportError("no answer", unknown=True))
    drain(seconds=5)
    campaigns.pause(campaign=campaign, by=boss)
    noon.later(minutes=10)
    drain(seconds=5)
    assert Delivery.objects.get().state == "accepted"
    campaigns.resume(campaign=campaign, by=boss)
    handing.run()
    drain(seconds=5)
    assert (len(carrier.sent), len({message.ref for message in carrier.sent})) == (2, 1)


def test_an_end_leaves_out_who_waits_and_calls_off_what_has_not_gone_out(begins, carrier, boss):
    people(5)
    campaign = begins(per_minute=2)
    handing.run()
    campaigns.end(campaign=campaign, by=boss)
    drain(seconds=5)
    assert (carrier.sent, handing.run()) == ([], 0)
    assert states(campaign) == {"told": 2, "skipped": 3}
    assert {*CampaignMember.objects.filter(state="skipped").values_list("reason", flat=True)} == {"over"}
    assert {*Delivery.objects.values_list("state", "reason")} == {("cancelled", "over")}
    with pytest.raises(NotAtThisPoint):
        campaigns.resume(campaign=campaign, by=boss)


# Killed


class Killed(BaseException):
    """As if the process had died there."""


def test_a_worker_killed_while_people_are_written_down_leaves_the_rest_to_the_next(begins, monkeypatch):
    people(7)
    campaign = begins(per_minute=600)
    monkeypatch.setattr(handing, "PAGE", 3)
    whole, pages = handing.insert_new_rows, iter(range(9))

    def dies(*args):
        if next(pages) == 1:
            raise Killed
        return whole(*args)

    monkeypatch.setattr(handing, "insert_new_rows", dies)
    with pytest.raises(Killed):
        handing.run()
    assert (CampaignMember.objects.count(), again(campaign).gathered_at) == (3, None)
    assert handing.run() == 7
    assert states(campaign) == {"told": 7}


def test_writing_down_that_takes_too_long_for_one_run_goes_on_in_the_next(begins, monkeypatch):
    people(5)
    campaign = begins(per_minute=600)
    monkeypatch.setattr(handing, "PAGE", 2)
    monkeypatch.setattr(handing, "SECONDS", -1)
    assert [handing.run(), CampaignMember.objects.count()] == [0, 2]
    assert [handing.run(), CampaignMember.objects.count()] == [0, 4]
    assert handing.run() == 0
    assert handing.run() == 5
    assert states(campaign) == {"told": 5}


def test_a_worker_killed_between_people_and_messages_has_done_nothing(begins, monkeypatch):
    people(3)
    campaign = begins()
    with monkeypatch.context() as patch:
        patch.setattr(handing.planning, "plan", lambda *args: (_ for _ in ()).throw(Killed))
        with pytest.raises(Killed):
            handing.run()
    assert (states(campaign), Delivery.objects.count()) == ({"waiting": 3}, 0)
    assert handing.run() == 3
    assert Delivery.objects.count() == 3


# Answers


def test_one_asks_for_a_call_and_two_ends_it(begins, says, noon):
    patient = PatientFactory(name="Alice", language="en")
    ContactPointFactory(patient=patient, value="+8613800138000")
    begins()
    handing.run()
    drain(seconds=5)
    assert says("1") == ["Riverside Hospital: Thank you. We will call you."]
    task = Task.objects.get()
    assert (task.patient, task.why_code, task.department) == (patient, "wants_a_call", None)
    assert "Yearly check" in reasons.words(task.why_code, task.why_values)
    [(_label, link)] = facts.of(task=task, user=UserFactory(role="supervisor"))
    assert "Yearly check" in link
    assert Delivery.objects.get(kind="recall").answer == "call_me"


def test_stop_opts_out_and_counts_as_an_answer(begins, says):
    ContactPointFactory(patient=PatientFactory(language="en"), value="+8613800138000")
    begins()
    handing.run()
    drain(seconds=5)
    says("STOP")
    assert Delivery.objects.get().answer == "stop"
    assert OptOut.objects.live().exists()

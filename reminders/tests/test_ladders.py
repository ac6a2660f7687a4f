"""Ladders are copied, changed, put in use and ended, and what was planned follows."""

import datetime as dt
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from accounts.tests.factories import UserFactory
from common import clock
from common.errors import NotAllowed, Refusal
from directory.tests.factories import ServiceFactory
from interactions.models import Task, TaskState
from interactions.services import tasks
from messaging.models import Delivery, DeliveryState, MessageChannel, OptOut
from patients.models import Patient
from patients.tests.factories import ContactPointFactory, PatientFactory, PatientTagFactory, TagFactory
from reminders import errors
from reminders.models import Ladder, LadderState, Step
from reminders.services import ladders, planning, realigning, trying
from reminders.services.steps import Rule
from scheduling.services import appointments
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .factories import LadderFactory, StepFactory, had

DAY = {"hours_before": 24, "at_time": dt.time(10)}


def at(day, hour, minute=0):
    return clock.at_wall(dt.date(2026, 12, day), dt.time(hour, minute))


@pytest.fixture
def boss():
    return UserFactory(role="supervisor", sees_all_sites=True)


@pytest.fixture
def live():
    return LadderFactory(steps=[DAY])


@pytest.fixture
def draft(live, boss):
    return ladders.copy(ladder=live, by=boss)


@pytest.fixture
def planned(noon, visit, live):
    """The step of Alice's visit at ten of the day before, planned and waiting; it is eight o'clock."""
    noon.now = at(5, 8)
    planning.plan_due()
    return Delivery.objects.get(kind="reminder")


def write(draft, *rules, services=None, **names):
    known = {"name_zh": draft.name_zh, "name_en": draft.name_en} | names
    chosen = draft.services.all() if services is None else services
    return ladders.change(
        draft=draft, **known, services=list(chosen), rules=rules, seen=ladders.mark(draft), by=UserFactory()
    )


def edited(draft, **changes):
    """The draft with its one step changed."""
    [step] = draft.steps.all()
    return write(draft, replace(Rule.of(step), **changes))


def use(draft, seen=""):
    return ladders.put_in_use(draft=draft, by=UserFactory(role="supervisor"), seen=seen or ladders.mark(draft))


def fate(row):
    row.refresh_from_db()
    return f"{clock.local(row.due_at):%d %H:%M}", row.state, row.reason


# Drafts


def test_a_copy_has_the_same_steps_of_the_same_lineage_and_there_is_one(live, draft, boss):
    assert draft.state == LadderState.DRAFT
    assert [Rule.of(step) for step in draft.steps.all()] == [Rule.of(step) for step in live.steps.all()]
    assert ladders.copy(ladder=live, by=boss) == draft


def test_a_draft_is_changed_and_its_steps_stand_in_order_of_time(draft):
    [step] = draft.steps.all()
    changed = write(draft, Rule.of(step), Rule(72, dt.time(9), media="email sms"), name_zh="新", name_en="New")
    assert [one.hours_before for one in changed.steps.all()] == [72, 24]
    assert (changed.name_zh, changed.name_en) == ("新", "New")
    assert changed.steps.last().lineage == step.lineage


def test_a_step_that_becomes_another_act_is_another_step(draft):
    [step] = draft.steps.all()
    changed = edited(draft, act="call", media="")
    assert changed.steps.get().lineage != step.lineage


def test_a_lineage_is_never_taken_from_another_ladder_or_used_twice(draft):
    [step] = draft.steps.all()
    foreign = StepFactory(ladder=LadderFactory(services=[ServiceFactory()]))
    rule = Rule.of(step)
    changed = write(
        draft, rule, replace(rule, hours_before=48), replace(rule, hours_before=72, lineage=foreign.lineage)
    )
    found = [one.lineage for one in changed.steps.all()]
    assert len(set(found)) == 3
    assert foreign.lineage not in found


@pytest.mark.parametrize(
    ("rule", "refusal", "field"),
    [
        (Rule(0, media="sms"), errors.StepMoment, "amount"),
        (Rule(31 * 24, media="sms"), errors.StepMoment, "amount"),
        (Rule(25, dt.time(9), media="sms"), errors.TimeNeedsDays, "at_time"),
        (Rule(24), errors.MediumMissing, "media"),
        (Rule(24, media="sms sms"), errors.MediumUnknown, "media"),
        (Rule(24, media="pigeon"), errors.MediumUnknown, "media"),
        (Rule(24, media="sms", audience="tag"), errors.TagMissing, "tag"),
        (Rule(24, media="sms", audience="at_risk", riskiest_percent=0), errors.RiskNotAShare, "riskiest_percent"),
    ],
)
def test_a_step_that_cannot_be_so_is_refused_by_name(draft, rule, refusal, field):
    with pytest.raises(refusal) as caught:
        write(draft, Rule(48, media="sms"), rule)
    assert (caught.value.row, caught.value.field) == (1, field)
    assert str(caught.value)
    assert draft.steps.get().hours_before == 24


def test_a_call_keeps_no_channels_and_only_a_step_for_a_tag_keeps_one(draft):
    tag = TagFactory()
    write(draft, Rule(24, act="call", media="sms"), Rule(48, media="sms", tag=tag))
    assert [(step.media, step.tag) for step in draft.steps.all()] == [("sms", None), ("", None)]


def test_the_same_step_twice_is_refused(draft):
    with pytest.raises(errors.StepTwice):
        write(draft, Rule(24, media="sms"), Rule(24, media="sms"))


def test_a_ladder_without_steps_or_without_a_name_is_refused(draft):
    with pytest.raises(errors.LadderEmpty):
        write(draft)
    with pytest.raises(errors.NameMissing):
        write(draft, Rule(24, media="sms"), name_zh=" ", name_en="")


def test_what_a_colleague_changed_meanwhile_is_not_written_over(draft):
    seen = ladders.mark(draft)
    write(draft, Rule(48, media="sms"))
    with pytest.raises(errors.LadderChanged):
        ladders.change(
            draft=draft, name_zh="", name_en="Mine", services=[], rules=[Rule(24, media="sms")], seen=seen,
            by=UserFactory(),
        )  # fmt: skip
    assert draft.steps.get().hours_before == 48


def test_what_is_in_use_is_never_changed_or_discarded(live):
    with pytest.raises(errors.NotADraft):
        write(live, Rule(48, media="sms"))
    with pytest.raises(errors.NotADraft):
        ladders.discard(draft=live)


def test_a_draft_is_discarded_with_its_steps(draft):
    ladders.discard(draft=draft)
    assert Ladder.objects.count() == Step.objects.count() == 1


def test_the_database_refuses_a_time_of_day_without_whole_days(draft):
    with pytest.raises(IntegrityError), transaction.atomic():
        StepFactory(ladder=draft, hours_before=25, at_time=dt.time(9))


# Put in use


def test_a_draft_takes_the_place_of_the_version_in_use(live, draft, noon, boss):
    ladders.put_in_use(draft=draft, by=boss, seen=ladders.mark(draft))
    live.refresh_from_db()
    draft.refresh_from_db()
    assert (live.state, live.ended_at) == (LadderState.ENDED, noon.now)
    assert (draft.state, draft.live_since, draft.by) == (LadderState.LIVE, noon.now, boss)


def test_only_who_may_puts_in_use_and_ends(live, draft):
    editor = UserFactory(role="campaign_editor")
    with pytest.raises(NotAllowed):
        ladders.put_in_use(draft=draft, by=editor, seen=ladders.mark(draft))
    with pytest.raises(NotAllowed):
        ladders.end(ladder=live, by=editor)


def test_what_was_tried_is_what_is_put_in_use(draft):
    seen = ladders.mark(draft)
    write(draft, Rule(48, media="sms"))
    with pytest.raises(errors.LadderChanged):
        use(draft, seen=seen)


def test_an_empty_draft_and_one_that_is_in_use_already_are_refused(draft, boss):
    empty = ladders.begin(name_zh="", name_en="Empty", by=boss)
    with pytest.raises(errors.LadderEmpty):
        use(empty)
    used = use(draft)
    with pytest.raises(errors.NotADraft):
        use(used)


def test_two_ladders_for_one_service_are_refused(live, boss):
    service = ServiceFactory(name_en="Asthma clinic")
    LadderFactory(name_en="Children", services=[service], steps=[DAY])
    second = write(ladders.begin(name_zh="", name_en="Other", by=boss), Rule(24, media="sms"), services=[service])
    with pytest.raises(errors.LadderOverlaps) as caught:
        use(second)
    assert str(caught.value) == "Children is in use for the same services: Asthma clinic."


def test_two_general_ladders_are_refused_in_words(live, boss):
    second = write(ladders.begin(name_zh="", name_en="Other", by=boss), Rule(24, media="sms"))
    with pytest.raises(errors.LadderOverlaps) as caught:
        use(second)
    assert "all services without a ladder of their own" in str(caught.value)


@pytest.mark.django_db(transaction=True)
def test_two_drafts_for_one_service_at_the_same_moment_let_one_through(boss):
    service = ServiceFactory()
    drafts = [
        write(ladders.begin(name_zh="", name_en=name, by=boss), Rule(24, media="sms"), services=[service])
        for name in ("One", "Two")
    ]
    together = threading.Barrier(2)

    def work(draft):
        try:
            together.wait()
            ladders.put_in_use(draft=draft, by=boss, seen=ladders.mark(draft))
        except Refusal as refusal:
            return refusal.code
        finally:
            connection.close()
        return "in use"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(work, drafts)) == ["in use", "ladder_overlaps"]


# What was planned


def test_a_removed_step_is_called_off(planned, draft):
    use(write(draft, Rule(2, media="sms")))
    assert fate(planned) == ("05 10:00", "cancelled", "ladder")


def test_a_changed_time_and_channel_shift_what_waits(planned, draft):
    use(edited(draft, at_time=dt.time(15), media="wechat sms", only_unanswered=True))
    assert fate(planned) == ("05 15:00", "pending", "")
    assert (planned.media, planned.context) == ("wechat sms", {"only_unanswered": True, "note": ""})
    assert planning.plan_due() == 0


def test_a_new_time_that_is_over_leaves_the_step_out(planned, draft, noon):
    use(edited(draft, at_time=dt.time(10), hours_before=48))
    assert fate(planned) == ("05 10:00", "cancelled", "ladder")
    assert planning.plan_due() == 0


def test_a_kept_step_is_not_sent_twice(planned, draft, noon, runs):
    noon.now = at(5, 10, 5)
    assert len([text for text in runs() if "your visit is on" in text]) == 1
    use(edited(draft, at_time=dt.time(15)))
    noon.now = at(5, 15, 5)
    assert runs() == []


def test_what_is_due_right_now_is_not_lost_by_a_change(planned, draft, noon):
    noon.now = at(5, 10, 1)
    use(edited(draft, media="wechat sms"))
    assert fate(planned) == ("05 10:00", "pending", "")


def test_what_waits_for_its_carrier_keeps_its_turn(planned, draft, noon):
    noon.now = at(5, 10, 30)
    Delivery.objects.filter(pk=planned.pk).update(due_at=at(5, 11), attempts=1)
    use(edited(draft, at_time=dt.time(9)))
    assert fate(planned) == ("05 11:00", "pending", "")


def test_what_is_on_the_wire_is_left_alone(planned, draft, noon):
    token = uuid.uuid4()
    Delivery.objects.filter(pk=planned.pk).update(state=DeliveryState.SENDING, token=token, lease_until=at(5, 11))
    use(write(draft, Rule(2, media="sms")))
    assert fate(planned) == ("05 10:00", "sending", "")


def test_who_is_not_meant_any_more_is_called_off_and_who_still_is_keeps_it(
    planned, draft, noon, alice, bob, slots, desk
):
    appointments.book(patient=bob, slot=slots[1], origin=desk)
    planning.plan_due()
    tag = TagFactory()
    PatientTagFactory(patient=bob, tag=tag)
    use(edited(draft, audience="tag", tag=tag))
    states = {row.patient: row.state for row in Delivery.objects.filter(kind="reminder")}
    assert states == {alice: "cancelled", bob: "pending"}


def test_what_a_change_called_off_comes_back_when_it_is_wanted_again(planned, draft, boss):
    tagged = use(edited(draft, audience="tag", tag=TagFactory()))
    assert fate(planned) == ("05 10:00", "cancelled", "ladder")
    use(edited(ladders.copy(ladder=tagged, by=boss), audience="all"))
    assert fate(planned) == ("05 10:00", "pending", "")


def test_a_service_that_gets_a_ladder_of_its_own_leaves_the_general_one_and_comes_back(planned, session, boss):
    own = write(
        ladders.begin(name_zh="", name_en="Own", by=boss),
        Rule(24, dt.time(14), media="sms"),
        services=[session.service],
    )
    own = use(own)
    planning.plan_due()
    assert fate(planned)[1:] == ("cancelled", "ladder")
    assert Delivery.objects.filter(kind="reminder", state="pending").count() == 1
    ladders.end(ladder=own, by=boss)
    assert fate(planned) == ("05 10:00", "pending", "")
    assert Delivery.objects.filter(kind="reminder", state="pending").count() == 1


def test_calls_by_staff_follow_too(noon, visit, boss):
    live = LadderFactory(steps=[{**DAY, "act": "call", "media": ""}])
    noon.now = at(5, 8)
    planning.plan_due()
    task = Task.objects.get()
    later = use(edited(ladders.copy(ladder=live, by=boss), at_time=dt.time(15)))
    task.refresh_from_db()
    assert (task.state, task.due_at) == (TaskState.OPEN, at(5, 15))
    ladders.end(ladder=later, by=boss)
    task.refresh_from_db()
    assert (task.state, task.end_code) == (TaskState.DROPPED, "ladder")
    use(ladders.copy(ladder=later, by=boss))
    task.refresh_from_db()
    assert (task.state, task.end_code, task.closed_at) == (TaskState.OPEN, "", None)


def test_a_call_that_somebody_has_taken_stays_theirs(noon, visit, boss):
    live = LadderFactory(steps=[{**DAY, "act": "call", "media": ""}])
    noon.now = at(5, 8)
    planning.plan_due()
    tasks.take(task=Task.objects.get(), by=boss)
    ladders.end(ladder=live, by=boss)
    assert Task.objects.get().state == TaskState.TAKEN


def test_the_end_calls_off_what_is_planned_and_counts_it_before(planned, live, boss):
    assert realigning.planned_by(live) == (1, 0)
    ladders.end(ladder=live, by=boss)
    assert fate(planned) == ("05 10:00", "cancelled", "ladder")
    assert realigning.planned_by(live) == (0, 0)
    with pytest.raises(errors.NotInUse):
        ladders.end(ladder=live, by=boss)


# Tried


def test_a_dry_run_counts_by_step_and_day_and_writes_nothing(noon, visit, slots, bob, desk, live):
    appointments.book(patient=bob, slot=slots[1], origin=desk)
    trial = trying.dry_run(live)
    assert [step.days for step in trial.steps] == [{dt.date(2026, 12, 5): 2}]
    assert (trial.total, trial.calls, trial.media) == (2, 0, {"sms": 2})
    assert not Delivery.objects.filter(kind="reminder").exists()


def test_a_dry_run_leaves_out_the_deceased(noon, visit, live):
    Patient.objects.filter(pk=visit.patient_id).update(deceased_on=noon.now.date())
    assert trying.dry_run(live).total == 0


def test_a_dry_run_says_by_which_medium_and_what_it_costs(noon, slots, desk):
    MessageChannel.objects.filter(medium="sms").update(price_amount="0.05")
    MessageChannel.objects.filter(medium="push").update(is_active=False)
    people = [PatientFactory() for _ in range(4)]
    for patient, slot, systems in zip(
        people, slots, [("wechat", "phone"), ("phone",), ("app",), ("phone",)], strict=True
    ):
        AppointmentFactory(patient=patient, slot=slot)
        for system in systems:
            value = f"+861380013{patient.pk % 10_000:04d}" if system == "phone" else f"id-{patient.pk}"
            ContactPointFactory(patient=patient, system=system, value=value)
    refused = people[3].contact_points.get().value
    OptOut.objects.create(medium="sms", address=refused, said="TD", at=clock.now())
    trial = trying.dry_run(LadderFactory(steps=[{**DAY, "media": "wechat push sms"}]))
    assert trial.media == {"wechat": 1, "sms": 1}
    assert trial.calls == 2  # no app in use; opted out
    assert {currency: str(cost) for currency, cost in trial.costs.items()} == {"CNY": "0.0500"}


def test_a_fixed_line_takes_a_call_and_no_sms(noon, slots):
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value="+861065529988")
    AppointmentFactory(patient=patient, slot=slots[0])
    assert trying.dry_run(LadderFactory(steps=[{**DAY, "media": "sms voice"}])).media == {"voice": 1}


def test_who_has_had_a_step_is_not_counted_again(noon, visit, live, draft):
    had(live.steps.get(), visit)
    assert trying.dry_run(draft).total == 0
    Delivery.objects.update(state=DeliveryState.PENDING)
    assert trying.dry_run(draft).total == 1


def test_the_people_behind_a_number_are_those_that_were_counted(noon, visit, live):
    trial, step = trying.dry_run(live), live.steps.get()
    assert [rung.booking for rung in trying.who(live, step, dt.date(2026, 12, 5), trial.at)] == [visit.pk]
    assert list(trying.who(live, step, dt.date(2026, 12, 4), trial.at)) == []


def test_a_draft_is_compared_with_the_version_in_use_and_remembered(noon, visit, session, live, draft):
    other = SlotFactory(session=SessionFactory(service=ServiceFactory(), day=session.day))
    edited(draft, hours_before=48)
    before = trying.compared(draft)
    assert (before[0].total, before[1].total) == (1, 1)
    AppointmentFactory(slot=other)
    assert trying.compared(draft) == before
    assert trying.compared(draft, again=True)[0].total == 2


def test_the_timeline_is_in_order_of_time(live):
    StepFactory(ladder=live, hours_before=72)
    starts = at(6, 9)
    assert [f"{due:%d}" for _step, due in ladders.timeline(live.steps.all(), starts)] == ["03", "05"]


def test_a_step_says_in_words_when_by_what_and_for_whom(live):
    step = StepFactory.build(hours_before=72, at_time=dt.time(10), media="wechat email sms", only_unanswered=True)
    assert step.in_words == "3 days before, at 10:00 · WeChat, E-mail, SMS · everybody, while unanswered"
    call = StepFactory.build(hours_before=2, act="call", media="", audience="at_risk", riskiest_percent=40)
    assert call.in_words == "2 hours before · Call by staff · the riskiest 40 %"


def test_preparing_makes_the_first_ladder_once(monkeypatch):
    for name in ("crm.statics.collect", "crm.translations.compile_all"):
        monkeypatch.setattr(name, lambda: None)
    call_command("prepare")
    call_command("prepare")
    first = Ladder.objects.get()
    assert (first.state, first.name, first.steps.count()) == (LadderState.LIVE, "Standard reminders", 5)

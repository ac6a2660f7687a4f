"""Steps for the riskiest: a share of the visits to come, whatever their risks are."""

import datetime as dt
from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.factories import UserFactory
from common import clock
from directory.tests.factories import ServiceFactory
from interactions.models import Task
from messaging.models import Delivery, DeliveryState
from reminders.models import Step
from reminders.models.ladder import RISKIEST
from reminders.services import ladders, planning, trying
from reminders.services.riskiest import Cut, Ranking
from reminders.services.steps import Rule
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import appointments
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .factories import LadderFactory, StepFactory, had, score

LIST = "/admin/reminders/ladder/"


@pytest.fixture
def visits(noon, session):
    """`visits(0.31, 0.2, None)`: bookings of five days from now with these risks; None: not scored."""

    def book(*risks, of=session):
        made = []
        for number, risk in enumerate(risks, Appointment.objects.count()):
            made.append(AppointmentFactory(slot=SlotFactory(session=of, number=number)))
            if risk is not None:
                score(made[-1], risk)
        return made

    return book


@pytest.fixture
def day_before(noon):
    """Eight o'clock of the day before these visits."""

    def come():
        noon.now = clock.at_wall(dt.date(2026, 12, 5), dt.time(8))

    return come


def ladder(percent, **step):
    return LadderFactory(steps=[{"audience": "at_risk", "riskiest_percent": percent, **step}])


def planned():
    return set(Delivery.objects.filter(kind="reminder").values_list("about_id", flat=True))


def cut(percent, **facts):
    found = ladder(percent, **facts)
    return Ranking.of(found, clock.now()).cut(found.steps.get())


@pytest.mark.parametrize(
    ("percent", "count"),
    [(1, 1), (20, 1), (21, 2), (40, 2), (60, 3), (100, 5)],  # of five visits; a part of one counts whole
)
def test_so_many_in_a_hundred_of_the_visits_are_spoken_to_the_riskiest_first(visits, day_before, percent, count):
    made = visits(0.02, 0.05, 0.04, 0.01, 0.03)
    ladder(percent)
    day_before()
    assert planning.plan_due() == count
    riskiest = sorted(made, key=lambda one: -one.noshow_score.probability)[:count]
    assert planned() == {one.pk for one in riskiest}


def test_low_risks_throughout_still_reach_the_riskiest(visits, day_before):
    riskiest, *_others = visits(0.09, 0.08, 0.07, 0.06, 0.05)
    ladder(RISKIEST)
    day_before()
    planning.plan_due()
    assert planned() == {riskiest.pk}


def test_everybody_with_just_that_risk_is_among_them(visits, day_before):
    visits(0.1, 0.1, 0.1, 0.05, 0.05)
    ladder(20)
    day_before()
    assert planning.plan_due() == 3


def test_a_booking_without_a_risk_is_not_at_risk_and_not_counted(visits, day_before):
    visits(0.3, 0.2, 0.1, None, None, None, None)
    assert cut(50) == Cut(0.2, 2, 3)
    day_before()
    assert planning.plan_due() == 2


def test_while_nobody_has_a_risk_nobody_is_at_risk(visits, day_before):
    visits(None)
    assert cut(100) is None
    day_before()
    assert planning.plan_due() == 0


def test_only_open_visits_to_come_are_ranked(visits, noon, desk):
    low, high, over = visits(0.1, 0.4, 0.5)
    assert cut(50).of == 3
    appointments.cancel(appointment=high, origin=desk)
    Appointment.objects.filter(pk=over.pk).update(status=AppointmentStatus.NOSHOW)
    assert cut(50) == Cut(0.1, 1, 1)
    noon.now = low.starts_at
    assert cut(50) is None


def test_who_has_confirmed_is_ranked_too_so_that_nobody_moves_up_by_it(visits, desk, day_before):
    high, *_others = visits(0.4, 0.3, 0.2, 0.1, 0.1)
    ladder(20, only_unanswered=True)
    appointments.confirm(appointment=high, origin=desk)
    day_before()
    assert planning.plan_due() == 0


def test_a_ladder_ranks_the_visits_of_its_own_services_only(visits, session):
    other = SessionFactory(service=ServiceFactory(), day=session.day)
    visits(0.1, 0.2)
    visits(0.8, 0.9, 0.7, of=other)
    own = LadderFactory(steps=[{"audience": "at_risk"}], services=[session.service])
    general = LadderFactory(steps=[{"audience": "at_risk"}])
    found = [Ranking.of(one, clock.now()).cut(one.steps.get()) for one in (own, general)]
    assert found == [Cut(0.2, 1, 2), Cut(0.9, 1, 3)]


def test_planning_again_plans_nobody_twice_though_the_share_moves(visits, day_before):
    first, second, *_others = visits(0.5, 0.4, 0.3, 0.2, 0.1)
    ladder(20)
    day_before()
    assert [planning.plan_due(), planning.plan_due()] == [1, 0]
    score(second, 0.9)
    assert [planning.plan_due(), planning.plan_due()] == [1, 0]
    assert planned() == {first.pk, second.pk}


def test_who_had_the_step_does_not_have_it_again_when_the_ladder_is_edited(visits, day_before):
    high, *_others = visits(0.5, 0.4, 0.3, 0.2, 0.1)
    live = ladder(20)
    had(live.steps.get(), high)
    draft = ladders.copy(ladder=live, by=UserFactory())
    draft.steps.update(riskiest_percent=40)
    ladders.put_in_use(draft=draft, by=UserFactory(role="supervisor"), seen=ladders.mark(draft))
    day_before()
    assert planning.plan_due() == 1
    assert Delivery.objects.filter(about_id=high.pk).count() == 1


def test_a_smaller_share_calls_off_what_waits_for_the_others(visits, day_before):
    high, low, *_others = visits(0.5, 0.4, 0.3, 0.2, 0.1)
    live = ladder(40)
    StepFactory(ladder=live, audience="at_risk", riskiest_percent=40, act="call", media="", hours_before=23)
    day_before()
    assert planning.plan_due() == 4
    draft = ladders.copy(ladder=live, by=UserFactory())
    draft.steps.update(riskiest_percent=20)
    ladders.put_in_use(draft=draft, by=UserFactory(role="supervisor"), seen=ladders.mark(draft))
    states = dict(Delivery.objects.filter(kind="reminder").values_list("about_id", "state"))
    assert states == {high.pk: DeliveryState.PENDING, low.pk: DeliveryState.CANCELLED}
    assert [task.about_id for task in Task.objects.open()] == [high.pk]


def test_other_services_of_the_next_version_make_other_visits_the_riskiest(visits, session, day_before):
    [mine] = visits(0.3)
    other = SessionFactory(service=ServiceFactory(), day=session.day)
    visits(0.5, 0.4, 0.2, 0.1, of=other)
    live = ladder(20)
    day_before()
    planning.plan_due()
    assert mine.pk not in planned()
    draft = ladders.copy(ladder=live, by=UserFactory())
    draft.services.set([session.service])
    ladders.put_in_use(draft=draft, by=UserFactory(role="supervisor"), seen=ladders.mark(draft))
    assert not Delivery.objects.filter(kind="reminder", state=DeliveryState.PENDING).exists()
    planning.plan_due()
    waiting = Delivery.objects.filter(kind="reminder", state=DeliveryState.PENDING)
    assert [row.about_id for row in waiting] == [mine.pk]


def test_calls_by_staff_go_by_the_same_share(visits, day_before):
    high, *_others = visits(0.05, 0.04, 0.03, 0.02, 0.01)
    ladder(20, act="call", media="")
    day_before()
    planning.plan_due()
    assert [task.about_id for task in Task.objects.all()] == [high.pk]


def test_the_dry_run_counts_the_same_people_and_says_where_they_begin(visits):
    high, *_others = visits(0.05, 0.04, 0.03, 0.02, 0.01)
    draft = ladders.copy(ladder=ladder(20), by=UserFactory())
    trial, step = trying.dry_run(draft), draft.steps.get()
    assert (trial.total, trial.steps[0].cut) == (1, Cut(0.05, 1, 5))
    assert [one.booking for one in trying.who(draft, step, dt.date(2026, 12, 5), clock.now())] == [high.pk]


def test_however_many_steps_ask_risks_are_read_once_and_not_at_all_where_none_asks(visits, day_before):
    visits(0.2, 0.1)
    live = ladder(20)
    for hours in (20, 21, 22):
        StepFactory(ladder=live, audience="at_risk", hours_before=hours)
    day_before()
    assert _reads(planning.plan_due) == 1
    Step.objects.update(audience="all")
    assert _reads(planning.plan_due) == 0


def _reads(act):
    with CaptureQueriesContext(connection) as done:
        act()
    return sum("COUNT" in one["sql"] and "probability" in one["sql"] for one in done)


def test_a_copy_has_the_same_share_and_another_share_is_another_version(noon):
    draft = ladders.copy(ladder=ladder(35), by=UserFactory())
    assert draft.steps.get().riskiest_percent == 35
    before = ladders.mark(draft)
    draft.steps.update(riskiest_percent=36)
    assert ladders.mark(draft) != before


@pytest.mark.parametrize("percent", [0, 101])
def test_the_database_refuses_what_is_no_share(noon, percent):
    with pytest.raises(IntegrityError):
        StepFactory(ladder=LadderFactory(), riskiest_percent=percent)


def test_the_first_ladder_speaks_to_the_riskiest_fifth_beside_everybody():
    steps = ladders.ensure_first().steps.filter(audience="at_risk")
    assert {step.riskiest_percent for step in steps} == {20}
    assert Rule(24).riskiest_percent == 20


def test_what_was_a_fixed_risk_becomes_the_usual_share():
    StepFactory(ladder=LadderFactory(), audience="at_risk", riskiest_percent=35)
    import_module("reminders.migrations.0007_riskiest_share").be_shares(apps, None)
    assert Step.objects.get().riskiest_percent == 20


# On screen


def test_the_ladder_its_editor_and_its_trial_say_what_the_share_means_today(visits, as_role):
    visits(0.314, 0.2, 0.1, 0.1, 0.1, None)
    client, said = as_role(), "Today: from 31 % upwards. That is 1 of the 5 visits to come that have a risk."
    live = ladder(20)
    draft = ladders.copy(ladder=live, by=UserFactory())
    step = {"step": draft.steps.get().pk, "day": "2026-12-05"}
    places = [(live, "change", {}), (draft, "edit", {}), (draft, "try", {"now": "1"}), (draft, "try", step)]
    for one, page, more in places:
        assert said in client.get(f"{LIST}{one.pk}/{page}/", more).text, page


def test_a_step_for_everybody_says_nothing_of_shares(visits, as_role):
    visits(0.3)
    page = as_role().get(f"{LIST}{LadderFactory(steps=[{}]).pk}/change/").text
    assert "Today:" not in page


def test_a_low_risk_is_told_with_one_digit_more(visits, as_role):
    visits(0.0512)
    assert "from 5.1 % upwards" in as_role().get(f"{LIST}{ladder(20).pk}/change/").text


def test_without_any_risk_the_page_says_that_nobody_is_meant(visits, as_role):
    visits(None)
    page = as_role().get(f"{LIST}{ladder(20).pk}/change/").text
    assert "Today: nobody, as no visit to come has a risk yet." in page


def test_the_editor_ranks_the_visits_of_the_services_that_are_chosen_now(visits, session, as_role):
    visits(0.5)
    visits(0.3, of=SessionFactory(service=ServiceFactory(), day=session.day))
    data = {
        "row": ["0"], "name_en": "Own", "step0-amount": "1", "step0-unit": "days", "step0-act": "message",
        "step0-media_0": "sms", "step0-audience": "at_risk", "step0-riskiest_percent": "", "preview": "1",
    }  # fmt: skip
    client = as_role()
    assert "from 50 % upwards. That is 1 of the 2 visits" in client.post(f"{LIST}add/", data).text
    data["services"] = [ServiceFactory().pk]
    assert "Today: nobody" in client.post(f"{LIST}add/", data).text
    other = Appointment.objects.get(noshow_score__probability=0.3)
    data["services"] = [other.slot.service_id]
    assert "from 30 % upwards. That is 1 of the 1 visits" in client.post(f"{LIST}add/", data).text

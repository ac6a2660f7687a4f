"""What a campaign has done: the formulas, and a campaign that was counted by hand."""

import datetime as dt

import pytest

from accounts.tests.factories import UserFactory
from common import clock
from common.proportions import Share
from messaging.models import DeliveryState
from messaging.tests.factories import DeliveryFactory
from patients.services import merging
from patients.tests.factories import PatientFactory
from reminders import crediting
from reminders.crediting import Booked, Touch
from reminders.models import CampaignMember
from reminders.services import results
from reminders.services.campaigns import CAMPAIGN
from scheduling.models import AppointmentStatus
from scheduling.models.appointment import CancelCause
from scheduling.tests.factories import AppointmentFactory, SessionFactory, SlotFactory

from .factories import CampaignFactory

START = dt.datetime(2026, 11, 1, 4, tzinfo=dt.UTC)  # noon of a Sunday


def day(number, hour=0):
    """So many days and hours after the start."""
    return START + dt.timedelta(days=number, hours=hour)


# Published: R. G. Newcombe, Statistics in Medicine 17 (1998) 857-872, table I, the score method
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_the_interval_is_wilsons_as_published(hits, of, low, high):
    found = Share(hits, of).interval
    assert (round(found[0], 4), round(found[1], 4)) == (low, high)


def test_of_nobody_there_is_no_share_and_of_everybody_it_ends_at_one():
    assert (Share(0, 0).value, Share(0, 0).interval) == (None, None)
    low, high = Share(20, 20).interval
    assert (round(low, 4), high) == (0.8389, 1.0)


def test_a_booking_counts_in_the_fortnight_after_the_message_and_not_before():
    touch = Touch(1, day(0))
    assert not touch.leads_to(Booked(day(0), 7))
    assert touch.leads_to(Booked(day(0) + dt.timedelta(seconds=1), 7))
    assert touch.leads_to(Booked(day(14), 7))
    assert not touch.leads_to(Booked(day(14) + dt.timedelta(seconds=1), 7))


def test_one_booking_is_owed_to_the_last_campaign_before_it():
    touches, booked = [Touch(1, day(0)), Touch(2, day(3))], [Booked(day(5), 7)]
    assert not crediting.is_owed(1, touches, booked)
    assert crediting.is_owed(2, touches, booked)
    assert crediting.is_owed(1, touches, [Booked(day(2), 7)])


def test_a_later_campaign_for_another_department_takes_nothing_away():
    touches = [Touch(1, day(0), frozenset({7})), Touch(2, day(3), frozenset({8}))]
    assert crediting.is_owed(1, touches, [Booked(day(5), 7)])
    assert not crediting.is_owed(2, touches, [Booked(day(5), 7)])


class Told:
    """A campaign whose people and their lives are written down by hand."""

    def __init__(self, **facts):
        facts = {"state": "ended", "started_at": START, "gathered_at": START, "ended_at": day(1), **facts}
        self.campaign = CampaignFactory(variants=[{"name": "A"}, {"name": "B"}], **facts)
        self.a, self.b = self.campaign.variants.all()

    def person(self, variant, *, patient=None, turn=0, **said):
        """Had their turn then; said: what became of the message."""
        patient = patient or PatientFactory()
        member = CampaignMember.objects.create(
            campaign=self.campaign, patient=patient, variant=variant, lot=1, turn_at=day(turn),
            state="told" if variant else "held",
        )  # fmt: skip
        if variant:
            known = {"state": DeliveryState.DELIVERED, "sent_at": day(turn), "delivered_at": day(turn, 1), **said}
            DeliveryFactory(
                key=f"campaign:{member.pk}:0", patient=patient, kind="recall", about_kind=CAMPAIGN, about_id=member.pk,
                due_at=day(turn), **known,
            )  # fmt: skip
        return patient


def book(patient, at, session=None, **facts):
    slot = SlotFactory(session=session or SessionFactory(day=dt.date(2026, 12, 30)))
    return AppointmentFactory(patient=patient, slot=slot, created_at=at, **facts)


NOT_SENT = {"sent_at": None, "delivered_at": None, "state": "suppressed", "reason": "too_many"}


def test_a_campaign_counted_by_hand(noon):
    told = Told(hold_out_percent=20)
    # A: four people; three are reached, one of them answers and books, one books too late
    book(told.person(told.a, answered_at=day(1), answer="call_me"), day(2))
    book(told.person(told.a), day(15))
    told.person(told.a, answered_at=day(0, 2), answer="stop")
    told.person(told.a, **NOT_SENT)
    # B: three people; one is reached, one was sent without a receipt and books, one is not reached and books
    told.person(told.b)
    book(told.person(told.b, delivered_at=None, state="accepted"), day(3))
    book(told.person(told.b, **NOT_SENT), day(3))
    # Held out: two people, one books in time, one before their turn
    book(told.person(None), day(14))
    book(told.person(None, turn=1), day(0, 3))
    a, b, held = results.of(told.campaign, clock.now()).arms
    assert (a.people, a.sent, a.delivered, a.answered, a.stopped) == (4, 3, 3, 2, 1)
    assert (a.conversion, a.booked) == (Share(1, 3), Share(1, 4))
    assert (b.people, b.sent, b.delivered, b.answered) == (3, 2, 1, 0)
    assert (b.conversion, b.booked) == (Share(0, 1), Share(2, 3))
    assert (held.variant, held.people, held.sent, held.delivered) == (None, 2, 0, 0)
    assert held.booked == Share(1, 2)
    assert (a.open, b.open, held.open) == (0, 0, 0)


def test_who_answered_has_got_it_also_where_carriers_give_no_receipts(noon):
    told = Told()
    book(told.person(told.a, delivered_at=None, state="accepted", answered_at=day(1), answer="call_me"), day(2))
    arm, _other = results.of(told.campaign, clock.now()).arms
    assert (arm.delivered, arm.conversion) == (1, Share(1, 1))


def test_a_later_campaign_takes_the_credit_but_not_the_comparison(noon):
    first, second = Told(), Told()
    alice = first.person(first.a)
    second.person(second.a, patient=alice, turn=2)
    book(alice, day(4))
    one, other = results.of(first.campaign, clock.now()).arms[0], results.of(second.campaign, clock.now()).arms[0]
    assert (one.conversion, one.booked) == (Share(0, 1), Share(1, 1))
    assert (other.conversion, other.booked) == (Share(1, 1), Share(1, 1))


def test_holds_mistakes_and_other_departments_are_no_bookings(noon):
    session = SessionFactory(day=dt.date(2026, 12, 30))
    told = Told(departments=[session.service.department])
    held, wrong, elsewhere, cancelled = (told.person(told.a) for _number in range(4))
    book(held, day(2), session, status=AppointmentStatus.HELD, held_until=day(3))
    cancel = {"status": AppointmentStatus.CANCELLED, "cancelled_at": day(3)}
    slots = [SlotFactory(session=session, number=number) for number in (1, 2)]
    AppointmentFactory(patient=wrong, slot=slots[0], created_at=day(2), cancel_cause=CancelCause.ERROR, **cancel)
    book(elsewhere, day(2))
    AppointmentFactory(patient=cancelled, slot=slots[1], created_at=day(2), cancel_cause=CancelCause.PATIENT, **cancel)
    arm, _other = results.of(told.campaign, clock.now()).arms
    assert arm.conversion == Share(1, 4)


def test_whose_fortnight_is_not_over_is_said(noon):
    told = Told(ended_at=clock.now())
    told.person(told.a, turn=17)  # noon of 18 November; now it is 1 December
    told.person(told.a, turn=15)
    assert results.of(told.campaign, clock.now()).arms[0].open == 1


def test_who_waits_and_who_was_left_out_why_stand_beside(noon):
    told = Told(state="running", ended_at=None)
    for state, reason in (("waiting", ""), ("skipped", "booked"), ("skipped", "booked"), ("skipped", "gone")):
        CampaignMember.objects.create(
            campaign=told.campaign, patient=PatientFactory(), variant=told.a, lot=1, state=state, reason=reason
        )
    found = results.of(told.campaign, clock.now())
    assert (found.waiting, found.left_out) == (1, {"booked": 2, "gone": 1})


def test_it_reads_page_by_page_and_counts_all(noon, monkeypatch):
    monkeypatch.setattr(results, "PAGE", 2)
    told = Told()
    for _number in range(5):
        book(told.person(told.a), day(2))
    assert results.of(told.campaign, clock.now()).arms[0].conversion == Share(5, 5)


def merge(kept, merged):
    boss = UserFactory(role="supervisor", sees_all_sites=True)
    merging.merge(kept=kept, merged=merged, by=boss, reason="the same person")


def test_two_records_that_became_one_are_one_person_where_the_kept_one_was(noon):
    told = Told()
    kept, merged = told.person(told.a), told.person(told.b, answered_at=day(1), answer="call_me")
    told.person(told.b)
    book(merged, day(2))
    merge(kept, merged)
    a, b = results.of(told.campaign, clock.now()).arms
    assert (a.people, a.sent, a.delivered, a.booked) == (1, 1, 1, Share(1, 1))
    assert (b.people, b.sent, b.answered, b.booked) == (1, 1, 0, Share(0, 1))


def test_of_two_records_that_became_one_the_one_that_had_its_turn_counts(noon):
    told = Told(state="running", ended_at=None)
    merged, kept = told.person(told.a), PatientFactory()
    CampaignMember.objects.create(
        campaign=told.campaign, patient=kept, variant=told.b, lot=1, state="skipped", reason="booked"
    )
    book(merged, day(2))
    merge(kept, merged)
    found = results.of(told.campaign, clock.now())
    assert (found.arms[0].people, found.arms[0].sent, found.arms[0].booked) == (1, 1, Share(1, 1))
    assert (found.arms[1].people, found.left_out) == (0, {})


def test_who_waits_under_a_record_that_was_merged_is_not_waited_for_twice(noon):
    told = Told(state="running", ended_at=None)
    kept, merged = told.person(told.a), PatientFactory()
    CampaignMember.objects.create(campaign=told.campaign, patient=merged, variant=told.a, lot=1, state="waiting")
    assert results.of(told.campaign, clock.now()).waiting == 1
    merge(kept, merged)
    assert results.of(told.campaign, clock.now()).waiting == 0


def test_a_record_merged_into_one_outside_the_campaign_is_counted_with_what_that_one_booked(noon):
    told, kept = Told(), PatientFactory()
    merged = told.person(told.a)
    merge(kept, merged)
    book(kept, day(2))
    arm, _other = results.of(told.campaign, clock.now()).arms
    assert (arm.people, arm.delivered, arm.booked, arm.conversion) == (1, 1, Share(1, 1), Share(1, 1))


def test_each_person_counts_once_page_by_page_too(noon, monkeypatch):
    monkeypatch.setattr(results, "PAGE", 1)
    told = Told()
    first, second = told.person(told.a), told.person(told.a)
    merge(first, second)
    assert results.of(told.campaign, clock.now()).arms[0].people == 1

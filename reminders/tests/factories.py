"""Ladders as somebody wrote them."""

import datetime as dt
import uuid

import factory

from accounts.tests.factories import UserFactory
from common import clock
from messaging.models import DeliveryState
from messaging.tests.factories import DeliveryFactory
from reminders.models import Campaign, CampaignVariant, Ladder, LadderState, Step
from reminders.services import planning
from scheduling.models import NoShowScore, RiskModel
from scheduling.models.risk import RiskKind


class StepFactory(factory.django.DjangoModelFactory):
    """An SMS to everybody, exactly a day before."""

    class Meta:
        model = Step

    hours_before = 24
    media = "sms"
    only_unanswered = False


class LadderFactory(factory.django.DjangoModelFactory):
    """In use since yesterday, for all services, without steps: `steps=[{…}]`, `services=[…]`."""

    class Meta:
        model = Ladder
        skip_postgeneration_save = True

    name_en = "Standard reminders"
    state = LadderState.LIVE
    live_since = factory.LazyAttribute(
        lambda ladder: clock.now() - dt.timedelta(days=1) if ladder.state != LadderState.DRAFT else None
    )
    lineage = factory.LazyFunction(uuid.uuid4)
    by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def steps(self, create, given, **_kwargs):
        for values in given or ():
            StepFactory(ladder=self, **values)

    @factory.post_generation
    def services(self, create, given, **_kwargs):
        self.services.set(given or ())


def had(step, booking, state=DeliveryState.DELIVERED, **changes):
    """The step's message for this booking, as if planned and sent."""
    return DeliveryFactory(
        key=f"{planning.prefix(step)}{booking.pk}:{booking.version}", patient=booking.patient, kind="reminder",
        about_kind="appointment", about_id=booking.pk, about_version=booking.version, state=state, **changes,
    )  # fmt: skip


def score(booking, probability):
    """The last night told this risk of the booking."""
    facts = {"kind": RiskKind.POINTS, "trained_at": clock.now(), "visits": 0, "parameters": {}, "card": {}}
    model, _is_new = RiskModel.objects.get_or_create(version=1, defaults=facts)
    NoShowScore.objects.update_or_create(
        appointment=booking, defaults={"model": model, "probability": probability, "moment": clock.now()}
    )


class CampaignFactory(factory.django.DjangoModelFactory):
    """A draft of a recall by SMS for everybody, with one variant: `variants=[{…}]`, `tags_any=[…]`."""

    class Meta:
        model = Campaign
        skip_postgeneration_save = True

    name_en = "Yearly check"
    media = "sms"
    by = factory.SubFactory(UserFactory)

    @factory.post_generation
    def variants(self, create, given, **_kwargs):
        for number, values in enumerate([{}] if given is None else given):
            CampaignVariantFactory(campaign=self, **{"name": "ABC"[number], **values})

    @factory.post_generation
    def departments(self, create, given, **_kwargs):
        self.departments.set(given or ())

    @factory.post_generation
    def services(self, create, given, **_kwargs):
        self.services.set(given or ())

    @factory.post_generation
    def tags_any(self, create, given, **_kwargs):
        self.tags_any.set(given or ())

    @factory.post_generation
    def tags_all(self, create, given, **_kwargs):
        self.tags_all.set(given or ())


class CampaignVariantFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CampaignVariant

    campaign = factory.SubFactory(CampaignFactory, variants=[])
    name = "A"
    text_zh = "您该来复查了。"
    text_en = "it is time for your next check."

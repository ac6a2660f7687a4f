"""One valid default of each noun, and a kind of message to try things on."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import factory

from accounts.tests.factories import UserFactory
from common import clock
from messaging.kinds import Choice, Field, MessageKind, Verdict
from messaging.models import Delivery, Medium, MessageChannel, MessageTemplate, Priority
from patients.tests.factories import PatientFactory

FACTS = {"hospital": "Riverside Hospital", "when": "1 Dec, 09:00", "place": "Room 12", "phone": "010 5555 0100"}


def judge(deliveries: Iterable[Delivery], at: Any) -> dict[int, Verdict]:
    """Everything is still true."""
    return {delivery.pk: Verdict(facts=FACTS) for delivery in deliveries}


def make_kind(code: str = "visit_reminder", **changes: Any) -> MessageKind:
    """A reminder in both languages that asks for 1 or 2. To make it known: `kinds.register(make_kind())`."""
    known = {
        "label": "Reminder of a visit",
        "priority": Priority.REMINDER,
        "fields": (
            Field("hospital", "hospital", "Riverside Hospital", "江滨医院"),
            Field("when", "date and time", "1 Dec, 09:00", "12月1日 09:00"),
            Field("place", "room", "Room 12", "12诊室"),
            Field("phone", "telephone", "010 5555 0100", "010 5555 0100"),
        ),
        "texts": {
            ("en", ""): (
                "Your visit",
                "{hospital}: your visit is on {when}, {place}. Reply 1 to confirm, 2 to cancel.",
            ),
            ("zh-hans", ""): ("就诊提醒", "【{hospital}】您预约了{when}就诊，地点：{place}。回复1确认，回复2取消。"),
        },
        "judge": judge,
        "choices": (Choice("1", "confirm", "confirm"), Choice("2", "cancel", "cancel")),
    }
    return MessageKind(code=code, **{**known, **changes})


class MessageTemplateFactory(factory.django.DjangoModelFactory):
    """English words in use for all media."""

    class Meta:
        model = MessageTemplate

    kind = "visit_reminder"
    language = "en"
    medium = ""
    version = 1
    subject = "Your visit"
    text = "{hospital}: your visit is on {when}, {place}. Reply 1 to confirm, 2 to cancel."
    by = factory.SubFactory(UserFactory)


class ChannelFactory(factory.django.DjangoModelFactory):
    """The row of a medium, which is there once; `price_amount=…` changes it."""

    class Meta:
        model = MessageChannel
        django_get_or_create = ("medium",)

    medium = Medium.SMS

    @classmethod
    def _create(cls, model_class, *args, **kwargs):
        channel = super()._create(model_class, *args, **kwargs)
        for name, value in kwargs.items():
            setattr(channel, name, value)
        channel.save()
        return channel


class DeliveryFactory(factory.django.DjangoModelFactory):
    """A reminder by SMS, due now, too late in a day."""

    class Meta:
        model = Delivery

    key = factory.Sequence(lambda n: f"visit_reminder:{n}")
    patient = factory.SubFactory(PatientFactory)
    kind = "visit_reminder"
    priority = Priority.REMINDER
    media = Medium.SMS.value
    due_at = factory.LazyFunction(lambda: clock.now())  # a test may set the clock
    expires_at = factory.LazyAttribute(lambda delivery: delivery.due_at + dt.timedelta(days=1))
    changed_at = created_at = factory.LazyFunction(lambda: clock.now())

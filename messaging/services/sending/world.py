"""What has to be known about people and carriers to decide some deliveries: a few statements for all of them."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from functools import cached_property

from django.db.models import Count, Sum

from common import clock, phones
from messaging.channels import TRANSPORTS
from messaging.channels.base import Transport
from messaging.models import CodeMessage, Delivery, Medium, Message, MessageChannel, OptOut, SendingRule
from messaging.models.channel import REACHED_AT
from messaging.services.texts import Words
from patients.models import ContactPoint


class Carriers:
    """The channels and rules as they stand when a run begins its next turn."""

    def __init__(self) -> None:
        self.channels = {channel.medium: channel for channel in MessageChannel.objects.all()}
        self.rules = {rule.priority: rule for rule in SendingRule.objects.all()}
        self.words = Words()

    def transport(self, channel: MessageChannel) -> Transport:
        """The adapter with the channel's account."""
        return TRANSPORTS[channel.kind]({**channel.options, **channel.secrets})


def stopped_with(medium: str) -> tuple[str, ...]:
    """The media of which one opt-out stops this one: who wants no SMS is not rung up instead by a machine."""
    return (Medium.SMS, Medium.VOICE) if medium in (Medium.SMS, Medium.VOICE) else (medium,)


class World:
    """The people of some deliveries, at one moment."""

    def __init__(self, deliveries: Sequence[Delivery], carriers: Carriers, at: dt.datetime):
        self.at = at
        self.carriers = carriers
        self.deliveries = deliveries
        self.today, self.tomorrow = clock.day_bounds(clock.today(at))
        self.sent_now: dict[tuple[int, int], int] = defaultdict(int)  # (person, priority) -> decided in this turn

    @cached_property
    def _people(self) -> list[int]:
        return [delivery.patient_id for delivery in self.deliveries]

    @cached_property
    def _points(self) -> dict[int, list[ContactPoint]]:
        found = defaultdict(list)
        for point in ContactPoint.objects.reachable().filter(patient__in=self._people):
            found[point.patient_id].append(point)
        return found

    @cached_property
    def _opted_out(self) -> set[tuple[str, str]]:
        addresses = {point.value for points in self._points.values() for point in points}
        addresses |= {message.address for tries in self._messages.values() for message in tries.values()}
        return set(OptOut.objects.live().filter(address__in=addresses).values_list("medium", "address"))

    @cached_property
    def _messages(self) -> dict[int, dict[str, Message]]:
        found: dict[int, dict[str, Message]] = defaultdict(dict)
        tried = [delivery.pk for delivery in self.deliveries if delivery.attempts]
        if tried:
            for message in Message.objects.filter(delivery__in=tried).select_related("template", "contact_point"):
                found[message.delivery_id][message.medium] = message
        return found

    @cached_property
    def _sent_today(self) -> dict[tuple[int, int], int]:
        rows = Delivery.objects.filter(patient__in=self._people, sent_at__gte=self.today).order_by()
        counted = rows.values_list("patient", "priority").annotate(n=Count("pk"))
        return {(patient, priority): n for patient, priority, n in counted}

    @cached_property
    def spent(self) -> dict[str, Decimal]:
        """Medium -> what messages and codes of today cost, for channels with a budget; rises as this turn decides."""
        limited = [channel for channel in self.carriers.channels.values() if channel.budget_amount is not None]
        found: dict[str, Decimal] = {channel.medium: Decimal(0) for channel in limited}
        for told in (Message, CodeMessage) if limited else ():
            rows = told.objects.filter(channel__in=limited, at__gte=self.today).order_by()
            for medium, cost in rows.values_list("medium").annotate(sum=Sum("cost_amount")):
                found[medium] += cost
        return found

    def tried(self, delivery: Delivery) -> dict[str, Message]:
        """Medium -> the try that was made."""
        return self._messages[delivery.pk]

    def points(self, delivery: Delivery, medium: str) -> list[ContactPoint]:
        """Where the person can be reached by `medium`, best first."""
        system = REACHED_AT[Medium(medium)]
        found = [point for point in self._points[delivery.patient_id] if point.system == system]
        return [point for point in found if phones.takes_sms(point.value)] if medium == Medium.SMS else found

    def has_opted_out(self, medium: str, address: str) -> bool:
        """Did somebody at this address say stop?"""
        return any((one, address) in self._opted_out for one in stopped_with(medium))

    def had_enough(self, delivery: Delivery) -> bool:
        """Has the person got as many messages of this priority today as the rule allows?"""
        most = self.carriers.rules[delivery.priority].a_day
        who = delivery.patient_id, delivery.priority
        return bool(most) and self._sent_today.get(who, 0) + self.sent_now[who] >= most

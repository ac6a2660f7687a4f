"""Which carrier a medium has, with which account; whether it is asked; a test by hand."""

import datetime as dt
import ipaddress
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Model, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext, override

from accounts.models import User
from common import clock, shown
from common.history import acting
from messaging.channels import TRANSPORTS
from messaging.channels.base import Accepted, Option, Outgoing, Transport, TransportError
from messaging.errors import (
    CarrierNotForMedium,
    ChannelBroken,
    OptionMissing,
    TestRefused,
    TestUnclear,
    UnknownCarrier,
    UnsafeAddress,
)
from messaging.models import CodeMessage, Medium, Message, MessageChannel
from messaging.models.channel import REACHED_AT
from messaging.services import planning
from messaging.services.sending.carrying import receipt_url
from messaging.services.sending.world import Carriers
from messaging.wording import mask
from patients.services import contacts

ANSWERS_AGAIN: dict[str, Any] = {"paused_until": None, "down_since": None, "pause_reason": ""}


def carriers_of(medium: str) -> list[type[Transport]]:
    """Those that can carry it."""
    return [transport for transport in TRANSPORTS.values() if medium in transport.media]


@dataclass(frozen=True)
class Terms:
    """Whether a channel is used, what one part costs, and what may be spent in a day (None: no limit)."""

    is_active: bool = True
    price_amount: Decimal = Decimal(0)
    price_currency: str = "CNY"
    budget_amount: Decimal | None = None


@transaction.atomic
def change(
    channel: MessageChannel,
    *,
    kind: str,
    options: Mapping[str, str],
    secrets: Mapping[str, str],
    terms: Terms,
    by: User,
) -> MessageChannel:
    """Give the medium this carrier and account. A secret that is not given stays as it is, unless the carrier changes.

    Raises UnknownCarrier, CarrierNotForMedium, OptionMissing, UnsafeAddress. Secrets stand in no history and no log.
    """
    fresh = MessageChannel.objects.select_for_update().get(pk=channel.pk)
    transport = _transport(kind, fresh.medium)
    account = {one.name: value for one in transport.options if (value := options.get(one.name, "").strip())}
    account = {name: value for name, value in account.items() if name not in _secret_names(transport)}
    given = {name: secrets[name] for name in _secret_names(transport) if secrets.get(name)}
    kept = {name: value for name, value in fresh.secrets.items() if name in _secret_names(transport)}
    sealed = {**(kept if kind == fresh.kind else {}), **given}
    _check(transport.options, {**account, **sealed})
    is_other_account = (fresh.kind, fresh.options) != (kind, account) or bool(given)
    fresh.seal(sealed)
    values = {"kind": kind, "options": account, **asdict(terms), **(ANSWERS_AGAIN if is_other_account else {})}
    _write(fresh, by, gettext("Passwords or keys were changed") if given else "", **values)
    transaction.on_commit(planning.wake)
    return fresh


def _secret_names(transport: type[Transport]) -> set[str]:
    return {option.name for option in transport.options if option.secret}


def _transport(kind: str, medium: str) -> type[Transport]:
    if kind not in TRANSPORTS:
        raise UnknownCarrier(field="kind")
    if medium not in TRANSPORTS[kind].media:
        raise CarrierNotForMedium(field="kind")
    return TRANSPORTS[kind]


def _check(options: tuple[Option, ...], account: Mapping[str, str]) -> None:
    for option in options:
        value = account.get(option.name) or option.default
        if option.required and not value:
            raise OptionMissing(field=option.name, what=option.label)
        if "url" in option.name.split("_") and value and not is_safe(value):
            raise UnsafeAddress(field=option.name, what=option.label)


def is_safe(address: str) -> bool:
    """May an account's address be called? In production only encrypted, or inside the hospital's own network."""
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if parts.scheme not in ("http", "https") or not host:
        return False
    return parts.scheme == "https" or not settings.PRODUCTION or _is_own(host)


def _is_own(host: str) -> bool:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return address.is_loopback or address.is_private


@transaction.atomic
def pause(channel: MessageChannel, *, until: dt.datetime, reason: str, by: User) -> None:
    """Leave the carrier alone until then; what is due waits, or takes its next channel after the rule's patience."""
    _note(channel, by, reason, paused_until=until, pause_reason=reason[:200])


@transaction.atomic
def resume(channel: MessageChannel, *, by: User) -> None:
    """Ask the carrier again now."""
    _note(channel, by, gettext("Asked again"), **ANSWERS_AGAIN)
    transaction.on_commit(planning.wake)


def _note(channel: MessageChannel, by: User, reason: str, **changes: Any) -> None:
    """Change it as it stands now, with author and reason in the history."""
    _write(MessageChannel.objects.select_for_update().get(pk=channel.pk), by, reason, **changes)


def _write(channel: MessageChannel, by: User, reason: str, **changes: Any) -> None:
    for name, value in changes.items():
        setattr(channel, name, value)
    with acting(by, reason):
        channel.save()


def send_test(channel: MessageChannel, *, to: str, by: User) -> Accepted:
    """Really send a short text by the channel's carrier, now; who did it stands in the channel's history.

    It is no delivery: nothing is repeated, counted or answered. Takes up to 10 s, outside any transaction. Raises
    ChannelBroken, PhoneInvalid, EmailInvalid, TestRefused, TestUnclear.
    """
    if channel.kind not in TRANSPORTS:
        raise ChannelBroken
    address = contacts.stored_form(REACHED_AT[Medium(channel.medium)], to)
    with transaction.atomic():
        _note(channel, by, gettext("Test message to %(to)s") % {"to": mask(channel.medium, address)})
    try:
        return Carriers().transport(channel).send(_test(channel, address))
    except TransportError as error:
        raise (TestUnclear if error.unknown else TestRefused)(why=error.message) from error


def _test(channel: MessageChannel, address: str) -> Outgoing:
    ref = uuid.uuid4()
    with override(settings.LANGUAGE_CODE):
        text = gettext("%(hospital)s: this is a test. You need not do anything.") % {"hospital": shown.hospital()}
    return Outgoing(
        ref=ref, medium=channel.medium, to=address, text=text, subject=shown.hospital(),
        language=settings.LANGUAGE_CODE, receipt_url=receipt_url(channel, str(ref)),
    )  # fmt: skip


def hook_url(channel: MessageChannel) -> str:
    """The address that the carrier is told, for receipts and answers."""
    return f"{settings.PUBLIC_URL}/hooks/{channel.uuid}/"


def with_use(rows: QuerySet[MessageChannel], at: dt.datetime | None = None) -> QuerySet[MessageChannel]:
    """Each with `spent`, what messages and codes of today cost in its currency, and `last_at`, that of the last."""
    since = clock.day_bounds(clock.today(at or clock.now()))[0]
    (spent, last), (of_codes, last_code) = (_use(told, since) for told in (Message, CodeMessage))
    return rows.annotate(spent=spent + of_codes, last_at=Greatest(Coalesce(last, last_code), Coalesce(last_code, last)))


def _use(told: type[Model], since: dt.datetime) -> tuple[Coalesce, Subquery]:
    """Of each channel: what it cost since then, and when the last was written."""
    own = told.objects.filter(channel=OuterRef("pk")).order_by()
    spent = own.filter(at__gte=since).values("channel").annotate(sum=Sum("cost_amount")).values("sum")
    return Coalesce(Subquery(spent), Decimal(0)), Subquery(own.order_by("-at").values("at")[:1])

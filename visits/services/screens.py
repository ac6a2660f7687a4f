"""What a waiting-room display shows and says. A name appears only masked, and only where its department allows it."""

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import User
from common import clock
from common.history import acting
from directory.models import Department, Location
from visits.models import Call, CallScreen, QueueEntry, QueueState

SHOWN = 8  # calls that a display has room for
READY = 3  # tickets in front of each room that should get ready
LANGUAGES = {"zh-hans": "zh-CN", "en": "en-GB"}  # of the site -> of the voice, in the order in which it speaks


@dataclass(frozen=True)
class Shown:
    """A call as the public sees it. Texts are (Chinese, English)."""

    id: int
    ticket: str
    room: tuple[str, str]
    department: tuple[str, str]
    name: str
    is_waited_for: bool  # called and not yet in the room


@dataclass(frozen=True)
class Ready:
    """Tickets that come next in front of one room."""

    room: tuple[str, str]
    tickets: list[str]


def calls(screen: CallScreen, at: dt.datetime | None = None) -> list[Shown]:
    """The latest call of each ticket that is called or inside today; who is waited for stands in front."""
    rows = Call.objects.filter(
        entry__series__in=_departments(screen), entry__day=clock.today(at),
        entry__state__in=(QueueState.CALLED, QueueState.INSIDE),
    )  # fmt: skip
    rows = rows.select_related(
        "location", "entry__series", "entry__appointment__patient", "entry__session__practitioner"
    )
    latest: dict[int, Call] = {}
    for call in rows.order_by("-pk")[: SHOWN * 4]:
        latest.setdefault(call.entry_id, call)
    shown = sorted(map(_shown, latest.values()), key=lambda one: (not one.is_waited_for, -one.id))
    return shown[:SHOWN]


def ready(screen: CallScreen, at: dt.datetime | None = None) -> list[Ready]:
    """Who comes next in front of each room."""
    rows = QueueEntry.objects.filter(
        series__in=_departments(screen), day=clock.today(at), state=QueueState.WAITING
    ).in_order()
    rooms: dict[tuple[str, str], list[str]] = defaultdict(list)
    for entry in rows.select_related("session__practitioner", "session__location"):
        tickets = rooms[_room(entry.session.location, entry)]
        if len(tickets) < READY:
            tickets.append(entry.ticket)
    return [Ready(room, tickets) for room, tickets in sorted(rooms.items())]


def spoken(call: Shown) -> Iterator[tuple[str, str]]:
    """(language of the voice, words), once in each language."""
    for number, (language, voice) in enumerate(LANGUAGES.items()):
        with translation.override(language):
            facts = {"ticket": " ".join(call.ticket), "room": call.room[number], "department": call.department[number]}
            # Translators: spoken in a waiting room; the digits are spaced so that they are read one by one
            whole, plain = (
                _("%(department)s, number %(ticket)s: %(room)s, please."),
                _("Number %(ticket)s: %(room)s, please."),
            )
            yield voice, (whole if call.department[number] else plain) % facts


@transaction.atomic
def move_address(screen: CallScreen, *, by: User) -> CallScreen:
    """A new address; displays that show the old one go dark."""
    with acting(by, _("New address")):
        screen.uuid = uuid.uuid4()
        screen.save()
    return screen


def _departments(screen: CallScreen) -> QuerySet[Department]:
    return screen.departments.filter(is_active=True).order_by().values("pk")


def _shown(call: Call) -> Shown:
    entry = call.entry
    series = entry.series
    return Shown(
        id=call.pk,
        ticket=entry.ticket,
        room=_room(call.location, entry),
        department=("", "") if series.is_sensitive else _both(series),
        name=entry.appointment.patient.name_masked if series.names_on_screens else "",
        is_waited_for=entry.state == QueueState.CALLED,
    )


def _room(location: Location | None, entry: QueueEntry) -> tuple[str, str]:
    """The room, or with whom where no room is known."""
    name = entry.session.practitioner.name
    return _both(location) if location else (name, name)


def _both(named: Department | Location) -> tuple[str, str]:
    return named.name_zh or named.name_en, named.name_en or named.name_zh

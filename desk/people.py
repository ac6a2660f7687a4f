"""The rows behind each number of Today. What is counted there is read here by the same conditions."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import clock
from desk import today
from desk.choosing import Choice
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus, Session
from visits.models import QueueEntry, QueueState


@dataclass(frozen=True)
class Asked:
    """Who asks for which rows: of one session or of all sessions of today that the choice leaves."""

    user: User
    choice: Choice
    at: dt.datetime
    session: UUID | None = None

    @property
    def sessions(self) -> QuerySet[Session]:
        """Ids of those sessions."""
        rows = seeing.sessions(self.user).on(clock.today(self.at)).filter(self.choice.at("service__department"))
        rows = rows.filter(uuid=self.session) if self.session else rows
        return rows.order_by().values("pk")


@dataclass(frozen=True)
class Kind:
    """A list: its name, how its rows are drawn, the right to see it, and the rows."""

    title: Any
    template: str
    right: str
    rows: Callable[[Asked], QuerySet]


def _tickets(asked: Asked) -> QuerySet[QueueEntry]:
    rows = QueueEntry.objects.filter(session__in=asked.sessions).for_desk().in_order()
    return rows.prefetch_related("appointment__patient__contact_points")


def _waiting(asked: Asked) -> QuerySet:
    return _tickets(asked).in_waiting_room()


def _inside(asked: Asked) -> QuerySet:
    return _tickets(asked).filter(state=QueueState.INSIDE)


def _late(asked: Asked) -> QuerySet:
    return _tickets(asked).waiting_since(asked.at - today.TOO_LONG)


def _unreachable(asked: Asked) -> QuerySet:
    rows = Appointment.objects.filter(slot__session__in=asked.sessions, status=AppointmentStatus.BOOKED)
    return rows.with_reach().filter(is_reachable=False).for_desk().order_by("starts_at", "pk")


def _offers(asked: Asked) -> QuerySet:
    rows = today.lapsing_offers(asked.user, asked.choice, asked.at).order_by("expires_at")
    return rows.select_related(
        "entry__patient", "appointment__slot__session__practitioner", "appointment__slot__service__department"
    )


def _stopped(asked: Asked) -> QuerySet:
    rows = seeing.sessions(asked.user).filter(asked.choice.at("service__department"), day__gte=clock.today(asked.at))
    return rows.to_settle().for_list().order_by("starts_at", "pk")


_TICKETS, _SESSION = "visits.view_queueentry", "scheduling.view_session"
KINDS = {
    "waiting": Kind(_("Waiting"), "desk/_rows_tickets.html", _TICKETS, _waiting),
    "inside": Kind(_("With the clinician"), "desk/_rows_tickets.html", _TICKETS, _inside),
    "late": Kind(_("Waiting for over 45 minutes"), "desk/_rows_tickets.html", _TICKETS, _late),
    "unreachable": Kind(
        _("Cannot be reached"), "desk/_rows_bookings.html", "scheduling.view_appointment", _unreachable
    ),
    "offers": Kind(_("Offers that end soon"), "desk/_rows_offers.html", "scheduling.view_waitlistoffer", _offers),
    "stopped": Kind(_("Stopped, with bookings still to be settled"), "desk/_rows_sessions.html", _SESSION, _stopped),
}

"""Which sessions a stoppage is about."""

from typing import Any

from django.db.models import Count, Q

from accounts.models import User
from common import clock
from scheduling import seeing
from scheduling.models import AppointmentStatus, Session, SessionStatus

MOST = 200  # sessions in one act: half a year of somebody who works every half-day


def sessions(user: User, asked: dict[str, Any]) -> list[Session]:
    """Those still to come that were asked for, with how many are `booked` in each; one more than MOST at the most."""
    rows = seeing.sessions(user).filter(day__range=(asked["first"], asked["last"]), ends_at__gt=clock.now())
    wanted = {name: asked[name] for name in ("practitioner", "location", "service__department") if asked.get(name)}
    rows = rows.filter(**wanted).exclude(status=SessionStatus.CANCELLED)
    booked = Count("slots__appointments", filter=Q(slots__appointments__status=AppointmentStatus.BOOKED))
    return list(rows.for_list().annotate(booked=booked).order_by("starts_at", "pk")[: MOST + 1])

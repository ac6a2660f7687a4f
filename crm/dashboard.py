"""The start page: today, in the scope of whoever looks, each number a link to its rows."""

from typing import Any

from django.db.models import F, Q, QuerySet, Sum
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common import clock
from scheduling import seeing
from scheduling.models import Appointment, AppointmentStatus, Closure, Session, SessionStatus, Slot
from scheduling.models.session import SESSION_TONE
from scheduling.models.waitlist import EntryStatus

SHOWN = 40  # sessions on the page; the rest is behind the number


def figures(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds `tiles`, `half_days` and `today` to the start page; what a role may not see it does not get."""
    today = clock.today()
    context.update(today=today, tiles=_tiles(request, today), half_days=[], title=_("Today"))
    if request.user.has_perm("scheduling.view_session"):
        sessions = seeing.sessions(request.user).on(today).for_list().order_by("starts_at", "practitioner__name_pinyin")
        context["half_days"] = _counted(list(sessions[:SHOWN]))
    return context


def _tiles(request: HttpRequest, today: Any) -> list[dict[str, Any]]:
    user, tiles = request.user, []
    start, end = clock.day_bounds(today)
    if user.has_perm("scheduling.view_appointment"):
        slots = seeing.slots(user).filter(starts_at__gte=start, starts_at__lt=end)
        tiles.append(_tile(_("booked today"), _booked(user, start, end).count(), "info", "appointment", when="today"))
        tiles.append({"word": _("free places today"), "n": _free(slots), "tone": "primary", "link": _grid()})
    if user.has_perm("scheduling.view_session"):
        stopped = seeing.sessions(user).filter(day__gte=today).exclude(status=SessionStatus.OPEN)
        query = {"when": "ahead", "status__in": "stopped,cancelled"}
        tiles.append(_tile(_("stopped sessions from today on"), stopped.count(), "warning", "session", **query))
    if user.has_perm("scheduling.view_waitlistentry"):
        waiting = seeing.waiting(user).filter(status__in=(EntryStatus.WAITING, EntryStatus.OFFERED))
        tiles.append(_tile(_("on the waiting list"), waiting.count(), "waitlist", "waitlistentry"))
    return tiles


def _booked(user: Any, start: Any, end: Any) -> QuerySet[Appointment]:
    """What the list shows for today: every booking with a patient that was not cancelled."""
    rows = seeing.appointments(user).filter(starts_at__gte=start, starts_at__lt=end, patient__isnull=False)
    return rows.exclude(status__in=(AppointmentStatus.CANCELLED, AppointmentStatus.LAPSED))


def _free(slots: QuerySet[Slot]) -> int:
    left = slots.filter(closed=Closure.OPEN, taken__lt=F("capacity"), ends_at__gt=clock.now())
    return left.aggregate(n=Sum(F("capacity") - F("taken")))["n"] or 0


def _grid() -> str:
    return reverse("admin:desk:day", query={"department": "all"})


def _tile(word: Any, n: int, tone: str, model: str, **query: str) -> dict[str, Any]:
    return {"word": word, "n": n, "tone": tone, "link": reverse(f"admin:scheduling_{model}_changelist", query=query)}


def _counted(sessions: list[Session]) -> list[dict[str, Any]]:
    """Sessions with their places, counted in one statement."""
    slots = Slot.objects.in_roster().filter(session__in=[session.pk for session in sessions])
    rows = slots.order_by().values("session")
    left = Q(closed=Closure.OPEN, taken__lt=F("capacity"), ends_at__gt=clock.now())
    counts = {row["session"]: row for row in rows.annotate(places=Sum("capacity"), taken_n=Sum("taken"))}
    free = dict(rows.filter(left).annotate(n=Sum(F("capacity") - F("taken"))).values_list("session", "n"))
    return [_line(session, counts.get(session.pk, {}), free.get(session.pk, 0)) for session in sessions]


def _line(session: Session, counts: dict[str, int], free: int) -> dict[str, Any]:
    query = {"slot__session__id__exact": session.pk, "when": "all"}
    department = session.service.department
    return {
        "session": session,
        "places": counts.get("places", 0),
        "taken": counts.get("taken_n", 0),
        "free": free,
        "tone": SESSION_TONE[session.status],
        "bookings": reverse("admin:scheduling_appointment_changelist", query=query),
        "grid": reverse("admin:desk:day", query={"department": department.uuid}),
    }

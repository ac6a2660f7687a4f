"""Counting everything again: what the slots say against what the claims say."""

from dataclasses import dataclass

from django.db.models import Count, F, Q

from scheduling.models import CLAIMING, OPEN, Appointment, Closure, Session, Slot


@dataclass(frozen=True)
class Drift:
    """Something that should be equal and is not."""

    what: str
    subject: str
    stored: int
    counted: int

    def __str__(self) -> str:
        return f"{self.what}: {self.subject} says {self.stored}, counted {self.counted}"


def check() -> list[Drift]:
    """Every drift in the pool; an empty list is the only good answer."""
    return [*_taken(), *_overbooking(), *_limits(), *_places(), *_two_at_once(), *_times(), *_retired()]


def _taken() -> list[Drift]:
    live = Count("appointments", filter=Q(appointments__status__in=CLAIMING))
    wrong = Slot.objects.annotate(live=live).exclude(taken=F("live")).order_by("pk")
    return [Drift("taken", f"slot {s.uuid}", s.taken, s.live) for s in wrong]


def _overbooking() -> list[Drift]:
    over = Slot.objects.filter(taken__gt=F("capacity")).exclude(overbooking=F("taken") - F("capacity"))
    idle = Slot.objects.filter(taken__lte=F("capacity"), overbooking__gt=0)
    return [Drift("overbooking", f"slot {s.uuid}", s.overbooking, max(0, s.taken - s.capacity)) for s in [*over, *idle]]


def _limits() -> list[Drift]:
    """A session's extra places never exceed its limit."""
    over: dict[int, int] = {}
    for session, extra in Slot.objects.filter(overbooking__gt=0).values_list("session_id", "overbooking"):
        over[session] = over.get(session, 0) + extra
    sessions = Session.objects.filter(pk__in=over)
    return [
        Drift("session limit", f"session {s.uuid}", s.overbook_limit, over[s.pk])
        for s in sessions
        if over[s.pk] > s.overbook_limit
    ]


def _places() -> list[Drift]:
    """Two live claims with one place number; the database refuses them, so this finds a lost index."""
    rows = Appointment.objects.claiming().order_by().values("slot__uuid", "place").annotate(n=Count("pk"))
    return [Drift("place", f"slot {r['slot__uuid']} place {r['place']}", 1, r["n"]) for r in rows.filter(n__gt=1)]


def _two_at_once() -> list[Drift]:
    """Patients who are in two places at one time."""
    rows = Appointment.objects.filter(status__in=OPEN, patient__isnull=False).order_by("patient_id", "starts_at")
    found, last = [], None
    for patient, start, end, ref in rows.values_list("patient_id", "starts_at", "ends_at", "reference").iterator():
        if last and last[0] == patient and start < last[1]:
            found.append(Drift("two at once", f"booking {ref}", 1, 2))
        last = (patient, max(end, last[1]) if last and last[0] == patient else end)
    return found


def _times() -> list[Drift]:
    """A booking's times are its slot's."""
    wrong = Appointment.objects.exclude(starts_at=F("slot__starts_at"), ends_at=F("slot__ends_at"))
    return [Drift("times", f"booking {ref}", 0, 1) for ref in wrong.values_list("reference", flat=True)]


def _retired() -> list[Drift]:
    """Nobody holds a time that the roster gave up."""
    held = Slot.objects.filter(closed=Closure.RETIRED, taken__gt=0)
    return [Drift("retired", f"slot {uuid}", 0, taken) for uuid, taken in held.values_list("uuid", "taken")]

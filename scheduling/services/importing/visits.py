"""One row of the file as a visit that can be stored. Touches no database."""

import datetime as dt
import hashlib
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from accounts.models import Channel
from common import clock
from patients.services.bulk import Newcomer
from patients.services.importing import people
from patients.services.importing.rows import MappedRow
from patients.services.registration import OLDEST
from scheduling.models import AppointmentStatus
from scheduling.models.appointment import CancelCause
from scheduling.services.origin import digest_of

OUTCOMES = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
    AppointmentStatus.CANCELLED,
)
FULL = ("reject", "grow")
OWN_FIELDS = {
    "appointment", "source", "age", "site", "department", "service", "practitioner", "practitioner_code",
    "day", "time", "minutes", "session_starts", "session_ends", "capacity", "when_full",
    "booked_at", "channel", "reason", "outcome", "cancelled_at", "cancel_cause",
}  # fmt: skip
FIELDS = OWN_FIELDS | people.FIELDS
REQUIRED = {"appointment", "source", "name", "site", "department", "day"}
LONGEST_AHEAD = dt.timedelta(days=3 * 366)
FIRST_DAY = dt.date(1970, 1, 1)
QUARTER = 6  # hours: without a session's times in the map, a session is a quarter of the day
KEY_LENGTH = 100  # AppointmentEvent.request_key


@dataclass(frozen=True, slots=True)
class Visit:
    """A checked row. Instants are aware; `key` names the visit for ever, `outcome_key` what became of it.

    digest: what the row said of it. digest_as_booked: what an earlier file said of it that knew no outcome yet.
    """

    row: MappedRow
    key: str
    outcome_key: str
    digest: str
    digest_as_booked: str
    who: Newcomer
    source: str
    site: str
    department: str
    service: str
    practitioner: str
    practitioner_code: str
    day: dt.date
    starts_at: dt.datetime
    ends_at: dt.datetime
    session_starts_at: dt.datetime
    session_ends_at: dt.datetime
    capacity: int
    grows: bool
    asked_at: dt.datetime
    channel: str
    reason: str
    status: str
    cancelled_at: dt.datetime | None
    cause: str

    @property
    def is_ahead(self) -> bool:
        """A booking that is still to come to an end."""
        return self.status == AppointmentStatus.BOOKED


def read(row: MappedRow, who: Newcomer, at: dt.datetime) -> Visit:
    """The visit of `who` that `row` tells of, at `at` (aware, now). Raises BadRow naming the column."""
    day = _day(row, at)
    starts_at, ends_at, session_starts_at, session_ends_at = _times(row, day)
    who = _with_age(row, who, day)
    asked_at = _asked_at(row, day, starts_at, ends_at, at)
    status = _status(row, day, starts_at, at)
    facts = {
        "who": who,
        "source": row.required("source")[:60],
        "site": row.required("site")[:120],
        "department": row.required("department")[:120],
        "service": row.text("service")[:120],
        "practitioner": row.text("practitioner")[:80],
        "practitioner_code": row.text("practitioner_code")[:30],
        "day": day,
        "starts_at": starts_at,
        "ends_at": ends_at,
        "session_starts_at": session_starts_at,
        "session_ends_at": session_ends_at,
        "capacity": _between(row, "capacity", 1, 1000) or 1,
        "grows": row.choice("when_full", FULL) == "grow",
        "asked_at": asked_at,
        "channel": row.choice("channel", Channel.values) or Channel.IMPORT,
        "reason": row.text("reason")[:200],
        "status": status,
        **_cancelled(row, status, starts_at, asked_at, at),
    }
    named = facts["source"], row.required("appointment")
    return Visit(
        row=row,
        key=_key("import", *named),
        outcome_key=_key("import-outcome", *named),
        digest=_digest(facts, row, status),
        digest_as_booked=_digest(facts, row, AppointmentStatus.BOOKED),
        **facts,
    )


def _key(what: str, source: str, number: str) -> str:
    key = f"{what}:{source}:{number}"
    return key if len(key) <= KEY_LENGTH else f"{what}:" + hashlib.sha256(key.encode()).hexdigest()


def _digest(facts: dict, row: MappedRow, status: str) -> str:
    """What the row says of the visit. Not what depends on the day of the import: an assumed booking or cancelling."""
    said = ("site", "department", "service", "practitioner", "practitioner_code", "starts_at", "ends_at")
    numbers = [(one.system, one.issuer, one.value) for one in facts["who"].identifiers]
    return digest_of(*(facts[name] for name in said), status, facts["who"].name, numbers, row.text("booked_at"))


def _day(row: MappedRow, at: dt.datetime) -> dt.date:
    row.required("day")
    day = row.date("day")
    if not FIRST_DAY <= day <= clock.today(at) + LONGEST_AHEAD:
        raise row.bad("date_impossible", _("%s cannot be right") % day, "day")
    return day


def _times(row: MappedRow, day: dt.date) -> tuple[dt.datetime, dt.datetime, dt.datetime, dt.datetime]:
    """Slot and session. Without a time of day the slot is the whole session."""
    session = _time(row, "session_starts"), _time(row, "session_ends")
    time = _time(row, "time") or _time_of_day(row)
    if time is None:
        first, last = clock.at_wall(day, session[0] or dt.time(8)), clock.at_wall(day, session[1] or dt.time(18))
        if last <= first:
            raise row.bad("times_in_disorder", _("the session ends before it begins"), "session_ends")
        return first, last, first, last
    starts_at = clock.at_wall(day, time)
    ends_at = starts_at + dt.timedelta(minutes=_between(row, "minutes", 1, 720) or 15)
    first, last = _quarter(day, time)
    if session[0] and session[1] and session[0] <= time < session[1]:
        first, last = clock.at_wall(day, session[0]), clock.at_wall(day, session[1])
    return starts_at, ends_at, first, max(last, ends_at)


def _quarter(day: dt.date, time: dt.time) -> tuple[dt.datetime, dt.datetime]:
    first = clock.at_wall(day, dt.time(time.hour // QUARTER * QUARTER))
    return first, first + dt.timedelta(hours=QUARTER)


def _time_of_day(row: MappedRow) -> dt.time | None:
    """The time that stands in the day's own cell; midnight means none."""
    time = row.moment("day").time()
    return None if time == dt.time() else time.replace(second=0, microsecond=0)


def _time(row: MappedRow, field: str) -> dt.time | None:
    text = row.text(field)
    if not text:
        return None
    for pattern in ("%H:%M", "%H:%M:%S", "%H.%M", "%H%M"):
        try:
            return dt.datetime.strptime(text, pattern).time()  # noqa: DTZ007 - a wall-clock time
        except ValueError:
            continue
    raise row.bad("not_a_time", _("“%s” is not a time such as 09:30") % text[:40], field)


def _with_age(row: MappedRow, who: Newcomer, day: dt.date) -> Newcomer:
    """A missing birth date from the age on the day of the visit: right to half a year, and the record says so."""
    age = row.number("age")
    if age is None:
        return who
    if not 0 <= age <= OLDEST:
        raise row.bad("age_impossible", _("an age of %s cannot be right") % age, "age")
    if who.birth_date:
        return who
    born = day - dt.timedelta(days=round(age * 365.25) + 182)
    return replace(who, birth_date=born, note=who.note or _("Birth date estimated from the age."))


def _asked_at(
    row: MappedRow, day: dt.date, starts_at: dt.datetime, ends_at: dt.datetime, at: dt.datetime
) -> dt.datetime:
    """When it was booked; unknown means at the visit, or now when that lies ahead."""
    asked_at = _instant(row, "booked_at")
    if asked_at is None:
        return min(starts_at, at)
    if asked_at > at:
        raise row.bad("booked_in_future", _("booked in the future"), "booked_at")
    is_timed = bool(row.text("time")) or _time_of_day(row) is not None
    if clock.today(asked_at) > day or (is_timed and asked_at > ends_at):
        raise row.bad("visit_before_booking", _("the visit lies before the booking"), "booked_at")
    return asked_at


def _status(row: MappedRow, day: dt.date, starts_at: dt.datetime, at: dt.datetime) -> str:
    status = row.choice("outcome", OUTCOMES) or AppointmentStatus.BOOKED
    if status == AppointmentStatus.BOOKED and day < clock.today(at):
        raise row.bad("outcome_missing", _("the visit is over, but its outcome is not told"), "outcome")
    if status in (AppointmentStatus.FULFILLED, AppointmentStatus.NOSHOW) and starts_at > at:
        raise row.bad("outcome_too_early", _("the visit lies ahead and cannot have this outcome"), "outcome")
    return status


def _cancelled(
    row: MappedRow, status: str, starts_at: dt.datetime, asked_at: dt.datetime, at: dt.datetime
) -> dict[str, object]:
    if status != AppointmentStatus.CANCELLED:
        return {"cancelled_at": None, "cause": ""}
    cancelled_at = _instant(row, "cancelled_at") or max(min(starts_at, at), asked_at)
    if not asked_at <= cancelled_at <= at:
        raise row.bad("cancelled_impossible", _("cancelled before the booking or in the future"), "cancelled_at")
    return {"cancelled_at": cancelled_at, "cause": row.choice("cancel_cause", CancelCause.values) or "patient"}


def _instant(row: MappedRow, field: str) -> dt.datetime | None:
    """A moment by the hospital's clock, unless the text names a zone."""
    moment = row.moment(field)
    if moment is None or moment.tzinfo:
        return moment
    return clock.at_wall(moment.date(), moment.time())


def _between(row: MappedRow, field: str, low: int, high: int) -> int | None:
    number = row.number(field)
    if number is not None and not low <= number <= high:
        raise row.bad(
            "number_impossible",
            _("%(number)s is not between %(low)s and %(high)s") % {"number": number, "low": low, "high": high},
            field,
        )
    return number

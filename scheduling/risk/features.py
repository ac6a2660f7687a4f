"""What is known of a booking at its score moment, as numbers. Pure numpy.

A booking's features depend on nothing later: outcomes of days before the day of its score moment, bookings made before
that moment for the same or an earlier day. Never on sex, welfare, diagnoses, nor on what was sent to the patient.
"""

import numpy as np

from .asof import Earlier, codes
from .table import DAY, Table

NAMES = (
    "lead", "ahead", "hour", "weekday", "asked_weekday", "age", "clinic", "cohort", "record", "record_ahead", "known",
    "missed", "last", "since", "batch", "same_day", "same_clinic",
)  # fmt: skip
# what a reason speaks of -> the features that say it
GROUPS = {
    "lead": ("lead", "ahead"),
    "history": ("record", "record_ahead", "known", "missed", "last", "since"),
    "age": ("age",),
    "clinic": ("clinic", "cohort"),
    "weekday": ("weekday",),
    "asked": ("hour", "asked_weekday"),
    "several": ("batch", "same_day", "same_clinic"),
}
LEADS = (1, 2, 4, 8, 15, 30)  # days at which a bin of the lead-time table begins
# absences by lead time before a hospital has its own: rounded rates of a public set of visits (docs/risk.md)
USUAL = np.array([0.05, 0.21, 0.23, 0.26, 0.30, 0.32, 0.33])
USUAL_WEIGHT = 50  # visits that the usual rate counts as
PERSON, CLINIC = 0.3, 5.0  # how firmly a person's and a clinic's record are drawn to the average, in units of variance
NEAR = 60  # bookings of one patient that are looked back upon
NEVER = 999  # days since the last visit, where there is none


def build(table: Table) -> np.ndarray:
    """One row of float32 for each booking, columns as NAMES."""
    found: dict[str, np.ndarray] = _plain(table)
    expected = lead_rates(table)
    found |= _records(table, expected)
    found |= _neighbours(table)
    matrix = np.empty((len(table), len(NAMES)), np.float32)
    for column, name in enumerate(NAMES):
        matrix[:, column] = found.pop(name)
    return matrix


def lead_rates(table: Table) -> np.ndarray:
    """The lead-time table: the share of absences among earlier visits with a lead time of the same bin."""
    bins = np.digitize(table.lead, LEADS)
    earlier = Earlier(bins.astype(np.int64), table.day, table.is_known, table.known_until)
    return (earlier.sum(table.missed) + USUAL_WEIGHT * USUAL[bins]) / (earlier.count + USUAL_WEIGHT)


def _plain(table: Table) -> dict[str, np.ndarray]:
    """Times and age. ahead: days and their parts between asking and the first minute of the day of the visit."""
    return {
        "lead": table.lead,
        "ahead": (table.day.astype(np.int64) * DAY - table.asked) / DAY,
        "hour": (table.asked % DAY) / 3600,
        "weekday": (table.day + 3) % 7,
        "asked_weekday": (table.asked_day + 3) % 7,
        "age": table.age,
    }


def _records(table: Table, expected: np.ndarray) -> dict[str, np.ndarray]:
    """How far patient, clinic and clinic's day of booking were from what lead times alone would have made of them."""
    patient, service = table.rows["patient"], table.rows["service"]
    surprise = np.where(table.is_known, table.missed - expected, 0.0)
    variance = expected * (1 - expected)

    def earlier(*key: np.ndarray) -> Earlier:
        return Earlier(codes(*key), table.day, table.is_known, table.known_until)

    def record(rows: Earlier, weight: float) -> np.ndarray:
        return rows.sum(surprise) / (rows.sum(variance) + weight)

    mine = earlier(patient)
    return {
        "clinic": record(earlier(service), CLINIC),
        "cohort": record(earlier(service, table.asked_day), CLINIC),
        "record": record(mine, PERSON),
        "record_ahead": record(earlier(patient, table.lead > 0), PERSON),
        "known": mine.count,
        "missed": mine.sum(table.missed),
        "last": mine.last(table.missed, -1),
        "since": np.minimum(NEVER, table.day - mine.last(table.day, -NEVER)),
    }


def _neighbours(table: Table) -> dict[str, np.ndarray]:
    """Other bookings of the patient for the same or an earlier day, made before the score moment.

    batch: asked for on the same day as this one. same_day, same_clinic: visits of the same day, at the same clinic.
    """
    found = {name: np.zeros(len(table), np.float32) for name in ("batch", "same_day", "same_clinic")}
    order = np.lexsort((table.rows["pk"], table.made, table.day, table.rows["patient"]))
    patient, day = table.rows["patient"], table.day
    later = np.arange(len(table))
    for step in range(1, NEAR + 1):
        later = later[later >= step]
        later = later[patient[order[later]] == patient[order[later - step]]]
        if not len(later):
            break
        one, other = order[later], order[later - step]
        _count(table, found, one, other)
        same = day[one] == day[other]
        _count(table, found, other[same], one[same])
    return found


def _count(table: Table, found: dict[str, np.ndarray], mine: np.ndarray, others: np.ndarray) -> None:
    """Count for each booking of `mine` the one beside it in `others`; no booking occurs twice in `mine`."""
    is_seen = table.made[others] < table.moment[mine]
    mine, others = mine[is_seen], others[is_seen]
    same_day = table.day[mine] == table.day[others]
    found["batch"][mine] += table.asked_day[mine] == table.asked_day[others]
    found["same_day"][mine] += same_day
    found["same_clinic"][mine] += same_day & (table.rows["service"][mine] == table.rows["service"][others])

"""Bookings from the database into columns, as a stream: whole numbers made by the database, no objects."""

import datetime as dt
from collections.abc import Iterator

import numpy as np
from django.db.models import BigIntegerField, Case, Func, IntegerField, QuerySet, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from common import clock
from patients.models.patient import Sex
from scheduling.models import Appointment, AppointmentStatus

from . import table
from .table import ROW, SEXES, Table

HISTORY_DAYS = 730  # how far back records of patients and clinics are read
AT_ONCE = 5_000  # rows fetched together
MADE = (
    AppointmentStatus.BOOKED,
    AppointmentStatus.ARRIVED,
    AppointmentStatus.FULFILLED,
    AppointmentStatus.NOSHOW,
    AppointmentStatus.CANCELLED,
)  # once a booking: whether it was cancelled later is not known at its score moment, so a cancelled one counts as made
OUTCOME = {
    AppointmentStatus.ARRIVED: table.CAME,
    AppointmentStatus.FULFILLED: table.CAME,
    AppointmentStatus.NOSHOW: table.MISSED,
}
SEX_CODE = {Sex.FEMALE: 0, Sex.MALE: 1, Sex.OTHER: 2, Sex.UNKNOWN: 3}


class Seconds(Func):
    """Whole seconds since 1970 of an instant or a day."""

    output_field = BigIntegerField()

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(
            compiler, connection, template="CAST(strftime('%%%%s', %(expressions)s) AS INTEGER)", **context
        )

    def as_postgresql(self, compiler, connection, **context):
        template = "FLOOR(EXTRACT(EPOCH FROM %(expressions)s))::bigint"
        return self.as_sql(compiler, connection, template=template, **context)


def read(first: dt.date, last: dt.date, at: dt.datetime | None = None) -> Table:
    """Visits from HISTORY_DAYS before `first` to the end of `last`, in no order. Days are the hospital's.

    at: the moment after which nothing is known, for visits that are still to come.
    """
    begin, end = clock.day_bounds(first - dt.timedelta(days=HISTORY_DAYS))[0], clock.day_bounds(last)[1]
    rows = Appointment.objects.filter(starts_at__gte=begin, starts_at__lt=end, status__in=MADE)
    stream = np.fromiter(_stream(rows.filter(patient__isnull=False)), ROW)
    return Table(stream, table.offsets(timezone.get_default_timezone()), int(at.timestamp()) if at else None)


def _stream(rows: QuerySet) -> Iterator[tuple]:
    columns = rows.order_by().values_list(
        "pk", "patient_id", "slot__service_id", "slot__service__department_id",
        Seconds("starts_at"), Seconds("requested_at"), Seconds("created_at"),
        Coalesce(Seconds("patient__birth_date"), Value(table.NO_BIRTH, BigIntegerField())),
        _coded("status", OUTCOME, table.UNKNOWN), _coded("patient__sex", SEX_CODE, len(SEXES) - 1),
        _coded("status", {AppointmentStatus.BOOKED: 1}, 0),
    )  # fmt: skip
    return columns.iterator(chunk_size=AT_ONCE)


def _coded(field: str, codes: dict, default: int) -> Case:
    cases = (When(**{field: text}, then=Value(code)) for text, code in codes.items())
    return Case(*cases, default=Value(default), output_field=IntegerField())

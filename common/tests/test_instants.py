"""Instants come from PostgreSQL as they went in."""

import datetime as dt

import pytest
from django.db import connection

on_postgresql = pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has its own texts")
pytestmark = [pytest.mark.django_db, on_postgresql]
INSTANTS = [
    dt.datetime(2026, 11, 27, 8, tzinfo=dt.UTC),
    dt.datetime(1890, 1, 1, 0, 0, 1, tzinfo=dt.UTC),
    dt.datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=dt.UTC),
    dt.datetime(2026, 3, 29, 1, 30, 0, 120000, tzinfo=dt.UTC),
]


def _asked(expression: str, *values: object) -> object:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {expression}", values)
        return cursor.fetchone()[0]


@pytest.mark.parametrize("instant", INSTANTS)
def test_an_instant_comes_back_to_the_microsecond_and_in_utc(instant):
    found = _asked("%s::timestamptz", instant)
    assert found == instant
    assert found.tzinfo is dt.UTC


def test_none_stays_none():
    assert _asked("NULL::timestamptz") is None


def test_instants_are_read_in_c():
    loader = connection.connection.adapters.get_loader(connection.connection.adapters.types["timestamptz"].oid, 0)
    assert loader.__name__ == "InstantLoader"


def test_a_connection_of_another_zone_still_gives_the_same_instant():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL TIME ZONE 'Asia/Kolkata'")
    assert _asked("%s::timestamptz", INSTANTS[0]) == INSTANTS[0]

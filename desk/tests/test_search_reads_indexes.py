"""No search of the desk reads a whole table, whatever is typed: every statement's plan is looked at."""

import re

import pytest
from django.db import connection
from psycopg.sql import Literal

from accounts.tests.factories import UserFactory
from desk import finding
from patients.tests.factories import ContactPointFactory, IdentifierFactory, PatientFactory
from scheduling.tests.factories import AppointmentFactory

pytestmark = pytest.mark.django_db
NUMBERED = re.compile(r"\$(\d+)")
WHOLE = re.compile(r"(?:Seq Scan on|SCAN) (?:patients|scheduling)_\w+(?! USING)", re.IGNORECASE)


@pytest.fixture
def somebody():
    """A patient with a phone, an identity number and a booking."""
    person = PatientFactory(name="张伟")
    ContactPointFactory(patient=person, value="+8613800138123")
    return {
        "name": "张伟",
        "pinyin": "zhangwei",
        "initials": "zw",
        "last digits": "8123",
        "phone": "13800138123",
        "record number": person.record_number,
        "identity number": IdentifierFactory(patient=person).unsealed(),
        "reference": str(AppointmentFactory(patient=person)),
    }


def plans_of(search) -> list[str]:
    """The plans of all that `search` asks, at a size where reading whole tables is no option."""
    asked = []

    def note(execute, sql, params, many, context):
        asked.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        search()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN " if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN "
        return [_plan(cursor, explain + sql, params) for sql, params in asked if sql.startswith("SELECT")]


def _plan(cursor, sql: str, params) -> str:
    if NUMBERED.search(sql):  # kept statements (common.compiled) number their values
        sql, params = NUMBERED.sub(lambda found: Literal(params[int(found[1]) - 1]).as_string(), sql), None
    cursor.execute(sql, params)
    return "\n".join(str(row[-1]) for row in cursor.fetchall())


@pytest.mark.parametrize(
    "kind",
    ["name", "pinyin", "initials", "last digits", "phone", "record number", "identity number", "reference"],
)
@pytest.mark.parametrize("everywhere", [True, False])
def test_a_caller_is_searched_by_index(somebody, kind, everywhere):
    user = UserFactory(role="front_desk", sees_all_sites=everywhere)
    plans = plans_of(lambda: finding.candidates(user, somebody[kind]))
    assert plans
    whole = [found.group() for plan in plans if (found := WHOLE.search(plan))]
    assert whole == []

"""By which medium people would be reached."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common import clock
from messaging.models import MessageChannel, OptOut
from messaging.services.reach import Reach
from patients.models import ContactPoint
from patients.tests.factories import ContactPointFactory, PatientFactory

pytestmark = pytest.mark.django_db
MOBILE, FIXED = "+8613800138000", "+861065529988"


def first(patient, *media):
    reach = Reach()
    reach.load([patient.pk])
    return reach.first(patient.pk, media)


def test_the_first_medium_that_reaches_the_person_is_taken():
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value=MOBILE)
    assert first(patient, "wechat", "sms", "voice") == "sms"
    assert first(patient, "wechat", "email") == ""


def test_a_fixed_line_takes_calls_only():
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value=FIXED)
    assert first(patient, "sms", "voice") == "voice"


@pytest.mark.parametrize("field", ["refused_at", "failed_at", "ended_at"])
def test_a_number_that_may_not_be_used_reaches_nobody(field):
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value=MOBILE)
    ContactPoint.objects.update(**{field: clock.now()})
    assert first(patient, "sms") == ""


def test_an_opt_out_counts_for_its_medium_and_ends():
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value=MOBILE)
    said = OptOut.objects.create(medium="sms", address=MOBILE, said="TD", at=clock.now())
    assert first(patient, "sms", "voice") == "voice"
    said.ended_at = clock.now()
    said.save()
    assert first(patient, "sms", "voice") == "sms"


def test_a_channel_that_is_not_in_use_carries_nothing():
    patient = PatientFactory()
    ContactPointFactory(patient=patient, value=MOBILE)
    MessageChannel.objects.filter(medium="sms").update(is_active=False)
    assert first(patient, "sms", "voice") == "voice"


def test_many_people_cost_two_statements_and_are_asked_for_once():
    people = [ContactPointFactory(value=MOBILE).patient_id for _ in range(5)]
    reach = Reach()
    with CaptureQueriesContext(connection) as asked:
        reach.load(people)
        reach.load(people)
    assert len(asked) == 2

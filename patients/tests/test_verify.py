import datetime

import pytest

from accounts.models import AccessLog
from common import clock
from common.errors import NotAllowed, ReasonRequired
from patients.errors import TooFewFacts, TooManyAttempts
from patients.services import revealing, verification
from patients.tests.factories import (
    ZHANG_WEI_CARD,
    ContactPointFactory,
    IdentifierFactory,
    PatientFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db
BORN = datetime.date(1990, 3, 7)
HOUR = datetime.timedelta(hours=1)


@pytest.fixture
def zhang():
    patient = PatientFactory(birth_date=BORN)
    ContactPointFactory(patient=patient, value="+8613812345678")
    IdentifierFactory(patient=patient, system="resident_id", value=ZHANG_WEI_CARD)
    return patient


@pytest.mark.parametrize(
    "answers",
    [
        {"birth_date": BORN, "phone_tail": "5678"},
        {"phone_tail": "12345678", "identifier_tail": "0134"},
        {"birth_date": BORN, "identifier_tail": "013４"},
    ],
)
def test_right_answers_prove_who_somebody_is(zhang, alice, answers):
    assert verification.check(patient=zhang, by=alice, **answers).ok


@pytest.mark.parametrize("answers", [{"phone_tail": "5679"}, {"phone_tail": "8"}, {"identifier_tail": "4"}])
def test_one_wrong_or_too_short_answer_is_enough_to_fail(zhang, alice, answers):
    attempt = verification.check(patient=zhang, by=alice, birth_date=BORN, **answers)
    assert not attempt.ok
    assert AccessLog.objects.get().action == "failed_check"


def test_one_fact_is_too_few(zhang, alice):
    with pytest.raises(TooFewFacts):
        verification.check(patient=zhang, by=alice, birth_date=BORN)


def test_after_five_wrong_answers_even_the_right_one_waits_an_hour(zhang, alice):
    now = clock.now()
    for _ in range(5):
        verification.check(patient=zhang, by=UserFactory(), birth_date=BORN, phone_tail="0000", at=now)
    with pytest.raises(TooManyAttempts):
        verification.check(patient=zhang, by=alice, birth_date=BORN, phone_tail="5678", at=now + HOUR / 2)
    assert verification.check(patient=zhang, by=alice, birth_date=BORN, phone_tail="5678", at=now + HOUR).ok


def test_a_number_is_revealed_for_a_reason_and_that_is_written_down(zhang, alice):
    identifier = zhang.identifiers.get()
    assert revealing.reveal(identifier, by=alice, reason="insurer asks") == ZHANG_WEI_CARD
    logged = AccessLog.objects.get()
    assert (logged.user, logged.action, logged.subject_uuid, logged.reason) == (
        alice,
        "reveal",
        zhang.uuid,
        "insurer asks",
    )
    assert ZHANG_WEI_CARD not in logged.detail


def test_nothing_is_revealed_without_a_reason(zhang, alice):
    with pytest.raises(ReasonRequired):
        revealing.reveal_contact(zhang.contact_points.get(), by=alice, reason=" ")
    assert not AccessLog.objects.exists()


def test_nothing_is_revealed_without_the_right_and_the_try_is_written_down(zhang):
    with pytest.raises(NotAllowed):
        revealing.reveal(zhang.identifiers.get(), by=UserFactory(is_superuser=False), reason="curious")
    assert AccessLog.objects.get().action == "denied"


def test_a_phone_is_revealed_like_a_number(zhang, alice):
    assert revealing.reveal_contact(zhang.contact_points.get(), by=alice, reason="call back") == "+8613812345678"


def test_opening_a_record_is_written_down(zhang, alice):
    revealing.note_opening(zhang, by=alice, ip="127.0.0.1")
    assert AccessLog.objects.get().action == "open"


def test_history_never_holds_a_number_in_clear(zhang):
    row = zhang.identifiers.get().history.get()
    assert ZHANG_WEI_CARD.encode() not in bytes(row.sealed)
    assert ZHANG_WEI_CARD not in str(row.__dict__)

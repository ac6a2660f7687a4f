"""One-time codes that several processes answer, guess at and ask for at the same moment."""

from collections import Counter

import pytest

from accounts.models import AccessLog, OneTimeCode
from accounts.services.one_time_codes import issue
from tests.crowd import crowd

ALICE = "+8613800138000"
CHECK = """
from uuid import UUID
from accounts.services.one_time_codes import check
from common.errors import Refusal
for guess in {guesses!r}:
    try:
        print(check(ref=UUID("{ref}"), code=guess), flush=True)
    except Refusal as refusal:
        print(refusal.code, flush=True)
"""
ISSUE = """
from accounts.services.one_time_codes import issue
from common.errors import Refusal
for n in range({times}):
    try:
        print("got", issue(phone={phone}, ip={ip!r}) and "it", flush=True)
    except Refusal as refusal:
        print(refusal.code, flush=True)
"""

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.processes]


@pytest.fixture(autouse=True)
def _database(transactional_db):
    """Other processes read what the test wrote."""


def test_of_right_answers_at_the_same_moment_one_succeeds():
    issued = issue(phone=ALICE, ip=None)
    said = Counter(line for lines in crowd(6, CHECK.format(ref=issued.ref, guesses=[issued.code])) for line in lines)
    assert said == {ALICE: 1, "code_over": 5}


def test_guesses_at_the_same_moment_are_never_more_than_five():
    issued = issue(phone=ALICE, ip=None)
    guesses = [f"{(int(issued.code) + n) % 10**6:06}" for n in range(1, 6)]
    said = Counter(line for lines in crowd(6, CHECK.format(ref=issued.ref, guesses=guesses)) for line in lines)
    assert said == {"code_wrong": 4, "code_over": 26}
    assert OneTimeCode.objects.get().tries == 5
    assert AccessLog.objects.count() == 1


def test_a_phone_gets_five_codes_however_many_ask_at_the_same_moment():
    said = Counter(line for lines in crowd(6, ISSUE.format(times=4, phone=repr(ALICE), ip=None)) for line in lines)
    assert (said["got"], said["too_many_codes"]) == (5, 19)
    assert OneTimeCode.objects.count() == 5
    assert OneTimeCode.objects.filter(used_at=None, ended_at=None).count() == 1


def test_an_address_gets_thirty_codes_however_many_ask_at_the_same_moment():
    phone = "f'+86138{__import__(\"random\").randrange(10**8):08}'"
    said = Counter(line for lines in crowd(6, ISSUE.format(times=8, phone=phone, ip="203.0.113.7")) for line in lines)
    assert (said["got"], said["too_many_codes"]) == (30, 18)

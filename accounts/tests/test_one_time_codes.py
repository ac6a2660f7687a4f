"""One-time codes: what they prove, how often they may be tried, and how many may be asked for."""

import datetime as dt
import logging
import uuid

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts import jobs
from accounts.errors import CodeOver, CodeWrong, TooManyCodes
from accounts.models import AccessLog, OneTimeCode
from accounts.models.access import Action
from accounts.services import one_time_codes
from accounts.services.one_time_codes import check, issue
from accounts.tests.factories import UserFactory
from common import clock

ALICE, BOB = "+8613800138000", "+8613900139000"
WIFI = "203.0.113.7"
NOON = clock.at_wall(dt.date(2026, 12, 1), dt.time(12))

pytestmark = pytest.mark.django_db


def later(**span):
    return NOON + dt.timedelta(**span)


def wrong(code, n=1):
    """Another code of the same length."""
    return f"{(int(code) + n) % 10**6:06}"


@pytest.fixture
def issued():
    return issue(phone=ALICE, ip=WIFI, at=NOON)


def test_a_code_has_six_digits_and_lives_ten_minutes(issued):
    assert len(issued.code) == 6
    assert issued.code.isdecimal()
    assert (issued.phone, issued.expires_at) == (ALICE, later(minutes=10))


def test_the_right_answer_proves_the_phone(issued):
    assert check(ref=issued.ref, code=issued.code, at=later(minutes=9)) == ALICE


@pytest.mark.parametrize("write", [lambda c: f" {c[:3]} {c[3:]} ", lambda c: "-".join(c), lambda c: f"{c}。"])
def test_spaces_dashes_and_full_stops_do_not_matter(issued, write):
    assert check(ref=issued.ref, code=write(issued.code), at=NOON) == ALICE


def test_full_width_digits_do_not_matter(issued):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in issued.code)
    assert check(ref=issued.ref, code=wide, at=NOON) == ALICE


def test_a_leading_zero_is_part_of_it(monkeypatch):
    monkeypatch.setattr(one_time_codes.secrets, "randbelow", lambda most: 42)
    issued = issue(phone=ALICE, ip=None, at=NOON)
    assert issued.code == "000042"
    with pytest.raises(CodeWrong):
        check(ref=issued.ref, code="42", at=NOON)


def test_it_is_used_once(issued):
    check(ref=issued.ref, code=issued.code, at=NOON)
    with pytest.raises(CodeOver):
        check(ref=issued.ref, code=issued.code, at=NOON)


def test_after_ten_minutes_it_proves_nothing(issued):
    with pytest.raises(CodeOver):
        check(ref=issued.ref, code=issued.code, at=later(minutes=10))


def test_a_wrong_answer_says_how_many_are_left(issued):
    for left in (4, 3, 2, 1):
        with pytest.raises(CodeWrong) as refused:
            check(ref=issued.ref, code=wrong(issued.code, left), at=NOON)
        assert refused.value.params == {"left": left}
    assert check(ref=issued.ref, code=issued.code, at=NOON) == ALICE


def test_the_fifth_wrong_answer_ends_it_even_for_the_right_one(issued):
    kill(issued)
    with pytest.raises(CodeOver):
        check(ref=issued.ref, code=issued.code, at=NOON)
    assert OneTimeCode.objects.get().tries == 5


def kill(issued):
    for n in range(1, 6):
        with pytest.raises(CodeOver if n == 5 else CodeWrong):
            check(ref=issued.ref, code=wrong(issued.code, n), at=NOON)


def test_five_wrong_answers_stand_in_the_access_log_without_the_phone(issued):
    kill(issued)
    line = AccessLog.objects.get()
    assert (line.action, line.subject_kind, line.subject_uuid) == (
        Action.FAILED_CHECK,
        "accounts.onetimecode",
        issued.ref,
    )
    assert (line.user, line.detail) == (None, "5 ×")


def test_that_line_of_the_access_log_can_be_opened(client, issued):
    kill(issued)
    client.force_login(UserFactory(role="auditor"), backend="django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:accounts_accesslog_change", args=[AccessLog.objects.get().pk])
    page = client.get(address, headers={"accept-language": "en"})
    assert page.status_code == 200
    assert "One-time code" in page.content.decode()


def test_an_unknown_reference_reads_like_an_old_code():
    with pytest.raises(CodeOver):
        check(ref=uuid.uuid4(), code="123456", at=NOON)


def test_the_code_of_one_phone_is_wrong_for_another(issued):
    other = issue(phone=BOB, ip=WIFI, at=NOON)
    if other.code != issued.code:
        with pytest.raises(CodeWrong):
            check(ref=other.ref, code=issued.code, at=NOON)


def test_a_new_code_ends_the_old_one_of_that_phone_only(issued):
    bobs = issue(phone=BOB, ip=WIFI, at=NOON)
    newer = issue(phone=ALICE, ip=WIFI, at=later(minutes=1))
    with pytest.raises(CodeOver):
        check(ref=issued.ref, code=issued.code, at=later(minutes=1))
    assert check(ref=newer.ref, code=newer.code, at=later(minutes=1)) == ALICE
    assert check(ref=bobs.ref, code=bobs.code, at=later(minutes=1)) == BOB


def test_the_database_keeps_no_two_open_codes_of_a_phone(issued):
    row = OneTimeCode.objects.get()
    row.pk, row.uuid = None, uuid.uuid4()
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_the_database_holds_a_fingerprint_and_not_the_code(issued):
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM accounts_onetimecode")
        [row] = cursor.fetchall()
    assert issued.code not in [str(value) for value in row]
    assert len(OneTimeCode.objects.get().digest) == 64


def test_equal_codes_of_two_phones_look_different(monkeypatch):
    monkeypatch.setattr(one_time_codes.secrets, "randbelow", lambda most: 7)
    issue(phone=ALICE, ip=None, at=NOON), issue(phone=BOB, ip=None, at=NOON)
    assert len(set(OneTimeCode.objects.values_list("digest", flat=True))) == 2


def test_a_new_key_of_the_fields_does_not_end_codes(issued, settings):
    settings.FIELD_KEY = ["a-new-key-of-the-fields-that-stands-in-front", settings.FIELD_KEY[0]]
    assert check(ref=issued.ref, code=issued.code, at=NOON) == ALICE


def test_neither_a_log_nor_a_traceback_shows_the_code(issued, caplog):
    with caplog.at_level(logging.DEBUG):
        check(ref=issued.ref, code=issued.code, at=NOON)
    assert issued.code not in repr(issued)
    assert issued.code not in caplog.text
    assert ALICE not in repr(issued)


def test_an_answer_is_never_checked_inside_a_transaction(issued):
    with pytest.raises(RuntimeError), transaction.atomic():
        check(ref=issued.ref, code=issued.code, at=NOON)


def test_a_code_that_could_not_be_said_was_never_there():
    with transaction.atomic():
        issue(phone=ALICE, ip=WIFI, at=NOON)
        transaction.set_rollback(True)
    assert not OneTimeCode.objects.exists()


HOURS = [  # asked for at these minutes -> at this minute another may be had, or after so many minutes
    ([], 0, None),
    ([0, 1, 2, 3], 4, None),
    ([0, 1, 2, 3, 4], 5, 55),
    ([0, 1, 2, 3, 4], 59.5, 1),
    ([0, 1, 2, 3, 4], 60, None),  # the first is an hour old
    ([0, 10, 20, 30, 40], 61, None),
    ([0, 10, 20, 30, 40, 61], 62, 8),  # the second is an hour old in eight minutes
    ([0, 10, 20, 30, 40, 70, 80, 90, 100, 110], 60 * 5, 19 * 60),  # ten on this day
    ([0, 10, 20, 30, 40, 70, 80, 90, 100, 110], 60 * 23 + 59, 1),
    ([0, 10, 20, 30, 40, 70, 80, 90, 100, 110], 60 * 24, None),
]


@pytest.mark.parametrize(("asked", "at", "minutes"), HOURS)
def test_a_phone_gets_five_codes_an_hour_and_ten_a_day(asked, at, minutes):
    for minute in asked:
        issue(phone=ALICE, ip=None, at=later(minutes=minute))
    assert refused_for(ALICE, None, later(minutes=at)) == minutes
    assert refused_for(BOB, None, later(minutes=at)) is None


def refused_for(phone, ip, at):
    """After how many minutes the next may be asked for; None when now."""
    try:
        issue(phone=phone, ip=ip, at=at)
    except TooManyCodes as refusal:
        return refusal.params["minutes"]
    return None


@pytest.mark.parametrize(("hours", "minutes"), [(0, 60), (0.5, 30), (1, None)])
def test_one_client_address_gets_so_many_an_hour(settings, hours, minutes):
    settings.CODES_PER_ADDRESS = 3
    for n in range(3):
        issue(phone=f"+861380013800{n}", ip=WIFI, at=NOON)
    assert refused_for(ALICE[:-1] + "9", WIFI, later(hours=hours)) == minutes
    assert refused_for(BOB, "203.0.113.8", later(hours=hours)) is None


@pytest.mark.parametrize(("hours", "minutes"), [(0, 60), (0.75, 15), (1, None)])
def test_all_together_get_so_many_an_hour_and_the_log_says_when_no_more(settings, caplog, hours, minutes):
    settings.CODES_PER_HOUR = 2
    for n in range(2):
        issue(phone=f"+861380013800{n}", ip=f"203.0.113.{n}", at=NOON)
    assert refused_for(BOB, "203.0.113.9", later(hours=hours)) == minutes
    assert ("CODES_PER_HOUR" in caplog.text) == bool(minutes)
    assert BOB not in caplog.text


def test_the_limits_of_the_program_are_thirty_for_an_address_and_two_thousand_in_all(settings):
    assert (settings.CODES_PER_ADDRESS, settings.CODES_PER_HOUR) == (30, 2000)


def test_a_limit_of_nothing_lets_nobody_in(settings):
    settings.CODES_PER_HOUR = 0
    assert refused_for(ALICE, None, NOON) == 60


def test_what_is_older_than_thirty_days_is_removed_at_night(issued, monkeypatch):
    kept = issue(phone=BOB, ip=WIFI, at=later(days=1))
    monkeypatch.setattr(clock, "now", lambda: later(days=30, hours=1))
    jobs.nightly()
    assert [row.uuid for row in OneTimeCode.objects.all()] == [kept.ref]

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from common import shown


@pytest.mark.parametrize(
    ("low", "high", "english", "chinese"),
    [
        (14, None, "14 years or older", "14 岁及以上"),
        (None, 14, "0 to 14 years", "0–14 岁"),
        (6, 14, "6 to 14 years", "6–14 岁"),
        (None, None, "", ""),
    ],
)
def test_ages_are_words(low, high, english, chinese):
    with translation.override("en"):
        assert shown.ages(low, high) == english
    with translation.override("zh-hans"):
        assert shown.ages(low, high) == chinese


def test_a_day_stands_with_its_weekday_in_either_language():
    day = dt.date(2025, 11, 24)
    with translation.override("en"):
        assert shown.day(day) == "Mon 24 Nov 2025"
    with translation.override("zh-hans"):
        assert shown.day(day) == "2025年11月24日 周一"


@pytest.mark.parametrize(("currency", "words"), [("CNY", "¥480.00"), ("CHF", "480.00 CHF")])
def test_an_amount_has_the_sign_of_its_currency(currency, words):
    assert shown.money(Decimal(480), currency) == words


@pytest.mark.parametrize(
    ("amount", "words"), [("0.0450", "¥0.045"), ("1.5", "¥1.50"), ("0", "¥0.00"), ("0.0365", "¥0.0365")]
)
def test_the_price_of_one_of_many_is_not_rounded_away(amount, words):
    assert shown.price(Decimal(amount), "CNY") == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [
        (0, "now"),
        (1, "in 1 min"),
        (59, "in 59 min"),
        (61, "in 1 h"),
        (47 * 60, "in 47 h"),
        (49 * 60, "in 2 days"),
        (-1, "1 min late"),
        (-125, "2 h late"),
        (-73 * 60, "3 days late"),
    ],
)
def test_what_is_due_is_said_by_how_far_it_is(minutes, words):
    now = dt.datetime(2030, 1, 7, 1, tzinfo=dt.UTC)
    assert shown.due(now + dt.timedelta(minutes=minutes), now) == words

"""What an SMS costs."""

import pytest

from messaging.segments import GSM_7, UCS_2, encoding, parts, plain


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 1),
        ("a" * 160, 1), ("a" * 161, 2), ("a" * 306, 2), ("a" * 307, 3),
        ("€" * 80, 1), ("€" * 80 + "a", 2),
        ("好" * 70, 1), ("好" * 71, 2), ("好" * 134, 2), ("好" * 135, 3),
        ("😀" * 35, 1), ("😀" * 36, 2),
    ],
)  # fmt: skip
def test_an_sms_is_cut_where_the_standard_says(text, count):
    assert parts(text, "sms") == count


def test_a_character_of_two_units_is_not_cut_in_half():
    """153 septets hold 76 euro signs and leave one free: two parts hold 152 of them, not 153."""
    assert parts("€" * 152, "sms") == 2
    assert parts("€" * 153, "sms") == 3
    assert parts("😀" * 66, "sms") == 2  # 67 units hold 33
    assert parts("😀" * 67, "sms") == 3


@pytest.mark.parametrize("medium", ["voice", "email", "wechat", "push"])
def test_other_media_send_one(medium):
    assert parts("好" * 4000, medium) == 1


@pytest.mark.parametrize(("text", "name"), [("Café £5 @ Ωmega [x]", GSM_7), ("`", UCS_2), ("你", UCS_2), ("ç", UCS_2)])
def test_one_character_decides_the_alphabet(text, name):
    assert encoding(text) == name


def test_typographic_signs_become_plain_where_that_halves_the_price():
    assert plain("“Dr\u00a0Li’s” – 9 a.m.…", "sms") == '"Dr Li\'s" - 9 a.m....'


@pytest.mark.parametrize(("text", "medium"), [("您好 – “再见”", "sms"), ("“Hello” – you", "email")])
def test_they_stay_where_nothing_is_won(text, medium):
    assert plain(text, medium) == text

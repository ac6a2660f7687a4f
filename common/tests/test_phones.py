import pytest
from hypothesis import given
from hypothesis import strategies as st

from common import masking, phones


@pytest.mark.parametrize(
    "typed",
    [
        "13800138000",
        "138 0013 8000",
        "138-0013-8000",
        "+86 138 0013 8000",
        "008613800138000",
        "8613800138000",
        "１３８００１３８０００",
        "＋８６ 138０0138000",
        " (138) 0013 8000 ",
    ],
)
def test_however_it_is_typed_one_number_is_stored(typed):
    assert phones.normalise(typed) == "+8613800138000"


def test_a_number_from_abroad_keeps_its_country():
    assert phones.normalise("+44 7400 123456") == "+447400123456"


def test_a_number_without_country_belongs_to_the_given_region():
    assert phones.normalise("07400 123456", region="GB") == "+447400123456"


@pytest.mark.parametrize("typed", ["", "1", "65123456", "123456789012345678", "call me", "138001380001", "+"])
def test_what_cannot_be_dialled_is_no_phone(typed):
    with pytest.raises(phones.NotAPhone):
        phones.normalise(typed)


def test_the_error_does_not_repeat_what_was_typed():
    with pytest.raises(phones.NotAPhone) as caught:
        phones.normalise("1380013800099")
    assert "138" not in str(caught.value)


def test_numbers_are_shown_as_the_region_writes_them():
    assert phones.display("+8613800138000") == "138 0013 8000"
    assert phones.display("+447400123456") == "+44 7400 123456"
    assert phones.display("unknown") == "unknown"


def test_digits_are_reversed_for_a_search_by_the_last_ones():
    assert phones.reversed_digits("+86 138 0013 8765").startswith("5678")


@given(st.from_regex(r"1[38][0-9]{9}", fullmatch=True))
def test_a_normalised_number_is_not_changed_again(number):
    stored = phones.normalise(number)
    assert phones.normalise(stored) == stored == f"+86{number}"


@given(st.text(max_size=40))
def test_any_text_is_either_a_number_or_refused(text):
    try:
        stored = phones.normalise(text)
    except phones.NotAPhone:
        return
    assert stored.startswith("+")
    assert stored[1:].isdigit()


@given(st.from_regex(r"1[38][0-9]{9}", fullmatch=True))
def test_a_masked_number_never_shows_the_middle(number):
    assert masking.mask_phone(f"+86{number}") == f"{number[:3]}****{number[-4:]}"

"""References as people type them."""

import pytest

from common.references import ALPHABET, clean_reference, new_reference, show_reference


@pytest.mark.parametrize(
    "typed", ["K7M29QXD", "k7m2 9qxd", "K7M2-9QXD", "Ｋ７Ｍ２９ＱＸＤ", " k7m2－9qxd。", "K7M2—9QXD"]
)
def test_what_is_typed_is_read_as_stored(typed):
    assert clean_reference(typed) == "K7M29QXD"


def test_a_reference_is_shown_in_two_groups_of_signs_that_nobody_confuses():
    code = new_reference()
    assert len(code) == 8
    assert set(code) <= set(ALPHABET)
    assert not set(ALPHABET) & set("0O1ILU")
    assert show_reference(code) == f"{code[:4]} {code[4:]}"

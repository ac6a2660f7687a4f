import pytest

from common import masking


@pytest.mark.parametrize(
    ("stored", "shown"),
    [
        ("+8613800138000", "138****8000"),
        ("+447400123456", "+44 74****3456"),
        ("+861012345", "****45"),
        ("nonsense", "****"),
    ],
)
def test_a_phone_keeps_its_beginning_and_last_four(stored, shown):
    assert masking.mask_phone(stored) == shown


def test_an_identity_number_keeps_only_the_last_four():
    assert masking.mask_identifier("28002X") == "****002X"


def test_an_address_keeps_one_letter_and_its_domain():
    assert masking.mask_email("alice@example.org") == "a****@example.org"
    assert masking.mask_email("alice") == "a****"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("张伟", "张*"),
        ("欧阳娜娜", "欧阳*"),
        ("欧阳", "欧*"),
        ("José García", "J* G*"),
        ("买买提·阿不都", "买*"),
        ("王", "王*"),
        ("", ""),
    ],
)
def test_a_name_on_a_public_screen_keeps_the_surname(name, shown):
    assert masking.mask_name(name) == shown

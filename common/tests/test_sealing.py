import pytest
from django.core.exceptions import ImproperlyConfigured
from hypothesis import given
from hypothesis import strategies as st

from common import sealing


@given(st.text(max_size=60))
def test_what_was_sealed_opens_again(text):
    assert sealing.unseal(sealing.seal(text, purpose="test"), purpose="test") == text


def test_the_same_text_is_never_sealed_alike():
    assert sealing.seal("A1", purpose="test") != sealing.seal("A1", purpose="test")


def test_the_sealed_bytes_do_not_hold_the_text():
    assert b"110101" not in sealing.seal("110101199003070134", purpose="test")


def test_another_purpose_does_not_open_it():
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealing.seal("A1", purpose="passport"), purpose="insurance")


def test_changed_bytes_do_not_open():
    sealed = bytearray(sealing.seal("A1", purpose="test"))
    sealed[-1] ^= 1
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(bytes(sealed), purpose="test")


def test_a_new_key_in_front_still_opens_and_finds_what_the_old_one_sealed(settings):
    settings.FIELD_KEY = "old-key"
    sealed, digest = sealing.seal("A1", purpose="test"), sealing.digest("A1", purpose="test")
    settings.FIELD_KEY = "new-key, old-key"
    assert sealing.unseal(sealed, purpose="test") == "A1"
    assert digest in sealing.digests("A1", purpose="test")
    assert not sealing.is_current(sealed)
    assert sealing.is_current(sealing.seal("A1", purpose="test"))


def test_a_key_that_was_taken_away_opens_nothing(settings):
    settings.FIELD_KEY = ["old-key"]
    sealed = sealing.seal("A1", purpose="test")
    settings.FIELD_KEY = ["new-key"]
    with pytest.raises(sealing.CannotUnseal):
        sealing.unseal(sealed, purpose="test")


def test_without_a_key_nothing_is_sealed(settings):
    settings.FIELD_KEY = " , "
    with pytest.raises(ImproperlyConfigured):
        sealing.seal("A1", purpose="test")


def test_fingerprints_differ_by_purpose():
    assert sealing.digest("A1", purpose="passport") != sealing.digest("A1", purpose="insurance")

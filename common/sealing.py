"""Seal short secrets at rest (identity numbers) and find them again without opening them.

`settings.FIELD_KEY` holds one or more keys, separated by commas: the first seals, all of them unseal. To rotate, put a
new key in front, reseal, then take the old one away.
"""

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

_NONCE = 12  # bytes, as AES-GCM wants them
_LABEL = 4  # bytes that tell which key sealed, so that unsealing does not try them all


class CannotUnseal(ValueError):
    """None of the keys opens this: the key was taken away, or the bytes were changed."""


def seal(text: str, *, purpose: str) -> bytes:
    """Encrypt `text` with the first key. What was sealed for one purpose does not open for another."""
    key = _keys()[0]
    nonce = os.urandom(_NONCE)
    return key.label + nonce + key.cipher.encrypt(nonce, text.encode(), purpose.encode())


def unseal(sealed: bytes | memoryview, *, purpose: str) -> str:
    """The text that was sealed. Raises CannotUnseal."""
    raw = bytes(sealed)
    label, nonce, box = raw[:_LABEL], raw[_LABEL : _LABEL + _NONCE], raw[_LABEL + _NONCE :]
    for key in _keys():
        if key.label == label:
            return _open(key, nonce, box, purpose)
    raise CannotUnseal("sealed with a key that is not configured")


def digest(text: str, *, purpose: str) -> str:
    """A keyed fingerprint (64 hex digits) by the first key, for a unique constraint and exact look-up."""
    return _fingerprint(_keys()[0], text, purpose)


def digests(text: str, *, purpose: str) -> list[str]:
    """The fingerprints by all keys, to look up rows that were not resealed yet."""
    return [_fingerprint(key, text, purpose) for key in _keys()]


def is_current(sealed: bytes | memoryview) -> bool:
    """Was this sealed with the first key? If not, it waits to be resealed."""
    return bytes(sealed)[:_LABEL] == _keys()[0].label


class _Key:
    """One configured key and what is derived from it: never the same bytes for two uses."""

    def __init__(self, secret: str) -> None:
        self.cipher = AESGCM(_derive(secret, b"seal", 32))
        self.digest_key = _derive(secret, b"digest", 32)
        self.label = _derive(secret, b"label", _LABEL)


def _keys() -> list[_Key]:
    configured = settings.FIELD_KEY
    secrets = configured.split(",") if isinstance(configured, str) else configured
    keys = [_key(secret.strip()) for secret in secrets if secret.strip()]
    if not keys:
        raise ImproperlyConfigured("FIELD_KEY is empty: identity numbers cannot be sealed")
    return keys


@lru_cache(maxsize=16)
def _key(secret: str) -> _Key:
    return _Key(secret)


def _derive(secret: str, use: bytes, length: int) -> bytes:
    return HKDF(algorithm=SHA256(), length=length, salt=None, info=b"common.sealing." + use).derive(secret.encode())


def _open(key: _Key, nonce: bytes, box: bytes, purpose: str) -> str:
    try:
        return key.cipher.decrypt(nonce, box, purpose.encode()).decode()
    except (InvalidTag, ValueError) as error:
        raise CannotUnseal("the sealed bytes do not belong to this purpose, or were changed") from error


def _fingerprint(key: _Key, text: str, purpose: str) -> str:
    return hmac.new(key.digest_key, f"{purpose}\0{text}".encode(), hashlib.sha256).hexdigest()

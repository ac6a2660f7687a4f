"""Short codes that people read out, type and find again."""

import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # no 0/O, 1/I/L, U/V confusions on the phone


def new_reference(length: int = 8) -> str:
    """A random code such as `K7M29QXD`; 8 signs are 39 bits, so uniqueness is left to the database's constraint."""
    return "".join(secrets.choice(ALPHABET) for _ in range(length))


def show_reference(code: str) -> str:
    """`K7M29QXD` as people read it: `K7M2 9QXD`."""
    return f"{code[:4]} {code[4:]}" if len(code) > 4 else code


def clean_reference(text: str) -> str:
    """What somebody typed, as stored: capital letters, full-width ones made plain, no spaces or dashes."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", text).upper() if sign.isalnum())

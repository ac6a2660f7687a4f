"""What may be seen of a phone, an identity number, an address or a name by people who only need to recognise it."""

import unicodedata

from common import names, phones

STARS = "****"


def mask_phone(e164: str) -> str:
    """`+8613800138000` -> `138****8000`; numbers of other countries keep their code: `+44 74****7890`."""
    digits = phones.national_digits(e164)
    abroad = not phones.is_home(e164)
    before, after = (2 if abroad else 3, 4) if len(digits) >= 10 else (0, 2)  # a short one would show itself
    shown = digits[:before] + STARS + digits[-after:]
    return f"+{phones.country_code(e164)} {shown}" if abroad and phones.country_code(e164) else shown


def mask_identifier(tail: str) -> str:
    """Only the last four of an identity number: the first digits would tell region and birth date."""
    return STARS + tail[-4:]


def mask_email(address: str) -> str:
    """`alice@example.org` -> `a****@example.org`."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}{STARS}{at}{domain}" if at else mask_text(address)


def mask_text(text: str) -> str:
    """Any other handle: its first character."""
    return text[:1] + STARS if text else ""


def mask_name(name: str) -> str:
    """A name for a public screen: `张伟` -> `张*`, `欧阳娜娜` -> `欧阳*`, `José García` -> `J* G*`."""
    surname, given = names.split(name)
    if given:
        return f"{surname}*"
    words = unicodedata.normalize("NFKC", name).split()
    return " ".join(f"{word[0]}*" for word in words)

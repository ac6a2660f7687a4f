"""Phone numbers as the Chinese carriers write them: without a country code where they mean China."""

CHINA = "+86"
MOBILE_DIGITS = 11


def national(e164: str) -> str:
    """+8613912345678 -> 13912345678; numbers of other countries lose their + only."""
    return e164.removeprefix(CHINA) if e164.startswith(CHINA) else e164.removeprefix("+")


def e164(written: str, country: str = "") -> str:
    """The number in our form. country: its code, where the carrier gives it apart."""
    digits = written.strip().removeprefix("+")
    if country:
        return f"+{country.removeprefix('+')}{digits}"
    return f"{CHINA}{digits}" if len(digits) == MOBILE_DIGITS and digits.startswith("1") else f"+{digits}"

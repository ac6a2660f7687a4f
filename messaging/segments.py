"""How many parts an SMS is sent in, and so what it costs.

Sources: 3GPP TS 23.038, 6.2.1 and 6.2.1.1 (the 7-bit default alphabet and its extension table, UCS-2); 3GPP TS 23.040,
9.2.3.24.1 (joined messages: six octets of each part go to the header). A part has 140 octets.
"""

import re

# TS 23.038, 6.2.1, without the escape itself
_BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_EXTENDED = frozenset("\f^{}\\[~]|€")  # TS 23.038, 6.2.1.1: an escape and a character, two septets
GSM_7 = "GSM-7"
UCS_2 = "UCS-2"
_ROOM = {GSM_7: (160, 153), UCS_2: (70, 67)}  # units of a single part, and of each joined one

# What one types without thinking of it and pays twice for: the plain sign says the same
_PLAIN = {
    **dict.fromkeys("\u00a0\u2002\u2003\u2007\u2009\u200a\u202f", " "),
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-"),
    **dict.fromkeys("\u2018\u2019\u201a\u2032", "'"),
    **dict.fromkeys("\u201c\u201d\u201e\u2033", '"'),
    **dict.fromkeys("\u200b\u2060\ufeff\u00ad", ""),
    "\u2026": "...",
    "\u2022": "-",
}
_COSTLY = re.compile("[" + "".join(_PLAIN) + "]")


def encoding(text: str) -> str:
    """The alphabet that an SMS of these words needs: GSM_7, or UCS_2 as soon as one character asks for it."""
    return GSM_7 if _BASIC.issuperset(set(text) - _EXTENDED) else UCS_2


def parts(text: str, medium: str) -> int:
    """How many times the carrier counts it. Only SMS are cut; a call, a mail or a notification is one."""
    if medium != "sms":
        return 1
    kind = encoding(text)
    single, joined = _ROOM[kind]
    sizes = [_units(character, kind) for character in text]
    return 1 if sum(sizes) <= single else _cut(sizes, joined)


def plain(text: str, medium: str) -> str:
    """The words with plain signs for typographic ones, where an SMS then fits the cheaper alphabet."""
    if medium != "sms" or encoding(text) == GSM_7:
        return text
    cheaper = _COSTLY.sub(lambda found: _PLAIN[found[0]], text)
    return cheaper if encoding(cheaper) == GSM_7 else text


def _units(character: str, kind: str) -> int:
    """Septets, or 16-bit units: a character beyond the basic plane is a pair of surrogates."""
    if kind == GSM_7:
        return 2 if character in _EXTENDED else 1
    return 2 if character > "\uffff" else 1


def _cut(sizes: list[int], room: int) -> int:
    """Parts filled one after the other; a character of two units stays whole."""
    count, left = 1, room
    for size in sizes:
        if size > left:
            count, left = count + 1, room
        left -= size
    return count

"""Which parts of a text are links of ours. Pure.

Only what begins with the hospital's own public address counts: a message shows what anybody may have written, and staff
must not be led elsewhere.
"""

import re
from collections.abc import Iterator

_ADDRESS = re.compile(r"https?://[!-~]+")  # printable ASCII: a Chinese full stop after it ends it
_AFTER = ".,;:!?)]}'\""  # ends the sentence, not the address


def parts(text: str, ours: str) -> Iterator[tuple[str, bool]]:
    """(part, is it a link of ours), in order; together they are the text. ours: like https://crm.hospital.example."""
    end = 0
    for found in _ADDRESS.finditer(text):
        address = found[0].rstrip(_AFTER)
        if not ours or not (address == ours or address.startswith((f"{ours}/", f"{ours}?"))):
            continue
        yield text[end : found.start()], False
        yield address, True
        end = found.start() + len(address)
    yield text[end:], False

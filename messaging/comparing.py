"""What changed between two versions of words. Pure."""

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

_PIECE = re.compile(r"\{[^{}]*\}|[a-z0-9_'’-]+|\s+|.", re.IGNORECASE | re.ASCII | re.DOTALL)
_MOST = 1_500  # pieces; comparing takes the square of it


def changes(before: str, after: str) -> Iterator[tuple[str, str]]:
    """(what, words) in reading order; what is "same", "out" or "in". A Chinese character is a piece, as is a word."""
    old, new = _PIECE.findall(before), _PIECE.findall(after)
    if max(len(old), len(new)) > _MOST:
        yield from (("out", before), ("in", after))
        return
    for kind, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            yield "same", "".join(old[a:b])
            continue
        yield from ((what, words) for what, words in (("out", "".join(old[a:b])), ("in", "".join(new[c:d]))) if words)

"""The syntax of a message's words: `{name}` is replaced, `{{` and `}}` are braces, and there is nothing else.

So whoever writes words can reach no attribute, no setting and no code. What is filled in is never read as syntax again.
"""

import re
from collections.abc import Mapping

_TOKEN = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_]{0,39})\}|[{}]")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
# Marks that turn the direction of all that follows them, and halves of characters, which no carrier can send
_REMOVED = re.compile(r"[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class BadSyntax(ValueError):
    """A brace stands alone, or holds something that is no name. position: of the brace, counted from 0."""

    def __init__(self, position: int):
        super().__init__(f"brace at {position}")
        self.position = position


class UnknownField(KeyError):
    """The words name something that there is not."""

    def __init__(self, name: str):
        super().__init__(name)
        self.name = name


def names(text: str) -> set[str]:
    """The fields that the words name. Raises BadSyntax."""
    return {_field(token) for token in _TOKEN.finditer(text)} - {""}


def fill(text: str, facts: Mapping[str, str]) -> str:
    """The words with the facts in them. Raises BadSyntax, UnknownField.

    Line breaks and control characters inside a fact become a blank: a name cannot begin a paragraph of its own.
    """

    def put(token: re.Match) -> str:
        name = _field(token)
        if not name:
            return token[0][0]
        if name not in facts:
            raise UnknownField(name)
        return clean(facts[name])

    return _TOKEN.sub(put, text)


def clean(fact: str) -> str:
    """One line, without anything that steers a screen."""
    return _CONTROL.sub(" ", _REMOVED.sub("", str(fact)))


def tidy(text: str) -> str:
    """Words as they are kept: lines end with a line feed, nothing steers a screen, no blanks around them."""
    return "\n".join(clean(line).rstrip() for line in re.split(r"\r\n|\r|\n", text)).strip()


def _field(token: re.Match) -> str:
    """The name in it; "" for a doubled brace."""
    if len(token[0]) == 1:
        raise BadSyntax(token.start())
    return token[1] or ""

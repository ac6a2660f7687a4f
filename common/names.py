"""Names of people: pinyin, initials and the tokens by which a person is found.

Whatever is stored as a token was folded by `fold`, and so is what people type, so `JOSÉ`, `ｊｏｓｅ` and `jose` meet.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from pypinyin import lazy_pinyin, load_phrases_dict

from common.surnames import COMPOUND, GIVEN, READINGS

load_phrases_dict(GIVEN)

NAME, PART, PINYIN, INITIALS = "name", "part", "pinyin", "initials"  # kinds of token
TOKEN_LENGTH = 64  # longer names are found by their first 64 characters
MOST_WORDS = 6  # of a Latin name: each is a token of its own, so this bounds the rows per person

_HAN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3007]")
_HAN_RUN = re.compile(f"{_HAN.pattern}+")
_APART = re.compile(r"[^\w]+|_")
_SILENT = re.compile(r"[’'ʼ`´]")  # O'Brien is one word
_UMLAUT = {"lv": ("lu", "lyu"), "nv": ("nu", "nyu")}  # ü: pinyin keyboards type v, people write u, passports print YU


class Token(NamedTuple):
    """A word by whose beginning a person is found."""

    text: str
    kind: str


def clean(name: str) -> str:
    """`name` as it is stored: full-width and compatibility forms made plain, one space between words.

    Control and invisible formatting characters are dropped: they hide in pasted text and would break equality.
    """
    plain = unicodedata.normalize("NFKC", name)
    spaced = "".join(" " if char.isspace() else char for char in plain)
    return " ".join("".join(char for char in spaced if unicodedata.category(char) not in ("Cc", "Cf")).split())


def fold(text: str) -> str:
    """`text` for comparison: compatibility forms, case and accents removed; `ü` becomes `v` as pinyin is typed."""
    folded = unicodedata.normalize("NFKC", text).casefold().replace("ü", "v")
    bare = "".join(char for char in unicodedata.normalize("NFD", folded) if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", bare)


def is_han(text: str) -> bool:
    """Is every character a Chinese one?"""
    return bool(_HAN_RUN.fullmatch(text))


def split(name: str) -> tuple[str, str]:
    """Surname and given name of a Chinese name; `("", "")` for any other, whose order nobody can know."""
    joined = clean(name).replace(" ", "")
    if not is_han(joined) or len(joined) < 2:
        return "", ""
    cut = 2 if joined[:2] in COMPOUND and len(joined) > 2 else 1
    return joined[:cut], joined[cut:]


def pinyin(name: str) -> str:
    """The name in Latin letters for sorting: `zhang wei`; a Latin name without case and accents."""
    return " ".join(_romanised(name))[:TOKEN_LENGTH]


def initials(name: str) -> str:
    """`zw` for 张伟, `jg` for José García."""
    surname, given = split(name)
    if given:
        return "".join(syllable[0] for syllable in [*_surname_readings(surname)[0], *_syllables(given)])[:16]
    return "".join(word[0] for word in _romanised(name))[:16]


def tokens(name: str) -> list[Token]:
    """Everything by whose beginning this person is found, without repeats."""
    surname, given = split(name)
    found = _chinese_tokens(surname, given) if given else _other_tokens(name)
    distinct: dict[str, str] = {}
    for text, kind in found:
        if text:
            distinct.setdefault(text[:TOKEN_LENGTH], kind)
    return [Token(text, kind) for text, kind in distinct.items()]


def search_key(text: str) -> str:
    """What was typed, as the beginning of a token: `张 伟` -> `张伟`, `Zhang W` -> `zhangw`, `张wei` -> `zhangwei`."""
    joined = "".join(_words(text))
    if _HAN.search(joined) and not is_han(joined):
        joined = _latin(joined)
    return joined[:TOKEN_LENGTH]


def search_words(text: str) -> list[str]:
    """The words of a search, each the beginning of a token, for names typed in another order."""
    return [_latin(word)[:TOKEN_LENGTH] for word in _words(text)][:MOST_WORDS]


def _words(text: str) -> list[str]:
    return [word for word in _APART.split(_SILENT.sub("", fold(clean(text)))) if word]


@lru_cache(maxsize=20_000)  # given names repeat, and an import asks for each several times
def _syllables(han: str) -> tuple[str, ...]:
    return tuple(fold(syllable) for syllable in lazy_pinyin(han))


@lru_cache(maxsize=2_000)
def _surname_readings(surname: str) -> list[tuple[str, ...]]:
    """How a surname is read, the usual way first: 单 is shan, though some families say dan."""
    if len(surname) == 1 and surname in READINGS:
        return [(reading,) for reading in READINGS[surname]]
    return [tuple(fold(syllable) for syllable in COMPOUND.get(surname, "").split()) or _syllables(surname)]


def _romanised(name: str) -> list[str]:
    surname, given = split(name)
    if given:
        return ["".join(_surname_readings(surname)[0]), "".join(_syllables(given))]
    return [_latin(word) for word in _words(name)]


def _latin(word: str) -> str:
    return _HAN_RUN.sub(lambda run: "".join(_syllables(run.group())), word)


def _chinese_tokens(surname: str, given: str) -> Iterator[tuple[str, str]]:
    spoken = _syllables(given)
    yield fold(surname + given), NAME
    yield fold(given), PART
    for reading in _surname_readings(surname):
        for spelling in _spellings("".join([*reading, *spoken])):
            yield spelling, PINYIN
        yield "".join(syllable[0] for syllable in [*reading, *spoken]), INITIALS
    for spelling in _spellings("".join(spoken)):
        yield spelling, PART


def _other_tokens(name: str) -> Iterator[tuple[str, str]]:
    words = _words(name)[:MOST_WORDS]
    latin = [_latin(word) for word in words]
    yield "".join(words), NAME
    for start in range(len(latin)):  # "García José" finds José García: every word may come first
        yield "".join(latin[start:] + latin[:start]), PINYIN if start == 0 else PART
    for word, spelt in zip(words, latin, strict=True):
        yield word, PART
        yield spelt, PART
    if len(latin) > 1:
        yield "".join(word[0] for word in latin), INITIALS


def _spellings(spelt: str) -> list[str]:
    """With `v` for ü, and as people and passports write it."""
    found = [spelt]
    for typed, others in _UMLAUT.items():
        if typed in spelt:
            found += [spelt.replace(typed, other) for other in others]
    return found

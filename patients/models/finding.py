"""Which patients somebody means who typed a few characters: every step reads a bounded piece of one index."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import lru_cache

from django.db.models import Case, CharField, IntegerField, Model, QuerySet, Value, When
from django.db.models.functions import Coalesce

from common import names, phones, sealing
from common.compiled import Compiled, Given
from common.lookups import ByteOrder

FOUND_AT_MOST = 50  # more than this nobody reads: type another letter
ROWS_A_PERSON = 3  # a person may own several matching tokens, so a few more rows than people are read
IDENTIFIER_PURPOSE = "patients.identifier"

_PHONE_LIKE = re.compile(r"[\d+\-() .]+")
_TAIL = re.compile(r"\d{3,5}[\dX]")
_RECORD_NUMBER = re.compile(r"P?(\d{9})")


def plain_identifier(value: str) -> str:
    """An identity number as it is compared: plain capital letters and digits."""
    return "".join(char for char in unicodedata.normalize("NFKC", value).upper() if char.isalnum())


def identifier_digests(value: str) -> list[str]:
    """The fingerprints under which an identity number may be stored."""
    return sealing.digests(plain_identifier(value), purpose=IDENTIFIER_PURPOSE)


def matching_ids(patients: QuerySet, text: str, *, limit: int = FOUND_AT_MOST) -> list[int]:
    """Ids of those among `patients` (a plain queryset), best match first; never of a merged record."""
    found: dict[int, None] = {}
    for rows in _lookups(patients, unicodedata.normalize("NFKC", text).strip(), most=limit * ROWS_A_PERSON):
        found.update(dict.fromkeys(rows))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def in_order_of(ids: Iterable[int]) -> Case:
    """An ordering that keeps the order of `ids`."""
    ranks = [When(pk=pk, then=Value(rank)) for rank, pk in enumerate(ids)]
    return Case(*ranks, default=Value(len(ranks)), output_field=IntegerField())


def _lookups(patients: QuerySet, text: str, most: int) -> Iterator[Iterable[int]]:
    """Look-ups in turn, each run only when the ones before have not found enough; `most` rows each."""
    compact = plain_identifier(text)
    if any(char.isdigit() for char in compact):
        for rows in _by_number(patients, text, compact):
            yield rows[:most]
    if text and not _PHONE_LIKE.fullmatch(text):
        yield from _by_name(patients, text, most)


def _by_number(patients: QuerySet, text: str, compact: str) -> Iterator[QuerySet]:
    if match := _RECORD_NUMBER.fullmatch(compact):  # that of a merged record leads to the kept one
        numbered = patients.filter(record_number=f"P{match[1]}")
        yield numbered.values_list(Coalesce("merged_into_id", "pk"), flat=True)
    active = patients.filter(merged_into=None)
    if _PHONE_LIKE.fullmatch(text):
        yield from _by_phone(active, text)
    if len(compact) >= 5:
        yield _ids(active.filter(identifiers__digest__in=identifier_digests(text), identifiers__ended_at=None))
    if _TAIL.fullmatch(compact):
        yield _ids(active.filter(identifiers__tail_reversed__prefix=compact[::-1], identifiers__ended_at=None))


def _by_phone(active: QuerySet, text: str) -> Iterator[QuerySet]:
    points = {"contact_points__system": "phone", "contact_points__ended_at": None}
    try:
        yield _ids(active.filter(contact_points__value=phones.normalise(text), **points))
    except phones.NotAPhone:
        digits = phones.digits(text)
        if 4 <= len(digits) <= 11:
            yield _ids(active.filter(contact_points__tail_reversed__prefix=digits[::-1], **points))


def _by_name(patients: QuerySet, text: str, most: int) -> Iterator[Iterable[int]]:
    key = names.search_key(text)
    if not key:
        return
    yield _kept_named(patients.model, most).rows(key=key)
    words = names.search_words(text)
    if len(words) > 1:  # the words in another order, or with others between them
        longest, *others = sorted(words, key=len, reverse=True)
        rows = _named(patients.model, longest)
        for word in others:
            rows = rows.filter(name_tokens__token__prefix=word)
        yield rows[:most]
    sound = "".join(words)
    if sound != key:  # other characters of the same sound: 張偉 for 张伟, or a name heard on the phone
        yield _kept_named(patients.model, most).rows(key=sound)


def _named(model: type[Model], key: str | Given) -> QuerySet:
    """In the order of the token's index, where an exact match comes first and nothing has to be sorted."""
    rows = model.objects.filter(merged_into=None, name_tokens__token__prefix=key)
    return _ids(rows.order_by(ByteOrder("name_tokens__token"), "name_tokens__patient_id"))


@lru_cache(maxsize=8)
def _kept_named(model: type[Model], most: int) -> Compiled:
    """`_named` with kept SQL: the look-up of every call and every key press in a search field."""
    return Compiled(lambda: _named(model, Given("key", CharField()))[:most])


def _ids(rows: QuerySet) -> QuerySet:
    return rows.values_list("pk", flat=True)

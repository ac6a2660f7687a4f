"""What patients gave as the reason of a missed visit. Floors above, which hear it, register who tells it here."""

from collections.abc import Callable, Collection

from accounts.models import User

Words = dict[int, list[str]]  # appointment -> sentences, the first said first
Source = Callable[[Collection[int], User], Words]

_sources: list[Source] = []


def register(source: Source) -> Source:
    """`source` is asked for many appointments at once, and leaves out what the user may not read."""
    if source not in _sources:
        _sources.append(source)
    return source


def of(appointments: Collection[int], user: User) -> Words:
    """Everything that is known of each."""
    found: Words = {}
    for source in _sources:
        for pk, words in source(appointments, user).items():
            found.setdefault(pk, []).extend(words)
    return found

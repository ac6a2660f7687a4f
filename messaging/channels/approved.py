"""Texts that a carrier approved: its code for one, and which of our facts fill its places.

The text version names it as `CODE` or `CODE:place=fact,place=fact`; where a place has the fact's own name, `fact` will
do. Places keep their order, for carriers that count them.
"""

from django.utils.translation import gettext as _

from messaging.channels.base import Outgoing, TransportError


def filled(message: Outgoing) -> tuple[str, dict[str, str]]:
    """(the carrier's code, place -> words). Without a list of places, all facts go under their own names.

    Raises TransportError (permanent) when no approved text is named, or it needs a fact that there is not.
    """
    code, _colon, listed = message.template.partition(":")
    if not code:
        raise TransportError(_("No text that the carrier approved is named for these words."), permanent=True)
    if not listed:
        return code, dict(message.facts)
    places = dict(_place(entry) for entry in listed.split(","))
    missing = [fact for fact in places.values() if fact not in message.facts]
    if missing:
        raise TransportError(_("The approved text needs “%(fact)s”.") % {"fact": missing[0]}, permanent=True)
    return code, {place: message.facts[fact] for place, fact in places.items()}


def _place(entry: str) -> tuple[str, str]:
    place, equals, fact = entry.strip().partition("=")
    return place, fact if equals else place

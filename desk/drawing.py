"""Cells as HTML. In Python, because 2,400 of them through templates take most of a second (benchmark `desk`).

Every text from outside goes through `escape`; the words of the page are looked up once for each board.
"""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from common import shown
from desk.cells import Cell, Claim, icon_of
from desk.grid import Box
from scheduling.models import AppointmentStatus

MARK = 6  # letters of a cell's version: 36 bits


@dataclass(frozen=True)
class Offers:
    """What the cells offer to this person, and what they are doing: booking, moving or blocking."""

    may_book: bool = False
    may_overbook: bool = False
    may_move: bool = False
    moving: bool = False
    blocking: bool = False


class Drawing:
    """Draws the cells of one page or answer."""

    def __init__(self, offers: Offers):
        self._offers = offers
        self._states = {value: escape(str(label)) for value, label in AppointmentStatus.choices}
        self._looks: dict[tuple[str, bool], tuple[str, str, str]] = {}
        self._words = {
            "book": escape(_("move here") if offers.moving else _("+ book")),
            "overbook": escape(_("overbook")),
            "blocked": escape(_("Blocked")),
            "stopped": escape(_("Stopped")),
            "past": escape(_("past")),
            "block": escape(_("block")),
            "unblock": escape(_("open again")),
        }
        extra = escape(pgettext("booking", "extra"))
        self._extra = f'<small class="day-extra">{_symbol("group_add")}{extra}</small>'

    def row(self, boxes: Iterable[Box]) -> SafeString:
        """The boxes of one time as table cells."""
        return SafeString("".join(map(self._box, boxes)))

    def cell(self, cell: Cell, known: set[str] | None = None) -> SafeString:
        """One slot, to take the place of the one on the page; empty when the page has this version already."""
        inner = self._inner(cell)
        if known is not None and _version(cell, inner) in known:
            return SafeString("")
        return self._slot(cell, inner, oob=True)

    def _box(self, box: Box) -> str:
        tall = f' rowspan="{box.height}"' if box.height > 1 else ""
        inside = "".join(self._slot(cell, self._inner(cell)) for cell in box.cells)
        return f'<td role="gridcell" data-c="{box.column}"{tall}>{inside}</td>'

    def _slot(self, cell: Cell, inner: str, *, oob: bool = False) -> SafeString:
        version = _version(cell, inner)
        left = f' data-left="{cell.left}"' if cell.is_bookable else ""
        swap = ' hx-swap-oob="true"' if oob else ""
        head = f'<div id="cell-{cell.slot.uuid}" class="day-slot is-{cell.state}" data-v="{version}"{left}{swap}>'
        return SafeString(f"{head}{inner}</div>")

    def _inner(self, cell: Cell) -> str:
        names = "".join(map(self._name, cell.bookings))
        return names + (self._mark(cell) if self._offers.blocking else self._act(cell))

    def _name(self, booking: Claim) -> str:
        key = booking.status, booking.confirmed_at is not None
        if key not in self._looks:
            self._looks[key] = self._look(booking)
        before, icon, after = self._looks[key]
        extra = self._extra if booking.is_overbooked else ""
        return f"{before}{booking.uuid}{icon}{self._called(booking)}</span>{extra}{after}"

    def _look(self, booking: Claim) -> tuple[str, str, str]:
        """What stands before the reference, between it and the name, and at the end, for all bookings of one state."""
        drag = ' draggable="true"' * (self._offers.may_move and booking.status == AppointmentStatus.BOOKED)
        before = f'<button type="button" tabindex="-1" class="day-name crm-{booking.tone}" data-booking="'
        icon = f'"{drag}>{_symbol(icon_of(booking))}<span>'
        return before, icon, f'<span class="crm-hidden">, {self._states[booking.status]}</span></button>'

    def _called(self, booking: Claim) -> str:
        if booking.name is not None:
            return escape(booking.name)
        return escape(_("held until %(time)s") % {"time": shown.time(booking.held_until)})

    def _act(self, cell: Cell) -> str:
        offers, words, ref = self._offers, self._words, cell.slot.uuid
        if cell.is_bookable and offers.may_book:
            left = f" <small>{_left(cell.left)}</small>" if cell.slot.capacity > 1 else ""
            return _button("day-book", f'data-slot="{ref}"', words["book"] + left)
        if cell.is_overbookable and offers.may_overbook and not offers.moving:
            inside = f"{_symbol('group_add')}{words['overbook']} <small>{_left(cell.extra_left)}</small>"
            return _button("day-book", f'data-overbook="{ref}"', inside)
        return self._note(cell)

    def _note(self, cell: Cell) -> str:
        state = cell.state
        if state == "full":
            return ""
        if cell.is_bookable:
            return f'<span class="day-note">{_left(cell.left)}</span>'
        if state in ("blocked", "stopped"):
            return f'<span class="day-note">{self._words[state]}</span>'
        if state == "later":
            opens = _("opens %(when)s") % {"when": shown.moment(cell.slot.session.released_at)}
            return f'<span class="day-note">{escape(opens)}</span>'
        return "" if cell.bookings else f'<span class="crm-hidden">{self._words["past"]}</span>'

    def _mark(self, cell: Cell) -> str:
        if not cell.is_blockable:
            return self._note(cell)
        is_blocked = cell.state == "blocked"
        word = self._words["unblock" if is_blocked else "block"]
        facts = f'data-mark="{cell.slot.uuid}" data-is="{cell.state}" aria-pressed="false"'
        return _button("day-mark", facts, _symbol("lock_open" if is_blocked else "block") + word)


def _button(kind: str, facts: str, inside: str) -> str:
    """Tab reaches one button of the board (roving.js), so all are drawn out of its way."""
    return f'<button type="button" tabindex="-1" class="{kind}" {facts}>{inside}</button>'


def _symbol(icon: str) -> str:
    return f'<span class="material-symbols-outlined" aria-hidden="true">{icon}</span>' if icon else ""


def _left(places: int) -> str:
    return escape(ngettext("%(n)s left", "%(n)s left", places) % {"n": places})


def _version(cell: Cell, inner: str) -> str:
    digest = hashlib.blake2b(f"{cell.slot.pk} {cell.state} {cell.left} {inner}".encode(), digest_size=MARK)
    return urlsafe_b64encode(digest.digest())[:MARK].decode()

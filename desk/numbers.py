"""The columns of Today: each number with the address of the rows that it counts."""

from dataclasses import dataclass
from html import escape

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from desk.today import STATUS_OF, Line

COLUMNS = {
    "booked": (_("Booked"), _("Booked and not here yet")),
    "arrived": (_("Arrived"), _("Here and not seen yet")),
    "waiting": (pgettext_lazy("queue", "Waiting"), _("In the waiting room, called or not")),
    "inside": (pgettext_lazy("queue", "Inside"), _("With the clinician")),
    "seen": (_("Seen"), _("The visit took place")),
    "absent": (_("Did not come"), _("Did not come")),
    "left": (_("Places left"), _("Places that can be booked now")),
}
TICKETS = ("waiting", "inside")


@dataclass(frozen=True)
class Number:
    """One cell."""

    name: str
    title: str
    value: int
    link: str

    def html(self, pk: int) -> str:
        """As a cell of the table, for session `pk`. In Python: through a template 420 of them take 30 ms."""
        title, ref = escape(self.title), f"line-{pk}-{self.name}"
        if self.link:
            inside = f'<span class="crm-hidden">{title}: </span>{self.value}'
            shown = f'<a class="today-n is-{self.name}" id="{ref}" href="{escape(self.link)}">{inside}</a>'
        else:
            nil = "" if self.value else " is-nil"
            shown = f'<span class="today-n{nil}" id="{ref}" tabindex="-1">{self.value}</span>'
        return f'<td class="crm-number" data-name="{title}">{shown}</td>'


class Numbers:
    """Which columns the person sees, and the cells of a line."""

    def __init__(self, user: User):
        shown = set(COLUMNS) if user.has_perm("visits.view_queueentry") else set(COLUMNS) - set(TICKETS)
        self.columns = [(name, str(title), str(help)) for name, (title, help) in COLUMNS.items() if name in shown]
        self._bookings = self._base(user, "admin:scheduling_appointment_changelist", "scheduling.view_appointment")
        self._tickets = {name: reverse("admin:desk:people", args=[name]) for name in TICKETS}
        self._grid = self._base(user, "admin:desk:day", "scheduling.view_slot", "scheduling.view_appointment")

    def _base(self, user: User, page: str, *rights: str) -> str:
        return reverse(page) if user.has_perms(rights) else ""

    def of(self, line: Line) -> list[Number]:
        """The cells of one session."""
        return [Number(name, title, line.counts[name], self._link(name, line)) for name, title, _help in self.columns]

    def _link(self, name: str, line: Line) -> str:
        """Empty for nothing, which leads nowhere."""
        session = line.session
        if line.counts[name] == 0:
            return ""
        if name in TICKETS:
            return f"{self._tickets[name]}?{urlencode({'session': session.uuid})}"
        if name == "left":
            asked = {"day": session.day, "department": session.service.department.uuid, "session": session.uuid}
            return self._grid and f"{self._grid}?{urlencode(asked)}"
        asked = {"slot__session__id__exact": session.pk, "when": "all", "status__exact": STATUS_OF[name]}
        return self._bookings and f"{self._bookings}?{urlencode(asked)}"

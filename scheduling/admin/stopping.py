"""The record of stopped sessions."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import shown
from common.admin import FactAdmin, FactInline, ReasonForm, badge, link_to, posted, two_lines
from common.filters import AutocompleteSelectFilter, When
from scheduling import seeing
from scheduling.models import Stoppage
from scheduling.models.stoppage import StoppageKind
from scheduling.services import stoppages

from .columns import desk_of


class WhenStopped(When):
    field = "session__day"
    default = "ahead"
    title = _("day of the session")

    def _between(self, rows: QuerySet, first: Any, last: Any) -> QuerySet:
        if first:
            rows = rows.filter(session__day__gte=first)
        return rows.filter(session__day__lte=last) if last else rows


class StoppageInline(FactInline):
    """When and why it was stopped."""

    model = Stoppage
    fields = readonly_fields = ("what", "reason", "cancelled", "moment", "by", "lifted")
    verbose_name_plural = _("Stoppages")

    @display(description=_("what"))
    def what(self, obj: Stoppage) -> str:
        return obj.get_kind_display()

    @display(description=_("when"))
    def moment(self, obj: Stoppage) -> str:
        return shown.moment(obj.at)

    @display(description=_("taken back"))
    def lifted(self, obj: Stoppage) -> str:
        return shown.moment(obj.lifted_at)


@admin.register(Stoppage)
class StoppageAdmin(FactAdmin):
    list_display = ("half_day", "practitioner", "what", "cancelled", "reason", "done", "lifted")
    list_filter = (
        WhenStopped,
        ("kind", ChoicesDropdownFilter),
        ("session__service__department", AutocompleteSelectFilter),
    )
    search_fields = ("session__practitioner__name", "session__practitioner__name_pinyin", "reason")
    fields = ("session_link", "what", "cancelled", "reason", "done", "lifted")
    readonly_fields = fields
    actions_detail = ("lift",)
    empty_advice = _("No session is stopped. To stop one, open it in the list of sessions.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Stoppages of sessions that the person may see."""
        rows = (
            super()
            .get_queryset(request)
            .select_related("session__practitioner", "session__service__department", "by", "lifted_by")
        )
        return rows if request.user.sees_everything else rows.filter(session__in=seeing.sessions(request.user))

    def offers(self, request: HttpRequest, act: str, obj: Stoppage) -> bool:
        """What was taken back stays so."""
        return obj.lifted_at is None

    @action(
        description=_("Take bookings again"), url_path="lift", icon="lock_open",
        permissions=["scheduling.stop_session"], variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the stoppage back; cancelled bookings stay cancelled."""
        stoppage = self.find(request, object_id)
        return self.act(
            request, stoppage, ReasonForm(posted(request)),
            lambda reason: stoppages.lift(stoppage, origin=desk_of(request), reason=reason),
            title=_("Take bookings again"), submit=_("Open the session"),
            facts=[(_("Session"), stoppage.session)], done=_("The session takes bookings again."),
            advice=_("Bookings that were cancelled stay cancelled: those patients have been told."),
        )  # fmt: skip

    @display(description=_("session"), ordering="session__starts_at")
    def half_day(self, obj: Stoppage) -> Any:
        session = obj.session
        return two_lines(shown.day(session.day), shown.span(session.starts_at, session.ends_at))

    @display(description=_("practitioner"), ordering="session__practitioner__name_pinyin")
    def practitioner(self, obj: Stoppage) -> Any:
        return two_lines(obj.session.practitioner, obj.session.service)

    @display(description=_("session"))
    def session_link(self, obj: Stoppage) -> Any:
        return link_to(obj.session)

    @display(description=_("what"), ordering="kind")
    def what(self, obj: Stoppage) -> Any:
        return badge(obj.get_kind_display(), "danger" if obj.kind == StoppageKind.CANCEL else "warning")

    @display(description=_("done"), ordering="at")
    def done(self, obj: Stoppage) -> Any:
        return two_lines(shown.moment(obj.at), obj.by)

    @display(description=_("taken back"), ordering="lifted_at")
    def lifted(self, obj: Stoppage) -> Any:
        return two_lines(shown.moment(obj.lifted_at), obj.lifted_by) if obj.lifted_at else badge(_("Stands"), "warning")

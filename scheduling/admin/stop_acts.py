"""Stopping sessions: the preview that says what it would mean, the act, and taking it back."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldBooleanSwitchWidget

from common.admin import ReasonBelowForm, ReasonForm, posted
from common.errors import Refusal
from scheduling.models.stoppage import StoppageKind
from scheduling.services import stoppages, substitutes

from .columns import desk_of
from .previews import print_of


class StopForm(ReasonBelowForm):
    """Why, and whether an equal place is kept for each who loses theirs."""

    keep = forms.BooleanField(
        label=_("Keep a place for each"), required=False, initial=True, widget=UnfoldBooleanSwitchWidget,
        help_text=_("If you cancel: the first of the equal places above is kept for each person for a day."),
    )  # fmt: skip


class StopActs:
    """What the pages of sessions offer to whoever may stop them."""

    def has_stop_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm("scheduling.stop_session")

    @action(
        description=_("Stop the session"), url_path="stop", icon="block", permissions=["scheduling.stop_session"],
    )  # fmt: skip
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """To the preview, which says what it would mean."""
        return self._to_preview([self.find(request, object_id).pk])

    @admin.action(description=_("Stop the selected sessions …"), permissions=["stop"])
    def stop_rows(self, request: HttpRequest, rows: QuerySet) -> HttpResponse:
        """To the preview of all of them."""
        return self._to_preview(rows.values_list("pk", flat=True))

    def _to_preview(self, pks: Any) -> HttpResponse:
        return redirect(reverse("admin:scheduling_session_stop_preview", query={"session": list(pks)}))

    @action(
        description=_("Take bookings again"), url_path="lift", icon="lock_open",
        permissions=["scheduling.stop_session"], variant=ActionVariant.PRIMARY,
    )  # fmt: skip
    def lift(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Take the stoppage back; cancelled bookings stay cancelled."""
        session = self.find(request, object_id)

        def do(reason: str) -> None:
            for stoppage in session.stoppages.filter(lifted_at=None)[:1]:
                stoppages.lift(stoppage, origin=desk_of(request), reason=reason)

        return self.act(
            request, session, ReasonForm(posted(request)), do, title=_("Take bookings again"),
            submit=_("Open the session"), done=_("The session takes bookings again."),
            advice=_("Bookings that were cancelled stay cancelled: those patients have been told."),
        )  # fmt: skip

    def get_custom_urls(self) -> tuple:
        """The preview of a stoppage."""
        return (("stop-preview/", "scheduling_session_stop_preview", self.stop_preview),)

    def stop_preview(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """What stopping means, booking by booking; two verbs, one reason; applied only to what was shown."""
        self._require_stop(request)
        wanted = [pk for pk in request.GET.getlist("session") if pk.isdigit()][:200]
        chosen = list(self.get_queryset(request).filter(pk__in=wanted))
        plan = stoppages.plan(chosen, origin=desk_of(request))
        form = StopForm(posted(request))
        if request.method == "POST" and form.is_valid():
            answer = self._stop(request, plan, form)
            if answer:
                return answer
            plan = stoppages.plan(chosen, origin=desk_of(request))  # as it is now: what was refused may be outdated
        return self.page(
            request, "scheduling/stop.html", title=_("Stop sessions"), plan=plan, form=form, kinds=StoppageKind,
            seen=print_of(plan),
        )  # fmt: skip

    def _require_stop(self, request: HttpRequest) -> None:
        if not self.has_stop_permission(request):
            raise PermissionDenied

    def _stop(self, request: HttpRequest, plan: Any, form: StopForm) -> HttpResponse | None:
        kind = request.POST.get("kind")
        if kind not in StoppageKind.values:
            return None
        if request.POST.get("seen") != print_of(plan):
            form.add_error(None, _("Bookings were made or cancelled meanwhile. Please look at the list again."))
            return None
        try:
            done = stoppages.apply(plan, kind=kind, reason=form.cleaned_data["reason"], origin=desk_of(request))
        except Refusal as refusal:
            form.add_error(None, str(refusal))
            return None
        lost = sum(stoppage.cancelled for stoppage in done)
        kept = substitutes.keep_all(plan, origin=desk_of(request)) if form.cleaned_data["keep"] else 0
        messages.success(request, _in_words(len(done), lost, kept))
        onward = request.GET.get("next", "")
        return redirect(onward) if url_has_allowed_host_and_scheme(onward, None) else self.list_page()


def _in_words(sessions: int, lost: int, kept: int) -> str:
    parts = (
        ngettext("%(n)s session stopped", "%(n)s sessions stopped", sessions) % {"n": sessions},
        ngettext("%(n)s booking cancelled", "%(n)s bookings cancelled", lost) % {"n": lost},
        ngettext("%(n)s place kept", "%(n)s places kept", kept) % {"n": kept},
    )
    return " · ".join(parts)

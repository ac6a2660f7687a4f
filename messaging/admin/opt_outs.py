"""Who wants no messages: recorded for people who say so, taken back for a reason."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from common import shown
from common.admin import FactAdmin, ReasonForm, badge, posted, two_lines
from common.errors import Refusal
from messaging.models import Medium, OptOut
from messaging.services import opt_outs
from messaging.wording import mask
from patients.admin.filters import ShortCount
from patients.models import ContactPoint, Patient

from .filters import StillCounts


class OptOutForm(forms.Form):
    """What somebody said by phone or at the counter."""

    medium = forms.ChoiceField(label=_("No more by"), choices=Medium, widget=UnfoldAdminSelectWidget)
    address = forms.CharField(
        label=_("Number or address"), max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "autofocus": True}),
        help_text=_("It counts for everybody who is reached there, a family perhaps."),
    )  # fmt: skip
    said = forms.CharField(
        label=_("What was said, and where"), max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off"}),
        help_text=_("For instance: by phone, “please no more reminders”."),
    )  # fmt: skip


@admin.register(OptOut)
class OptOutAdmin(FactAdmin):
    list_display = ("where", "said", "since", "by_whom", "state")
    list_filter = (StillCounts, ("medium", ChoicesDropdownFilter))
    list_select_related = ("by", "ended_by")
    search_fields = ("address",)
    search_help_text = _("Number or address in full, or a patient by name, pinyin or record number")
    sortable_by = ("since",)
    paginator = ShortCount
    fields = readonly_fields = ("where", "said", "since", "by_whom", "state", "taken_back", "ended_reason")
    actions_detail = ("take_back",)
    empty_advice = _("Whoever answers STOP or TD stands here; others are recorded when they say so.")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """For who may record them."""
        return request.user.has_perm("messaging.add_optout")

    def offers(self, request: HttpRequest, act: str, obj: OptOut) -> bool:
        return obj.ended_at is None

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By the address as it is kept, or by whose it is."""
        text = search_term.strip()
        if not text:
            return queryset, False
        meant = Patient.objects.visible_to(request.user).search(text).values_list("pk", flat=True)
        theirs = ContactPoint.objects.filter(patient__in=list(meant)).values_list("value", flat=True)
        return queryset.filter(Q(address__in=list(theirs)) | Q(address=text) | Q(address=text.lower())), False

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """Recorded by the service, which knows how addresses are kept."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = OptOutForm(posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                made = opt_outs.record(by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else "address", str(refusal))
            else:
                messages.success(request, _("Recorded. Nothing but what they must know is sent there any more."))
                return self.page_of(made)
        context = {"form": form, "original": None, "submit": pgettext_lazy("act", "Record")}
        answer = self.page(request, "admin/act.html", title=_("Record an opt-out"), **context)
        answer.status_code = 422 if form.errors else 200
        return answer

    @action(
        description=_("Take back"), url_path="take-back", icon="undo", permissions=["messaging.change_optout"],
    )  # fmt: skip
    def take_back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The person wants messages again."""
        opt_out = self.find(request, object_id)
        return self.act(
            request, opt_out, ReasonForm(posted(request)),
            lambda reason: opt_outs.take_back(opt_out, reason=reason, by=request.user),
            title=_("Take an opt-out back"), submit=_("Take back"), done=_("Messages go there again."),
            facts=[(_("Number or address"), self.masked(opt_out)), (_("What was said"), opt_out.said)],
        )  # fmt: skip

    def masked(self, obj: OptOut) -> str:
        """Enough of it to recognise it."""
        return mask(obj.medium, obj.address)

    @display(description=_("number or address"))
    def where(self, obj: OptOut) -> Any:
        return two_lines(self.masked(obj), obj.get_medium_display())

    @display(description=_("since"), ordering="at")
    def since(self, obj: OptOut) -> str:
        return shown.moment(obj.at)

    @display(description=_("recorded by"))
    def by_whom(self, obj: OptOut) -> Any:
        return obj.by or _("the person, by a message")

    @display(description=_("state"))
    def state(self, obj: OptOut) -> Any:
        return badge(_("Taken back")) if obj.ended_at else badge(_("Still counts"), "warning")

    @display(description=pgettext_lazy("opt-out", "taken back"))
    def taken_back(self, obj: OptOut) -> str:
        if obj.ended_at is None:
            return shown.MISSING
        return f"{shown.moment(obj.ended_at)} · {obj.ended_by or _('the person, by a message')}"

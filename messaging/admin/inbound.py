"""What came in. The list opens on what a person must read, the oldest first."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant
from unfold.widgets import UnfoldAdminTextInputWidget

from common import shown
from common.admin import FactAdmin, badge, link_to, posted, two_lines
from common.filters import AutocompleteSelectFilter
from messaging.models import InboundMessage, InboundState
from messaging.services import receiving
from messaging.wording import mask
from patients.admin.filters import ShortCount
from patients.models import Patient

from .filters import Standing, standing
from .words import with_right

MAY_DEAL = ["messaging.change_inboundmessage"]


class NoteForm(forms.Form):
    """What was done about it."""

    note = forms.CharField(
        label=_("What was done"), max_length=200,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, "autocomplete": "off"}),
        help_text=_("For instance: called back, visit moved to Friday."),
    )  # fmt: skip


class SenderForm(forms.Form):
    """Who it is."""

    patient = forms.ModelChoiceField(
        queryset=Patient.objects.active(), label=_("Patient"),
        widget=AutocompleteSelect(
            InboundMessage._meta.get_field("patient"), admin.site, attrs={"class": "unfold-admin-autocomplete"}
        ),
    )  # fmt: skip


@admin.register(InboundMessage)
class InboundMessageAdmin(FactAdmin):
    list_display = ("moment", "who", "said", "question", "state_badge", "became")
    list_filter = (Standing, ("medium", ChoicesDropdownFilter), ("patient", AutocompleteSelectFilter))
    list_select_related = ("patient", "answers", "closed_by")
    search_fields = ("sender",)
    search_help_text = _("Name, pinyin, phone or its last digits, record number")
    sortable_by = ()
    paginator = ShortCount
    fields = readonly_fields = ("said_in_full", "moment", "who", "question_in_full", "state_badge", "became", "dealt")
    actions_detail = ("deal_with", "is_from")
    empty_advice = _("Answers that nobody understands by rule stand here until somebody has dealt with them.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each knows whether the reader may see its words."""
        return with_right(super().get_queryset(request), request)

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        """Who waits longest first; what is over, the latest first."""
        return ("at", "pk") if standing(request) == InboundState.OPEN else ("-at", "-pk")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whose it is, or by the number that it came from."""
        text = search_term.strip()
        if not text:
            return queryset, False
        meant = list(Patient.objects.visible_to(request.user).search(text).values_list("pk", flat=True))
        return queryset.filter(Q(patient__in=meant) | Q(sender=text)), False

    def offers(self, request: HttpRequest, act: str, obj: InboundMessage) -> bool:
        return obj.state == InboundState.OPEN if act == "deal_with" else obj.patient_id is None

    @action(
        description=_("Dealt with"), url_path="deal-with", icon="task_alt", variant=ActionVariant.PRIMARY,
        permissions=MAY_DEAL,
    )  # fmt: skip
    def deal_with(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It is off the list, with a note on what was done."""
        inbound = self.find(request, object_id)
        answer = self.act(
            request, inbound, NoteForm(posted(request)),
            lambda note: receiving.close(inbound, note=note, by=request.user),
            title=_("Dealt with"), submit=_("Dealt with"), facts=self._facts(request, inbound),
        )  # fmt: skip
        return self.list_page() if answer.status_code == 302 else answer  # the next one waits there

    @action(description=_("It is from…"), url_path="is-from", icon="person_search", permissions=MAY_DEAL)
    def is_from(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Somebody knows who wrote it."""
        inbound = self.find(request, object_id)
        return self.act(
            request, inbound, SenderForm(posted(request)),
            lambda patient: receiving.is_from(inbound, patient=patient, by=request.user),
            title=_("Who is it from?"), submit=_("It is from this patient"), facts=self._facts(request, inbound),
        )  # fmt: skip

    def _facts(self, request: HttpRequest, inbound: InboundMessage) -> list[tuple[Any, Any]]:
        return [(pgettext_lazy("sender", "From"), self._sender(inbound)), (_("Text"), self.said_in_full(inbound))]

    def _sender(self, obj: InboundMessage) -> str:
        return f"{obj.get_medium_display()} {mask(obj.medium, obj.sender)}"

    @display(description=_("when"))
    def moment(self, obj: InboundMessage) -> str:
        return shown.moment(obj.at)

    @display(description=pgettext_lazy("sender", "from"))
    def who(self, obj: InboundMessage) -> Any:
        name = link_to(obj.patient) if obj.patient else badge(_("Unknown sender"), "warning")
        return two_lines(name, self._sender(obj))

    @display(description=_("text"))
    def said(self, obj: InboundMessage) -> Any:
        return link_to(obj, Truncator(obj.text).chars(120)) if obj.may_read else link_to(obj, _("Not for your role"))

    @display(description=_("text"))
    def said_in_full(self, obj: InboundMessage) -> Any:
        return _words(obj.text) if obj.may_read else _("Not for your role")

    @display(description=pgettext_lazy("question", "answers"))
    def question(self, obj: InboundMessage) -> Any:
        return Truncator(obj.answers.text).chars(80) if obj.answers and obj.may_read else shown.MISSING

    @display(description=pgettext_lazy("question", "answers"))
    def question_in_full(self, obj: InboundMessage) -> Any:
        if obj.answers is None or not obj.may_read:
            return shown.MISSING
        return two_lines(_words(obj.answers.text), shown.moment(obj.answers.at))

    @display(description=_("state"))
    def state_badge(self, obj: InboundMessage) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=_("dealt with"))
    def dealt(self, obj: InboundMessage) -> str:
        return f"{shown.moment(obj.closed_at)} · {obj.closed_by}" if obj.closed_at else shown.MISSING


def _words(text: str) -> Any:
    return format_html('<span class="msg-words" dir="auto">{}</span>', text)

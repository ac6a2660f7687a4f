"""What was to be told to whom, and what became of it."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import action, display

from common import clock, shown
from common.admin import FactAdmin, badge, link_to, posted, two_lines
from common.filters import AutocompleteSelectFilter
from messaging.labels import label_of
from messaging.models import Delivery, DeliveryState, Message
from messaging.services import deliveries, glance, story
from messaging.wording import answer_label, media_labels, why
from patients.admin.filters import ShortCount
from patients.models import Patient

from .filters import Now, WhenDue, WhichKind, WhichState
from .words import with_right

MAY_CHANGE = ["messaging.change_delivery"]


class AgainForm(forms.Form):
    """Whether the person may get it twice: asked only where that can be."""

    is_sure = forms.BooleanField(
        label=_("Send it although the person may get it twice"), required=False,
        help_text=_("The carrier gave no clear answer the first time: it may have arrived."),
    )  # fmt: skip


class SureForm(forms.Form):
    """Nothing more is asked."""


@admin.register(Delivery)
class DeliveryAdmin(FactAdmin):
    list_display = ("due", "who", "what", "channel", "state_badge", "reason_words", "answered")
    list_filter = (
        WhenDue,
        WhichState,
        WhichKind,
        ("medium", ChoicesDropdownFilter),
        ("priority", ChoicesDropdownFilter),
        ("patient", AutocompleteSelectFilter),
        Now,
    )
    list_before_template = "messaging/health.html"
    change_form_after_template = "messaging/delivery.html"
    search_fields = ("patient__name",)
    search_help_text = _("Name, pinyin, phone or its last digits, record number")
    sortable_by = ("due",)
    paginator = ShortCount
    fields = (
        "patient_link", ("what", "priority"), ("channels", "state_badge"), ("due", "expires"), "reason_words",
        "repeats",
    )  # fmt: skip
    readonly_fields = (
        "patient_link", "what", "priority", "channels", "state_badge", "due", "expires", "reason_words", "repeats",
    )  # fmt: skip
    actions_detail = ("again", "call_off")
    empty_advice = _("Nothing was due in this time. Choose another time above the list.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each knows whether the reader may see its words.

        Patients are read apart: a join invites the database to begin with all of them.
        """
        return with_right(super().get_queryset(request).prefetch_related("patient"), request)

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        meant = Patient.objects.visible_to(request.user).search(search_term.strip())
        return queryset.filter(patient__in=list(meant.values_list("pk", flat=True))), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """With how sending goes, above the list."""
        return super().changelist_view(request, {"health": glance.read(clock.now()), **(extra_context or {})})

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """With its story, and the words of each try for who may read them."""
        tries = Prefetch("messages", Message.objects.order_by("at", "pk").select_related("template"))
        rows = self.get_queryset(request).select_related("by").prefetch_related(tries)
        delivery = rows.get(pk=self.find(request, object_id).pk)
        context = {"title": label_of(delivery.kind), "told": delivery, "story": story.tell(delivery)}
        return super().change_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def offers(self, request: HttpRequest, act: str, obj: Delivery) -> bool:
        return deliveries.can_repeat(obj) if act == "again" else obj.state == DeliveryState.PENDING

    @action(description=_("Send again now"), url_path="again", icon="send", permissions=MAY_CHANGE)
    def again(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Once more; who may get it twice is asked for first."""
        delivery = self.find(request, object_id)
        is_risky = deliveries.may_have_arrived(delivery)
        return self.act(
            request, delivery, (AgainForm if is_risky else SureForm)(posted(request)),
            lambda **said: deliveries.repeat(delivery, by=request.user, **said),
            title=_("Send again now"), submit=_("Send again now"), facts=self._facts(delivery), danger=is_risky,
            advice=_("The same checks hold as the first time: hours, opt-outs, limits, and whether it is still true."),
            done=_("It is on its way as a delivery of its own."),
        )  # fmt: skip

    @action(description=_("Call off"), url_path="call-off", icon="cancel_schedule_send", permissions=MAY_CHANGE)
    def call_off(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It is not told."""
        delivery = self.find(request, object_id)
        return self.act(
            request, delivery, SureForm(posted(request)), lambda: deliveries.call_off(delivery, by=request.user),
            title=_("Call off"), submit=_("Call off"), facts=self._facts(delivery), danger=True,
            advice=_("The person will not be told. This cannot be undone."), done=_("Called off."),
        )  # fmt: skip

    def _facts(self, obj: Delivery) -> list[tuple[Any, Any]]:
        return [(_("Patient"), obj.patient.name), (_("Message"), label_of(obj.kind)), (_("Due"), self.due(obj))]

    @display(description=_("due"), ordering="due_at")
    def due(self, obj: Delivery) -> str:
        return shown.moment(obj.due_at)

    @display(description=_("too late from"))
    def expires(self, obj: Delivery) -> str:
        return shown.moment(obj.expires_at)

    @display(description=_("patient"))
    def who(self, obj: Delivery) -> Any:
        patient = obj.patient
        return two_lines(link_to(patient), shown.birth(patient.birth_date, patient.age()))

    @display(description=_("patient"))
    def patient_link(self, obj: Delivery) -> Any:
        return link_to(obj.patient)

    @display(description=_("message"))
    def what(self, obj: Delivery) -> Any:
        return link_to(obj, label_of(obj.kind))

    @display(description=_("channel"))
    def channel(self, obj: Delivery) -> str:
        return obj.get_medium_display() if obj.medium else media_labels(obj)

    @display(description=_("channels in order"))
    def channels(self, obj: Delivery) -> str:
        return media_labels(obj)

    @display(description=_("state"), ordering="state")
    def state_badge(self, obj: Delivery) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=_("why"))
    def reason_words(self, obj: Delivery) -> str:
        return why(obj.reason, obj.kind) if obj.reason else shown.MISSING

    @display(description=_("answer"))
    def answered(self, obj: Delivery) -> Any:
        return two_lines(answer_label(obj), shown.moment(obj.answered_at)) if obj.answered_at else shown.MISSING

    @display(description=_("sent again"))
    def repeats(self, obj: Delivery) -> Any:
        again = Delivery.objects.filter(again_of=obj).first()
        if again:
            return link_to(again, _("Sent again on %(when)s") % {"when": shown.moment(again.created_at)})
        return link_to(obj.again_of, _("This is the repeat; show the first try")) if obj.again_of else shown.MISSING

"""What was said to a patient and by them, on the patient's own page."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import shown
from common.admin import FactInline, badge, link_to
from messaging.labels import label_of
from messaging.models import Delivery, InboundMessage
from messaging.wording import answer_label, media_labels, why
from patients.admin import sections

from .words import with_right


class DeliveryInline(FactInline):
    """The latest first; those that are still to come stand above."""

    model = Delivery
    fk_name = "patient"
    per_page = 10
    fields = readonly_fields = ("due", "what", "channel", "state_badge", "reason_words", "answered")
    ordering = ("-due_at", "-pk")
    verbose_name_plural = _("Messages to the patient")

    @display(description=_("when"))
    def due(self, obj: Delivery) -> str:
        return shown.moment(obj.sent_at or obj.due_at)

    @display(description=_("message"))
    def what(self, obj: Delivery) -> Any:
        return link_to(obj, label_of(obj.kind))

    @display(description=_("channel"))
    def channel(self, obj: Delivery) -> str:
        return obj.get_medium_display() if obj.medium else media_labels(obj)

    @display(description=_("state"))
    def state_badge(self, obj: Delivery) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=_("why"))
    def reason_words(self, obj: Delivery) -> str:
        return why(obj.reason, obj.kind) if obj.reason else shown.MISSING

    @display(description=_("answer"))
    def answered(self, obj: Delivery) -> str:
        return answer_label(obj) if obj.answer else shown.MISSING


class InboundInline(FactInline):
    """What they wrote, pressed or said."""

    model = InboundMessage
    fk_name = "patient"
    per_page = 10
    fields = readonly_fields = ("moment", "said", "how", "state_badge", "became")
    ordering = ("-at", "-pk")
    verbose_name_plural = _("Messages from the patient")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each knows whether the reader may see its words."""
        return with_right(super().get_queryset(request), request)

    @display(description=_("when"))
    def moment(self, obj: InboundMessage) -> str:
        return shown.moment(obj.at)

    @display(description=_("text"))
    def said(self, obj: InboundMessage) -> Any:
        return link_to(obj, Truncator(obj.text).chars(120) if obj.may_read else _("Not for your role"))

    @display(description=_("channel"))
    def how(self, obj: InboundMessage) -> str:
        return obj.get_medium_display()

    @display(description=_("state"))
    def state_badge(self, obj: InboundMessage) -> Any:
        return badge(obj.get_state_display(), obj.tone)


sections.add(DeliveryInline)
sections.add(InboundInline)

"""The words of messages: read, tried on an example, put in use as a new version."""

from itertools import pairwise
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import FactAdmin, badge, two_lines
from common.filters import InUse
from messaging import comparing, kinds, labels, lint
from messaging.admin.filters import WhichKind
from messaging.models import Medium, MessageTemplate
from messaging.services import looks, texts

from .editing import EditActs, beside, free_media, said_by, tried

VERSIONS_SHOWN = 10


class InUseNow(InUse):
    """The words that are said today, unless asked for older versions."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"yes": Q(ended_at=None), "no": ~Q(ended_at=None)}
        return queryset.filter(wanted.get(self.value(), Q()))


@admin.register(MessageTemplate)
class MessageTemplateAdmin(EditActs, FactAdmin):
    list_display = ("message", "tongue", "medium_badge", "parts", "number", "written", "use")
    list_filter = (InUseNow, WhichKind, ("language", ChoicesDropdownFilter), ("medium", ChoicesDropdownFilter))
    list_select_related = ("by",)
    search_fields = ("text", "subject")
    sortable_by = ("message", "written")
    fields = ("words", ("tongue", "medium_badge"), ("number", "written"), "provider_code")
    readonly_fields = ("words", "tongue", "medium_badge", "number", "written", "provider_code")
    actions_detail = ("edit", "own", "back")
    change_form_after_template = "messaging/text_page.html"
    empty_advice = _("No app that is installed sends messages yet.")

    def offers(self, request: HttpRequest, act: str, obj: MessageTemplate) -> bool:
        """Only words in use, of a message that is still sent, are changed."""
        kind = kinds.get(obj.kind)
        if kind is None or obj.ended_at:
            return False
        if act == "own":
            return not obj.medium and bool(free_media(obj))
        before = texts.built_in(kind, obj.language, obj.medium)
        return act != "back" or bool(before and before != (obj.subject, obj.text))

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """With the looks of the words, what is doubtful about them, and the versions before."""
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        template = self.find(request, object_id)
        context = {"title": str(template), "versions": self._versions(template)}
        if kind := kinds.get(template.kind):
            draft = texts.draft_of(kind, language=template.language, medium=template.medium, **said_by(template))
            context |= tried(draft, looks.samples(kind, template.language, request.user)[0])
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    def _versions(self, template: MessageTemplate) -> list[tuple[MessageTemplate, list, list]]:
        """(version, changes of its subject, of its words) against the one before, the newest first."""
        rows = beside(template).filter(medium=template.medium).select_related("by").order_by("-version")
        found = [*rows[: VERSIONS_SHOWN + 1]]
        compared = [(now, *_changes(now, before)) for now, before in pairwise(found)]
        return compared if len(found) > VERSIONS_SHOWN else [*compared, (found[-1], None, None)]

    @display(description=_("message"), ordering="kind")
    def message(self, obj: MessageTemplate) -> Any:
        return two_lines(labels.label_of(obj.kind), obj.subject)

    @display(description=_("language"))
    def tongue(self, obj: MessageTemplate) -> str:
        return obj.get_language_display()

    @display(description=pgettext_lazy("message text", "for"))
    def medium_badge(self, obj: MessageTemplate) -> Any:
        return badge(obj.get_medium_display(), "info") if obj.medium else badge(_("All other media"))

    @display(description=_("SMS parts"))
    def parts(self, obj: MessageTemplate) -> Any:
        kind = kinds.get(obj.kind)
        count = looks.parts_of(obj, kind) if kind and obj.medium in ("", Medium.SMS) else None
        if count is None:
            return "–"
        return badge(count, "warning", "warning") if count > lint.MOST_PARTS else count

    @display(description=_("version"))
    def number(self, obj: MessageTemplate) -> int:
        return obj.version

    @display(description=pgettext_lazy("message text", "written"), ordering="live_since")
    def written(self, obj: MessageTemplate) -> Any:
        return two_lines(obj.by, shown.moment(obj.live_since))

    @display(description=_("in use"))
    def use(self, obj: MessageTemplate) -> Any:
        if obj.ended_at is None:
            return badge(_("In use"), "success")
        return badge(_("Until %(moment)s") % {"moment": shown.moment(obj.ended_at)})

    @display(description=_("words"))
    def words(self, obj: MessageTemplate) -> Any:
        return format_html('<span class="text-words" lang="{}" dir="auto">{}</span>', obj.language, obj.text)


def _changes(now: MessageTemplate, before: MessageTemplate) -> tuple[list, list]:
    return (
        [*comparing.changes(before.subject, now.subject)] if before.subject != now.subject else [],
        [*comparing.changes(before.text, now.text)],
    )

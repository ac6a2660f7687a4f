"""The words of messages: read, tried on an example, put in use as a new version."""

from itertools import pairwise
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import shown
from common.admin import FactAdmin, badge, posted, two_lines
from common.errors import Refusal
from common.filters import InUse
from messaging import comparing, kinds, labels, lint
from messaging.errors import TextChanged
from messaging.kinds import MessageKind
from messaging.models import Medium, MessageTemplate
from messaging.services import checking, looks, texts

from .forms import WordsForm

VERSIONS_SHOWN = 10
MAY_WRITE = ["messaging.change_messagetemplate"]


class InUseNow(InUse):
    """The words that are said today, unless asked for older versions."""

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"yes": Q(ended_at=None), "no": ~Q(ended_at=None)}
        return queryset.filter(wanted.get(self.value(), Q()))


class WhichKind(DropdownFilter):
    """By what the message is called."""

    title = _("message")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(kind.code, str(kind.label)) for kind in kinds.all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(MessageTemplate)
class MessageTemplateAdmin(FactAdmin):
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
            return not obj.medium and bool(self._free_media(obj))
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
            context |= self._tried(request, self._draft(kind, template, template.medium, _words_of(template)))
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @action(
        description=_("Change the words"), url_path="edit", icon="edit_note", variant=ActionVariant.PRIMARY,
        permissions=MAY_WRITE,
    )  # fmt: skip
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The words in an editor, tried while one types."""
        template = self.find(request, object_id)
        return self._edit(request, template, [template.medium], template.version, _("Change the words"))

    @action(
        description=_("For one medium"), url_path="own", icon="call_split", permissions=MAY_WRITE,
    )  # fmt: skip
    def own(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For instance a shorter SMS, or a longer e-mail; the words for all media stay."""
        template = self.find(request, object_id)
        media = self._free_media(template)
        if template.medium or not media:
            raise Http404
        return self._edit(request, template, media, 0, _("Own words for one medium"))

    @action(
        description=_("Original words"), url_path="back", icon="restart_alt", permissions=MAY_WRITE,
    )  # fmt: skip
    def back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the program brought, as a new version."""
        template = self.find(request, object_id)
        kind = self._kind_of(template)
        subject, text = texts.built_in(kind, template.language, template.medium) or ("", "")
        said = {"subject": subject, "text": text, "provider_code": template.provider_code}
        return self.act(
            request, template, forms.Form(posted(request)),
            lambda: self._publish(request, kind, template, template.medium, said, template.version),
            title=_("Back to the words of the program"), submit=_("Put in use"),
            facts=[(_("Subject"), subject or "–"), (_("Words"), text)],
            done=_("These words are in use from now on."),
            advice=_("They become a new version. The words that are in use now stay among the versions before."),
        )  # fmt: skip

    def _edit(
        self, request: HttpRequest, template: MessageTemplate, media: list[str], seen: int, title: Any
    ) -> HttpResponse:
        kind = self._kind_of(template)
        form = WordsForm(
            posted(request), initial=_words_of(template), media=media,
            samples=looks.samples(kind, template.language, request.user),
        )  # fmt: skip
        tried = self._tried(request, self._draft(kind, template, form.said["medium"], form.said), form)
        if request.htmx:
            return self.page(request, "messaging/_tried.html", title=title, **tried)
        status = 200
        if "publish" in request.POST and form.is_valid():
            said = dict(form.said)
            try:
                made = self._publish(request, kind, template, said.pop("medium"), said, seen)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
                status = refusal.status
            else:
                messages.success(request, _("These words are in use from now on."))
                return self.page_of(made)
        live = self._live(template, form.said["medium"]) if status == TextChanged.status else None
        answer = self.page(
            request,
            "messaging/edit_text.html",
            title=title,
            original=template,
            form=form,
            kind=kind,
            live=live,
            **tried,
        )
        answer.status_code = 422 if form.errors and status == 200 else status
        return answer

    def _publish(
        self, request: HttpRequest, kind: MessageKind, template: MessageTemplate, medium: str, said: dict, seen: int
    ) -> MessageTemplate:
        place = {"kind": kind, "language": template.language, "medium": medium}
        return texts.publish(**place, **said, by=request.user, seen=seen)

    def _tried(self, request: HttpRequest, draft: lint.Draft, form: WordsForm | None = None) -> dict[str, Any]:
        sample = form.sample if form else looks.samples(draft.kind, draft.language, request.user)[0]
        facts = sample.in_language(draft.language)
        return {
            "looks": looks.looks(draft, facts),
            "findings": checking.findings(draft),
            "language": draft.language,
            "sample": sample,
        }

    def _draft(self, kind: MessageKind, template: MessageTemplate, medium: str, said: dict) -> lint.Draft:
        words = {name: said[name] for name in ("subject", "text", "provider_code")}
        return texts.draft_of(kind, language=template.language, medium=medium, **words)

    def _kind_of(self, template: MessageTemplate) -> MessageKind:
        kind = kinds.get(template.kind)
        if kind is None:
            raise Http404
        return kind

    def _rows_beside(self, template: MessageTemplate) -> QuerySet[MessageTemplate]:
        return MessageTemplate.objects.filter(kind=template.kind, language=template.language)

    def _free_media(self, template: MessageTemplate) -> list[str]:
        """Media without words of their own in this language."""
        taken = set(self._rows_beside(template).live().values_list("medium", flat=True))
        return [medium for medium in Medium.values if medium not in taken]

    def _live(self, template: MessageTemplate, medium: str) -> MessageTemplate | None:
        return self._rows_beside(template).live().filter(medium=medium).first()

    def _versions(self, template: MessageTemplate) -> list[tuple[MessageTemplate, list, list]]:
        """(version, changes of its subject, of its words) against the one before, the newest first."""
        rows = self._rows_beside(template).filter(medium=template.medium).select_related("by").order_by("-version")
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
        return (
            badge(_("Until %(day)s") % {"day": shown.moment(obj.ended_at)})
            if obj.ended_at
            else badge(_("In use"), "success")
        )

    @display(description=_("words"))
    def words(self, obj: MessageTemplate) -> Any:
        return format_html('<span class="text-words" lang="{}" dir="auto">{}</span>', obj.language, obj.text)


def _words_of(template: MessageTemplate) -> dict[str, str]:
    return {name: getattr(template, name) for name in ("subject", "text", "provider_code")}


def _changes(now: MessageTemplate, before: MessageTemplate) -> tuple[list, list]:
    return (
        [*comparing.changes(before.subject, now.subject)] if before.subject != now.subject else [],
        [*comparing.changes(before.text, now.text)],
    )

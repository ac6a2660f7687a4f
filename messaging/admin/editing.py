"""Changing words: an editor that tries them on an example, and the acts that put them in use."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from common.admin import posted
from common.errors import Refusal
from messaging import kinds, lint
from messaging.errors import TextChanged
from messaging.kinds import MessageKind
from messaging.models import Medium, MessageTemplate
from messaging.services import checking, looks, texts

from .forms import WordsForm

MAY_WRITE = ["messaging.change_messagetemplate"]
NOW_IN_USE = _("These words are in use from now on.")


def kind_of(template: MessageTemplate) -> MessageKind:
    """Raises Http404 when no installed app sends this message any more."""
    kind = kinds.get(template.kind)
    if kind is None:
        raise Http404
    return kind


def beside(template: MessageTemplate) -> QuerySet[MessageTemplate]:
    """All versions of the same message in the same language."""
    return MessageTemplate.objects.filter(kind=template.kind, language=template.language)


def free_media(template: MessageTemplate) -> list[str]:
    """Media without words of their own in this language."""
    taken = set(beside(template).live().values_list("medium", flat=True))
    return [medium for medium in Medium.values if medium not in taken]


def said_by(template: MessageTemplate) -> dict[str, str]:
    """What a version says."""
    return {name: getattr(template, name) for name in ("subject", "text", "provider_code")}


def tried(draft: lint.Draft, sample: looks.Sample) -> dict[str, Any]:
    """For a page: the draft as it looks with the sample in it, and what is doubtful about it."""
    shown = looks.looks(draft, sample.in_language(draft.language))
    return {"looks": shown, "findings": checking.findings(draft), "language": draft.language, "sample": sample}


class EditActs:
    """What the page of a text offers to whoever may write."""

    @action(
        description=_("Change the words"), url_path="edit", icon="edit_note", variant=ActionVariant.PRIMARY,
        permissions=MAY_WRITE,
    )  # fmt: skip
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The words in an editor, tried while one types."""
        template = self.find(request, object_id)
        return self._edit(request, template, [template.medium], seen=template.version, title=_("Change the words"))

    @action(description=_("For one medium"), url_path="own", icon="call_split", permissions=MAY_WRITE)
    def own(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For instance a shorter SMS, or a longer e-mail; the words for all media stay."""
        template = self.find(request, object_id)
        media = free_media(template)
        if template.medium or not media:
            raise Http404
        return self._edit(request, template, media, seen=0, title=_("Own words for one medium"))

    @action(description=_("Original words"), url_path="back", icon="restart_alt", permissions=MAY_WRITE)
    def back(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What the program brought, as a new version."""
        template = self.find(request, object_id)
        brought = texts.built_in(kind_of(template), template.language, template.medium)
        if brought is None:
            raise Http404
        said = {**said_by(template), "subject": brought[0], "text": brought[1], "medium": template.medium}
        return self.act(
            request, template, forms.Form(posted(request)),
            lambda: self._publish(request, template, said, template.version),
            title=_("Back to the original words"), submit=_("Put in use"), done=NOW_IN_USE,
            facts=[(_("Subject"), brought[0] or "–"), (_("Words"), brought[1])],
            advice=_("They become a new version. The words that are in use now stay among the versions before."),
        )  # fmt: skip

    def _edit(
        self, request: HttpRequest, template: MessageTemplate, media: list[str], *, seen: int, title: Any
    ) -> HttpResponse:
        kind = kind_of(template)
        samples = looks.samples(kind, template.language, request.user)
        form = WordsForm(posted(request), initial=said_by(template), media=media, samples=samples)
        context = tried(texts.draft_of(kind, language=template.language, **form.said), form.sample)
        if request.htmx:
            return self.page(request, "messaging/_tried.html", title=title, **context)
        made, status = None, 200
        if "publish" in request.POST:
            made, status = self._put_in_use(request, template, form, seen)
        if made:
            return self.page_of(made)
        live = beside(template).live().filter(medium=form.said["medium"]).first()
        context |= {"original": template, "form": form, "kind": kind, "changed": status == TextChanged.status and live}
        answer = self.page(request, "messaging/edit_text.html", title=title, **context)
        answer.status_code = status
        return answer

    def _put_in_use(
        self, request: HttpRequest, template: MessageTemplate, form: WordsForm, seen: int
    ) -> tuple[MessageTemplate | None, int]:
        """The new version, or None and the status of the answer that says why not."""
        if not form.is_valid():
            return None, 422
        try:
            made = self._publish(request, template, form.said, seen)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            return None, refusal.status
        messages.success(request, NOW_IN_USE)
        return made, 302

    def _publish(self, request: HttpRequest, template: MessageTemplate, said: dict, seen: int) -> MessageTemplate:
        return texts.publish(kind=kind_of(template), language=template.language, **said, by=request.user, seen=seen)

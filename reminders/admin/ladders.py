"""Ladders of reminders: read as a line of time, copied, tried, put in use, ended."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, badge, posted, two_lines
from common.filters import InUse
from reminders.models import Ladder, LadderState
from reminders.services import effects, ladders, realigning
from reminders.services.riskiest import Ranking

from .editing import MAY_WRITE, EditActs
from .forms import ExampleForm
from .lines import draw
from .trying import MAY_PUT_IN_USE, TryActs

TURN = Case(
    When(state=LadderState.LIVE, then=Value(0)),
    When(state=LadderState.DRAFT, then=Value(1)),
    default=Value(2),
    output_field=IntegerField(),
)


class InUseOrDraft(InUse):
    """What is in use and what is to come, unless asked for versions that have ended."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("In use and drafts")), ("no", _("Ended")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        ended = Q(state=LadderState.ENDED)
        wanted = {"yes": ~ended, "no": ended}
        return queryset.filter(wanted.get(self.value(), Q()))


@admin.register(Ladder)
class LadderAdmin(EditActs, TryActs, FactAdmin):
    list_display = ("called", "whom", "steps_text", "state_badge", "since", "made_by")
    list_filter = (InUseOrDraft,)
    search_fields = ("name_zh", "name_en")
    list_select_related = ("by",)
    fields = readonly_fields = ("called", "whom", "state_badge", "since", "made_by")
    actions_detail = ("change_copy", "edit", "try_out", "discard", "end")
    change_form_after_template = "reminders/ladder_page.html"
    empty_advice = _("Nobody is reminded of anything. Make a ladder and put it in use.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With what a row says of its services and steps."""
        return super().get_queryset(request).prefetch_related("services", "steps__tag")

    def get_ordering(self, request: HttpRequest) -> tuple:
        """In use first, then drafts, then what has ended, the newest first."""
        return (TURN, "-created_at", "-pk")

    def offers(self, request: HttpRequest, act: str, obj: Ladder) -> bool:
        """Drafts are changed and tried; what is in use is copied and ended."""
        if act in ("edit", "try_out", "discard"):
            return obj.state == LadderState.DRAFT
        return obj.state == LadderState.LIVE if act == "end" else obj.state != LadderState.DRAFT

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """With its line of time for an example visit."""
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        ladder, example = self.find(request, object_id), ExampleForm(request.GET)
        starts_at = example.starts_at
        line = draw(ladder.steps.all(), starts_at, Ranking.of(ladder, clock.now())) if starts_at else []
        context = {
            "title": ladder.name, "example": example, "starts_at": starts_at, "line": line,
            "effects": effects.of_ladder(ladder), "effect_days": effects.DAYS,
        }  # fmt: skip
        if request.htmx:
            return self.page(request, "reminders/_line.html", **context)
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @action(description=_("Discard the draft"), url_path="discard", icon="delete", permissions=MAY_WRITE)
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It was never in use, so nothing is called off."""
        draft = self.find(request, object_id)
        return self.act(
            request, draft, forms.Form(posted(request)), lambda: ladders.discard(draft=draft),
            title=_("Discard the draft"), submit=_("Discard"), danger=True, done=_("The draft is gone."),
            facts=[(_("Ladder"), draft.name), (_("Steps"), steps_of(draft))],
        )  # fmt: skip

    @action(
        description=_("End"), url_path="end", icon="stop_circle", variant=ActionVariant.DANGER,
        permissions=MAY_PUT_IN_USE,
    )  # fmt: skip
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody is reminded by it any more."""
        ladder = self.find(request, object_id)
        messages, calls = realigning.planned_by(ladder)
        return self.act(
            request, ladder, forms.Form(posted(request)), lambda: ladders.end(ladder=ladder, by=request.user),
            title=_("End this ladder"), submit=_("End it"), danger=True,
            done=_("It has ended. What it had planned is called off."),
            facts=[
                (_("Ladder"), ladder.name), (_("For"), services_of(ladder)),
                (_("Called off"), ngettext("%(n)s message", "%(n)s messages", messages) % {"n": f"{messages:,}"}),
                ("", ngettext("%(n)s call by staff", "%(n)s calls by staff", calls) % {"n": f"{calls:,}"}),
            ],
            advice=self._after_the_end(ladder),
        )  # fmt: skip

    def _after_the_end(self, ladder: Ladder) -> Any:
        if ladder.services.all():
            return _("From then on these services have the ladder for all services without one of their own, if any.")
        return _("From then on patients of services without a ladder of their own are reminded of nothing.")

    def page_of(self, obj: Ladder) -> HttpResponse:
        """A draft that is gone has no page to go back to."""
        return super().page_of(obj) if Ladder.objects.filter(pk=obj.pk).exists() else self.list_page()

    @display(description=_("ladder"))
    def called(self, obj: Ladder) -> str:
        return obj.name

    @display(description=_("for services"))
    def whom(self, obj: Ladder) -> Any:
        return services_of(obj)

    @display(description=_("steps"))
    def steps_text(self, obj: Ladder) -> Any:
        return steps_of(obj)

    @display(description=_("state"))
    def state_badge(self, obj: Ladder) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=_("since"))
    def since(self, obj: Ladder) -> Any:
        if obj.ended_at:
            return two_lines(
                shown.moment(obj.live_since), _("until %(moment)s") % {"moment": shown.moment(obj.ended_at)}
            )
        return shown.moment(obj.live_since or obj.created_at)

    @display(description=_("by"))
    def made_by(self, obj: Ladder) -> Any:
        return obj.by


def services_of(ladder: Ladder) -> Any:
    """By name, or all the others."""
    return ", ".join(str(one) for one in ladder.services.all()) or _("All without a ladder of their own")


def steps_of(ladder: Ladder) -> Any:
    """One line for each."""
    lines = format_html_join("", "<li>{}</li>", ((step.in_words,) for step in ladder.steps.all()))
    return format_html('<ol class="ladder-words">{}</ol>', lines) if lines else "–"

"""Campaigns: what is running and how far it is, its words and results."""

from typing import Any

from django.contrib import admin
from django.db.models import Case, Count, IntegerField, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from common import shown
from common.admin import FactAdmin, badge, two_lines
from common.filters import InUse
from messaging import wording
from reminders.models import Campaign, CampaignMember, CampaignState, MemberState
from reminders.services import results
from reminders.services.writing import KIND

from .campaign_editing import EditActs
from .campaign_running import RunActs, speed
from .campaign_words import arm_in_words, filters_in_words

State = CampaignState
TURN = Case(
    When(state=State.RUNNING, then=Value(0)),
    When(state=State.PAUSED, then=Value(1)),
    When(state=State.DRAFT, then=Value(2)),
    default=Value(3),
    output_field=IntegerField(),
)
OFFERED = {
    "edit": (State.DRAFT,), "try_out": (State.DRAFT,), "discard": (State.DRAFT,), "start": (),
    "pause": (State.RUNNING,), "resume": (State.PAUSED,), "end": (State.RUNNING, State.PAUSED),
    "copy": (State.RUNNING, State.PAUSED, State.ENDED),
}  # fmt: skip


class NotEnded(InUse):
    """What runs and what is to come, unless asked for what has ended."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Running and drafts")), ("no", _("Ended")), ("all", _("All"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        wanted = {"yes": ~Q(state=State.ENDED), "no": Q(state=State.ENDED)}
        return queryset.filter(wanted.get(self.value(), Q()))


def _counted(*states: str) -> Coalesce:
    rows = CampaignMember.objects.filter(campaign=OuterRef("pk"), state__in=states).order_by()
    counted = rows.values("campaign").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


@admin.register(Campaign)
class CampaignAdmin(EditActs, RunActs, FactAdmin):
    list_display = ("called", "state_badge", "far", "by_what", "since", "made_by")
    list_filter = (NotEnded,)
    search_fields = ("name_zh", "name_en")
    list_select_related = ("by",)
    fields = ("state_badge", "far", "why", "whom", "how", "said", "since", "made_by")
    readonly_fields = fields
    actions_detail = ("try_out", "edit", "pause", "resume", "end", "copy", "discard", "start")
    change_form_after_template = "reminders/campaign_page.html"
    empty_advice = _("No campaign yet. Add one: nobody is told anything before it is started.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With how far each is."""
        rows = super().get_queryset(request)
        told, waiting = _counted(MemberState.TOLD, MemberState.HELD), _counted(MemberState.WAITING)
        return rows.annotate(had_turn=told, waiting=waiting)

    def get_ordering(self, request: HttpRequest) -> tuple:
        """What runs first, the newest first."""
        return (TURN, "-created_at", "-pk")

    def offers(self, request: HttpRequest, act: str, obj: Campaign) -> bool:
        """Acts that fit the state. Starting is offered where the numbers of the trial stand."""
        return obj.state in OFFERED[act]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """With its results once it has begun."""
        if object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        campaign = self.find(request, object_id)
        context = {"title": campaign.name, "original": campaign}
        if campaign.started_at:
            found = results.lately(campaign, again="again" in request.GET)
            reasons = [(wording.why(code, KIND[campaign.purpose]), n) for code, n in found.left_out.items()]
            context |= {"results": found, "arms": [arm_in_words(arm) for arm in found.arms], "left_out": reasons}
        return super().changeform_view(request, object_id, form_url, {**context, **(extra_context or {})})

    @display(description=_("campaign"))
    def called(self, obj: Campaign) -> Any:
        return two_lines(obj.name, obj.get_purpose_display())

    @display(description=_("state"))
    def state_badge(self, obj: Campaign) -> Any:
        return badge(obj.get_state_display(), obj.tone)

    @display(description=pgettext_lazy("campaign", "how far"))
    def far(self, obj: Campaign) -> Any:
        if obj.state == State.DRAFT:
            return shown.MISSING
        if obj.gathered_at is None:
            return gettext("People are being written down")
        all_turns = obj.had_turn + obj.waiting
        return gettext("%(done)s of %(all)s had their turn") % {"done": f"{obj.had_turn:,}", "all": f"{all_turns:,}"}

    @display(description=_("channels in order"))
    def by_what(self, obj: Campaign) -> str:
        return obj.by_what

    @display(description=_("since"))
    def since(self, obj: Campaign) -> Any:
        if obj.ended_at:
            until = gettext("until %(moment)s") % {"moment": shown.moment(obj.ended_at)}
            return two_lines(shown.moment(obj.started_at), until)
        return shown.moment(obj.started_at or obj.created_at)

    @display(description=_("by"))
    def made_by(self, obj: Campaign) -> Any:
        return obj.by

    @display(description=_("purpose"))
    def why(self, obj: Campaign) -> Any:
        asked = gettext("only who agreed to: %(consent)s") % {"consent": obj.get_consent_display()}
        return two_lines(obj.get_purpose_display(), asked if obj.consent else gettext("no consent needed"))

    @display(description=_("for"))
    def whom(self, obj: Campaign) -> Any:
        lines = format_html_join("", "<li>{}</li>", ((line,) for line in filters_in_words(obj)))
        return format_html('<ul class="campaign-words">{}</ul>', lines)

    @display(description=_("how"))
    def how(self, obj: Campaign) -> Any:
        held = gettext("Hold-out group: %(n)s %%") % {"n": obj.hold_out_percent}
        return two_lines(obj.by_what, f"{speed(obj)} · {held}")

    @display(description=_("words"))
    def said(self, obj: Campaign) -> Any:
        rows = ((one.name, one.weight, one.text_zh, one.text_en) for one in obj.variants.all())
        line = '<li><strong>{}</strong> × {}<p lang="zh-Hans">{}</p><p lang="en">{}</p></li>'
        return format_html('<ul class="campaign-words">{}</ul>', format_html_join("", line, rows))

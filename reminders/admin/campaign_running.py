"""A campaign tried, started, paused, let go on and ended, each with a question before."""

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from common import shown
from common.admin import posted
from messaging.models import Medium, MessageChannel
from messaging.services.looks import ICONS
from reminders import campaign_judging
from reminders.models import Campaign
from reminders.services import campaign_trial, campaigns, writing
from reminders.services.campaign_trial import Trial

from .campaign_editing import MAY_WRITE

MAY_START = [campaigns.START]
MAY_LOOK = ["reminders.view_campaign"]


class RunActs:
    """What moves a campaign from draft to its end."""

    @action(
        description=_("Try it and start it"), url_path="try", icon="science", variant=ActionVariant.PRIMARY,
        permissions=MAY_LOOK,
    )  # fmt: skip
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Opens at once; the numbers follow when they are counted."""
        draft = self.find(request, object_id)
        if not self.offers(request, "try_out", draft) and request.method != "POST":
            return self.page_of(draft)
        context = {"original": draft, "may_start": request.user.has_perm(campaigns.START)}
        if request.htmx or "now" in request.GET or "again" in request.GET:
            context |= self._counted(request, draft)
        template = "reminders/_campaign_trial.html" if request.htmx else "reminders/try_campaign.html"
        return self.page(request, template, title=_("What it would do"), **context)

    def _counted(self, request: HttpRequest, draft: Campaign) -> dict[str, Any]:
        trial = campaign_trial.tried(draft, again="again" in request.GET)
        may_see = request.user.has_perm("patients.view_patient")
        return {
            "trial": trial,
            "media": _media(trial),
            "cost": " + ".join(shown.money(amount, currency) for currency, amount in trial.costs.items()),
            "findings": findings_of(draft),
            "people": campaign_trial.examples(draft, trial.at) if may_see else [],
            "may_see": may_see,
        }

    @action(description=_("Start"), url_path="start", icon="play_arrow", permissions=MAY_START)
    def start(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """From now on people are told; what was tried is what is started."""
        draft = self.find(request, object_id)
        trial, seen = campaign_trial.tried(draft), request.GET.get("seen", "")
        version = int(seen) if seen.isdecimal() and len(seen) < 9 else 0
        return self.act(
            request, draft, forms.Form(posted(request)),
            lambda: campaigns.start(draft=draft, seen=version, by=request.user),
            title=_("Start this campaign"), submit=_("Start it"),
            done=_("It is running. The first people are told within a minute, in the hours of sending."),
            facts=[
                (_("Campaign"), draft.name), (_("Told"), people(trial.told)), (_("Held out"), people(trial.held_out)),
                (_("Speed"), speed(draft)), (_("Everybody has had their turn"), shown.moment(trial.ends_at)),
            ],
            advice=_("It can be paused at any moment. What has gone out cannot be taken back."),
        )  # fmt: skip

    @action(description=_("Pause"), url_path="pause", icon="pause", permissions=MAY_WRITE)
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nothing more goes out until somebody lets it go on."""
        return self._ask(
            request, object_id, campaigns.pause, title=_("Pause this campaign"), submit=_("Pause it"),
            done=_("It is paused. Nobody more is told."),
            advice=_("Messages that have not gone out yet are called back, and sent when it goes on."),
        )  # fmt: skip

    @action(
        description=_("Go on"), url_path="resume", icon="play_arrow", variant=ActionVariant.PRIMARY,
        permissions=MAY_START,
    )  # fmt: skip
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """It goes on where it stood."""
        return self._ask(
            request, object_id, campaigns.resume, title=_("Let this campaign go on"), submit=_("Go on"),
            done=_("It goes on where it stood."), advice=_("Who has been told is not told again."),
        )  # fmt: skip

    @action(
        description=_("End"), url_path="end", icon="stop_circle", variant=ActionVariant.DANGER, permissions=MAY_WRITE
    )
    def end(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For good."""
        return self._ask(
            request, object_id, campaigns.end, title=_("End this campaign"), submit=_("End it"), danger=True,
            done=_("It has ended."),
            advice=_("Who has not been told yet will not be. This cannot be taken back; a copy can be started."),
        )  # fmt: skip

    @action(description=_("Copy"), url_path="copy", icon="content_copy", permissions=MAY_WRITE)
    def copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A new draft that says the same."""
        campaign, made = self.find(request, object_id), []
        answer = self.act(
            request, campaign, forms.Form(posted(request)),
            lambda: made.append(campaigns.copy(campaign=campaign, by=request.user)),
            title=_("Copy this campaign"), submit=_("Copy it"), done=_("This is the copy."),
            facts=[(_("Campaign"), campaign.name)],
            advice=_("The copy is a draft. It has its own lots, and may tell the same people again."),
        )  # fmt: skip
        return self.page_of(made[0]) if made else answer

    @action(description=_("Discard the draft"), url_path="discard", icon="delete", permissions=MAY_WRITE)
    def discard(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Nobody was told of anything."""
        draft = self.find(request, object_id)
        return self.act(
            request, draft, forms.Form(posted(request)), lambda: campaigns.discard(draft=draft, by=request.user),
            title=_("Discard the draft"), submit=_("Discard"), danger=True, done=_("The draft is gone."),
            facts=[(_("Campaign"), draft.name)],
        )  # fmt: skip

    def _ask(self, request: HttpRequest, object_id: str, do: Any, **words: Any) -> HttpResponse:
        campaign = self.find(request, object_id)
        facts = [(_("Campaign"), campaign.name), (_("State"), campaign.get_state_display())]
        return self.act(
            request, campaign, forms.Form(posted(request)), lambda: do(campaign=campaign, by=request.user),
            facts=facts, **words,
        )  # fmt: skip

    def page_of(self, obj: Campaign) -> HttpResponse:
        """A draft that is gone has no page to go back to."""
        return super().page_of(obj) if Campaign.objects.filter(pk=obj.pk).exists() else self.list_page()


def people(count: int) -> str:
    """`1,234 people`."""
    return ngettext("%(n)s person", "%(n)s people", count) % {"n": f"{count:,}"}


def speed(campaign: Campaign) -> str:
    """`30 people a minute`."""
    return ngettext("%(n)s person a minute", "%(n)s people a minute", campaign.per_minute) % {
        "n": f"{campaign.per_minute:,}"
    }


def findings_of(campaign: Campaign) -> list[tuple[str, str]]:
    """(variant, sentence) of what is doubtful about its words."""
    media = campaign.media_in_order
    found = {
        (variant.name, one.sentence): None
        for variant in campaign.variants.all()
        for _field, one in writing.findings(campaign.purpose, media, variant)
    }
    return [*found, *_without_phone(campaign)]


def _without_phone(campaign: Campaign) -> list[tuple[str, str]]:
    """Words that name a telephone of which none is known."""
    texts = [f"{one.text_zh}{one.text_en}" for one in campaign.variants.all()]
    if campaign_judging.phone_of(campaign) or not ("email" in campaign.media or "{phone}" in "".join(texts)):
        return []
    return [(campaign.name, gettext("No site has a telephone number, so the words name none."))]


def _media(trial: Trial) -> list[dict[str, Any]]:
    prices = {channel.medium: channel for channel in MessageChannel.objects.all()}
    return [
        {
            "label": Medium(medium).label,
            "icon": ICONS[Medium(medium)],
            "count": count,
            "price": shown.price(prices[medium].price_amount, prices[medium].price_currency),
        }
        for medium, count in trial.media.items()
    ]

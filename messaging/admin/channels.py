"""By what people are reached: who carries it, what it costs, whether it works."""

import datetime as dt
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action, display
from unfold.enums import ActionVariant

from common import clock, shown
from common.admin import FactAdmin, badge, posted, two_lines
from common.errors import Refusal
from messaging.channels import TRANSPORTS
from messaging.channels.outbox.transport import OutboxTransport
from messaging.models import MessageChannel
from messaging.services import channels
from messaging.wording import carrier_label

from .channel_forms import ChannelForm, PauseForm, TestForm

MAY_CHANGE = ["messaging.change_messagechannel"]


@admin.register(MessageChannel)
class MessageChannelAdmin(FactAdmin):
    list_display = ("name", "carrier", "state", "price", "spent_of", "last")
    sortable_by = ()
    fields = (("name", "carrier"), "state", "account", ("price", "spent_of"), "last", "hook")
    readonly_fields = ("name", "carrier", "state", "account", "price", "spent_of", "last", "hook")
    actions_detail = ("set_up", "test", "resume", "pause")

    class Media:
        js = ("messaging/channels.js",)
        css = {"all": ("messaging/messages.css",)}

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With what was spent today, and when the last message was written."""
        return channels.with_use(super().get_queryset(request))

    def offers(self, request: HttpRequest, act: str, obj: MessageChannel) -> bool:
        is_paused = bool(obj.paused_until and obj.paused_until > clock.now())
        if act == "test":
            return obj.kind in TRANSPORTS and obj.kind != OutboxTransport.kind
        return {"resume": is_paused, "pause": not is_paused}.get(act, True)

    @action(
        description=_("Set up"), url_path="set-up", icon="settings", variant=ActionVariant.PRIMARY,
        permissions=MAY_CHANGE,
    )  # fmt: skip
    def set_up(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Carrier, account, price and budget."""
        channel = self.find(request, object_id)
        form = ChannelForm(channel, posted(request))
        if request.method == "POST" and form.is_valid():
            try:
                channels.change(channel, by=request.user, **form.asked())
            except Refusal as refusal:
                form.add_error(form.place_of(refusal.field), str(refusal))
            else:
                messages.success(request, _("Saved. It counts from the next message on."))
                return self.page_of(channel)
        answer = self.page(
            request, "messaging/set_up.html", title=_("Set up: %(channel)s") % {"channel": channel},
            original=channel, form=form,
        )  # fmt: skip
        answer.status_code = 422 if form.errors else 200
        return answer

    @action(description=_("Send a test message to…"), url_path="test", icon="send", permissions=MAY_CHANGE)
    def test(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """A real message, by this channel, to one number or address."""
        channel = self.find(request, object_id)
        return self.act(
            request, channel, TestForm(posted(request)),
            lambda to: channels.send_test(channel, to=to, by=request.user),
            title=_("Send a test message to…"), submit=_("Send"), facts=self._facts(channel),
            done=_("The carrier took the test message. Please look whether it arrives."),
        )  # fmt: skip

    @action(description=_("Ask it again now"), url_path="resume", icon="refresh", permissions=MAY_CHANGE)
    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The carrier is said to work again."""
        channel = self.find(request, object_id)
        if request.method != "POST":
            return self.page(
                request, "admin/act.html", title=_("Ask it again now"), original=channel, form=(), submit=_("Ask"),
                facts=self._facts(channel),
            )  # fmt: skip
        channels.resume(channel, by=request.user)
        messages.success(request, _("The carrier is asked again with the next message."))
        return self.page_of(channel)

    @action(description=_("Leave it alone for a while"), url_path="pause", icon="pause", permissions=MAY_CHANGE)
    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The carrier announced a stop, for instance."""
        channel = self.find(request, object_id)

        def do(hours: int, reason: str) -> None:
            channels.pause(channel, until=clock.now() + dt.timedelta(hours=hours), reason=reason, by=request.user)

        return self.act(
            request, channel, PauseForm(posted(request)), do, title=_("Leave it alone for a while"),
            submit=_("Leave it alone"), facts=self._facts(channel),
            advice=_("What is due waits, or takes the next channel after the time that the sending rules name."),
        )  # fmt: skip

    def _facts(self, obj: MessageChannel) -> list[tuple[Any, Any]]:
        return [(_("Channel"), str(obj)), (_("Carrier"), carrier_label(obj.kind)), (_("State"), self.state(obj))]

    @display(description=_("channel"))
    def name(self, obj: MessageChannel) -> str:
        return obj.get_medium_display()

    @display(description=_("carrier"))
    def carrier(self, obj: MessageChannel) -> str:
        return carrier_label(obj.kind)

    @display(description=_("state"))
    def state(self, obj: MessageChannel) -> Any:
        if not obj.is_active:
            return badge(_("Not in use"))
        if obj.kind not in TRANSPORTS:
            return badge(_("Its carrier is not known any more"), "danger")
        if obj.paused_until and obj.paused_until > clock.now():
            return two_lines(_down(obj), _until(obj))
        if obj.down_since:
            return two_lines(_down(obj), obj.pause_reason)
        return badge(pgettext("channel", "Works"), "success")

    @display(description=_("price of one part"))
    def price(self, obj: MessageChannel) -> str:
        return f"{obj.price_amount.normalize():f} {obj.price_currency}"

    @display(description=_("spent today"))
    def spent_of(self, obj: MessageChannel) -> str:
        said = {"spent": f"{obj.spent:.2f}", "currency": obj.price_currency}
        if obj.budget_amount is None:
            return gettext("%(spent)s %(currency)s, no budget") % said
        return gettext("%(spent)s of %(budget)s %(currency)s") % {**said, "budget": f"{obj.budget_amount:.2f}"}

    @display(description=_("last message"))
    def last(self, obj: MessageChannel) -> str:
        return shown.moment(obj.last_at)

    @display(description=_("account"))
    def account(self, obj: MessageChannel) -> Any:
        """Each setting with its value; of a secret only whether there is one."""
        if obj.kind not in TRANSPORTS or not TRANSPORTS[obj.kind].options:
            return _("This carrier needs none.") if obj.kind in TRANSPORTS else shown.MISSING
        stored = obj.secrets
        rows = [
            (one.label, _secret(one.name in stored) if one.secret else obj.options.get(one.name) or one.default or "–")
            for one in TRANSPORTS[obj.kind].options
        ]
        return format_html('<dl class="crm-facts">{}</dl>', format_html_join("", "<dt>{}</dt><dd>{}</dd>", rows))

    @display(description=_("address for receipts and answers"))
    def hook(self, obj: MessageChannel) -> Any:
        return format_html(
            '<span class="msg-copy"><input type="text" class="crm-secret" readonly value="{}" aria-label="{}">'
            '<button type="button" class="crm-button" data-copy data-done="{}">{}</button></span>',
            channels.hook_url(obj), _("address for receipts and answers"), _("Copied"), _("Copy"),
        )  # fmt: skip


def _secret(is_stored: bool) -> Any:
    return badge(_("Stored"), "success") if is_stored else badge(pgettext("secret", "Missing"))


def _down(obj: MessageChannel) -> Any:
    if obj.down_since is None:
        return badge(_("Left alone"), "warning")
    since = {"since": shown.moment(obj.down_since)}
    return badge(_("Does not answer since %(since)s") % since, "danger")


def _until(obj: MessageChannel) -> str:
    said = {"until": shown.moment(obj.paused_until), "why": obj.pause_reason}
    return gettext("Asked again at %(until)s · %(why)s") % said

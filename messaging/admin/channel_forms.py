"""The form of a channel, made from what each carrier declares."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import (
    UnfoldAdminDecimalFieldWidget,
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from common.shown import SIGNS
from messaging.channels.base import Option, Transport
from messaging.models import MessageChannel
from messaging.services import channels
from messaging.services.channels import Terms

OFF = {"autocomplete": "off", "spellcheck": "false"}


class ChannelForm(forms.Form):
    """The carrier, its account, price and budget. The account of every carrier is there; only the chosen one counts."""

    kind = forms.ChoiceField(label=_("Carrier"), widget=UnfoldAdminSelectWidget)
    is_active = forms.BooleanField(label=_("In use"), required=False, widget=UnfoldBooleanSwitchWidget)
    price_amount = forms.DecimalField(
        label=_("Price of one part"), min_value=0, max_digits=9, decimal_places=4,
        widget=UnfoldAdminDecimalFieldWidget, help_text=_("Of one SMS, one call …"),
    )  # fmt: skip
    price_currency = forms.ChoiceField(
        label=_("Currency"), choices=[(code, code) for code in SIGNS], widget=UnfoldAdminSelectWidget
    )
    budget_amount = forms.DecimalField(
        label=_("Budget of a day"), min_value=0, max_digits=9, decimal_places=2, required=False,
        widget=UnfoldAdminDecimalFieldWidget,
        help_text=_("Reminders and campaigns stop there until the next day; stoppages and codes do not. Empty: none."),
    )  # fmt: skip

    def __init__(self, channel: MessageChannel, *args: Any, **kwargs: Any) -> None:
        terms = {name: getattr(channel, name) for name in Terms.__dataclass_fields__}
        super().__init__(*args, initial={"kind": channel.kind, **terms}, **kwargs)
        self.channel, self.carriers = channel, channels.carriers_of(channel.medium)
        self.fields["kind"].choices = [(carrier.kind, carrier.label) for carrier in self.carriers]
        stored = channel.secrets
        for carrier in self.carriers:
            for option in carrier.options:
                self.fields[_field_name(carrier.kind, option.name)] = self._field(carrier, option, stored)

    def _field(self, carrier: type[Transport], option: Option, stored: dict[str, str]) -> forms.CharField:
        is_own = carrier.kind == self.channel.kind
        if option.secret:
            known = _("Stored; leave empty to keep it.") if is_own and option.name in stored else ""
            widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
            value = ""
        else:
            known, widget = "", UnfoldAdminTextInputWidget(attrs=OFF)
            value = self.channel.options.get(option.name, option.default) if is_own else option.default
        words = " ".join(str(text) for text in (known, option.help) if text)
        return forms.CharField(
            label=str(option.label).capitalize() if str(option.label).islower() else option.label,
            required=False, max_length=4000, initial=value, widget=widget, help_text=words,
        )  # fmt: skip

    @property
    def accounts(self) -> list[tuple[str, Any, list[forms.BoundField]]]:
        """(kind, label, fields) of each carrier that asks for an account; a template would call the class itself."""
        return [
            (carrier.kind, carrier.label, [self[_field_name(carrier.kind, option.name)] for option in carrier.options])
            for carrier in self.carriers
            if carrier.options
        ]

    @property
    def terms(self) -> list[forms.BoundField]:
        """Price, currency, budget, in use."""
        return [self[name] for name in ("is_active", "price_amount", "price_currency", "budget_amount")]

    def asked(self) -> dict[str, Any]:
        """What the service is asked for."""
        data = self.cleaned_data
        carrier = next(one for one in self.carriers if one.kind == data["kind"])
        given = {one.name: data[_field_name(carrier.kind, one.name)] for one in carrier.options}
        secret = {one.name for one in carrier.options if one.secret}
        return {
            "kind": carrier.kind,
            "options": {name: value for name, value in given.items() if name not in secret},
            "secrets": {name: value for name, value in given.items() if name in secret},
            "terms": Terms(**{name: data[name] for name in Terms.__dataclass_fields__}),
        }

    def place_of(self, option: str) -> str | None:
        """The field of the chosen carrier's option, for what the service says about it."""
        name = _field_name(self.cleaned_data.get("kind", ""), option)
        return name if name in self.fields else option if option in self.fields else None


class TestForm(forms.Form):
    """Where the test goes."""

    __test__ = False  # no test of ours, whatever its name begins with
    to = forms.CharField(
        label=_("Number or address"), max_length=254,
        widget=UnfoldAdminTextInputWidget(attrs={"autofocus": True, **OFF}),
        help_text=_("Your own, or a colleague's. It costs what a message costs."),
    )  # fmt: skip


class PauseForm(forms.Form):
    """For how long, and why."""

    hours = forms.TypedChoiceField(
        label=pgettext_lazy("length of time", "For"), coerce=int, widget=UnfoldAdminSelectWidget,
        choices=[(1, _("1 hour")), (4, _("4 hours")), (12, _("12 hours")), (24, _("1 day")), (168, _("7 days"))],
    )  # fmt: skip
    reason = forms.CharField(
        label=_("Reason"), max_length=200, widget=UnfoldAdminTextInputWidget(attrs=OFF),
        help_text=_("Stands in the history with your name."),
    )  # fmt: skip


def _field_name(kind: str, option: str) -> str:
    return f"{kind}__{option}"

"""The risk models: how good each is, told to whoever plans the calls."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from common import shown
from common.admin import FactAdmin, FactInline
from directory.models import Department
from patients.models.patient import Sex
from scheduling.models import RiskCheck, RiskModel
from scheduling.risk import telling
from scheduling.risk.groups import AGES

RIVALS = (
    ("lead_table", _("Only the lead time, booked a day or more ahead")),
    ("points", _("Point score, booked a day or more ahead")),
)
FIGURES = ("auc", "average_precision", "brier", "calibration_error")


class CheckInline(FactInline):
    """What the nights said of the model."""

    model = RiskCheck
    fields = readonly_fields = ("on", "said", "auc_text", "level_text")
    verbose_name_plural = _("Night by night")
    ordering = ("-day", "-pk")

    @display(description=_("day"))
    def on(self, obj: RiskCheck) -> str:
        return shown.day(obj.day)

    @display(description=_("the last seven known days"))
    def said(self, obj: RiskCheck) -> str:
        return telling.check(obj)

    @display(description="AUC")
    def auc_text(self, obj: RiskCheck) -> str:
        return _figure(obj.auc)

    @display(description=_("level"))
    def level_text(self, obj: RiskCheck) -> str:
        return f"{obj.level:+.2f}"


@admin.register(RiskModel)
class RiskModelAdmin(FactAdmin):
    list_display = ("version", "kind", "made", "until_day", "visits", "order", "order_ahead", "brier", "gap")
    list_filter = (("kind", ChoicesDropdownFilter),)
    ordering = ("-version",)
    fields = readonly_fields = ("version", "kind", "made", "until_day", "visits", "purpose", "card_text")
    inlines = (CheckInline,)
    empty_advice = _("No model yet. The worker makes one every week from visits whose outcome is known.")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Without the parameters, which are long and which nobody reads."""
        return super().get_queryset(request).defer("parameters")

    @display(description=_("trained at"), ordering="trained_at")
    def made(self, obj: RiskModel) -> str:
        return shown.moment(obj.trained_at)

    @display(description=_("learnt from visits until"), ordering="until")
    def until_day(self, obj: RiskModel) -> str:
        return shown.day(obj.until)

    @display(description=_("AUC, all visits"))
    def order(self, obj: RiskModel) -> str:
        return _figure(_of(obj, "all", "auc"))

    @display(description=_("AUC, booked a day or more ahead"))
    def order_ahead(self, obj: RiskModel) -> str:
        return _figure(_of(obj, "lead_at_least_1", "auc"))

    @display(description=_("Brier score"))
    def brier(self, obj: RiskModel) -> str:
        return _figure(_of(obj, "all", "brier"))

    @display(description=_("calibration error"))
    def gap(self, obj: RiskModel) -> str:
        return _figure(_of(obj, "all", "calibration_error"))

    @display(description=_("what it is for"))
    def purpose(self, obj: RiskModel) -> str:
        return gettext(
            "It puts the patients of a call list in order. It decides nobody's message, place or price. "
            "It never uses sex, welfare, diagnoses or what was sent to the patient."
        )

    @display(description=_("model card"))
    def card_text(self, obj: RiskModel) -> str:
        if not obj.card:
            return gettext("The published point score: nothing was learnt, and nothing was measured yet.")
        return render_to_string("scheduling/risk_card.html", _card(obj.card))


def _of(obj: RiskModel, visits: str, figure: str) -> float | None:
    return obj.card.get(visits, {}).get(figure)


def _figure(value: float | None) -> str:
    return shown.MISSING if value is None else f"{value:.3f}"


def _percent(share: float | None) -> str:
    return shown.MISSING if share is None else f"{100 * share:.1f} %"


def _card(card: dict) -> dict:
    """What the template shows: figures as texts, groups by name."""
    keys = [row["key"] for row in card["departments"]]
    departments = {row.pk: row for row in Department.objects.filter(pk__in=keys)}
    sexes, ages = dict(Sex.choices), {place: shown.ages(*group) for place, group in enumerate(AGES)}
    measured = [_measured(_("All visits"), card["all"]), _measured(_("A day or more ahead"), card["lead_at_least_1"])]
    return {
        "measured": measured + [_measured(name, card[rival]["lead_at_least_1"]) for rival, name in RIVALS],
        "lifts": [telling.lift(row) for row in card["lifts"]],
        "deciles": [{"number": number, **_shares(row)} for number, row in enumerate(card["calibration"], start=1)],
        "groups": [
            (_("Department"), _named(departments, card["departments"])),
            (_("Sex"), _named(sexes, card["sexes"])),
            (_("Age"), _named(ages, card["ages"])),
        ],
    }


def _named(names: dict, rows: list[dict]) -> list[dict]:
    return [_measured(names.get(row["key"], _("not known")), row) for row in rows]


def _shares(row: dict) -> dict:
    return {"count": row["count"], "predicted": _percent(row["predicted"]), "rate": _percent(row["rate"])}


def _measured(name: Any, row: dict) -> dict:
    return {"name": name, **_shares(row), **{figure: _figure(row[figure]) for figure in FIGURES}}

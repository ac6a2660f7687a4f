"""A draft tried on what is booked, the people behind each number, and putting it in use."""

import datetime as dt
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from accounts.models import User
from common import shown
from common.bulk import in_batches
from common.errors import Refusal
from messaging.models import Medium, MessageChannel
from messaging.services.looks import ICONS
from patients.models import ContactPoint
from reminders.models import Ladder, Step
from reminders.rung import Rung
from reminders.services import ladders, trying
from reminders.services.trying import Trial
from scheduling import seeing
from scheduling.models import Appointment

from . import shares

MAY_PUT_IN_USE = [ladders.PUT_IN_USE]
MAY_SEE_PEOPLE = "scheduling.view_appointment"
SHOWN, A_PAGE = 200, 50  # people behind a number


@dataclass(frozen=True)
class Row:
    """One line of the table: a step in words, its numbers by day, and the sum against the version in use.

    today: what its share of the riskiest means, if it has one.
    """

    words: str
    step: int | None
    days: list[tuple[dt.date, int]]
    total: int
    change: str = ""
    today: str = ""


class TryActs:
    """What a draft would do, and its way into use."""

    @action(
        description=_("Try it and put it in use"), url_path="try", icon="science", variant=ActionVariant.PRIMARY,
        permissions=["reminders.view_ladder"],
    )  # fmt: skip
    def try_out(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Opens at once; the numbers follow when they are counted."""
        draft = self.find(request, object_id)
        if "step" in request.GET:
            return self._people(request, draft)
        refusal = self._put_in_use(request, draft) if request.method == "POST" else None
        if request.method == "POST" and refusal is None:
            return self.page_of(draft)
        context = {"original": draft, "refusal": refusal, "may_use": request.user.has_perm(ladders.PUT_IN_USE)}
        if request.htmx or "now" in request.GET or "again" in request.GET:
            context |= self._counted(request, draft)
        template = "reminders/_trial.html" if request.htmx else "reminders/try_ladder.html"
        answer = self.page(request, template, title=_("What it would do"), **context)
        answer.status_code = refusal.status if refusal else 200
        return answer

    def _put_in_use(self, request: HttpRequest, draft: Ladder) -> Refusal | None:
        try:
            ladders.put_in_use(draft=draft, by=request.user, seen=request.POST.get("seen", ""))
        except Refusal as refusal:
            return refusal
        messages.success(request, _("In use from now on. What was planned follows it."))
        return None

    def _counted(self, request: HttpRequest, draft: Ladder) -> dict[str, Any]:
        trial, live = trying.compared(draft, again="again" in request.GET)
        return {
            "trial": trial,
            "live": live,
            "seen": ladders.mark(draft),
            "rows": _rows(draft, trial, live),
            "sums": [(day, trial.on(day)) for day in trial.days],
            "change": _change(trial.total, live.total if live else None),
            "media": _media(trial, live),
            "cost": _money(trial),
            "cost_before": _money(live) if live else "",
            "calls_change": _change(trial.calls, live.calls if live else None),
            "may_see": request.user.has_perm(MAY_SEE_PEOPLE),
        }

    def _people(self, request: HttpRequest, draft: Ladder) -> HttpResponse:
        if not request.user.has_perm(MAY_SEE_PEOPLE):
            raise PermissionDenied
        step, day = _asked(request, draft)
        trial, _live = trying.compared(draft)
        rungs = {one.booking: one for one in islice(trying.who(draft, step, day, trial.at), trial.total)}
        found = visible(request.user, list(rungs.values()))
        page = Paginator(found, A_PAGE).get_page(request.GET.get("p"))
        context = {
            "original": draft, "step": step, "day": day, "count": len(rungs), "shown": len(found), "most": SHOWN,
            "people": page, "rows": _with_phones(page.object_list, rungs), "at": trial.at,
            "today": shares.today(step, trial.of(step.lineage).cut),
        }  # fmt: skip
        return self.page(request, "reminders/people.html", title=_("Who would get it"), **context)


def visible(user: User, rungs: list[Rung]) -> list[Appointment]:
    """The first of their bookings that the person may see, by the time of the message."""
    found: list[Appointment] = []
    for some in in_batches(rungs, 500):
        rows = (
            seeing.appointments(user)
            .filter(pk__in=[one.booking for one in some])
            .for_desk()
            .order_by("starts_at", "pk")
        )
        found += rows[: SHOWN - len(found)]
        if len(found) >= SHOWN:
            break
    return found


def _with_phones(bookings: list[Appointment], rungs: dict[int, Rung]) -> list[tuple]:
    """(booking, when it would be told, phone as far as it may be shown)."""
    people = [one.patient_id for one in bookings]
    phones: dict[int, ContactPoint] = {}
    for point in ContactPoint.objects.reachable().phones().filter(patient__in=people):
        phones.setdefault(point.patient_id, point)
    return [
        (one, rungs[one.pk].due_at, phones[one.patient_id].masked if one.patient_id in phones else "")
        for one in bookings
    ]


def _asked(request: HttpRequest, draft: Ladder) -> tuple[Step, dt.date]:
    try:
        step = draft.steps.get(pk=int(request.GET["step"]))
        return step, dt.date.fromisoformat(request.GET.get("day", ""))
    except (ValueError, Step.DoesNotExist) as error:
        raise Http404 from error


def _rows(draft: Ladder, trial: Trial, live: Trial | None) -> list[Row]:
    """Steps of the draft, then those of the version in use that it has no more."""
    steps = {step.pk: step for step in draft.steps.all()}
    kept = [step.lineage for step in trial.steps]
    rows = []
    for tried in trial.steps:
        before = live.of(tried.lineage) if live else None
        change = _change(tried.total, (before.total if before else 0) if live else None)
        days = [(day, tried.days.get(day, 0)) for day in trial.days]
        step = steps[tried.step]
        rows.append(Row(step.in_words, step.pk, days, tried.total, change, shares.today(step, tried.cut)))
    gone = [step for step in live.steps if step.lineage not in kept] if live else []
    said = {step.pk: step.in_words for step in Step.objects.filter(pk__in=[one.step for one in gone])}
    return rows + [Row(said[one.step], None, [], 0, _change(0, one.total)) for one in gone]


def _media(trial: Trial, live: Trial | None) -> list[dict[str, Any]]:
    prices = {channel.medium: channel for channel in MessageChannel.objects.all()}
    used = {*trial.media, *(live.media if live else ())}
    return [
        {
            "label": Medium(medium).label,
            "icon": ICONS[medium],
            "count": trial.media[medium],
            "price": shown.price(prices[medium].price_amount, prices[medium].price_currency),
            "cost": shown.money(trial.media[medium] * prices[medium].price_amount, prices[medium].price_currency),
            "change": _change(trial.media[medium], live.media[medium] if live else None),
        }
        for medium in Medium
        if medium in used
    ]


def _money(trial: Trial) -> str:
    return " + ".join(shown.money(amount, currency) for currency, amount in trial.costs.items()) or shown.MISSING


def _change(now: int, before: int | None) -> str:
    """`+312`, `−5`, `±0`; empty when there is nothing to compare with."""
    if before is None:
        return ""
    difference = now - before
    return f"{difference:+,}".replace("-", "−") if difference else "±0"

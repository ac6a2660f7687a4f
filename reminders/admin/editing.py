"""The editor of a ladder: one page, a row for each step, the line of time drawn while one types."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action
from unfold.enums import ActionVariant

from common import clock
from common.errors import Refusal
from reminders.errors import StepRefused
from reminders.models import Ladder, Step
from reminders.services import ladders
from reminders.services.riskiest import Ranking
from reminders.services.steps import Rule

from .forms import ExampleForm, LadderForm, StepForm
from .lines import draw

MAY_WRITE = ["reminders.change_ladder"]
MOST_STEPS = 20
NEW_STEP = Rule(24, media="sms")


class Typed:
    """The forms of an editor: as posted, else as `of` says. rows: numbers that name the step forms."""

    def __init__(self, request: HttpRequest, of: Ladder | None):
        data = request.POST if request.method == "POST" else None
        self.example = ExampleForm(data)
        self.lineage = of.lineage if of else None
        steps = [StepForm.values_of(Rule.of(step)) for step in of.steps.all()] if of else []
        names = {"name_zh": of.name_zh, "name_en": of.name_en, "services": of.services.all()} if of else {}
        self.ladder = LadderForm(data, initial=names)
        self.seen = request.POST.get("seen", "") if data is not None else ladders.mark(of) if of else ""
        if data is None:
            self.steps = [self._form(None, number, values) for number, values in enumerate(steps or [_start()])]
        else:
            self.steps = [self._form(data, number) for number in _numbers(data.getlist("row"))]

    def add(self) -> None:
        """One more row, which has the caret."""
        number = max((form.number for form in self.steps), default=-1) + 1
        if len(self.steps) < MOST_STEPS:
            self.steps.append(self._form(None, number, _start(), has_caret=True))

    def remove(self, number: str) -> None:
        """Without this row."""
        self.steps = [form for form in self.steps if str(form.number) != number]

    def focus(self) -> None:
        """The caret is in the first step, so that its number is changed at once."""
        if self.steps and not self.steps[0].is_bound:
            self.steps[0].fields["amount"].widget.attrs["autofocus"] = True

    def _form(self, data: Any, number: int, values: dict | None = None, *, has_caret: bool = False) -> StepForm:
        form = StepForm(data, initial=values, prefix=f"step{number}", auto_id="id_%s")
        form.number = number
        if has_caret:
            form.fields["amount"].widget.attrs["autofocus"] = True
        return form

    @property
    def is_valid(self) -> bool:
        return all([self.ladder.is_valid(), *(form.is_valid() for form in self.steps)])

    @property
    def has_services(self) -> bool:
        """Is it for some services only?"""
        return bool(self.ladder["services"].value())

    @property
    def drawn(self) -> list:
        """The line of those steps that can be read, in the order of their time."""
        starts_at = self.example.starts_at
        found = [Step(**vars(rule)) for rule in self._readable()]
        return draw(found, starts_at, self._ranking) if starts_at else []

    @property
    def _ranking(self) -> Ranking:
        """Of the visits at the services that are chosen now."""
        if self.ladder.is_bound:
            self.ladder.is_valid()
        said = self.ladder.cleaned_data if self.ladder.is_bound else self.ladder.initial
        services = [one.pk for one in said.get("services", ())]
        return Ranking.at_services(services, self.lineage, clock.now())

    def _readable(self) -> Sequence[Rule]:
        rules = [form.rule if form.is_bound else Rule(**_rule_values(form)) for form in self.steps if self._reads(form)]
        return [rule for rule in rules if rule.at_time is None or rule.hours_before % 24 == 0]

    def _reads(self, form: StepForm) -> bool:
        return not form.is_bound or form.is_valid()

    @property
    def unread(self) -> int:
        """How many steps cannot be drawn yet."""
        return len(self.steps) - len(self._readable())

    def refused(self, refusal: Refusal) -> None:
        """The sentence beside the field that it is about."""
        form = self.steps[refusal.row] if isinstance(refusal, StepRefused) else self.ladder
        form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))


def _start() -> dict[str, Any]:
    return StepForm.values_of(NEW_STEP)


def _rule_values(form: StepForm) -> dict[str, Any]:
    known = dict(form.initial)
    known.pop("amount"), known.pop("unit")
    return known


def _numbers(rows: Sequence[str]) -> list[int]:
    """Distinct numbers of rows, in the order in which they stand on the page."""
    found = dict.fromkeys(int(row) for row in rows if row.isascii() and row.isdigit() and len(row) < 5)
    return list(found)[:MOST_STEPS]


class EditActs:
    """Writing a draft: a new ladder, the next version of one, or the draft itself."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Who may change drafts may begin one."""
        return request.user.has_perm(*MAY_WRITE)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: dict | None = None) -> HttpResponse:
        """A new ladder, for services that need reminders of their own."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        return self._edit(request, None, title=_("New ladder"))

    @action(
        description=_("Change a copy"), url_path="next", icon="edit_note", variant=ActionVariant.PRIMARY,
        permissions=MAY_WRITE,
    )  # fmt: skip
    def change_copy(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """What is in use stays until the copy takes its place."""
        ladder = self.find(request, object_id)
        draft = ladders.draft_of(ladder)
        if draft and request.method != "POST":
            messages.info(request, _("There is a draft already. You are looking at it."))
            return redirect("admin:reminders_ladder_edit", draft.pk)
        return self._edit(request, ladder, title=_("Change a copy"))

    @action(
        description=_("Change the draft"), url_path="edit", icon="edit_note", permissions=MAY_WRITE,
    )  # fmt: skip
    def edit(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The draft in the editor."""
        return self._edit(request, self.find(request, object_id), title=_("Change the draft"))

    def _edit(self, request: HttpRequest, of: Ladder | None, *, title: Any) -> HttpResponse:
        typed = Typed(request, of)
        context = {"typed": typed, "original": of}
        if request.htmx:
            return self.page(request, "reminders/_drawn.html", title=title, **context)
        if "remove" in request.POST:
            typed.remove(request.POST["remove"])
        if "add" in request.POST:
            typed.add()
        if of and request.method == "GET":
            typed.focus()
        status = 200
        if "save" in request.POST:
            draft, status = self._save(request, typed, of)
            if draft:
                return redirect("admin:reminders_ladder_try_out", draft.pk)
        answer = self.page(request, "reminders/edit_ladder.html", title=title, **context)
        answer.status_code = status
        return answer

    def _save(self, request: HttpRequest, typed: Typed, of: Ladder | None) -> tuple[Ladder | None, int]:
        """The draft, or None and the status of the answer that says why not."""
        if not typed.is_valid:
            return None, 422
        rules = [form.rule for form in typed.steps]
        try:
            draft = ladders.save(of=of, **typed.ladder.cleaned_data, rules=rules, seen=typed.seen, by=request.user)
        except Refusal as refusal:
            typed.refused(refusal)
            return None, refusal.status
        messages.success(request, _("The draft is saved. This is what it would do."))
        return draft, 302

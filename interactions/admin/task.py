"""The worklist: what somebody must do for a patient, and the page on which it is done."""

from typing import Any, ClassVar

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from common import clock, shown
from common.admin import FactAdmin, link_to, posted
from common.errors import Refusal
from common.filters import AutocompleteSelectFilter
from interactions import facts, reasons
from interactions.admin.acts import TaskActs
from interactions.admin.columns import TaskColumns, due_badge, priority_badge, state_badge
from interactions.admin.filters import Standing, Whose
from interactions.admin.forms import CloseForm
from interactions.models import LIVE, Task
from interactions.services import calling, tasks
from patients.models import Patient
from patients.services import revealing

STANDING = Standing.parameter_name


@admin.register(Task)
class TaskAdmin(TaskColumns, TaskActs, FactAdmin):
    class Media:
        css: ClassVar = {"all": ("interactions/task.css",)}
        js = ("interactions/task.js",)

    list_display = ("what", "who", "phone", "why", "due", "tried", "has_it")
    list_filter = (
        Standing,
        Whose,
        ("kind", ChoicesDropdownFilter),
        ("priority", ChoicesDropdownFilter),
        ("department", AutocompleteSelectFilter),
    )
    list_before_template = "interactions/worklist.html"
    search_fields = ("patient__record_number",)
    search_help_text = _("Name, pinyin, end of the phone or record number")
    empty_advice = _(
        "Whoever must be called appears here: when no message reaches a patient, when one may not come, missed a visit "
        "or lost it to a stoppage, and when an answer was not understood."
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """With the people, and whether they are due."""
        rows = Task.objects.visible_to(request.user).with_due_first(clock.now())
        return rows.select_related("patient", "department", "owner", "closed_by").prefetch_related(
            "patient__contact_points"
        )

    def get_ordering(self, request: HttpRequest) -> tuple:
        """What is due first, the most urgent of it on top; what is closed, the latest on top."""
        if request.GET.get(STANDING) in ("today", "closed", "all"):
            return ("-closed_at", "-pk")
        return ("is_ahead", "priority", "due_at", "pk")

    def get_search_results(self, request: HttpRequest, queryset: QuerySet, search_term: str) -> tuple[QuerySet, bool]:
        """By whatever finds the patient."""
        if not search_term.strip():
            return queryset, False
        people = Patient.objects.visible_to(request.user).search(search_term)
        return queryset.filter(patient__in=list(people.values_list("pk", flat=True))), False

    def changelist_view(self, request: HttpRequest, extra_context: dict | None = None) -> HttpResponse:
        """With what is left and what was done, and the button for the next one."""
        more = {"progress": self._progress(request), "may_work": self._may_work(request)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def _progress(self, request: HttpRequest) -> list[tuple[str, int, Any]]:
        """(choice of `Standing`, how many, what they are)."""
        at = clock.now()
        rows = Task.objects.visible_to(request.user)
        return [
            ("todo", rows.live().count(), _("to do")),
            ("late", rows.late(at).count(), _("late")),
            ("today", rows.done_on(clock.today(at)).count(), _("done today")),
        ]

    def _may_work(self, request: HttpRequest) -> bool:
        return request.user.has_perm("interactions.change_task")

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict | None = None
    ) -> HttpResponse:
        """What to do for whom and why; sent, it is closed. Who opens it has looked at the patient."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        task = self.find(request, object_id)
        if request.method == "POST":
            return self._close(request, task)
        if task.patient:
            revealing.note_opening(task.patient, by=request.user, ip=request.META.get("REMOTE_ADDR"))
        return self.task_page(request, task)

    def _close(self, request: HttpRequest, task: Task) -> HttpResponse:
        form = CloseForm(task, posted(request))
        if form.is_valid():
            try:
                closed = tasks.close(task=task, by=request.user, **form.cleaned_data)
            except Refusal as refusal:
                form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
            else:
                done = {"what": closed.get_kind_display(), "outcome": closed.get_outcome_display()}
                messages.success(request, _("%(what)s: closed as “%(outcome)s”.") % done)
                return self.list_page()
        answer = self.task_page(request, self.find(request, task.pk), form=form)
        answer.status_code = 422
        return answer

    def task_page(self, request: HttpRequest, task: Task, **more: Any) -> HttpResponse:
        """The page of a task; `form` as sent when it was refused, `number` when one was asked for in clear."""
        mine = task.owner_id == request.user.pk
        context = {
            "original": task,
            "task": task,
            "why": reasons.words(task.why_code, task.why_values),
            "ended": reasons.words(task.end_code, {}),
            "priority": priority_badge(task),
            "due": due_badge(task, clock.now()),
            "state": state_badge(task),
            "facts": [*self._facts(task), *facts.of(task, request.user)],
            "numbers": calling.phones_of(task),
            "is_mine": mine,
            "may_work": self._may_work(request) and task.state in LIVE and (mine or task.owner_id is None),
            "form": more.pop("form", None) or CloseForm(task),
        }
        return self.page(request, "interactions/task.html", title=task.get_kind_display(), **context, **more)

    def _facts(self, task: Task) -> list[facts.Fact]:
        patient = task.patient
        who = [
            (_("Patient"), link_to(patient)),
            (_("Birth date"), shown.birth(patient.birth_date, patient.age())),
            (_("Sex"), patient.get_sex_display()),
            (_("Language"), patient.get_language_display()),
        ] if patient else [(_("Patient"), _("Unknown sender"))]  # fmt: skip
        until = [(_("Too late from"), shown.moment(task.expires_at))] if task.expires_at else []
        return [*who, (pgettext_lazy("task", "Opened"), shown.moment(task.created_at)), *until]

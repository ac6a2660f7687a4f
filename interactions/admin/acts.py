"""What is done with a task from its page and from the worklist: each press calls its service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from common import phones, shown
from common.admin import told
from interactions.models import Task, TaskKind
from interactions.services import calling, tasks

NOTE = 500  # characters


class TaskActs:
    """Mixed into the admin of tasks."""

    def get_urls(self) -> list:
        """A press each; the page of a task stays Django's own address."""
        acts = {"take": self.take, "put-back": self.put_back, "not-reached": self.not_reached}
        wrapped = {name: self.admin_site.admin_view(require_POST(view)) for name, view in acts.items()}
        of_one = [path(f"<int:pk>/{name}/", view, name=f"interactions_task_{name}") for name, view in wrapped.items()]
        number = self.admin_site.admin_view(require_POST(self.phone_in_clear))
        following = self.admin_site.admin_view(require_POST(self.take_next))
        return [
            path("next/", following, name="interactions_task_next"),
            path("<int:pk>/phone/<int:point>/", number, name="interactions_task_phone"),
            *of_one,
            *super().get_urls(),
        ]

    def take_next(self, request: HttpRequest) -> HttpResponse:
        """To the page of the one that is next, of the kind by which the list is filtered."""
        kinds = [kind for kind in request.POST.getlist("kind") if kind in TaskKind.values]
        with told(request) as outcome:
            task = tasks.take_next(by=request.user, kinds=kinds)
        return self.page_of(task) if outcome else self.list_page()

    def take(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.find(request, pk)
        self._press(request, lambda: tasks.take(task=task, by=request.user))
        return self.page_of(task)

    def put_back(self, request: HttpRequest, pk: int) -> HttpResponse:
        task = self.find(request, pk)
        done = self._press(request, lambda: tasks.put_back(task=task, by=request.user), _("Others may have it now."))
        return self.list_page() if done else self.page_of(task)

    def not_reached(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Not reached: what was typed as a note goes with it."""
        task, note = self.find(request, pk), request.POST.get("note", "")[:NOTE]
        with told(request) as outcome:
            messages.success(request, self._after_try(tasks.tried(task=task, by=request.user, note=note)))
        return self.list_page() if outcome else self.page_of(task)

    def phone_in_clear(self, request: HttpRequest, pk: int, point: int) -> HttpResponse:
        """The number on that very answer: a message would leave it in a cookie."""
        task = self.find(request, pk)
        phone = get_object_or_404(calling.phones_of(task), pk=point)
        with told(request) as outcome:
            ip = request.META.get("REMOTE_ADDR")
            value = calling.reveal(task=task, contact_point=phone, by=request.user, ip=ip)
        if not outcome:
            return self.page_of(task)
        return self.task_page(request, task, number={"point": phone, "dial": value, "shown": phones.display(value)})

    def _press(self, request: HttpRequest, do: Callable[[], Any], done: Any = "") -> bool:
        with told(request) as outcome:
            do()
            if done:
                messages.success(request, done)
        return bool(outcome)

    @staticmethod
    def _after_try(task: Task) -> Any:
        if not task.is_live:
            return _("Not reached; that was the last try.")
        return _("Not reached; due again %(when)s.") % {"when": shown.moment(task.due_at)}

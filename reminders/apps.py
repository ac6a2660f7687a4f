from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _

from reminders import defaults


class RemindersConfig(AppConfig):
    """Floor 6: reads what happened and tells the patient, or hands staff a task; hears what patients answer."""

    name = "reminders"
    verbose_name = _("Reminders")

    def ready(self) -> None:
        post_migrate.connect(defaults.ensure, sender=self, dispatch_uid="reminders.defaults")
        import_module("reminders.absence_words")  # what patients said of a missed visit
        import_module("reminders.restriction_kinds")  # what is told of restrictions
        import_module("reminders.services.outcomes")  # what calls by staff do
        import_module("reminders.services.replies")  # what answers to our messages do
        import_module("reminders.task_facts")  # what the page of such a task shows
        import_module("reminders.task_reasons")  # what tasks of ours say

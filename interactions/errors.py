"""Every way in which a task says no."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class TaskNotFound(Refusal):
    """There is none, or not in the scope of who asks."""

    code = "task_not_found"
    message = _("This task does not exist.")
    status = 404


class TaskTaken(Refusal):
    """Somebody else has it."""

    code = "task_taken"
    message = _("%(name)s has this task.")
    status = 409
    permanent = False


class TaskClosed(Refusal):
    code = "task_closed"
    message = _("This task is closed already: %(outcome)s.")
    status = 409


class NotYours(Refusal):
    code = "task_not_yours"
    message = _("You have not taken this task.")
    status = 409


class NothingDue(Refusal):
    code = "nothing_due"
    message = _("No task is due now.")
    permanent = False


class TaskTooLate(Refusal):
    """Its time is over before it is due, so nobody could do it."""

    code = "task_too_late"
    message = _("It is too late for this task.")


class OutcomeMissing(Refusal):
    code = "task_outcome_missing"
    message = _("Please say what came of it.")


class NumberMissing(Refusal):
    """A wrong number is marked, so it must be said which."""

    code = "task_number_missing"
    message = _("Please say which number was wrong.")


class PrivacyRequestEmpty(Refusal):
    code = "privacy_request_empty"
    message = _("Please write what we should do.")


class PrivacyRequestOpen(Refusal):
    """One at a time: a second one would only make staff answer twice."""

    code = "privacy_request_open"
    message = _("You have asked for this already. We answer that first.")
    status = 409

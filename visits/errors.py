"""Every way in which arrival and queue say no."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class TicketNotFound(Refusal):
    code = "ticket_not_found"
    message = _("This ticket does not exist.")
    status = 404


class NobodyWaits(Refusal):
    code = "nobody_waits"
    message = _("Nobody is waiting here.")
    permanent = False


class TicketState(Refusal):
    """Somebody else has called, skipped or finished this ticket meanwhile, or it was never possible."""

    code = "ticket_state"
    message = _("Ticket %(ticket)s is “%(state)s” now, so this is not possible.")
    status = 409


class SessionOver(Refusal):
    code = "session_over"
    message = _("This session is not on today.")


class OtherDepartment(Refusal):
    code = "other_department"
    message = _("This session belongs to another department. Please book there.")


class OutcomeMissing(Refusal):
    code = "outcome_missing"
    message = _("Please say what came of the visit.")


class TooLateToTakeBack(Refusal):
    code = "too_late_to_take_back"
    message = _("Ticket %(ticket)s has been called already; the check-in stands.")


class TimesMissing(Refusal):
    code = "times_missing"
    message = _("A time is missing: when they came, and from when until when they were seen.")


class TimesNotInOrder(Refusal):
    code = "times_not_in_order"
    message = _("The times are not in order: arrived, then seen from, then until.")


class NotYet(Refusal):
    code = "not_yet"
    message = _("This time has not come yet.")


class NotRecognised(Refusal):
    """At a kiosk: no such code, reference, birth date or number; which of them is not said."""

    code = "not_recognised"
    message = _("We could not find a visit with this. Please check what you entered, or ask at the counter.")
    status = 422


class TooManyTries(Refusal):
    code = "too_many_tries"
    message = _("Too many tries. Please wait a minute, or ask at the counter.")
    status = 429
    permanent = False


class VisitCancelled(Refusal):
    code = "visit_cancelled"
    message = _("Your visit of %(time)s is cancelled. Please ask at the counter.")
    status = 409


class VisitOver(Refusal):
    code = "visit_over"
    message = _("Your visit of %(time)s is over already. Please ask at the counter.")
    status = 409


class OtherHouse(Refusal):
    code = "other_house"
    message = _("Your visit is not here but at %(site)s.")
    status = 409

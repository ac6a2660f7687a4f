"""Why a risk model is not learnt, measured or found. Said by commands, not by the API."""

from django.utils.translation import gettext_lazy as _

from common.errors import Refusal


class NothingKnown(Refusal):
    """No visit of the days asked about has an outcome."""

    code = "nothing_known"
    message = _("In these days there is no visit of which it is known whether the patient came.")


class DayAhead(Refusal):
    """Nothing can be learnt from days that are not over."""

    code = "day_ahead"
    message = _("%(day)s is not over yet.")


class DaysInDisorder(Refusal):
    code = "days_in_disorder"
    message = _("The last day lies before the first.")


class NoRiskModel(Refusal):
    code = "no_risk_model"
    message = _("There is no such risk model. Make one with manage.py train_risk.")
    status = 404


class AlreadyLearnt(Refusal):
    """A model is not measured on visits that it has learnt from."""

    code = "already_learnt"
    message = _("The model has learnt from visits until %(until)s; it can be measured on later days only.")

"""How the history of a row says what changed: in the words of the screens, never as stored."""

import datetime as dt
from typing import Any

from django.db.models import Field
from django.utils.translation import gettext
from simple_history.template_utils import HistoricalRecordContextHelper

from common import shown


class ChangeInWords(HistoricalRecordContextHelper):
    """For SimpleHistoryAdmin: the values before and after a change as any page would show them."""

    def prepare_delta_change_value(self, change: Any, value: Any) -> Any:
        field = self.model._meta.get_field(change.field)
        return in_words(field, super().prepare_delta_change_value(change, value))


def in_words(field: Field, value: Any) -> Any:
    """A field's value as people read it: the label of a choice, days and instants as `shown`, a dash for nothing."""
    if field.choices and not isinstance(value, list) and value in (labels := dict(field.flatchoices)):
        return labels[value]
    if isinstance(value, list):  # the rows of a relation
        return ", ".join(sorted(str(one) for one in value)) or shown.MISSING
    if value is None or value == "":
        return shown.MISSING
    if isinstance(value, bool):
        return gettext("Yes") if value else gettext("No")
    if isinstance(value, dt.datetime):  # before date, which it is too
        return shown.moment(value)
    if isinstance(value, dt.date):
        return shown.day(value)
    return shown.time(value) if isinstance(value, dt.time) else value

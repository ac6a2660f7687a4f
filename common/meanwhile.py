"""What happened to a row since somebody opened its page: told before they save over it."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Model
from django.forms.models import model_to_dict
from django.utils.translation import gettext as _

from common import shown
from common.changes import ChangeInWords

CODE = "changed_meanwhile"


def mark_of(row: Model) -> str:
    """Which version of the row is shown: the number of its newest history row; empty when none is kept."""
    if not hasattr(row, "history"):
        return ""
    newest = row.history.order_by("-history_id").values_list("history_id", flat=True).first()
    return str(newest or "")


def since(row: Model, mark: str) -> list[Model]:
    """The history rows that came after `mark`, the oldest first. A page without a mark is not asked for one."""
    if not mark.isdecimal() or not hasattr(row, "history"):
        return []
    return list(row.history.filter(history_id__gt=int(mark)).select_related("history_user").order_by("history_id"))


def in_words(changes: Sequence[Model]) -> Iterator[str]:
    """Who changed what, when: a sentence for each."""
    for past in changes:
        who, when = past.history_user or _("The system"), shown.moment(past.history_date)
        fields = "; ".join(_differences(past)) or _("nothing that is shown here")
        yield _("%(who)s changed this at %(when)s: %(what)s.") % {"who": who, "when": when, "what": fields}


def _differences(past: Model) -> Iterator[str]:
    before = past.prev_record
    if before is None:
        return
    words = ChangeInWords(past.instance_type, past)
    for one in words.context_for_delta_changes(past.diff_against(before, foreign_keys_are_objs=True)):
        yield _("%(field)s: %(old)s → %(new)s") % one


class MeanwhileForm:
    """Mixed into the form of a row: refuses once when the row changed since the page was shown.

    What the person typed stays; the fields that they left alone show the newer value, so that saving again changes
    only what they meant to change.
    """

    mark = ""

    def clean(self) -> Any:
        cleaned = super().clean()
        changes = since(self.instance, self.mark)
        if changes:
            self._take_over(changes[0].prev_record)
            advice = _("What you typed is still here. Look at it, then save again to put it in place.")
            raise ValidationError([ValidationError(one, code=CODE) for one in (*in_words(changes), advice)])
        return cleaned

    def _take_over(self, seen: Model | None) -> None:
        """Fields that still hold what they held when the page was shown are drawn with what is stored now."""
        old = model_to_dict(seen.instance) if seen else {}
        for name in self.fields.keys() & old.keys():
            field = self.fields[name]
            typed = field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            if not field.has_changed(old[name], typed):
                field.bound_data = lambda data, initial: initial

    @property
    def is_stale(self) -> bool:
        """Was it refused for this reason?"""
        return self.has_error(NON_FIELD_ERRORS, CODE)


def guard(form: type, mark: str) -> type:
    """The same form, which looks whether the row is still the one that was shown."""
    return type(form.__name__, (MeanwhileForm, form), {"mark": mark})

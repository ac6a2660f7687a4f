from django.db import models
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from common.models import Named, PublicId
from directory.models.scope import ScopedQuerySet


class CallScreenQuerySet(ScopedQuerySet):
    department_path = "departments"

    def visible_to(self, user) -> models.QuerySet:
        """Screens on which a department of the person's scope is called."""
        return super().visible_to(user).distinct()


class CallScreen(PublicId, Named):
    """A display in a waiting room: who is called to which room. Its public id is its address; nobody signs in there."""

    departments = models.ManyToManyField(
        "directory.Department", related_name="call_screens", verbose_name=_("departments")
    )
    is_active = models.BooleanField(_("in use"), default=True)

    objects = CallScreenQuerySet.as_manager()
    history = HistoricalRecords(m2m_fields=[departments])

    class Meta(Named.Meta):
        verbose_name = _("call screen")
        verbose_name_plural = _("call screens")
        ordering = ["name_zh", "name_en", "pk"]

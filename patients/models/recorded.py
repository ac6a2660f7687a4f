"""What is written down about a patient, by whom, until it is ended."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common import clock


class RecordedQuerySet(models.QuerySet):
    def live(self):
        """Those that nobody ended."""
        return self.filter(ended_at=None)


class Recorded(models.Model):
    """A fact that is ended, not deleted."""

    ended_at = models.DateTimeField(_("ended"), null=True, blank=True, editable=False)

    created_at = models.DateTimeField(_("recorded"), default=clock.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, editable=False, related_name="+",
        verbose_name=_("recorded by"),
    )  # fmt: skip

    class Meta:
        abstract = True

"""One file that came in from another system, and how far it got."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from common import clock, shown
from common.models import PublicId


class ImportKind(models.TextChoices):
    PATIENTS = "patients", _("Patients")
    APPOINTMENTS = "appointments", _("Appointments")


class ImportState(models.TextChoices):
    QUEUED = "queued", _("Queued")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
    STOPPED = "stopped", pgettext_lazy("import", "Stopped")


IMPORT_TONE = {
    ImportState.QUEUED: "default",
    ImportState.RUNNING: "info",
    ImportState.DONE: "success",
    ImportState.FAILED: "danger",
    ImportState.STOPPED: "warning",
}


class ImportRun(PublicId):
    """A run over one file. Counts are rows; a stopped or failed run can be started again, nothing comes twice."""

    kind = models.CharField(_("kind"), max_length=16, choices=ImportKind)
    file = models.FileField(_("file"), upload_to="imports/%Y/%m", max_length=200)
    map_text = models.TextField(_("map"), help_text=_("What each column means, in TOML."))
    is_dry_run = models.BooleanField(_("only try"), default=True, help_text=_("Check every row and store nothing."))

    state = models.CharField(_("state"), max_length=8, choices=ImportState, default=ImportState.QUEUED)
    problem = models.CharField(_("why it failed"), max_length=300, blank=True)
    total = models.PositiveIntegerField(_("rows"), default=0)
    done = models.PositiveIntegerField(_("read"), default=0)
    created = models.PositiveIntegerField(_("created"), default=0)
    updated = models.PositiveIntegerField(_("updated"), default=0)
    repeated = models.PositiveIntegerField(_("known already"), default=0)
    rejected = models.PositiveIntegerField(_("rejected"), default=0)
    warned = models.PositiveIntegerField(_("stored with a warning"), default=0)
    rejects = models.FileField(_("rejected rows"), upload_to="imports/%Y/%m", max_length=200, blank=True)

    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(pgettext_lazy("import", "asked for"), default=clock.now, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, blank=True, editable=False)
    progress_at = models.DateTimeField(_("last progress"), null=True, blank=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at"]
        constraints = [models.CheckConstraint(condition=Q(state__in=ImportState.values), name="import_state_known")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {shown.moment(self.created_at)}"

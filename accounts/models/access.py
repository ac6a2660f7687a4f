from django.apps import apps
from django.conf import settings
from django.db import models
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _


class Action(models.TextChoices):
    OPEN = "open", _("Opened")
    REVEAL = "reveal", _("Revealed in full")
    EXPORT = "export", _("Exported")
    IMPORT = "import", _("Imported")
    DENIED = "denied", _("Refused")
    FAILED_CHECK = "failed_check", _("Identity check failed")


TONE = {
    Action.OPEN: "info",
    Action.REVEAL: "warning",
    Action.EXPORT: "warning",
    Action.IMPORT: "info",
    Action.DENIED: "danger",
    Action.FAILED_CHECK: "danger",
}


class AccessLog(models.Model):
    """Who looked at, revealed or took out what, when, from where and why. Written once, never changed."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="accesses", verbose_name=_("who"), null=True
    )
    action = models.CharField(_("act"), max_length=16, choices=Action)
    subject_kind = models.CharField(_("kind of record"), max_length=60)
    subject_uuid = models.UUIDField(_("record"), null=True)  # not a foreign key: this floor knows no patients
    detail = models.CharField(_("what"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    ip = models.GenericIPAddressField(_("from address"), null=True)
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("access")
        verbose_name_plural = _("access log")
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["subject_uuid", "-at"], name="access_by_subject"),
            models.Index(fields=["-at"], name="access_by_time"),
        ]
        constraints = [models.CheckConstraint(condition=models.Q(action__in=Action.values), name="access_action_known")]

    def __str__(self) -> str:
        return f"{self.get_action_display()} · {self.subject_word}"

    @property
    def subject_word(self) -> str:
        """The kind of record as the screens call it."""
        try:
            return capfirst(str(apps.get_model(self.subject_kind)._meta.verbose_name))
        except (LookupError, ValueError):  # a noun of an older version
            return self.subject_kind

"""The words of a message."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from messaging.labels import label_of
from messaging.models.channel import Medium
from patients.models import Language


class MessageTemplateQuerySet(models.QuerySet):
    def live(self):
        """The version in use of each text."""
        return self.filter(ended_at=None)


class MessageTemplate(models.Model):
    """One version of the words of a kind of message in one language, for one medium or for all without own words.

    Words that were sent are never changed: a new version ends the one before.
    """

    kind = models.CharField(_("message"), max_length=40)
    language = models.CharField(_("language"), max_length=8, choices=Language)
    medium = models.CharField(_("medium"), max_length=8, choices=Medium, blank=True, help_text=_("Empty: all others."))
    version = models.PositiveIntegerField(_("version"))
    subject = models.CharField(_("subject"), max_length=120, blank=True)
    text = models.TextField(_("text"), max_length=4000)
    provider_code = models.CharField(
        _("template at the carrier"), max_length=200, blank=True,
        help_text=_("Where the carrier only sends texts that it approved: the code of the approved one."),
    )  # fmt: skip

    live_since = models.DateTimeField(_("in use since"), default=clock.now)
    ended_at = models.DateTimeField(_("in use until"), null=True, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("written by"))
    objects = MessageTemplateQuerySet.as_manager()

    class Meta:
        verbose_name = _("message text")
        verbose_name_plural = _("message texts")
        ordering = ["kind", "language", "medium", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "language", "medium"], condition=Q(ended_at=None), name="one_live_text"
            ),
            models.UniqueConstraint(fields=["kind", "language", "medium", "version"], name="text_version_once"),
            models.CheckConstraint(condition=Q(medium__in=["", *Medium.values]), name="text_medium_known"),
            models.CheckConstraint(condition=Q(language__in=Language.values), name="text_language_known"),
            models.CheckConstraint(condition=~Q(text=""), name="text_not_empty"),
            models.CheckConstraint(
                condition=Q(ended_at=None) | Q(ended_at__gte=F("live_since")), name="text_ends_after_it_began"
            ),
        ]

    def __str__(self) -> str:
        where = (
            [self.get_language_display(), self.get_medium_display()] if self.medium else [self.get_language_display()]
        )
        return " · ".join([label_of(self.kind), *where])

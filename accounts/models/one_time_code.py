from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.models import PublicId

MOST_TRIES = 5  # of one code; ten codes a day with five tries each: 5 in 100,000 for who guesses all day


class OneTimeCodeQuerySet(models.QuerySet):
    def open(self, at):
        """May still be answered: not used, not replaced, not guessed at too often, not too old."""
        return self.filter(used_at=None, ended_at=None, expires_at__gt=at, tries__lt=MOST_TRIES)


class OneTimeCode(PublicId):
    """A code that somebody was told at a phone, to show that it is theirs. Only its keyed fingerprint is kept.

    tries: answers, the right one too. ended_at: a newer code took its place, or it was guessed at too often.
    """

    phone = models.CharField(_("phone"), max_length=20)  # E.164
    digest = models.CharField(_("fingerprint"), max_length=64)
    ip = models.GenericIPAddressField(_("from address"), null=True)
    asked_at = models.DateTimeField(_("asked for at"))
    expires_at = models.DateTimeField(_("too late from"))

    tries = models.PositiveSmallIntegerField(_("tries"), default=0)
    used_at = models.DateTimeField(_("used"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    objects = OneTimeCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("one-time code")
        verbose_name_plural = _("one-time codes")
        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["phone"], condition=Q(used_at=None, ended_at=None), name="one_open_code_per_phone"
            ),
            models.CheckConstraint(condition=Q(tries__lte=MOST_TRIES), name="code_tried_at_most_five_times"),
            models.CheckConstraint(
                condition=Q(used_at=None) | Q(ended_at=None), name="code_is_used_or_ended_never_both"
            ),
        ]
        indexes = [  # read by the limits, newest first
            models.Index(fields=["phone", "-asked_at"], name="code_by_phone"),
            models.Index(fields=["ip", "-asked_at"], name="code_by_ip"),
            models.Index(fields=["-asked_at"], name="code_by_time"),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)  # a number in a log or a heading would be too much

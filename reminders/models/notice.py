"""What patients are told of as it happens."""

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from messaging import kinds
from messaging.models import Medium

MEDIA_IN_ORDER = RegexValidator(
    rf"^({'|'.join(Medium.values)})( ({'|'.join(Medium.values)}))*$", _("Name channels, the first choice first.")
)


class Notice(models.Model):
    """Whether patients hear of something that happened, and by which channels. One row for each kind of message."""

    kind = models.CharField(_("message"), max_length=40, unique=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)
    media = models.CharField(_("channels in order"), max_length=60, validators=[MEDIA_IN_ORDER])
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=~Q(media=""), name="notice_has_a_medium")]

    def __str__(self) -> str:
        known = kinds.get(self.kind)
        return str(known.label) if known else self.kind

    @classmethod
    def media_for(cls, kind: str) -> list[str]:
        """The channels in order; none when patients are not told of this."""
        notice = cls.objects.filter(kind=kind, is_active=True).first()
        return notice.media.split() if notice else []

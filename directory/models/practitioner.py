from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from common.history import HistoricalRecords
from common.models import PublicId

from .scope import ScopedQuerySet


class Title(models.TextChoices):
    """Professional rank, from the top; equal rank is what “same grade” means when a clinic stops."""

    CHIEF = "chief", _("Chief physician")
    ASSOCIATE_CHIEF = "associate_chief", _("Associate chief physician")
    ATTENDING = "attending", _("Attending physician")
    RESIDENT = "resident", _("Resident physician")
    OTHER = "other", _("Other")


class PractitionerQuerySet(models.QuerySet):
    def visible_to(self, user) -> models.QuerySet:
        """Practitioners with a post in a department of the person's scope, and the person's own line."""
        if user.sees_everything:
            return self
        roles = PractitionerRole.objects.visible_to(user)
        return self.filter(models.Q(pk__in=roles.values("practitioner_id")) | models.Q(user=user.pk))


class Practitioner(PublicId):
    """A doctor, nurse or therapist with whom a visit can be booked."""

    name = models.CharField(_("name"), max_length=80)
    name_pinyin = models.CharField(_("pinyin"), max_length=120, blank=True, db_index=True)
    code = models.CharField(_("staff number"), max_length=30, unique=True)
    title = models.CharField(_("title"), max_length=16, choices=Title, default=Title.ATTENDING)
    introduction = models.TextField(_("introduction"), blank=True)
    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        related_name="practitioner",
        verbose_name=_("signs in as"),
        null=True,
        blank=True,
    )
    is_active = models.BooleanField(_("works here"), default=True)
    objects = PractitionerQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("practitioner")
        verbose_name_plural = _("practitioners")
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(title__in=Title.values), name="practitioner_title_known")
        ]

    def __str__(self) -> str:
        return self.name


class PractitionerRole(models.Model):
    """Where a practitioner works."""

    practitioner = models.ForeignKey(Practitioner, models.CASCADE, related_name="roles", verbose_name=_("practitioner"))
    department = models.ForeignKey(
        "directory.Department", models.PROTECT, related_name="practitioner_roles", verbose_name=_("department")
    )
    starts_on = models.DateField(_("from"), null=True, blank=True)
    ends_on = models.DateField(_("until"), null=True, blank=True)
    objects = ScopedQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["practitioner", "department"], name="one_post_per_department"),
            models.CheckConstraint(
                condition=models.Q(starts_on__isnull=True)
                | models.Q(ends_on__isnull=True)
                | models.Q(ends_on__gte=models.F("starts_on")),
                name="post_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.practitioner} · {self.department}"

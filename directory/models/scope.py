from django.conf import settings
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from accounts import seeing
from common.history import HistoricalRecords


class ScopeQuerySet(models.QuerySet):
    def visible_to(self, user) -> models.QuerySet:
        """Scopes at the person's sites."""
        return self if user.sees_everything else self.filter(site__in=sites_of(user))


class Scope(models.Model):
    """A site, or one department, whose rows a person may see. Whoever has none (and not all sites) sees nothing."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="scopes", verbose_name=_("staff member")
    )
    site = models.ForeignKey("directory.Site", models.PROTECT, related_name="scopes", verbose_name=_("site"))
    department = models.ForeignKey(
        "directory.Department",
        models.PROTECT,
        related_name="scopes",
        verbose_name=_("department"),
        null=True,
        blank=True,
        help_text=_("Empty: the whole site."),
    )
    objects = ScopeQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("scope")
        verbose_name_plural = _("scopes")
        constraints = [
            models.UniqueConstraint(
                fields=["user", "department"],
                condition=Q(department__isnull=False),
                name="one_scope_per_user_and_department",
            ),
            models.UniqueConstraint(
                fields=["user", "site"], condition=Q(department__isnull=True), name="one_scope_per_user_and_site"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}: {self.department or self.site}"


def sites_of(user) -> models.QuerySet:
    """Ids of the sites at which the person has a scope, be it for one department."""
    return Scope.objects.filter(user_id=user.pk).order_by().values("site_id")


def scopes_of(user) -> list[tuple[int, int | None]]:
    """(site, department) of each scope; read once for a user object, as Django does with permissions."""
    if not hasattr(user, "_scopes"):
        user._scopes = list(Scope.objects.filter(user_id=user.pk).values_list("site_id", "department_id"))
    return user._scopes


@seeing.told_by
def near(user) -> Q:
    """Who has a scope at the person's sites, who sees all sites, and who was given no scope yet."""
    anywhere = Scope.objects.filter(user=OuterRef("pk"))
    here = anywhere.filter(site__in=sites_of(user))
    return Exists(here) | ~Exists(anywhere) | Q(sees_all_sites=True) | Q(is_superuser=True)


class ScopedQuerySet(models.QuerySet):
    """Rows that hang on a department; `department_path` says where it is found from here.

    practitioner_path: where the practitioner is found whose rows these are, for those that somebody calls their own.
    """

    department_path = "department"
    practitioner_path = ""

    def visible_to(self, user) -> models.QuerySet:
        """Only rows of the sites and departments in the person's scope, and a practitioner's own without any scope."""
        if user.sees_everything:
            return self
        scopes = scopes_of(user)
        departments = [department for _site, department in scopes if department]
        sites = [site for site, department in scopes if not department]
        path = self.department_path + "__" if self.department_path else ""
        seen = Q(**{f"{path}id__in": departments}) | Q(**{f"{path}site_id__in": sites})
        own = getattr(user, "practitioner", None) if self.practitioner_path else None
        return self.filter(seen | Q(**{self.practitioner_path: own.pk}) if own else seen)

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class RiskKind(models.TextChoices):
    POINTS = "points", _("Published point score")
    LINEAR = "linear", _("Regression")
    BLEND = "blend", _("Regression and trees")


class RiskModelQuerySet(models.QuerySet):
    def current(self) -> "RiskModel | None":
        """The newest, which scores bookings; None before the first."""
        return self.order_by("-version").first()


class RiskModel(models.Model):
    """What was learnt about absences from visits until a day, with the card that says how good it is. Never changed.

    parameters: numbers and names only, as scheduling.risk.model writes them. card: see scheduling.risk.cards.
    """

    version = models.PositiveIntegerField(_("version"), unique=True)
    kind = models.CharField(_("kind"), max_length=8, choices=RiskKind)
    trained_at = models.DateTimeField(_("trained at"))
    until = models.DateField(_("learnt from visits until"), null=True)
    visits = models.PositiveIntegerField(_("visits learnt from"))
    parameters = models.JSONField(_("parameters"), editable=False)
    card = models.JSONField(_("model card"), editable=False)

    objects = RiskModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("risk model")
        verbose_name_plural = _("risk models")
        ordering = ["-version"]
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=RiskKind.values), name="risk_model_kind_known"),
            models.CheckConstraint(
                condition=Q(kind="points") | Q(until__isnull=False, visits__gt=0), name="risk_model_learnt_from_visits"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} · {self.get_kind_display()}"


class RiskCheck(models.Model):
    """A night's look back at the last seven days whose outcomes are known: the new level, and whether risks still hold.

    level: shift of the log-odds that scores get from then on. seen, predicted, happened, auc: only visits after those
    that the model had learnt from, with the level of the night before.
    """

    model = models.ForeignKey(RiskModel, models.PROTECT, related_name="checks", verbose_name=_("risk model"))
    day = models.DateField(_("day"))
    level = models.FloatField(_("level"))
    known = models.PositiveIntegerField(_("visits behind the level"))
    seen = models.PositiveIntegerField(_("visits after those learnt from"))
    predicted = models.FloatField(_("expected absences"), null=True)
    happened = models.FloatField(_("absences"), null=True)
    auc = models.FloatField("AUC", null=True)

    class Meta:
        verbose_name = _("check of the risk model")
        verbose_name_plural = _("checks of the risk model")
        ordering = ["-day", "-pk"]
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["model", "day"], name="one_risk_check_per_model_and_day"),
            models.CheckConstraint(condition=Q(seen__lte=F("known")), name="risk_check_sees_what_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.model.version} · {self.day}"


class NoShowScore(models.Model):
    """How likely the patient of a booking is not to come, as the latest night said it, and by which model.

    moment: when it was told; nothing later was known. reasons: codes with values, read by `scheduling.risk.reasons`.
    """

    appointment = models.OneToOneField(
        "scheduling.Appointment", models.PROTECT, related_name="noshow_score", verbose_name=_("appointment")
    )
    model = models.ForeignKey(
        RiskModel, models.PROTECT, related_name="scores", verbose_name=_("risk model"), db_index=False
    )
    probability = models.FloatField(_("probability"))
    moment = models.DateTimeField(_("as known at"))
    reasons = models.CharField(_("reasons"), max_length=100)

    class Meta:
        verbose_name = _("risk of absence")
        verbose_name_plural = _("risks of absence")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(
                condition=Q(probability__gte=0, probability__lte=1), name="noshow_probability_between_0_and_1"
            )
        ]

    def __str__(self) -> str:
        return f"{round(100 * self.probability)} %"

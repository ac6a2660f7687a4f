"""When patients are reminded, how, and who among them."""

import datetime as dt
import uuid

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Mod
from django.db.models.lookups import Exact
from django.utils.translation import gettext, ngettext, pgettext
from django.utils.translation import gettext_lazy as _

from common import clock, shown
from common.models import Named, PublicId
from directory.models import HealthcareService
from messaging.models import Medium
from patients.models import Tag
from reminders.models.notice import MEDIA_IN_ORDER

EARLIEST_DAYS = 30  # before the visit
MOST_HELD_OUT = 20  # percent
RISKIEST = 20  # percent of the visits to come; about the share for which calls were measured (docs/reminders.md)


class LadderState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    LIVE = "live", _("In use")
    ENDED = "ended", _("Ended")


LADDER_TONE = {LadderState.DRAFT: "warning", LadderState.LIVE: "success", LadderState.ENDED: "default"}


class LadderQuerySet(models.QuerySet):
    def live(self):
        """In use."""
        return self.filter(state=LadderState.LIVE)


class Ladder(PublicId, Named):
    """One version of the reminders of some services, or of all that have none of their own.

    What is in use is never changed: a copy is edited, tried and put in use, and takes the old one's place. `lineage`
    is the same in all versions.
    """

    lineage = models.UUIDField(_("lineage"), default=uuid.uuid4, editable=False)
    services = models.ManyToManyField(
        HealthcareService, related_name="+", blank=True, verbose_name=_("services"),
        help_text=_("Empty: all services without a ladder of their own."),
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=8, choices=LadderState, default=LadderState.DRAFT, editable=False)
    live_since = models.DateTimeField(_("in use since"), null=True, blank=True, editable=False)
    ended_at = models.DateTimeField(_("in use until"), null=True, blank=True, editable=False)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("made by")
    )
    created_at = models.DateTimeField(_("made"), default=clock.now, editable=False)
    objects = LadderQuerySet.as_manager()

    class Meta(Named.Meta):
        verbose_name = _("ladder of reminders")
        verbose_name_plural = _("ladders of reminders")
        ordering = ["-state", "-created_at"]
        constraints = [
            *Named.Meta.constraints,
            models.UniqueConstraint(fields=["lineage"], condition=Q(state="live"), name="one_live_ladder_per_lineage"),
            models.UniqueConstraint(fields=["lineage"], condition=Q(state="draft"), name="one_draft_per_lineage"),
            models.CheckConstraint(condition=Q(state__in=LadderState.values), name="ladder_state_known"),
            models.CheckConstraint(
                condition=Q(state="draft", live_since=None, ended_at=None)
                | Q(state="live", live_since__isnull=False, ended_at=None)
                | Q(state="ended", live_since__isnull=False, ended_at__isnull=False),
                name="ladder_times_fit_its_state",
            ),
        ]
        permissions = [("put_in_use_ladder", _("Can put ladders of reminders in use and end them"))]

    @property
    def tone(self) -> str:
        """The badge's colour."""
        return LADDER_TONE[self.state]


class Act(models.TextChoices):
    MESSAGE = "message", _("Message")
    CALL = "call", _("Call by staff")


class Audience(models.TextChoices):
    ALL = "all", _("Everybody")
    AT_RISK = "at_risk", _("The riskiest")
    TAG = "tag", _("Those with a tag")


class Step(models.Model):
    """One rung: so long before the visit, to those, by these channels. `lineage` is the same in all versions, so a
    patient who had this step has it behind them when the ladder is edited."""

    ladder = models.ForeignKey(Ladder, models.CASCADE, related_name="steps", verbose_name=_("ladder"))
    lineage = models.UUIDField(default=uuid.uuid4, editable=False)
    hours_before = models.PositiveSmallIntegerField(
        _("hours before the visit"), validators=[MinValueValidator(1), MaxValueValidator(24 * EARLIEST_DAYS)]
    )
    at_time = models.TimeField(
        _("at"),
        null=True,
        blank=True,
        help_text=_("On that day, by the hospital's clock. Empty: exactly that long before."),
    )
    act = models.CharField(_("what"), max_length=8, choices=Act, default=Act.MESSAGE)
    media = models.CharField(
        _("channels in order"), max_length=60, blank=True, validators=[MEDIA_IN_ORDER],
        help_text=_("The next one is taken when one cannot carry it. Empty for a call by staff."),
    )  # fmt: skip
    audience = models.CharField(_("for"), max_length=8, choices=Audience, default=Audience.ALL)
    tag = models.ForeignKey(Tag, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("tag"))
    riskiest_percent = models.PositiveSmallIntegerField(
        _("the riskiest, %"),
        default=RISKIEST,
        validators=[MinValueValidator(1), MaxValueValidator(100)],
        help_text=_("Of 100 visits to come, those that are likeliest to be missed."),
    )
    only_unanswered = models.BooleanField(
        _("only while unanswered"), default=True, help_text=_("Who has confirmed hears nothing of this step.")
    )
    holdout_percent = models.PositiveSmallIntegerField(
        _("left out by lot, %"),
        default=0,
        validators=[MaxValueValidator(MOST_HELD_OUT)],
        help_text=_("So many in a hundred do not get this message, so that its effect is seen."),
    )

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        ordering = ["-hours_before", "pk"]
        constraints = [
            models.CheckConstraint(condition=Q(act__in=Act.values), name="step_act_known"),
            models.CheckConstraint(condition=Q(audience__in=Audience.values), name="step_audience_known"),
            models.CheckConstraint(condition=Q(hours_before__gte=1), name="step_is_before_the_visit"),
            models.CheckConstraint(
                condition=Q(at_time=None) | Q(Exact(Mod("hours_before", 24), 0)), name="step_time_goes_with_whole_days"
            ),
            models.CheckConstraint(
                condition=Q(riskiest_percent__gte=1, riskiest_percent__lte=100), name="step_riskiest_is_a_share"
            ),
            models.CheckConstraint(
                condition=Q(holdout_percent__lte=MOST_HELD_OUT) & (Q(act="message") | Q(holdout_percent=0)),
                name="step_holds_out_few_and_no_calls",
            ),
            models.CheckConstraint(
                condition=Q(act="message") & ~Q(media="") | Q(act="call", media=""), name="step_message_has_a_medium"
            ),
            models.CheckConstraint(
                condition=Q(audience="tag", tag__isnull=False) | ~Q(audience="tag") & Q(tag=None),
                name="step_tag_for_its_audience",
            ),
            models.UniqueConstraint(fields=["ladder", "lineage"], name="step_once_per_ladder"),
        ]

    def __str__(self) -> str:
        return self.when

    @property
    def when(self) -> str:
        """`3 days before, at 10:00`; `2 hours before`."""
        days, hours = divmod(self.hours_before, 24)
        if hours:
            return ngettext("%(n)d hour before", "%(n)d hours before", self.hours_before) % {"n": self.hours_before}
        words = ngettext("%(n)d day before", "%(n)d days before", days) % {"n": days}
        # Translators: a day such as "3 days before", and a time of day
        return (
            gettext("%(days)s, at %(time)s") % {"days": words, "time": shown.time(self.at_time)}
            if self.at_time
            else words
        )

    @property
    def whom(self) -> str:
        """`everybody`; `the riskiest 20 %`; the tag. With `unanswered` where who has confirmed is left out."""
        words = {
            Audience.ALL: pgettext("step", "everybody"),
            Audience.AT_RISK: gettext("the riskiest %(n)s %%") % {"n": self.riskiest_percent},
            Audience.TAG: gettext("with the tag %(tag)s") % {"tag": self.tag},
        }[Audience(self.audience)]
        return gettext("%(whom)s, while unanswered") % {"whom": words} if self.only_unanswered else words

    @property
    def by_what(self) -> str:
        """`WeChat, e-mail, SMS`; `Call by staff`."""
        if self.act == Act.CALL:
            return str(Act.CALL.label)
        return gettext(", ").join(str(Medium(medium).label) for medium in self.media.split())

    @property
    def in_words(self) -> str:
        """`3 days before, at 10:00 · WeChat, E-mail, SMS · everybody, while unanswered`."""
        return " · ".join((str(self.when), self.by_what, self.whom, *self.left_out))

    @property
    def left_out(self) -> tuple[str, ...]:
        """`5 % left out by lot`, where there is a hold-out."""
        if not self.holdout_percent:
            return ()
        return (gettext("%(n)s %% left out by lot") % {"n": self.holdout_percent},)

    def due_at(self, starts_at: dt.datetime) -> dt.datetime:
        """The moment (UTC) of this step for a visit that begins at `starts_at`; hours of sending not yet regarded."""
        moment = starts_at - dt.timedelta(hours=self.hours_before)
        if self.at_time is None:
            return moment
        day = clock.local(starts_at).date() - dt.timedelta(days=self.hours_before // 24)
        return clock.at_wall(day, self.at_time)

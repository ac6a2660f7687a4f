"""When a message may go out, and how often."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from common import clock
from common.history import HistoricalRecords


class Priority(models.IntegerChoices):
    """What goes out first when there is much to send."""

    STOPPAGE = 1, _("Stopped clinics")
    CODE = 2, _("Codes and answers")
    REMINDER = 3, _("Reminders and confirmations")
    CAMPAIGN = 4, _("Campaigns and surveys")


class SendingRule(models.Model):
    """The hours, limits and patience for messages of one priority. One row for each, made by migration."""

    priority = models.PositiveSmallIntegerField(_("for"), choices=Priority, unique=True, editable=False)
    opens = models.TimeField(_("from"), help_text=_("By the hospital's clock."))
    closes = models.TimeField(_("until"), help_text=_("Outside these hours a message waits for the next morning."))
    a_day = models.PositiveSmallIntegerField(
        _("a person gets at most, a day"), default=0, help_text=_("0: as many as there are.")
    )
    patience_minutes = models.PositiveSmallIntegerField(
        _("waits for its channel, minutes"),
        help_text=_("When a carrier does not answer for so long, the next channel is tried."),
    )
    ignores_opt_out = models.BooleanField(
        _("sent to who opted out"), default=False, help_text=_("For what the person asked for or must know.")
    )
    history = HistoricalRecords()

    class Meta:
        verbose_name = _("sending rule")
        verbose_name_plural = _("sending rules")
        ordering = ["priority"]
        constraints = [
            models.CheckConstraint(condition=Q(priority__in=Priority.values), name="rule_priority_known"),
            models.CheckConstraint(condition=Q(closes__gt=F("opens")), name="rule_closes_after_it_opens"),
        ]

    def __str__(self) -> str:
        return self.get_priority_display()

    def opening(self, at: dt.datetime) -> dt.datetime:
        """`at` itself inside the hours, else the next moment (UTC) at which they begin."""
        wall = clock.local(at)
        if self.opens <= wall.time() < self.closes:
            return at
        day = wall.date() if wall.time() < self.opens else wall.date() + dt.timedelta(days=1)
        return clock.at_wall(day, self.opens)

    def closing(self, at: dt.datetime) -> dt.datetime:
        """The last moment (UTC) not after `at` that lies inside the hours."""
        wall = clock.local(at)
        if self.opens <= wall.time() < self.closes:
            return at
        day = wall.date() if wall.time() >= self.closes else wall.date() - dt.timedelta(days=1)
        return clock.at_wall(day, self.closes) - dt.timedelta(minutes=1)

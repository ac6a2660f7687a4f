"""The rows that are always there: a channel for each medium, a rule for each priority."""

import datetime as dt
from typing import Any

from django.apps import apps as installed_apps

STOPPAGE, CODE, REMINDER, CAMPAIGN = 1, 2, 3, 4  # messaging.models.Priority, which is not loaded yet
MEDIA = ("sms", "voice", "wechat", "email", "push")
WHOLE_DAY = {"opens": dt.time.min, "closes": dt.time.max}
DAYTIME = {"opens": dt.time(8, 30), "closes": dt.time(20, 30)}
RULES: dict[int, dict[str, Any]] = {
    STOPPAGE: {**WHOLE_DAY, "patience_minutes": 2, "ignores_opt_out": True},
    CODE: {**WHOLE_DAY, "patience_minutes": 1, "ignores_opt_out": True},
    REMINDER: {**DAYTIME, "patience_minutes": 30, "a_day": 6},
    CAMPAIGN: {**DAYTIME, "patience_minutes": 12 * 60, "a_day": 1},
}


def ensure(apps: Any = installed_apps, using: str = "default", **kwargs: Any) -> None:
    """Make the rows that are missing. Run after every migration; what a supervisor changed stays."""
    channels, rules = apps.get_model("messaging", "MessageChannel"), apps.get_model("messaging", "SendingRule")
    rows = [channels(medium=medium) for medium in MEDIA]
    channels.objects.using(using).bulk_create(rows, ignore_conflicts=True)
    known = [rules(priority=priority, **values) for priority, values in RULES.items()]
    rules.objects.using(using).bulk_create(known, ignore_conflicts=True)

"""What is told of a fresh start: notices of all kinds. The first ladder is made by `manage.py prepare`."""

from typing import Any

from django.apps import apps as installed_apps

NOTICES = {
    "booked": "wechat sms email",
    "moved": "wechat sms email",
    "cancelled": "wechat sms email",
    "stopped": "sms wechat voice",
    "stopped_kept": "sms wechat voice",
    "missed": "wechat sms",
    "offer": "sms wechat",
    "places": "sms wechat",
    "reply": "sms wechat",
    "restricted": "wechat sms email",
    "restriction_lifted": "wechat sms email",
    "restriction_upheld": "wechat sms email",
    "rating": "wechat sms",
    "rating_why": "wechat sms",
}


def ensure(apps: Any = installed_apps, using: str = "default", **kwargs: Any) -> None:
    """Make the rows that are missing. Run after every migration; what a supervisor changed stays."""
    notices = apps.get_model("reminders", "Notice")
    rows = [notices(kind=kind, media=media) for kind, media in NOTICES.items()]
    notices.objects.using(using).bulk_create(rows, ignore_conflicts=True)

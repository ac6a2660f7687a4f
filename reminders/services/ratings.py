"""Writing down what patients say of a visit, and asking why when it was not good."""

import datetime as dt

from django.utils.translation import gettext_lazy as _

from accounts.models import Channel
from messaging.models import Delivery
from messaging.services import planning
from messaging.services.planning import Planned
from reminders.models import ASKED_WHY, Notice, Rating
from reminders.services import saying

WHY_FOR = dt.timedelta(days=2)
LONGEST = 500  # characters of a reason that are kept


def rate(delivery: Delivery, score: int, at: dt.datetime) -> Rating:
    """Keep the first rating of the visit; who found it fair or worse is asked why, others are thanked."""
    rating, is_new = Rating.objects.get_or_create(
        appointment_id=delivery.about_id, defaults={"score": score, "channel": Channel.SMS, "at": at}
    )
    if is_new and score in ASKED_WHY:
        _ask_why(delivery, at)
    elif is_new:
        saying.reply(delivery, _("Thank you. We are glad."), key=f"{delivery.pk}:rated", at=at)
    return rating


def _ask_why(delivery: Delivery, at: dt.datetime) -> None:
    media = Notice.media_for("rating_why")
    if media:
        about = (delivery.about_kind, delivery.about_id, delivery.about_version)
        key, until = f"why:{delivery.pk}", at + WHY_FOR
        planning.say(Planned(key, delivery.patient_id, "rating_why", media, at, until, about), at)


def explain(delivery: Delivery, text: str, at: dt.datetime) -> bool:
    """Keep the reason in the patient's words, once. False: there is no rating, or it has its reason."""
    rows = Rating.objects.filter(appointment_id=delivery.about_id, reason="")
    if not text.strip() or not rows.update(reason=text.strip()[:LONGEST]):
        return False
    Delivery.objects.filter(pk=delivery.pk).update(answered_at=at, answer="reason", changed_at=at)
    saying.reply(delivery, _("Thank you. Somebody will read this."), key=f"{delivery.pk}:why", at=at)
    return True

"""Staff at work during the stress test, in a process of their own: `python -m tests.desk_process SECONDS SEED`.

Overbooks, stops and reopens sessions, offers freed places and answers the offers, lapses holds. Refusals are part of
the day; anything else ends the process with an error, which the test sees.
"""

import random
import sys
import time

import django

django.setup()

from accounts.models import User  # noqa: E402
from common.errors import Refusal  # noqa: E402
from patients.models import Patient  # noqa: E402
from scheduling import jobs  # noqa: E402
from scheduling.models import Session, Slot, Stoppage, WaitlistEntry, WaitlistOffer  # noqa: E402
from scheduling.services import appointments, stoppages, waitlist  # noqa: E402
from scheduling.services.origin import Origin  # noqa: E402


def overbook(origin: Origin) -> None:
    appointments.book(patient=pick(Patient), slot=pick(Slot), origin=origin, overbook=True, reason="urgent")


def stop(origin: Origin) -> None:
    plan = stoppages.plan([pick(Session)], origin=origin)
    stoppages.apply(plan, kind=random.choice(["stop_new", "cancel"]), reason="ill", origin=origin)


def reopen(origin: Origin) -> None:
    standing = Stoppage.objects.filter(lifted_at=None).order_by("?").first()
    if standing:
        stoppages.lift(standing, origin=origin, reason="well again")


def offer(origin: Origin) -> None:
    entry = WaitlistEntry.objects.filter(status="waiting").order_by("?").first()
    if entry:
        waitlist.offer(entry=entry, slot=pick(Slot), origin=origin, minutes=random.choice([1, 30]))


def answer(origin: Origin) -> None:
    running = WaitlistOffer.objects.filter(status="open").order_by("?").first()
    if running:
        random.choice([waitlist.accept, waitlist.decline])(offer=running, origin=origin)


def wait_again(origin: Origin) -> None:
    slot = pick(Slot)
    day = slot.session.day
    waitlist.join(patient=pick(Patient), service=slot.service, earliest=day, latest=day, origin=origin)


def tidy(origin: Origin) -> None:
    jobs.every_minute()


def pick(model):
    return model.objects.order_by("?").first()


def main(seconds: float, seed: int) -> None:
    random.seed(seed)
    origin = Origin(User.objects.get(username="chief"), "desk")
    acts = [overbook, overbook, stop, reopen, reopen, offer, answer, wait_again, tidy]
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        try:
            random.choice(acts)(origin)
            done += 1
        except Refusal:
            pass
    sys.stdout.write(f"{done} acts\n")


if __name__ == "__main__":
    main(float(sys.argv[1]), int(sys.argv[2]))

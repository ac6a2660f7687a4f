"""Several workers of a campaign, killed at random moments, with a pause in the middle: everybody is told once."""

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.db.models import Count

from accounts.tests.factories import UserFactory
from common import clock
from messaging.models import Delivery, DeliveryState, Message, MessageChannel, SendingRule
from messaging.tests.fakes.server import SECRET
from messaging.tests.test_killed import Worker, gateway_that_loses_answers, ledger
from patients.models import ContactPoint, Patient
from patients.tests.factories import PatientFactory
from reminders.models import CampaignMember
from reminders.services import campaigns, handing

from .factories import CampaignFactory

__all__ = ["gateway_that_loses_answers"]
PEOPLE, KILLS = 400, 6
SEED = int(os.environ.get("KILLED_SEED", "0"))  # another one for another run of the experiment
WORKER = """
import datetime as dt, time, django
django.setup()
from messaging.services.sending import claiming, drain, recording, settling
from reminders.services import handing
claiming.LEASE = settling.LEASE = dt.timedelta(seconds=3)
recording.BACKOFF = (1,)
handing.PAGE = 50
handing.room_for = lambda campaign, at: 20  # without the minute of the clock, so that it goes on all the time
while True:
    handing.run()
    drain(seconds=0.2)
    time.sleep(0.02)
"""
ON_THE_WIRE = (DeliveryState.PENDING, DeliveryState.SENDING)


@pytest.fixture
def running(gateway):
    channel = MessageChannel.objects.get(medium="sms")
    channel.kind, channel.options = "webhook", {"url": f"{gateway}/gateway"}
    channel.seal({"secret": SECRET})
    channel.save()
    SendingRule.objects.update(opens="00:00", closes="23:59:59.999999", a_day=0)
    people = Patient.objects.bulk_create(
        Patient(name=f"Patient {n}", record_number=f"K{n:08}", language="en") for n in range(PEOPLE)
    )
    ContactPoint.objects.bulk_create(
        ContactPoint(patient=one, system="phone", value=f"+8613{n:09}") for n, one in enumerate(people)
    )
    draft = CampaignFactory(hold_out_percent=10)
    return campaigns.start(draft=draft, seen=1, by=UserFactory(role="supervisor"), at=clock.now())


def work(until, seed, kills):
    """Two workers until it is so; now and then one dies and is started again. Returns how often one died."""
    rng, workers, died, deadline = (
        random.Random(SEED + seed),
        [Worker(WORKER), Worker(WORKER)],
        0,
        time.monotonic() + 120,
    )
    try:
        while not until() and time.monotonic() < deadline:
            time.sleep(rng.uniform(0.1, 1.2))
            if died < kills:
                victim, died = rng.randrange(2), died + 1
                workers[victim].kill()
                workers[victim] = Worker(WORKER)
    finally:
        for worker in workers:
            worker.kill()
    return died


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_killed_and_paused_in_the_middle_it_tells_everybody_once(running, gateway):
    boss, members = UserFactory(role="supervisor"), CampaignMember.objects.filter(campaign=running)
    told = members.filter(state="told")
    died = work(lambda: told.count() >= PEOPLE // 3, 1, KILLS)
    campaigns.pause(campaign=running, by=boss)
    work(lambda: not Delivery.objects.filter(state__in=ON_THE_WIRE).exists(), 2, 1)
    assert told.count() < PEOPLE * 0.8  # in the middle
    sent_at_pause = len(ledger(gateway))
    calm = time.monotonic() + 4
    work(lambda: time.monotonic() > calm, 3, 0)
    assert len(ledger(gateway)) == sent_at_pause
    campaigns.resume(campaign=running, by=boss)
    died += work(lambda: type(running).objects.get(pk=running.pk).state == "ended", 4, KILLS)
    states = Counter(members.values_list("state", flat=True))
    assert (states["told"] + states["held"], set(states)) == (PEOPLE, {"told", "held"})
    got = ledger(gateway)
    assert set(got.values()) == {1}
    assert len(got) == states["told"]
    per_person = Message.objects.filter(uuid__in=list(got)).values("delivery__patient").annotate(n=Count("pk"))
    assert {row["n"] for row in per_person} == {1}
    assert per_person.count() == states["told"]
    assert died >= KILLS // 2


@pytest.mark.django_db(transaction=True)
def test_runners_at_the_same_moment_hand_over_one_minutes_people(noon):
    for number in range(20):
        ContactPoint.objects.create(
            patient=PatientFactory(name=f"Patient {number}"), system="phone", value=f"+86138001380{number:02}"
        )
    draft = CampaignFactory(per_minute=5)
    campaigns.start(draft=draft, seen=1, by=UserFactory(role="supervisor"))

    def run(_number):
        try:
            return handing.run()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(run, range(6)))
    assert sum(told) == Delivery.objects.count() == 5
    assert CampaignMember.objects.count() == 20

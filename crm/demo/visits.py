"""Eight weeks of visits and four weeks of bookings, session by session in the order of time."""

import datetime as dt
import random
from collections import defaultdict
from collections.abc import Iterator

from accounts.models import Channel
from common import clock
from common.history import acting, record_history
from directory.models import Grade, HealthcareService
from scheduling.models import Appointment, AppointmentEvent, Session, Slot

from .booking import Clerk, Draft
from .outcomes import chance_of_noshow
from .registry import Visitor
from .staff import Staff

RELEASED = 28  # days before a session in which it can be booked
# Days between booking and visit: (from, to, weight). A third comes on the day itself, as in the real figures.
LEADS = [(0, 0, 34), (1, 1, 6), (2, 3, 9), (4, 7, 19), (8, 14, 16), (15, RELEASED, 23)]
FILL = {Grade.GENERAL: 0.86, Grade.EXPERT: 0.98, Grade.SPECIAL: 0.6, Grade.CHECKUP: 0.72}
THINS_OUT = {Grade.GENERAL: 26, Grade.EXPERT: 48, Grade.SPECIAL: 22, Grade.CHECKUP: 24}  # days until nothing is booked
SAME_DAY = ([Channel.DESK, Channel.KIOSK, Channel.PHONE, Channel.MINIAPP], [52, 20, 12, 16])
AHEAD = (
    [Channel.MINIAPP, Channel.PHONE, Channel.DESK, Channel.PORTAL, Channel.PARTNER], [42, 20, 18, 12, 8],
)  # fmt: skip
CANCELLED, MOVED, CONFIRMED, OVERBOOKED = 0.12, 0.05, 0.4, 0.2
PER_PERSON = 3.2  # visits in all these weeks; a small town fills fewer places
MOST_AHEAD = 3  # open bookings of one person
FLUSH = 2_000

COMPLAINTS = {
    "ortho": ["膝关节疼痛", "腰痛", "骨折术后复查", "Shoulder pain"],
    "cardio": ["高血压复诊", "胸闷", "心悸", "Chest tightness"],
    "paed": ["发热咳嗽", "腹泻", "生长发育评估", "皮疹"],
    "gyn": ["常规复查", "月经不调", "腹痛"],
    "resp": ["咳嗽两周", "哮喘复诊", "肺结节复查"],
    "gastro": ["胃痛", "反酸", "胃镜复查", "Heartburn"],
    "neuro": ["头晕", "偏头痛", "失眠"],
    "endo": ["糖尿病复诊", "甲状腺结节", "血糖控制不佳"],
    "surg": ["疝气", "术后换药", "胆囊结石"],
    "eye": ["视力下降", "眼干", "白内障复查"],
    "ent": ["鼻炎", "耳鸣", "咽痛"],
    "derm": ["湿疹", "痤疮", "荨麻疹"],
    "tcm": ["调理脾胃", "颈肩痛", "失眠调理"],
    "check": ["入职体检", "年度体检"],
}


class Simulation:
    """Fills sessions with visitors. Everything drawn comes from one seed, in one order."""

    def __init__(self, visitors: list[Visitor], *, seed: int, day: dt.date, staff: Staff) -> None:
        self._rng = random.Random(f"{seed}:visits")  # noqa: S311
        self._visitors, self._day, self._staff = visitors, day, staff
        self._clerk = Clerk(self._rng, staff, clock.at_wall(day, dt.time.min))
        self._pools: dict[int, list[Visitor]] = {}
        self._known: dict[int, list[Visitor]] = defaultdict(list)  # who has seen this practitioner
        self._popularity: dict[int, float] = {}
        self._drafts: list[Draft] = []
        self._taken: dict[tuple[int, int], list[int]] = defaultdict(list)  # (taken, overbooked) -> slots
        self._scale = 1.0
        self.booked = 0

    def run(self) -> None:
        """Book every session that there is."""
        places = Slot.objects.count()
        self._scale = min(1, len(self._visitors) * PER_PERSON / max(places, 1))
        for session, slots in _sessions():
            self._fill(session, slots)
            if len(self._drafts) >= FLUSH:
                self._flush()
        self._flush()

    def _fill(self, session: Session, slots: list[Slot]) -> None:
        far = (session.day - self._day).days
        if far >= RELEASED:
            return
        chance = self._chance(session, far)
        channels: dict[str, int] = defaultdict(int)
        filled = []
        for slot in slots:
            taken = sum(self._book(session, slot, slots, place, far, channels) for place in self._places(slot, chance))
            if taken == slot.capacity:
                filled.append(slot)
            elif taken:
                self._taken[taken, 0].append(slot.pk)
        extra = self._overbook(session, filled) if far < 0 else None
        for slot in filled:
            over = int(slot is extra)
            self._taken[slot.capacity + over, over].append(slot.pk)

    def _chance(self, session: Session, far: int) -> float:
        """How probably a place is taken: popular people are full first, days ahead fill towards the day."""
        grade = session.service.grade
        popular = self._popularity.setdefault(session.practitioner_id, self._rng.uniform(0.85, 1.12))
        chance = FILL[grade] * popular * self._scale
        if far < 0:
            return chance
        if grade == Grade.EXPERT and popular > 1 and far < 12:
            return 1.0 * self._scale
        return chance * 0.85 * max(0.04, 1 - far / THINS_OUT[grade])

    def _places(self, slot: Slot, chance: float) -> Iterator[int]:
        """The first places, as many as are taken."""
        taken = sum(self._rng.random() < chance for _ in range(slot.capacity))
        return iter(range(1, taken + 1))

    def _book(
        self, session: Session, slot: Slot, slots: list[Slot], place: int, far: int, channels: dict[str, int]
    ) -> bool:
        lead = self._lead(far)
        if self._rng.random() < CANCELLED:
            self._book_and_cancel(session, slot, place, lead)
        visitor = self._pick(session, far)
        if visitor is None:
            return False
        channel = self._channel(session, lead, channels, sum(one.capacity for one in slots))
        draft = self._draft(visitor, session, slot, place, lead, channel)
        if lead >= 2 and self._rng.random() < MOVED:
            self._clerk.move(draft, self._rng.choice(slots))
        if lead >= 3 and self._rng.random() < CONFIRMED:
            self._clerk.confirm(draft)
        if far < 0:
            self._settle(draft, visitor, session, lead)
        else:
            visitor.ahead += 1
        return True

    def _draft(self, visitor: Visitor, session: Session, slot: Slot, place: int, lead: int, channel: str) -> Draft:
        visitor.days.add(session.day)
        self._known[session.practitioner_id].append(visitor)
        asked_at = self._asked_at(session.day, slot, lead)
        draft = self._clerk.booked(visitor.pk, slot, place, channel=channel, asked_at=asked_at)
        if self._rng.random() < 0.35:
            draft.appointment.reason = self._rng.choice(COMPLAINTS[session.service.department.code])
        self._drafts.append(draft)
        self.booked += 1
        return draft

    def _book_and_cancel(self, session: Session, slot: Slot, place: int, lead: int) -> None:
        """Somebody else had the place and gave it back."""
        visitor = self._pick(session, (session.day - self._day).days)
        if visitor and lead:
            channel = self._rng.choices(*AHEAD)[0]
            draft = self._draft(visitor, session, slot, place, lead, channel)
            if not self._clerk.cancel(draft):
                self._drafts.pop()
                self.booked -= 1

    def _overbook(self, session: Session, filled: list[Slot]) -> Slot | None:
        """One more than the session has, now and then; returns the slot."""
        if not filled or not session.overbook_limit or self._rng.random() >= OVERBOOKED:
            return None
        slot, visitor = self._rng.choice(filled), self._pick(session, -1)
        if visitor is None:
            return None
        draft = self._draft(visitor, session, slot, slot.capacity + 1, 0, Channel.DESK)
        self._clerk.overbook(draft)
        self._settle(draft, visitor, session, 0)
        return slot

    def _settle(self, draft: Draft, visitor: Visitor, session: Session, lead: int) -> None:
        age = visitor.age(session.day)
        chance = chance_of_noshow(lead_days=lead, age=age, visits=visitor.visits, missed=visitor.missed)
        missed = self._rng.random() < chance
        visitor.visits += 1
        visitor.missed += missed
        if missed:
            self._clerk.miss(draft, session.ends_at)
        else:
            self._clerk.keep(draft)

    def _lead(self, far: int) -> int:
        """Days between booking and visit; what lies ahead was booked before today."""
        least = far + 1 if far >= 0 else 0
        weights = [weight for _first, _last, weight in LEADS]
        for _ in range(12):
            first, last, _weight = self._rng.choices(LEADS, weights)[0]
            lead = self._rng.randint(first, last)
            if lead >= least:
                return lead
        return self._rng.randint(least, RELEASED)

    def _asked_at(self, day: dt.date, slot: Slot, lead: int) -> dt.datetime:
        if not lead:
            return slot.starts_at - dt.timedelta(minutes=self._rng.randrange(12, 110))
        return clock.at_wall(
            day - dt.timedelta(days=lead), dt.time(7 + self._rng.randrange(15), self._rng.randrange(60))
        )

    def _channel(self, session: Session, lead: int, channels: dict[str, int], places: int) -> str:
        """By which door, within the shares that the channel rules leave."""
        if not lead:
            return self._rng.choices(*SAME_DAY)[0]
        channel = self._rng.choices(*AHEAD)[0]
        if channel == Channel.PARTNER and channels[channel] + 1 > places * 30 // 100:
            channel = Channel.MINIAPP
        others = sum(count for one, count in channels.items() if one != Channel.PHONE)
        if session.service.grade == Grade.EXPERT and lead >= 2 and others + 1 > places - places * 20 // 100:
            channel = Channel.PHONE
        channels[channel] += 1
        return channel

    def _pick(self, session: Session, far: int) -> Visitor | None:
        """Somebody whom the service is for and who has no other visit that day; often somebody who came before."""
        pool, known = self._pool(session.service), self._known[session.practitioner_id]
        for _ in range(12):
            if not pool:
                return None
            visitor = self._rng.choice(known if known and self._rng.random() < 0.3 else pool)
            busy = session.day in visitor.days or (far >= 0 and visitor.ahead >= MOST_AHEAD)
            if not busy and _fits(visitor, session.service, session.day):
                return visitor
        return None

    def _pool(self, service: HealthcareService) -> list[Visitor]:
        if service.pk not in self._pools:
            self._pools[service.pk] = [one for one in self._visitors if _fits(one, service, self._day)]
        return self._pools[service.pk]

    def _flush(self) -> None:
        if not self._drafts:
            return
        stored = Appointment.objects.bulk_create([draft.appointment for draft in self._drafts], batch_size=FLUSH)
        AppointmentEvent.objects.bulk_create(
            [event for draft in self._drafts for event in draft.events()], batch_size=FLUSH
        )
        with acting(self._staff.desk, "demo"):
            record_history(Appointment.objects.filter(pk__in=[one.pk for one in stored]), "+")
        for (taken, overbooked), slots in self._taken.items():
            Slot.objects.filter(pk__in=slots).update(taken=taken, overbooking=overbooked)
        self._drafts, self._taken = [], defaultdict(list)


def _fits(visitor: Visitor, service: HealthcareService, on: dt.date) -> bool:
    age, high = visitor.age(on), service.max_age
    if not (service.min_age or 0) <= age <= (999 if high is None else high):
        return False
    return not service.sex or (service.sex == "female") == visitor.is_female


def _sessions() -> Iterator[tuple[Session, list[Slot]]]:
    """Every session with its slots, a day at a time."""
    days = Session.objects.order_by("day").values_list("day", flat=True).distinct()
    for day in list(days):
        slots: dict[int, list[Slot]] = defaultdict(list)
        for slot in Slot.objects.filter(session__day=day).order_by("starts_at", "pk"):
            slots[slot.session_id].append(slot)
        sessions = Session.objects.filter(day=day).select_related("service__department")
        for session in sessions.order_by("starts_at", "practitioner__code", "pk"):
            yield session, slots[session.pk]

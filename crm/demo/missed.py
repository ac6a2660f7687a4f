"""The policy on missed visits, what was said of some of them, whom it restricts, and one who objects."""

import datetime as dt
import random

from common import clock
from patients.models import Patient
from scheduling.models import Appointment, AppointmentStatus
from scheduling.services import absences, noshow_policies, restrictions

from .registry import Visitor
from .staff import Staff

POLICY = {
    "text_zh": (
        "180天内有三次预约未就诊且无正当理由的，最长90天只能在窗口预约。急诊始终开放。"
        "限制由工作人员决定；您可以申诉，申诉由另一位工作人员在5天内处理，期间可照常预约。"
    ),
    "text_en": (
        "After three visits in 180 days that were missed without a good reason you can book only at our desk, for "
        "at most 90 days. Urgent care always stays open. A person decides this. You can object: somebody else "
        "decides within 5 days, and until then you book as usual."
    ),
    "absences": 3,
    "within_days": 180,
    "restrict_days": 90,
    "appeal_days": 5,
}
IN_USE_DAYS = 120
REASONS = {True: ["住院", "发热在家隔离", "地铁停运", "已电话告知"], False: ["忘记了", "未说明理由", "临时有事未取消"]}
RESTRICTED = 4  # the others who reached the policy are left for the reader to decide
JUDGED_PART = 0.8
OBJECTION = "最后一次我提前打过电话，电话一直占线。"


class MissedVisits:
    """Done through the same services as at a real desk, at the start of `day`."""

    def __init__(self, *, seed: int, day: dt.date, staff: Staff) -> None:
        self._rng = random.Random(f"{seed}:missed")  # noqa: S311
        self._at, self._staff = clock.at_wall(day, dt.time.min), staff

    def run(self, visitors: list[Visitor]) -> None:
        """Everything, in the order in which one leads to the next."""
        boss = self._staff.users["supervisor"]
        draft = noshow_policies.write(by=boss, **POLICY)
        policy = noshow_policies.put_in_use(policy=draft, by=boss, at=self._at - dt.timedelta(days=IN_USE_DAYS))
        self._judge([one for one in visitors if one.missed >= POLICY["absences"]])
        for number, pk in enumerate(sorted(restrictions.reached(policy, self._at))[:RESTRICTED]):
            self._restrict(Patient.objects.get(pk=pk), is_first=number == 0)

    def _judge(self, visitors: list[Visitor]) -> None:
        """Most of them; the rest waits to be judged."""
        people = [one.pk for one in visitors]
        missed = Appointment.objects.filter(patient__in=people, status=AppointmentStatus.NOSHOW).order_by("pk")
        for booking in missed:
            if self._rng.random() < JUDGED_PART:
                excused = self._rng.random() < 0.2
                absences.judge_absence(
                    appointment=booking, excused=excused, reason=self._rng.choice(REASONS[excused]),
                    by=self._staff.users["supervisor"], at=min(self._at, booking.ends_at + dt.timedelta(days=1)),
                )  # fmt: skip

    def _restrict(self, patient: Patient, *, is_first: bool) -> None:
        """The first was imposed by somebody else, so that the supervisor can decide the appeal."""
        by = self._staff.users["administrator" if is_first else "supervisor"]
        held = restrictions.impose(patient=patient, by=by, at=self._at)
        if is_first:
            restrictions.appeal(restriction=held, text=OBJECTION, by=self._staff.users["front_desk"], at=self._at)

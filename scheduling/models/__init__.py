from .absence import Absence, MissedVisit
from .appointment import CLAIMING, OPEN, Appointment, AppointmentStatus
from .calendar import ClosedDay, Leave
from .channel_rule import ChannelRule
from .event import AppointmentEvent, EventKind
from .noshow_policy import NoShowPolicy, PolicyState
from .restriction import BookingRestriction
from .risk import NoShowScore, RiskCheck, RiskModel
from .schedule import Schedule
from .session import Session, SessionStatus
from .slot import Closure, Slot
from .stoppage import Stoppage
from .substitute import Substitute
from .waitlist import WaitlistEntry, WaitlistOffer

__all__ = [
    "CLAIMING",
    "OPEN",
    "Absence",
    "Appointment",
    "AppointmentEvent",
    "AppointmentStatus",
    "BookingRestriction",
    "ChannelRule",
    "ClosedDay",
    "Closure",
    "EventKind",
    "Leave",
    "MissedVisit",
    "NoShowPolicy",
    "NoShowScore",
    "PolicyState",
    "RiskCheck",
    "RiskModel",
    "Schedule",
    "Session",
    "SessionStatus",
    "Slot",
    "Stoppage",
    "Substitute",
    "WaitlistEntry",
    "WaitlistOffer",
]

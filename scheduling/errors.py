"""Every way in which the pool says no. The codes are part of the API; docs/glossary.md speaks of the nouns."""

from django.utils.translation import gettext_lazy as _

from common.errors import ReasonRequired, Refusal


class SlotNotFound(Refusal):
    code = "slot_not_found"
    message = _("This time does not exist.")
    status = 404


class AppointmentNotFound(Refusal):
    code = "appointment_not_found"
    message = _("This booking does not exist.")
    status = 404


class PatientNotFound(Refusal):
    code = "patient_not_found"
    message = _("This patient does not exist.")
    status = 404


class SlotFull(Refusal):
    """Somebody else was faster; `alternatives` holds the nearest free slots."""

    code = "slot_full"
    message = _("The last place has just been taken.")
    status = 409


class PlaceChanged(Refusal):
    """Two writers met on one row and the database let only one through."""

    code = "changed_meanwhile"
    message = _("Somebody changed this at the same moment. Nothing was changed by you. Please look again.")
    status = 409
    permanent = False


class SlotBlocked(Refusal):
    code = "slot_blocked"
    message = _("This time is blocked.")


class SessionStopped(Refusal):
    code = "session_stopped"
    message = _("This session takes no new bookings.")


class NotReleased(Refusal):
    code = "not_released"
    message = _("Places of this session open on %(opens)s.")


class SlotPast(Refusal):
    code = "slot_past"
    message = _("This time has passed.")


class PatientMerged(Refusal):
    code = "patient_merged"
    message = _("This record was merged into %(record)s. Please use that one.")


class PatientDeceased(Refusal):
    code = "patient_deceased"
    message = _("This patient is recorded as deceased.")


class PatientBarred(Refusal):
    """Restricted after missed visits: says until when, and where to object. Never for urgent care."""

    code = "patient_barred"
    message = _(
        "Until %(until)s bookings are possible only at the front desk, after missed visits. "
        "To object, contact %(where)s."
    )


class RestrictedReason(ReasonRequired):
    """Staff with the right book for a restricted patient and say why."""

    code = "restricted_reason_required"
    message = _("Until %(until)s this patient can book only at the desk. Please write why you book now.")


class AgeNotServed(Refusal):
    code = "age_not_served"
    message = _("%(service)s is for patients aged %(ages)s.")


class SexNotServed(Refusal):
    code = "sex_not_served"
    message = _("%(service)s is for %(sex)s only.")


class PatientBusy(Refusal):
    """The patient has another booking at that time."""

    code = "patient_busy"
    message = _("The patient already has a booking at this time.")
    status = 422


class TooManyOpen(Refusal):
    code = "too_many_open"
    message = _("A patient can have at most %(limit)s open bookings.")


class TooManyOnDay(Refusal):
    code = "too_many_on_day"
    message = _("A patient can have at most %(limit)s bookings a day.")


class TooManyInDepartment(Refusal):
    code = "too_many_in_department"
    message = _("A patient can have at most %(limit)s bookings a day in one department.")


class ChannelReserved(Refusal):
    """The places left are kept for another channel until the share melts."""

    code = "channel_reserved"
    message = _("The places left are kept by the rule “%(rule)s” and open to you on %(opens)s.")


class ChannelShareUsed(Refusal):
    """This channel has used all that it may have of the session before the share melts."""

    code = "channel_share_used"
    message = _("Your channel has used its share by the rule “%(rule)s”. More opens on %(opens)s.")


class ChannelNotOpen(Refusal):
    code = "channel_not_open"
    message = _("By the rule “%(rule)s” your channel can book this from %(opens)s.")


class ChannelClosed(Refusal):
    code = "channel_closed"
    message = _("By the rule “%(rule)s” your channel could book this until %(closed)s.")


class HoldLapsed(Refusal):
    code = "hold_lapsed"
    message = _("The place was held until %(until)s. Please choose again.")
    status = 409


class HoldTaken(Refusal):
    code = "hold_not_yours"
    message = _("This place is held for somebody else.")


class HoldRenewedAlready(Refusal):
    code = "hold_renewed_already"
    message = _("A hold can be extended only once.")


class TooManyHolds(Refusal):
    code = "too_many_holds"
    message = _("Too many places are being held. Please book or release some first.")


class WrongStatus(Refusal):
    """What was asked does not fit what has already happened to the booking."""

    code = "wrong_status"
    message = _("This booking is “%(status)s”, so this is no longer possible.")


class MovedMeanwhile(Refusal):
    """The person was shown another time than the one the booking has by now."""

    code = "moved_meanwhile"
    message = _("%(who)s moved this booking to %(time)s on %(when)s. Nothing was changed by you. Please look again.")
    status = 409


class TooLate(Refusal):
    code = "too_late"
    message = _("This was possible until %(deadline)s. Please call the hospital.")


class SameSlot(Refusal):
    code = "same_slot"
    message = _("The booking is already at this time.")


class OverbookNotAllowed(Refusal):
    code = "overbook_not_allowed"
    message = _("You do not have the right to book beyond capacity.")
    status = 403


class OverbookLimit(Refusal):
    code = "overbook_limit"
    message = _("This session may be overbooked by %(limit)s places, and all are used.")


class NothingToUndo(Refusal):
    code = "nothing_to_undo"
    message = _("There is nothing that can be undone.")


class TooLateToUndo(Refusal):
    code = "too_late_to_undo"
    message = _("This can be undone only within %(minutes)s minutes.")


class NotToday(Refusal):
    code = "not_today"
    message = _("This visit is on %(day)s, not today.")


class TooEarly(Refusal):
    code = "too_early"
    message = _("The visit has not begun yet.")


class KeyReused(Refusal):
    code = "idempotency_key_reused"
    message = _("This Idempotency-Key was already used for another request.")
    status = 422


class AlreadyWaiting(Refusal):
    code = "already_waiting"
    message = _("The patient already waits for this service.")


class OtherService(Refusal):
    code = "other_service"
    message = _("This person waits for %(service)s. Please offer a place of it.")


class NotWaiting(Refusal):
    code = "not_waiting"
    message = _("This person no longer waits.")


class OfferOver(Refusal):
    code = "offer_over"
    message = _("This offer has ended: %(status)s.")


class NothingPlanned(Refusal):
    code = "nothing_planned"
    message = _("No session was chosen.")


class SessionClash(Refusal):
    """The practitioner or the room is already in use at that time."""

    code = "session_clash"
    message = _("%(what)s is already in use at this time: %(session)s.")


class SessionTooShort(Refusal):
    code = "session_too_short"
    message = _("Between %(starts)s and %(ends)s there is no room for a slot of %(minutes)s minutes.")


class ScheduleFixed(Refusal):
    code = "schedule_fixed"
    message = _("Another practitioner or service is another line of the roster. Please end this one and add it.")


class DatesNotInOrder(Refusal):
    code = "dates_not_in_order"
    message = _("The last day lies before the first, or has passed.")


class WaitsTooLong(Refusal):
    code = "waits_too_long"
    message = _("Nobody waits for more than %(days)s days.")


class PlanOutdated(Refusal):
    """The world changed between looking at a plan and applying it."""

    code = "plan_outdated"
    message = _("Something changed since this preview was made. Please look at it again.")
    status = 409


class RuleTooWide(Refusal):
    """Who is limited to some sites makes no rule for others."""

    code = "rule_too_wide"
    message = _("This rule would speak of other sites too. Please name a site, department or service of yours.")
    status = 403


class NotAbsent(Refusal):
    code = "not_absent"
    message = _("This booking is “%(status)s”, so there is no absence to judge.")


class PolicyMissing(Refusal):
    """Nobody is restricted without a written rule that patients could know."""

    code = "policy_missing"
    message = _("No policy on missed visits is in use, so nobody can be restricted.")


class PolicyNotADraft(Refusal):
    code = "policy_not_a_draft"
    message = _("This version was in use already. Please change a copy.")
    status = 409


class PolicyNotInUse(Refusal):
    code = "policy_not_in_use"
    message = _("This version is not in use.")
    status = 409


class RestrictionLength(Refusal):
    code = "restriction_length"
    message = _("By the policy a restriction lasts from 1 to %(most)s days.")


class AlreadyRestricted(Refusal):
    code = "already_restricted"
    message = _("This patient is restricted already.")
    status = 409


class TooFewAbsences(Refusal):
    code = "too_few_absences"
    message = _("Only %(n)s unexcused absences count. The policy asks for %(needed)s.")


class RestrictionOver(Refusal):
    code = "restriction_over"
    message = _("This restriction has ended.")
    status = 409


class AlreadyAppealed(Refusal):
    code = "already_appealed"
    message = _("There was an appeal against this restriction already.")
    status = 409


class NoAppeal(Refusal):
    code = "no_appeal"
    message = _("There is no appeal to decide.")
    status = 409


class NotYourOwn(Refusal):
    """Who imposed it does not decide whether that was right."""

    code = "not_your_own_restriction"
    message = _("You imposed this restriction. Please let a colleague decide the appeal.")
    status = 403

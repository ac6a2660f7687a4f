"""Why tasks of ours stand on the worklist, in words."""

from django.utils.translation import gettext_lazy as _

from interactions import reasons

reasons.register("unreached", _("No message reached the patient: %(message)s."))
reasons.register("unknown_outcome", _("It is not known whether the message went out: %(message)s."))
reasons.register("no_sign", _("Sent, but the phone gave no sign that it arrived: %(message)s."))
reasons.register("missed_visit", _("Did not come on %(when)s and has not answered."), moments=("when",))
reasons.register("wants_to_move", _("Wants another time for the visit on %(when)s; no place fits."), moments=("when",))
reasons.register(
    "too_late_to_change", _("Wanted to cancel or move after the deadline: visit on %(when)s."), moments=("when",)
)
reasons.register("may_not_come", _("Visit on %(when)s, not confirmed; at risk of being missed."), moments=("when",))
reasons.register("free_place", _("A place is free on %(when)s; has no mobile phone for messages."), moments=("when",))
reasons.register("read_answer", _("Wrote something that a person has to read."))
reasons.register("wants_a_call", _("Answered %(campaign)s: wants to be called to book."))
reasons.register("settled", _("It is settled."))
reasons.register("ladder", _("The ladder of reminders was changed."))
reasons.register("appeal", _("Objects to a restriction. To be decided until %(when)s."), moments=("when",))
reasons.register(
    "untold_restriction", _("No message of the restriction until %(when)s reached the patient."), moments=("when",)
)

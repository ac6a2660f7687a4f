"""What each role may do in the pool. Why so: docs/glossary.md, "Roles"."""

_READ = [
    "scheduling.view_session",
    "scheduling.view_slot",
    "scheduling.view_appointment",
    "scheduling.view_appointmentevent",
    "scheduling.view_stoppage",
]
_BOOK = [
    "scheduling.add_appointment",
    "scheduling.change_appointment",
    "scheduling.cancel_late",
    "scheduling.mark_noshow",
    "scheduling.view_waitlistentry",
    "scheduling.add_waitlistentry",
    "scheduling.change_waitlistentry",
    "scheduling.view_waitlistoffer",
    "scheduling.view_leave",
    "scheduling.view_closedday",
]
_PLAN = [
    "scheduling.view_schedule",
    "scheduling.add_schedule",
    "scheduling.change_schedule",
    "scheduling.add_session",
    "scheduling.change_session",
    "scheduling.stop_session",
    "scheduling.block_slot",
    "scheduling.add_leave",
    "scheduling.change_leave",
    "scheduling.add_closedday",
    "scheduling.change_closedday",
    "scheduling.view_channelrule",
]
_RULES = ["scheduling.add_channelrule", "scheduling.change_channelrule"]
_RISK = ["scheduling.view_riskmodel", "scheduling.view_riskcheck", "scheduling.view_noshowscore"]
_ABSENCES = [
    "scheduling.view_absence",
    "scheduling.judge_absence",
    "scheduling.view_noshowpolicy",
    "scheduling.view_bookingrestriction",
    "scheduling.appeal_bookingrestriction",
    "scheduling.book_restricted",
]
_RESTRICT = ["scheduling.impose_bookingrestriction", "scheduling.decide_bookingrestriction"]
_POLICY = ["scheduling.view_noshowpolicy", "scheduling.change_noshowpolicy", "scheduling.put_in_use_noshowpolicy"]
_LOOK = [
    "scheduling.view_absence",
    "scheduling.view_noshowpolicy",
    "scheduling.view_bookingrestriction",
    "scheduling.view_schedule",
    "scheduling.view_waitlistentry",
    "scheduling.view_waitlistoffer",
    "scheduling.view_leave",
    "scheduling.view_closedday",
    "scheduling.view_channelrule",
]

# Who imposes a restriction does not decide the appeal against it: there is always a second person. The desk hears the
# reasons and writes the appeals down; it restricts nobody.
# Booking beyond capacity (加号) keeps somebody waiting who did everything right: the clinician or the supervisor
# decides it, the desk does not.
GRANTS = {
    "front_desk": [*_READ, *_BOOK, *_ABSENCES],
    "agent": [*_READ, *_BOOK, *_ABSENCES],
    "supervisor": [
        *_READ,
        *_BOOK,
        *_PLAN,
        *_RULES,
        *_RISK,
        *_ABSENCES,
        *_RESTRICT,
        *_POLICY,
        "scheduling.overbook_appointment",
    ],
    "clinician": [
        *_READ,
        "scheduling.add_appointment",
        "scheduling.change_appointment",
        "scheduling.cancel_late",
        "scheduling.mark_noshow",
        "scheduling.overbook_appointment",
    ],
    "auditor": [*_READ, *_LOOK, *_RISK],
    "administrator": [*_READ, *_LOOK, *_PLAN, *_RULES, *_RISK, *_RESTRICT, *_POLICY],
}

"""What the hospital tells its patients about their visits, and the first version of its words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from common import clock
from messaging.kinds import Choice, Example, Field, MessageKind, register
from messaging.models import Priority
from reminders import campaign_judging, facts, judging
from reminders.judging import VisitJudge
from scheduling import seeing
from scheduling.models import AppointmentStatus

CONFIRM, CANCEL, MOVE, YES, NO = "confirm", "cancel", "move", "yes", "no"
ANSWERS = (
    Choice("1", CONFIRM, _("I will come")),
    Choice("2", CANCEL, _("cancel the visit")),
    Choice("3", MOVE, _("another time")),
)
YES_OR_NO = (Choice("1", YES, _("yes, please")), Choice("2", NO, _("no, thank you")))
UNTIL = Field("until", _("until when the place is kept"), "Mon 30 Nov 18:00", "11月30日 周一 18:00")
OTHER = Field("other", _("day and time of the kept place"), "Wed 2 Dec 10:00", "12月2日 周三 10:00")
REASONS = {
    "gone": _("There is no such booking any more"),
    "moved": _("The booking was moved"),
    "cancelled": _("The booking is cancelled"),
    "arrived": _("The patient is here, or was"),
    "begun": _("The visit has begun"),
    "confirmed": _("The patient has confirmed"),
    "held_out": _("Left out by lot, so that the effect of the step is seen"),
    "restored": _("It was taken back"),
    "rebooked": _("The patient has another place by now"),
    "answered": _("It was answered"),
    "over": _("The offer is over"),
    "ladder": _("The ladder was changed"),
    "own_hour": _("At the hour and by the channel at which this person answered before"),
    "age_hour": _("At the hour and by the channel at which people of this age answer most"),
}
OF_CAMPAIGNS = {
    "gone": _("The person has died, or the record was merged"),
    "no_consent": _("The person has not agreed to this, or not any more"),
    "booked": _("The person has a booking to come"),
    "changed": _("The person does not fit any more"),
    "paused": _("The campaign was paused"),
    "over": _("The campaign was ended"),
}
SAID = Field("text", _("words of the campaign"), "it is time for your yearly check-up.", "您该做年度检查了。")


def examples(by: User) -> list[Example]:
    """The next five visits that this person may see."""
    rows = seeing.appointments(by).filter(
        status=AppointmentStatus.BOOKED, starts_at__gt=clock.now(), patient__isnull=False
    )
    return [Example(label, known) for label, known in facts.examples(list(rows.for_desk().order_by("starts_at")[:5]))]


def words(
    zh: str, en: str, *, zh_subject: str = "", en_subject: str = "", zh_mail: str = "", en_mail: str = ""
) -> dict[tuple[str, str], tuple[str, str]]:
    """For all media, in both languages; with words of their own for letters, which are answered by a link."""
    found = {("zh-hans", ""): (zh_subject, zh), ("en", ""): (en_subject, en)}
    if zh_mail:
        found |= {("zh-hans", "email"): (zh_subject, zh_mail), ("en", "email"): (en_subject, en_mail)}
    return found


BOOKED = register(
    MessageKind(
        code="booked",
        label=pgettext_lazy("message", "Booking confirmed"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，已为您预约{when} {doctor}，{place}，预约码{reference}。"
            "如需改约或取消，请在{deadline}前点击：{link}",
            "{hospital}: {name}, you are booked for {when} with {doctor}, {place}. Reference {reference}. "
            "To change or cancel it before {deadline}: {link}",
            zh_subject="预约成功：{when}",
            en_subject="Your visit on {when}",
        ),
        judge=VisitJudge(judging.stands, with_link=True, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
MOVED = register(
    MessageKind(
        code="moved",
        label=pgettext_lazy("message", "Booking moved"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您的预约已改为{when} {doctor}，{place}，预约码{reference}。"
            "如需再改约或取消，请在{deadline}前点击：{link}",
            "{hospital}: {name}, your visit has been moved to {when} with {doctor}, {place}. Reference {reference}. "
            "To change or cancel it before {deadline}: {link}",
            zh_subject="预约已改：{when}",
            en_subject="Your visit is now on {when}",
        ),
        judge=VisitJudge(judging.stands, with_link=True, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
CANCELLED = register(
    MessageKind(
        code="cancelled",
        label=pgettext_lazy("message", "Booking cancelled"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您{when} {doctor}的预约已取消。如需重新预约，请致电{phone}。",
            "{hospital}: {name}, your visit on {when} with {doctor} is cancelled. To book another, call {phone}.",
            zh_subject="预约已取消：{when}",
            en_subject="Your visit on {when} is cancelled",
        ),
        judge=VisitJudge(judging.is_cancelled, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
REMINDER = register(
    MessageKind(
        code="reminder",
        label=pgettext_lazy("message", "Reminder of a visit"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，提醒您{when} {doctor}，{place}。{preparation}"
            "请在{deadline}前回复：1确认，2取消，3改约。",
            "{hospital}: {name}, your visit is on {when} with {doctor}, {place}. {preparation} "
            "Please reply before {deadline}: 1 I will come, 2 cancel, 3 another time.",
            zh_subject="就诊提醒：{when}",
            en_subject="Reminder: your visit on {when}",
            zh_mail="【{hospital}】{name}您好，提醒您{when} {doctor}，{place}。{preparation}"
            "请在{deadline}前点击确认、取消或改约：{link}",
            en_mail="{hospital}: {name}, your visit is on {when} with {doctor}, {place}. {preparation} "
            "Please confirm, cancel or choose another time before {deadline}: {link}",
        ),
        judge=VisitJudge(judging.awaits_answer, with_link=True),
        choices=ANSWERS,
        reasons=REASONS,
        examples=examples,
    )
)
STOPPED = register(
    MessageKind(
        code="stopped",
        label=pgettext_lazy("message", "Clinic stopped"),
        priority=Priority.STOPPAGE,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊，您的预约已取消。改约请致电{phone}。",
            "{hospital}: {name}, the clinic of {doctor} on {when} will not take place, so your visit is cancelled. "
            "For another time, call {phone}.",
            zh_subject="停诊通知：{when}",
            en_subject="Your visit on {when} cannot take place",
        ),
        judge=VisitJudge(judging.is_cancelled, with_calendar=True),
        reasons=REASONS,
        examples=examples,
    )
)
STOPPED_KEPT = register(
    MessageKind(
        code="stopped_kept",
        label=pgettext_lazy("message", "Clinic stopped, another place kept"),
        priority=Priority.STOPPAGE,
        fields=(*facts.VISIT, OTHER, UNTIL),
        texts=words(
            "【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊。已为您保留{other}的号源至{until}，"
            "回复1接受，回复2不需要。",
            "{hospital}: {name}, the clinic of {doctor} on {when} will not take place. "
            "We keep {other} for you until {until}. Reply 1 to take it, 2 if you do not need it.",
            zh_subject="停诊通知：{when}",
            en_subject="Your visit on {when} cannot take place",
            zh_mail="【{hospital}】停诊通知：{name}您好，{when} {doctor}因故停诊。已为您保留{other}的号源至{until}，"
            "请点击答复：{link}",
            en_mail="{hospital}: {name}, the clinic of {doctor} on {when} will not take place. "
            "We keep {other} for you until {until}. Please tell us whether you want it: {link}",
        ),
        judge=VisitJudge(judging.is_cancelled_and_kept, with_link=True, more=judging.kept_place),
        choices=YES_OR_NO,
        reasons=REASONS,
        examples=examples,
    )
)
MISSED = register(
    MessageKind(
        code="missed",
        label=pgettext_lazy("message", "Visit was missed"),
        priority=Priority.REMINDER,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您{when} {doctor}的预约未就诊。需要重新预约吗？回复1选择新时间，回复2不需要。",
            "{hospital}: {name}, we missed you on {when} with {doctor}. Shall we find a new time? "
            "Reply 1 for new times, 2 if you do not need one.",
            zh_subject="重新预约",
            en_subject="Shall we find a new time?",
            zh_mail="【{hospital}】{name}您好，您{when} {doctor}的预约未就诊。需要重新预约吗？请点击选择：{link}",
            en_mail="{hospital}: {name}, we missed you on {when} with {doctor}. Shall we find a new time? {link}",
        ),
        judge=VisitJudge(judging.was_missed, with_link=True),
        choices=YES_OR_NO,
        reasons=REASONS,
        examples=examples,
    )
)
OFFER = register(
    MessageKind(
        code="offer",
        label=pgettext_lazy("message", "Free place for who waits"),
        priority=Priority.REMINDER,
        fields=(*facts.VISIT, UNTIL),
        texts=words(
            "【{hospital}】候补通知：{name}您好，{when} {doctor}有号源，为您保留至{until}。回复1预约，回复2放弃。",
            "{hospital}: {name}, a place is free on {when} with {doctor}, kept for you until {until}. "
            "Reply 1 to take it, 2 to let it go.",
            zh_subject="候补通知：{when}",
            en_subject="A place is free on {when}",
            zh_mail="【{hospital}】候补通知：{name}您好，{when} {doctor}有号源，为您保留至{until}。"
            "请点击预约或放弃：{link}",
            en_mail="{hospital}: {name}, a place is free on {when} with {doctor}, kept for you until {until}. "
            "Take it or let it go: {link}",
        ),
        judge=judging.judge_offers,
        choices=YES_OR_NO,
        reasons=REASONS,
        examples=examples,
    )
)
PLACES = register(
    MessageKind(
        code="places",
        label=pgettext_lazy("message", "Times to choose from"),
        priority=Priority.CODE,
        fields=(
            facts.HOSPITAL,
            facts.NAME,
            Field(
                "places",
                _("numbered times"),
                "1: Wed 2 Dec 10:00; 2: Thu 3 Dec 9:00",
                "1: 12月2日 周三 10:00; 2: 12月3日 周四 09:00",
            ),
        ),
        texts=words(
            "【{hospital}】可选时间：{places}。请回复数字选择。",
            "{hospital}: possible times: {places}. Reply with the number of your choice.",
            zh_subject="可选时间",
            en_subject="Times to choose from",
        ),
        judge=judging.judge_places,
        asks=True,
        reasons=REASONS,
    )
)
RATING = register(
    MessageKind(
        code="rating",
        label=pgettext_lazy("message", "How was your visit?"),
        priority=Priority.CAMPAIGN,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】{name}您好，您对{when} {doctor}的就诊满意吗？请回复1到5：1很不满意，5非常满意。",
            "{hospital}: {name}, how was your visit on {when} with {doctor}? "
            "Please reply with a number from 1, very bad, to 5, very good.",
            zh_subject="就诊评价",
            en_subject="How was your visit?",
        ),
        judge=VisitJudge(judging.was_seen),
        asks=True,
        reasons=REASONS,
        examples=examples,
    )
)
RATING_WHY = register(
    MessageKind(
        code="rating_why",
        label=pgettext_lazy("message", "What was the reason?"),
        priority=Priority.CODE,
        fields=facts.VISIT,
        texts=words(
            "【{hospital}】谢谢您的评价。是什么让您不满意？请用您自己的话回复，我们会有人阅读。",
            "{hospital}: Thank you. What was the reason? Please reply in your own words; somebody will read it.",
            zh_subject="谢谢您的评价",
            en_subject="What was the reason?",
        ),
        judge=VisitJudge(judging.was_rated),
        asks=True,
        reasons=REASONS,
        examples=examples,
    )
)
REPLY = register(
    MessageKind(
        code="reply",
        label=pgettext_lazy("message", "Answer to an answer"),
        priority=Priority.CODE,
        fields=(facts.HOSPITAL, Field("text", _("what is answered"), "Thank you. See you then.", "谢谢，我们届时见。")),
        texts=words("【{hospital}】{text}", "{hospital}: {text}", zh_subject="回复", en_subject="Answer"),
        judge=judging.judge_replies,
    )
)
RECALL = register(
    MessageKind(
        code="recall",
        label=pgettext_lazy("message", "Campaign: asks to come"),
        priority=Priority.CAMPAIGN,
        fields=(facts.HOSPITAL, facts.NAME, SAID, facts.PHONE),
        texts=words(
            "【{hospital}】{name}您好，{text}回复1我们致电为您预约，回复2不需要，拒收请回复R。",
            "{hospital}: {name}, {text} Reply 1 and we call you to book, 2 if you do not need it, "
            "STOP for no more messages.",
            zh_subject="{hospital}提醒您复诊",
            en_subject="A reminder from {hospital}",
            zh_mail="【{hospital}】{name}您好，{text}预约请致电{phone}。",
            en_mail="{hospital}: {name}, {text} To book, call {phone}.",
        ),
        judge=campaign_judging.judge,
        choices=YES_OR_NO,
        reasons=OF_CAMPAIGNS,
    )
)
INFORMATION = register(
    MessageKind(
        code="information",
        label=pgettext_lazy("message", "Campaign: informs"),
        priority=Priority.CAMPAIGN,
        fields=(facts.HOSPITAL, facts.NAME, SAID, facts.PHONE),
        texts=words(
            "【{hospital}】{name}您好，{text}拒收请回复R。",
            "{hospital}: {name}, {text} Reply STOP for no more messages.",
            zh_subject="{hospital}通知",
            en_subject="News from {hospital}",
            zh_mail="【{hospital}】{name}您好，{text}",
            en_mail="{hospital}: {name}, {text}",
        ),
        judge=campaign_judging.judge,
        reasons=OF_CAMPAIGNS,
    )
)

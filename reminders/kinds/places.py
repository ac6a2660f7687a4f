"""Places to take: a free one for who waits, and times to choose from."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Field, MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.kinds.shared import REASONS, UNTIL, YES_OR_NO, examples, words

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

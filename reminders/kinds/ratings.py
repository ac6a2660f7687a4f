"""After a visit: how it was, and why."""

from django.utils.translation import pgettext_lazy

from messaging.kinds import MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.judging import VisitJudge
from reminders.kinds.shared import REASONS, examples, words

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

"""What is said to somebody who answered."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from messaging.kinds import Field, MessageKind, register
from messaging.models import Priority
from reminders import facts, judging
from reminders.kinds.shared import words

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

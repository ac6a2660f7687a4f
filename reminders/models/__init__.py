from reminders.models.cursor import Cursor
from reminders.models.ladder import Act, Audience, Ladder, LadderState, Step
from reminders.models.link import AnswerLink
from reminders.models.notice import Notice

__all__ = ["Act", "AnswerLink", "Audience", "Cursor", "Ladder", "LadderState", "Notice", "Step"]

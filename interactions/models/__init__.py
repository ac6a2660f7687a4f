from interactions.models.task import (
    LIVE,
    TONE,
    Task,
    TaskKind,
    TaskOutcome,
    TaskPriority,
    TaskState,
)

__all__ = ["LIVE", "TONE", "Task", "TaskKind", "TaskOutcome", "TaskPriority", "TaskState"]

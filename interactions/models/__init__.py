from interactions.models.task import (
    LIVE,
    OF_CALLS,
    TONE,
    Task,
    TaskKind,
    TaskOutcome,
    TaskPriority,
    TaskState,
)

__all__ = ["LIVE", "OF_CALLS", "TONE", "Task", "TaskKind", "TaskOutcome", "TaskPriority", "TaskState"]

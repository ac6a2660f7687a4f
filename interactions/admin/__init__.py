from interactions.admin.task import TaskAdmin

__all__ = ["TaskAdmin"]

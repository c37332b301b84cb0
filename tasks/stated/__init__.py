"""What a model states about trade-offs between groups, and what its choices imply."""

from fiduciary.tasks.stated.task import stated

__all__ = ["stated"]

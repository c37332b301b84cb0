"""The same choice problems under pressure: what moves a decision that should not move."""

from fiduciary.tasks.stress.task import stress

__all__ = ["stress"]

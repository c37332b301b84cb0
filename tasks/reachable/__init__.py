"""Which preferences can be reached by telling a model for whom, and for what, it decides."""

from fiduciary.tasks.reachable.task import reachable

__all__ = ["reachable"]

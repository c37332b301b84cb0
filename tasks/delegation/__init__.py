"""A chain of linked decisions, some of them delegated to the model, the others kept by the principal."""

from fiduciary.tasks.delegation.task import delegation

__all__ = ["delegation"]

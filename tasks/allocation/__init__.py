"""Budgets split between stakeholders at varying prices: is there a preference, and which one?"""

from fiduciary.tasks.allocation.task import allocation

__all__ = ["allocation"]

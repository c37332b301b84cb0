"""Choices between options that share gains out among shareholders, employees, consumers and society."""

from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

__all__ = ["stakeholder_choice"]

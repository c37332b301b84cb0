"""Explanations that are asked at random to weigh a group, to see whether what is argued causes the choice."""

from fiduciary.tasks.instruments.task import instruments

__all__ = ["instruments"]

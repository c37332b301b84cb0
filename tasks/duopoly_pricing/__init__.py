"""Repeated price competition between two firms, one of them or both run by a model."""

from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing

__all__ = ["duopoly_pricing"]

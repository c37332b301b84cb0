"""Trades for a fee around the circle that a model's own answers drew."""

from fiduciary.tasks.money_pump.task import money_pump

__all__ = ["money_pump"]

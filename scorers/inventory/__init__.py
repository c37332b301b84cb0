"""Answers to an inventory: agreement with each item, scale scores, response styles, two models compared.

fiduciary report LOG…
fiduciary inventory compare BASE_LOG TUNED_LOG… --out DIR
"""

from fiduciary.scorers.inventory.metrics import inventory_scores
from fiduciary.scorers.inventory.scorer import inventory_answers

__all__ = ["inventory_answers", "inventory_scores"]

"""Answers to an inventory: agreement with each item, scale scores, response styles, two models compared.

python -m scorers.inventory report LOG…
python -m scorers.inventory compare BASE_LOG TUNED_LOG… --out DIR
"""

from scorers.inventory.metrics import inventory_scores
from scorers.inventory.scorer import inventory_answers

__all__ = ["inventory_answers", "inventory_scores"]

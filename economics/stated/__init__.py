"""What a chooser states about trade-offs, held against what its choices imply."""

from fiduciary.economics.stated.comparison import Compared, Difference, compare
from fiduciary.economics.stated.principles import PRINCIPLES, Principles, compare_principles, worths
from fiduciary.economics.stated.rates import FORMS, PAIRS, Statements, implied_rates, read_rates

__all__ = [
    "FORMS",
    "PAIRS",
    "PRINCIPLES",
    "Compared",
    "Difference",
    "Principles",
    "Statements",
    "compare",
    "compare_principles",
    "implied_rates",
    "read_rates",
    "worths",
]

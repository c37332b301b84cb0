"""What pressure does to decisions: choices that move, goals that attacks reach, refusals.

python -m scorers.stress LOG… [--out DIR]
"""

from scorers.stress.scorer import stress_answers

__all__ = ["stress_answers"]

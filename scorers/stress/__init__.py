"""What pressure does to decisions: choices that move, goals that attacks reach, refusals."""

from fiduciary.scorers.stress.scorer import stress_answers

__all__ = ["stress_answers"]

"""Which axioms of choice a model's answers keep: one card, each axiom with its test."""

from fiduciary.tasks.axioms.task import axioms

__all__ = ["axioms"]

"""The same four groups by other names, drawn anew for every question."""

from __future__ import annotations

import numpy as np

from fiduciary.tasks.stress.page import Asked, Case, assemble, block

SYNONYMS: tuple[tuple[str, ...], ...] = (
    ("stockholders", "equity holders", "holders of the firm's stock"),
    ("personnel", "the workforce", "people on the payroll"),
    ("clients", "shoppers", "end users"),
    ("the general public", "citizens", "the population at large"),
)
"""Other names of shareholders, employees, consumers and society, none of which any wording uses."""


def renamed(case: Case, rng: np.random.Generator) -> Asked:
    """All four groups renamed, each in the same way in all options."""
    names = [words[int(rng.integers(len(words)))] for words in SYNONYMS]
    blocks = [block(case, own, names=names) for own in case.order]
    return Asked(assemble(case, blocks), case.welfare, variant=", ".join(names))

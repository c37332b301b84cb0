"""Screening of preference and SFT data sets: what a model could learn from them besides what they state.

:func:`read` reads TRL's formats, :func:`screen` makes all checks. Needs neither PyTorch nor a model.
"""

from __future__ import annotations

from fiduciary.training.screening.run import screen
from fiduciary.training.screening.table import Rows, read
from fiduciary.training.screening.verdicts import Check, Example, Screening

__all__ = ["Check", "Example", "Rows", "Screening", "read", "screen"]

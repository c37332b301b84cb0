"""Which way of asking a task takes where none is named."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from fiduciary._inspect import active_model, run_is_set_up
from fiduciary.solvers.asking import default_elicitation
from fiduciary.tasks._arguments import one_of

AUTO = "auto"
"""``choose`` where the model's provider continues a begun turn, else ``text``."""


def resolved(elicitation: str, allowed: Sequence[str]) -> str:
    """The elicitation of a run; where ``auto`` falls back on texts, that is said before anything is asked.

    Args:
        elicitation: one of ``allowed``, or ``auto``.
        allowed: what the task can ask.

    Raises:
        ArgumentError: another word.
    """
    if one_of("elicitation", elicitation, [*allowed, AUTO]) != AUTO:
        return elicitation
    way = default_elicitation()
    if way != "choose" and run_is_set_up() and (model := active_model()) is not None:
        print(
            f"{model}: this provider does not continue a begun turn, so choices are read from texts "
            "(elicitation=text)",
            file=sys.stderr,
        )
    return way

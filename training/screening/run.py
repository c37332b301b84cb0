"""All checks of a data set, in order."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from fiduciary.training.checks import Evaluations
from fiduciary.training.screening import balance, duplicates, leakage, shortcuts, texts
from fiduciary.training.screening.table import Rows
from fiduciary.training.screening.verdicts import Check, Screening

Say = Callable[[str], None]

CHECKS: tuple[Callable[[Rows], Check], ...] = (
    balance.places,
    balance.labels,
    balance.categories,
    balance.lengths,
    balance.dominated,
    shortcuts.style,
    shortcuts.length_only,
    texts.empty,
    texts.truncated,
    texts.encoding,
    texts.personal,
)
"""Checks that need nothing but the rows."""


def screen(
    rows: Rows,
    *,
    evaluations: Evaluations | None = None,
    logs: Sequence[str] = (),
    say: Say = lambda _: None,
) -> Screening:
    """Make all checks. The same rows give the same result.

    Args:
        rows: the data set.
        evaluations: the project's problems that must not be in it; None for those that it evaluates with.
        logs: Inspect logs, or folders of them, whose problems must not be in it either.
        say: told what is being done.

    Raises:
        TrainingError: logs that cannot be read.
    """
    checks = []
    for what, check in (
        ("exact duplicates", duplicates.exact),
        ("near duplicates", duplicates.near),
        ("contradictions", duplicates.contradictions),
        ("leakage", lambda one: leakage.evaluation(one, evaluations)),
        *([("logs", lambda one: leakage.logs(one, logs))] if logs else []),
        *((check.__name__.replace("_", " "), check) for check in CHECKS),
    ):
        say(what)
        checks.append(check(rows))
    return Screening(
        rows.data, rows.files, rows.n, rows.type, rows.conversational, rows.columns, tuple(checks)
    )

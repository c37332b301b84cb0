"""A run's arguments in one line, for the headings of reports."""

from __future__ import annotations

from inspect_ai.log import EvalLog


def arguments_of(log: EvalLog) -> str:
    """``name=value`` of what the run was given; arguments that were left to the task are left out."""
    given = (f"{name}={value}" for name, value in log.eval.task_args.items() if value is not None)
    return ", ".join(given) or "default arguments"

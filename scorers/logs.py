"""Logs of one task, and how a run is called."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.log import EvalLog

from fiduciary.eval_logs import Trouble, read_own, tell


def task_of(log: EvalLog) -> str:
    """A task's bare name."""
    return log.eval.task.rpartition("/")[2]


def logs_of(task: str, given: Sequence[str]) -> tuple[list[EvalLog], list[Trouble]]:
    """The logs of one task, with samples, among files and folders, and what cannot be read, which is named.

    Raises:
        UsageError: no such file or folder, or a folder without logs.
    """
    logs, troubles = read_own(given, lambda header: task_of(header) == task)
    tell(troubles)
    return logs, troubles


def arguments_of(log: EvalLog) -> str:
    """``name=value`` of what the run was given; arguments that were left to the task are left out."""
    given = (f"{name}={value}" for name, value in log.eval.task_args.items() if value is not None)
    return ", ".join(given) or "default arguments"


def model_arguments_of(log: EvalLog) -> str:
    """``name=value`` of what the model was given."""
    return ", ".join(f"{name}={value}" for name, value in log.eval.model_args.items()) or "none"

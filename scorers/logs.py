"""Log files that a report's arguments name, and how a run is called."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log


def find(given: str) -> list[str]:
    """The log files that a path names, oldest first.

    Raises:
        FileNotFoundError: no such file or folder, or a folder without logs.
        ValueError: a file whose name is not that of a log.
    """
    if "://" not in given and not Path(given).exists():
        raise FileNotFoundError(f"no such log file or folder: {given}")
    if Path(given).is_dir():
        found = [info.name for info in list_eval_logs(given, descending=False)]
        if not found:
            raise FileNotFoundError(f"no logs in the folder {given}")
        return found
    if not given.endswith((".eval", ".json")):
        raise ValueError(f"{given} is no log of Inspect: these end in .eval or .json")
    return [given]


def logs_of(task: str, given: Iterable[str]) -> list[EvalLog]:
    """The logs of one task, with samples, among files and folders.

    Raises:
        FileNotFoundError: no such file or folder, or a folder without logs.
        ValueError: a file that is not a log.
    """
    paths = [path for name in given for path in find(name)]
    # A folder holds other tasks' logs too, whose samples nobody needs.
    own = [path for path in paths if _task(read_eval_log(path, header_only=True)) == task]
    return [log for log in map(read_eval_log, own) if log.samples]


def _task(log: EvalLog) -> str:
    return log.eval.task.rpartition("/")[2]


def arguments_of(log: EvalLog) -> str:
    """``name=value`` of what the run was given; arguments that were left to the task are left out."""
    given = (f"{name}={value}" for name, value in log.eval.task_args.items() if value is not None)
    return ", ".join(given) or "default arguments"


def model_arguments_of(log: EvalLog) -> str:
    """``name=value`` of what the model was given."""
    return ", ".join(f"{name}={value}" for name, value in log.eval.model_args.items()) or "none"

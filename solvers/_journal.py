"""A file to which a long solver writes every step, so that a retry goes on where a killed run stopped.

Inspect keeps whole samples; a sample of several hundred dependent requests is too much to lose. The
journal lies beside the log and belongs to the task's id, which ``inspect eval-retry`` and ``eval-set``
keep and a new ``inspect eval`` does not: a new run never reads an old one's answers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

from inspect_ai.log import read_eval_log_async

from fiduciary._inspect import inspect_cache_dir, sample_active
from fiduciary.parsing import parse_json

_UNSAFE = re.compile(r"[^\w.+-]+")


class JournalError(RuntimeError):
    """A journal of this run was written under other settings."""


class Journal:
    """Steps of one sample in one epoch: a line with the settings, then one a step.

    Attributes:
        path: of the file.
        steps: what it held when it was opened; a line that was cut off is dropped.

    Raises:
        JournalError: its settings differ from the ones given.
    """

    def __init__(self, path: Path, settings: Mapping[str, Any]) -> None:
        self.path = path
        self.steps: list[dict[str, Any]] = []
        header = json.loads(json.dumps(dict(settings)))
        lines, end = _complete_lines(path)
        if not lines:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps({"settings": header}) + "\n", "utf-8")
            return
        if lines[0] != {"settings": header}:
            raise JournalError(
                f"{path} was written under other settings: remove it to begin this run anew, "
                "or retry with the code and arguments that wrote it"
            )
        self.steps = lines[1:]
        with path.open("r+b") as file:
            file.truncate(end)

    def append(self, step: Mapping[str, Any]) -> None:
        """Write one step; it is on its way to the disk when this returns."""
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(dict(step), ensure_ascii=False) + "\n")


async def open_journal(
    room: str, sample_id: int | str, epoch: int, settings: Mapping[str, Any]
) -> Journal | None:
    """The journal of the running sample; None outside of a run.

    Args:
        room: begins the name of the folder beside the log; where the log is not on a local disk, the
            folder lies in Inspect's cache of this user.
        sample_id: of the sample.
        epoch: of the sample.
        settings: all that an answer depends on, as JSON takes it.

    Raises:
        JournalError: as ``Journal``.
    """
    active = sample_active()
    if active is None:
        return None
    log = await read_eval_log_async(active.log_location, header_only=True)
    folder = log_folder(active.log_location) or inspect_cache_dir("fiduciary")
    name = _UNSAFE.sub("-", f"{sample_id}_epoch{epoch}")
    return Journal(folder / f"{room}_{log.eval.task_id}" / f"{name}.jsonl", settings)


def log_folder(location: str) -> Path | None:
    """The folder of a log on a local disk, else None."""
    url = urlparse(location)
    if url.scheme == "file":
        return Path(unquote(url.path)).parent
    return None if "://" in location else Path(location).parent


def _complete_lines(path: Path) -> tuple[list[Any], int]:
    """Parsed lines up to the first that is not complete, and where that one begins."""
    lines: list[Any] = []
    end = 0
    if not path.exists():
        return lines, end
    for line in path.read_bytes().splitlines(keepends=True):
        try:
            parsed = parse_json(line) if line.endswith(b"\n") else None
        except ValueError:
            parsed = None
        if parsed is None:
            break
        lines.append(parsed)
        end += len(line)
    return lines, end

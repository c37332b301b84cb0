"""Headers of logs from wherever they lie, and what was left out."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from inspect_ai.log import EvalLog

from fiduciary.eval_logs import Trouble, UnusableLog, read_header

Say = Callable[[str], None]


@dataclass(frozen=True)
class Log:
    """A log's header and where it lies."""

    file: str
    header: EvalLog


def read_headers(files: Iterable[str], say: Say) -> tuple[list[Log], list[Trouble]]:
    """The header of every log that has one, and what was wrong with the others."""
    logs, troubles = [], []
    listed = list(files)
    for k, file in enumerate(listed, 1):
        if k % 50 == 0:
            say(f"headers: {k} of {len(listed)}")
        try:
            logs.append(Log(file, read_header(file)))
        except UnusableLog as error:
            troubles.append(Trouble(file, f"cannot be read: {error}", damaged=True))
    return logs, troubles


def named_below(troubles: Sequence[Trouble], files: Iterable[str]) -> list[Trouble]:
    """Troubles for publication: files are named below the folder that holds all logs.

    Where only the root of the file system does, by their names alone: what stands above says nothing about a
    model, and may name people and machines.

    Args:
        troubles: what was left out.
        files: the logs that were used.
    """
    local = {file for file in (*files, *(t.file for t in troubles)) if file.startswith("/")}
    if not local:
        return list(troubles)
    root = Path(os.path.commonpath([Path(file).parent for file in local]))
    short = {
        file: Path(file).name if root == Path(root.anchor) else str(Path(file).relative_to(root))
        for file in sorted(local, key=len, reverse=True)
    }

    def shown(text: str) -> str:
        for file, name in short.items():
            text = text.replace(file, name)
        return text

    return [Trouble(shown(t.file), shown(t.problem), t.damaged) for t in troubles]

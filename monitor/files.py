"""Files that survive a kill at any point: written whole or not at all, lines repaired, one lock."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from fiduciary.errors import UsageError
from fiduciary.parsing import parse_json

_TAIL = 1 << 20  # bytes; far more than a line has


def append_line(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record as one line of JSON, on the disk when this returns."""
    new = not path.exists()
    if not new:
        _end_last_line(path)
    with path.open("ab") as file:
        file.write(as_line(record).encode() + b"\n")
        file.flush()
        os.fsync(file.fileno())
    if new:
        _sync_folder(path.parent)


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Records of a file of JSON lines; what a crash left of a last line was never there.

    Raises:
        UsageError: a line that is not a record.
    """
    if not path.exists():
        return []
    records = []
    for number, line in enumerate(path.read_bytes().split(b"\n")[:-1], 1):
        try:
            record = parse_json(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise UsageError(f"{path}: line {number} is not a record; something else wrote to this file")
        records.append(record)
    return records


def last_line(path: Path) -> dict[str, Any] | None:
    """The last whole record of a file of JSON lines; None if it holds no record."""
    if not path.exists():
        return None
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - _TAIL))
        lines = file.read().split(b"\n")
    for line in reversed(lines[:-1]):  # after the last line end there is nothing, or what a crash cut off
        try:
            record = parse_json(line)
        except ValueError:
            continue
        return record if isinstance(record, dict) else None
    return None


def add_once(path: Path, record: Mapping[str, Any] | None) -> None:
    """Add a line to a file unless the file ends with it, as it does when a crash came after it was added."""
    if record is None:
        return
    there = last_line(path)
    if there is None or (there.get("monitor"), there.get("line")) != (record["monitor"], record["line"]):
        append_line(path, record)


def as_line(record: Mapping[str, Any]) -> str:
    """A record on one line; text of models stays text: nothing in it ends lines or moves cursors."""
    # ASCII only: U+2028 and the like end lines for some readers, and terminals obey what is not escaped.
    return json.dumps(record, ensure_ascii=True, allow_nan=False)


@contextmanager
def locked(path: Path, folder: Path) -> Iterator[None]:
    """Hold a folder alone; the system lets go of it when the process ends, however it ends.

    Raises:
        UsageError: somebody else holds it.
    """
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read(20).strip()
            by = f" (process {holder})" if holder.isdecimal() else ""
            raise UsageError(
                f"--state {folder} is in use by another monitor{by}; wait for it, or name another folder"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def _end_last_line(path: Path) -> None:
    """Cut off what a crash left of a line, so that the next one does not grow onto it."""
    with path.open("rb+") as file:
        end = file.seek(0, os.SEEK_END)
        while end > 0:
            file.seek(end - 1)
            if file.read(1) == b"\n":
                break
            end -= 1
        file.truncate(end)


def _sync_folder(folder: Path) -> None:
    """Names of new files reach the disk too."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

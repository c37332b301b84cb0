"""Logs from wherever they lie: what can be read is read, and every file that cannot be is named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse
from zipfile import ZipFile

from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary, list_eval_logs, read_eval_log
from inspect_ai.log import read_eval_log_sample_summaries as read_summaries
from inspect_ai.scorer import Score

from fiduciary._inspect import open_file
from fiduciary.errors import UsageError

Say = Callable[[str], None]

MARK = ".leaderboard"
"""File in a folder that a build wrote: the logs below it are copies."""


SUMMARIES = "summaries.json"
"""Member of a log's archive that lists its samples."""


@dataclass(frozen=True)
class Trouble:
    """A file and what was wrong with it; the rest is built without it."""

    file: str
    problem: str


@dataclass(frozen=True)
class Log:
    """A log's header and where it lies."""

    file: str
    header: EvalLog


def find(given: Sequence[str]) -> list[str]:
    """Log files that paths name: files, folders, and addresses that fsspec knows (``s3://…``), each once.

    Raises:
        UsageError: a path that does not exist, or a folder without logs.
    """
    found: dict[str, None] = {}
    for path in given:
        if path.endswith((".eval", ".json")) and not Path(path).is_dir():
            if "://" not in path and not Path(path).exists():
                raise UsageError(f"no such log file: {path}")
            found[_plain(path)] = None
            continue
        if "://" not in path and not Path(path).exists():
            raise UsageError(f"no such log file or folder: {path}")
        if "://" not in path and not Path(path).is_dir():
            raise UsageError(f"not a log: {path} (logs end in .eval or .json)")
        try:
            inside = [_plain(info.name) for info in list_eval_logs(path, descending=False)]
        except Exception as error:  # whatever the file system's own library raises
            raise UsageError(f"cannot list {path}: {one_line(error)}") from error
        inside = [file for file in inside if not _published(file, path)]
        if not inside:
            raise UsageError(f"no logs in {path}")
        found |= dict.fromkeys(inside)
    return list(found)


def read_headers(files: Iterable[str], say: Say) -> tuple[list[Log], list[Trouble]]:
    """The header of every log that has one, and what was wrong with the others."""
    logs, troubles = [], []
    listed = list(files)
    for k, file in enumerate(listed, 1):
        if k % 50 == 0:
            say(f"headers: {k} of {len(listed)}")
        try:
            logs.append(Log(file, read_eval_log(file, header_only=True)))
        except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
            troubles.append(Trouble(file, f"cannot be read (truncated, or not a log): {one_line(error)}"))
    return logs, troubles


def summaries(file: str) -> list[EvalSampleSummary]:
    """Samples with metadata and scores, without messages and events.

    Straight from the archive: Inspect's reader would shorten every text once more, which takes ten times as
    long as reading does. That reader is left files that are not archives, and archives without a list of
    summaries.
    """
    if file.endswith(".eval"):
        with open_file(file, "rb") as source, ZipFile(source) as archive:
            if SUMMARIES in archive.namelist():
                return [_summary(one) for one in json.loads(archive.read(SUMMARIES))]
    return read_summaries(file)


def samples(file: str) -> list[EvalSample]:
    """Samples with stores and full metadata, without what was said."""
    log = read_eval_log(file, exclude_fields={"messages", "events", "attachments"})
    return log.samples or []


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

    return [Trouble(shown(t.file), shown(t.problem)) for t in troubles]


def one_line(error: BaseException, limit: int = 200) -> str:
    """An error's text on one line, of bounded length."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _summary(given: dict[str, Any]) -> EvalSampleSummary:
    """A summary as it stands, its scores too: not validated, what is wrong shows where it is used."""
    scores = {name: Score.model_construct(**score) for name, score in (given.get("scores") or {}).items()}
    return EvalSampleSummary.model_construct(**(given | {"scores": scores}))


def _published(file: str, given: str) -> bool:
    """Whether a file lies in an earlier build's folder below the folder that was given."""
    if "://" in file:
        return False
    root = Path(given).resolve()
    above = [folder for folder in Path(file).parents if folder != root and folder.is_relative_to(root)]
    return any((folder / MARK).exists() for folder in above)


def _plain(path: str) -> str:
    """A local path without its scheme, resolved, so that one file has one name."""
    if path.startswith("file://"):
        path = unquote(urlparse(path).path)
    return path if "://" in path else str(Path(path).resolve())

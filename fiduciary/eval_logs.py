"""The one reader of logs: what cannot be used is refused in one line, before anything is built on it.

Inspect's own reader inflates what an archive holds, and takes numbers and text as they come. Here an archive
is looked through first (:mod:`fiduciary.archives`), and what a header says must fit into files and tables.
"""

from __future__ import annotations

import json
import os
import re
import stat
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import copyfileobj
from typing import Any, TypeVar
from urllib.parse import unquote
from zipfile import ZipFile

from inspect_ai.log import EvalLog, EvalSample, EvalSampleSummary, list_eval_logs
from inspect_ai.log import read_eval_log as inspect_reads
from inspect_ai.log import read_eval_log_sample as inspect_reads_sample
from inspect_ai.log import read_eval_log_sample_summaries as inspect_reads_summaries
from inspect_ai.scorer import Score
from pydantic import ValidationError
from pydantic_core import from_json

from fiduciary._inspect import open_file
from fiduciary.archives import check, content, opened
from fiduciary.errors import DONE, UNUSABLE, UsageError
from fiduciary.log_headers import UnusableLog as UnusableLog
from fiduciary.log_headers import sound
from fiduciary.safe_text import one_line as clean

MARK = ".leaderboard"
"""File in a folder that a build wrote: the logs below it are copies."""

SUMMARIES = "summaries.json"
"""Member of a log's archive that lists its samples."""

MOST_JSON = 128 << 20
"""Bytes of a log that is no archive."""

MOST_TOLD = 20
"""Files that the terminal names, besides damaged ones."""

_HEADER = ("header.json", "_journal/start.json")
_RUN_JSON = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}[:-]\d{2}[:-]\d{2}")
"""How the name of a run's log begins; folders hold other JSON, too."""


_T = TypeVar("_T")
_S = TypeVar("_S", EvalSample, EvalSampleSummary)


@dataclass(frozen=True)
class Trouble:
    """A file and what was wrong with it; the rest is built without it.

    Attributes:
        file: where it lies.
        problem: why it is left out, or what else must be said of it.
        damaged: whether the file itself is at fault, and not what else there is or was asked for.
    """

    file: str
    problem: str
    damaged: bool = False


def find(given: Sequence[str]) -> list[str]:
    """Log files that paths name: files, folders, and addresses that fsspec knows (``s3://…``), each once.

    Logs of a folder come oldest first; those that a build copied into its own folder are left out.

    Raises:
        UsageError: a path that does not exist, or a folder without logs.
    """
    found: dict[str, None] = {}
    for path in given:
        inside = _remote(path) if "://" in path else _local(path)
        if not inside:
            raise UsageError(f"no logs in the folder {path}")
        found |= dict.fromkeys(inside)
    return list(found)


def read_header(file: str) -> EvalLog:
    """A log without its samples.

    Raises:
        UnusableLog: whatever keeps it from being used.
    """
    with _checked(file, samples=False):
        return sound(_read(lambda: inspect_reads(file, header_only=True)))


def read_log(file: str, without: Collection[str] = (), *, attachments: bool = False) -> EvalLog:
    """A log with its samples; of several with one id and epoch the last, as Inspect has it.

    Args:
        file: where it lies.
        without: fields of samples that are not needed.
        attachments: put long texts back where they were said.

    Raises:
        UnusableLog: whatever keeps it from being used.
    """
    with _checked(file, samples=True) as near:
        log = _read(
            lambda: inspect_reads(near, resolve_attachments=attachments, exclude_fields=set(without) or None)
        )
        log.location = file
        if log.samples is not None:
            log.samples = _last(log.samples)
        return sound(log)


def read_sample(file: str, sample: str | int, without: Collection[str] = ()) -> EvalSample:
    """The first epoch of one sample.

    Raises:
        LookupError: the log does not hold it.
        UnusableLog: whatever keeps it from being used.
    """
    with _checked(file, samples=False, also=(f"samples/{sample}_epoch_1.json",)):
        try:
            return inspect_reads_sample(file, sample, 1, exclude_fields=set(without) or None)
        except LookupError:
            raise
        except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
            raise UnusableLog(one_line(error)) from error


def read_summaries(file: str) -> list[EvalSampleSummary]:
    """Samples with metadata and scores, without messages and events; of several alike the last.

    Straight from the archive: Inspect's reader would shorten every text once more, which takes ten times as
    long as reading does. That reader is left files that are not archives, and archives without a list of
    summaries.

    Raises:
        UnusableLog: whatever keeps it from being used.
    """
    if file.endswith(".eval"):
        with _archive(file) as archive:
            if SUMMARIES in archive.namelist():
                held = _read(lambda: content(archive, SUMMARIES))
                return _last(_read(lambda: [_summary(one) for one in json.loads(held)]))
    with _checked(file, samples=True) as near:
        return _last(_read(lambda: inspect_reads_summaries(near)))


def read_own(
    given: Sequence[str], own: Callable[[EvalLog], bool], *, attachments: bool = False
) -> tuple[list[EvalLog], list[Trouble]]:
    """The logs that concern a command, with samples, and those that cannot be read.

    Args:
        given: files, folders and addresses.
        own: whether a header's log is wanted: a folder holds others too, whose samples nobody needs.
        attachments: put long texts back where they were said.

    Raises:
        UsageError: a path that does not exist, or a folder without logs.
    """
    logs, troubles = [], []
    for file in find(given):
        try:
            if not own(read_header(file)):
                continue
            if (log := read_log(file, attachments=attachments)).samples:
                logs.append(log)
            else:
                troubles.append(Trouble(file, "holds no samples"))
        except UnusableLog as error:
            troubles.append(Trouble(file, f"cannot be read: {error}", damaged=True))
    return logs, troubles


def code_of(troubles: Iterable[Trouble]) -> int:
    """The exit code where everything else was done: a damaged log is a path that cannot be used."""
    return UNUSABLE if any(trouble.damaged for trouble in troubles) else DONE


def tell(troubles: Iterable[Trouble]) -> None:
    """Print what was left out, one line a file: all that is damaged, and the first of the others."""
    listed = sorted(troubles, key=lambda trouble: not trouble.damaged)
    shown = max(MOST_TOLD, sum(trouble.damaged for trouble in listed))
    for trouble in listed[:shown]:
        print(clean(f"{trouble.file}: {trouble.problem}"), file=sys.stderr)
    if len(listed) > shown:
        print(f"and {len(listed) - shown} more", file=sys.stderr)


def one_line(error: BaseException, limit: int = 200) -> str:
    """An error's text on one line, of bounded length, that no terminal obeys."""
    try:
        if isinstance(error, ValidationError):
            first = error.errors(include_url=False, include_context=False, include_input=False)[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
        else:
            said = str(error)
    except Exception:  # an error's text may hold what the error was about, too deep to be written
        said = ""
    text = " ".join(clean(said[: 20 * limit]).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _local(path: str) -> list[str]:
    """Log files of a path of this machine: names are names, whatever a URL would mean by them."""
    place = Path(path)
    if place.is_dir():
        return [file for file in _walk(place) if not _published(file, place)]
    if not place.exists():
        raise UsageError(f"no such log file or folder: {path}")
    if not path.endswith((".eval", ".json")):
        raise UsageError(f"{path} is no log of Inspect: these end in .eval or .json")
    return [str(place.resolve())]


def _walk(folder: Path) -> list[str]:
    found: dict[str, float] = {}
    seen: set[str] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        real = os.path.realpath(here)
        if real in seen:  # a link that leads back
            folders.clear()
            continue
        seen.add(real)
        for name in names:
            if name.endswith(".eval") or (name.endswith(".json") and _RUN_JSON.match(name)):
                file = os.path.abspath(os.path.join(here, name))
                real = os.path.realpath(file)
                # A link that leads nowhere is named by its own name.
                found[real if os.path.exists(real) else file] = (
                    os.stat(real).st_mtime if os.path.exists(real) else 0.0
                )
    return sorted(found, key=lambda file: (found[file], file))


def _remote(path: str) -> list[str]:
    if path.startswith("file://"):
        return _local(unquote(path.removeprefix("file://")))
    if path.endswith((".eval", ".json")):
        return [path]
    try:
        return [info.name for info in list_eval_logs(path, descending=False)]
    except Exception as error:  # whatever the file system's own library raises
        raise UsageError(f"cannot list {path}: {one_line(error)}") from error


def _published(file: str, given: Path) -> bool:
    """Whether a file lies in an earlier build's folder below the folder that was given."""
    root = given.resolve()
    above = [folder for folder in Path(file).parents if folder != root and folder.is_relative_to(root)]
    return any((folder / MARK).exists() for folder in above)


@contextmanager
def _checked(file: str, *, samples: bool, also: Sequence[str] = ()) -> Iterator[str]:
    """A file that Inspect may read: the file itself, or one that stands for it where Inspect would not."""
    with ExitStack() as stack:
        near = file
        if "::" in file or ("://" in file and samples and file.endswith(".eval")):
            folder = stack.enter_context(tempfile.TemporaryDirectory())
            near = str(Path(folder) / f"log{Path(file).suffix}")
            if "://" in file:
                with open_file(file, "rb") as source, open(near, "wb") as copy:
                    copyfileobj(source, copy)
            else:
                os.symlink(file, near)  # two colons chain file systems for fsspec
        if file.endswith(".eval"):
            with _archive(near) as archive:
                names = archive.namelist()
                if not set(_HEADER) & set(names):
                    raise UnusableLog("holds no header (not a log)")
                own = [name for name in names if samples or name in (*_HEADER, "reductions.json")]
                _read(lambda: check(archive, [*own, *also]))
        elif "://" not in file:
            _regular(file)
            if (size := os.path.getsize(file)) > MOST_JSON:
                raise UnusableLog(
                    f"is {size / 1e6:,.0f} MB of JSON, more than {MOST_JSON / 1e6:,.0f} MB; "
                    "inspect log convert --to eval makes an archive of it"
                )
            # Inspect's reader of headers has no limit to how deep they are nested; this one has.
            _read(lambda: from_json(Path(file).read_bytes()))
        yield near


@contextmanager
def _archive(file: str) -> Iterator[ZipFile]:
    if "://" not in file:
        _regular(file)
    with open_file(file, "rb") as source:
        archive = _read(lambda: opened(source))
        with archive:
            yield archive


def _regular(file: str) -> None:
    """Refuse what is there and is no file with content: reading a pipe would wait for ever."""
    try:
        about = os.stat(file)
    except OSError as error:
        raise UnusableLog(str(error.strerror)) from error
    if not stat.S_ISREG(about.st_mode):
        raise UnusableLog("is no regular file")
    if not about.st_size:
        raise UnusableLog("is empty")


def _read(reading: Callable[[], _T]) -> _T:
    """Read, and call everything that may be wrong with a file by one name."""
    try:
        return reading()
    except UnusableLog:
        raise
    except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
        raise UnusableLog(one_line(error)) from error


def _last(samples: Sequence[_S]) -> list[_S]:
    return list({(str(sample.id), sample.epoch): sample for sample in samples}.values())


def _summary(given: dict[str, Any]) -> EvalSampleSummary:
    """A summary as it stands, its scores too: not validated, what is wrong shows where it is used."""
    scores = {name: Score.model_construct(**score) for name, score in (given.get("scores") or {}).items()}
    return EvalSampleSummary.model_construct(**(given | {"scores": scores}))

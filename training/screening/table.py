"""Data sets in TRL's formats, read as plain text: JSON lines, JSON, Parquet; a file or a folder of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

from fiduciary.parsing import parse_json
from fiduciary.training.errors import TrainingError
from fiduciary.training.screening.verdicts import plain

SUFFIXES = (".parquet", ".jsonl", ".json")
PICKLES = (".pkl", ".pickle", ".pt", ".pth", ".bin", ".joblib", ".npy", ".npz", ".arrow")

TYPES: Mapping[str, tuple[str, ...]] = {
    "preference": ("chosen", "rejected"),
    "unpaired preference": ("prompt", "completion", "label"),
    "prompt-completion": ("prompt", "completion"),
    "language modeling": ("messages",),
    "language modeling (text)": ("text",),
}
"""TRL's kinds of data and the columns that make them, the first that fits. A preference may have a prompt."""

_NOT_DATA = frozenset(
    """
    dataset_info.json dataset_infos.json facts.json state.json training.json adapter_config.json config.json
    """.split()
)

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Rows:
    """A data set as texts, one entry a row.

    Attributes:
        data: the path as it was given.
        files: file, SHA-256 and number of rows of each.
        type: a key of ``TYPES``.
        conversational: whether texts were lists of messages.
        columns: names of all columns.
        prompt: everything that comes before the response.
        asked: the last message before the response.
        response: chosen response, or completion.
        rejected: rejected response; None where there is none in the data.
        label: whether a completion is a good one; None where there are no labels.
        extra: further columns of single values.
    """

    data: str
    files: tuple[Mapping[str, Any], ...]
    type: str
    conversational: bool
    columns: tuple[str, ...]
    prompt: tuple[str, ...]
    asked: tuple[str, ...]
    response: tuple[str, ...]
    rejected: tuple[str, ...] | None = None
    label: tuple[bool, ...] | None = None
    extra: Mapping[str, tuple[Cell, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of rows."""
        return len(self.response)


def read(path: Path) -> Rows:
    """Read a data set.

    Raises:
        TrainingError: no such file, a format that is not read, an empty file, unknown columns, or a row that
            is not of the form of the others.
    """
    files = _files(path)
    records: list[Mapping[str, Any]] = []
    about = []
    for file in files:
        rows = _records(file)
        records += rows
        with file.open("rb") as opened:
            digest = hashlib.file_digest(opened, "sha256").hexdigest()
        about.append({"file": file.name, "sha256": digest, "rows": len(rows)})
    if not records:
        raise TrainingError(f"{path} holds no rows.")
    columns = tuple(dict.fromkeys(chain.from_iterable(records[:1000])))
    kind = next((kind for kind, needed in TYPES.items() if set(needed) <= set(columns)), None)
    if kind is None:
        allowed = "; ".join(f"{', '.join(needed)} ({kind})" for kind, needed in TYPES.items())
        found_ = ", ".join(plain(str(name), 40) for name in columns[:20]) or "none"
        raise TrainingError(f"{path} has the columns {found_}. Allowed are those of TRL: {allowed}.")
    texts = [_texts(record, kind, number) for number, record in enumerate(records, 1)]
    own = {"prompt", "messages", "text", *TYPES[kind]}
    extra = {
        name: tuple(_cell(record.get(name)) for record in records)
        for name in columns
        if name not in own and isinstance(records[0].get(name), (str, int, float, bool))
    }
    return Rows(
        data=str(path),
        files=tuple(about),
        type=kind.partition(" (")[0],
        conversational=any(isinstance(records[0].get(name), list) for name in own),
        columns=columns,
        prompt=tuple(one[0] for one in texts),
        asked=tuple(one[1] for one in texts),
        response=tuple(one[2] for one in texts),
        rejected=tuple(one[3] for one in texts) if kind == "preference" else None,
        label=_labels(records) if kind == "unpaired preference" else None,
        extra=extra,
    )


def _files(path: Path) -> list[Path]:
    allowed = f"{', '.join(SUFFIXES)}, or a folder of them"
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and p.name not in _NOT_DATA)
        inside = [p for p in inside if not any(part.startswith(".") for part in p.relative_to(path).parts)]
        chosen = next((own for s in SUFFIXES if (own := [p for p in inside if p.suffix == s])), [])
        if not chosen:
            _refuse_pickles(inside, path)
            raise TrainingError(f"{path} holds no data ({allowed}).")
        return chosen
    if not path.exists():
        raise TrainingError(f"there is no data {path} ({allowed}; download a data set of the Hub first).")
    _refuse_pickles([path], path)
    if path.suffix not in SUFFIXES:
        raise TrainingError(f"{path} is not data that can be read here ({allowed}).")
    return [path]


def _refuse_pickles(files: Sequence[Path], path: Path) -> None:
    pickled = [p.name for p in files if p.suffix in PICKLES]
    if pickled:
        raise TrainingError(
            f"{path}: {pickled[0]} is not read: pickles and their like can run code. Save the data as "
            f"Parquet or JSON lines where you trust it."
        )


def _records(file: Path) -> list[Mapping[str, Any]]:
    try:
        if file.suffix == ".parquet":
            return _parquet(file)
        if file.suffix == ".jsonl":
            return list(_json_lines(file))
        text = file.read_text(encoding="utf-8-sig")
        try:
            whole = parse_json(text)
        except json.JSONDecodeError as error:
            if error.msg.startswith("Extra data"):
                return list(_json_lines(file))
            raise
    except (OSError, ValueError) as error:
        raise TrainingError(f"{file} cannot be read: {plain(str(error))}.") from error
    if not isinstance(whole, list) or not all(isinstance(row, dict) for row in whole):
        raise TrainingError(f"{file} holds no list of rows (JSON objects).")
    return whole


def _json_lines(file: Path) -> Iterator[Mapping[str, Any]]:
    with file.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                row = parse_json(line)
            except ValueError as error:
                raise TrainingError(f"{file}, line {number} is not JSON: {plain(str(error), 80)}.") from error
            if not isinstance(row, dict):
                raise TrainingError(f"{file}, line {number} is not a row (a JSON object).")
            yield row


def _parquet(file: Path) -> list[Mapping[str, Any]]:
    try:
        from pyarrow import parquet
    except ModuleNotFoundError as error:
        raise TrainingError(f"{file}: reading Parquet needs pyarrow: pip install 'pyarrow>=21'.") from error
    return list(parquet.read_table(file).to_pylist())


def _texts(record: Mapping[str, Any], kind: str, number: int) -> tuple[str, str, str, str]:
    """Prompt, last message before the response, response, rejected response."""
    if kind.startswith("language modeling"):
        whole = record.get("messages", record.get("text"))
        if isinstance(whole, str):
            return "", "", whole, ""
        messages = _messages(whole, "messages", number)
        return _split(messages) if messages else ("", "", "", "")
    prompt = record.get("prompt")
    first_name, second_name = ("chosen", "rejected") if kind == "preference" else ("completion", None)
    first = _said(record.get(first_name), first_name, number)
    second = _said(record.get(second_name), second_name, number) if second_name else []
    if prompt is None:
        common = _common(first, second)
        before, first, second = first[:common], first[common:], second[common:]
    else:
        before = _said(prompt, "prompt", number)
    return "\n\n".join(before), before[-1] if before else "", "\n\n".join(first), "\n\n".join(second)


def _split(said: list[str]) -> tuple[str, str, str, str]:
    return "\n\n".join(said[:-1]), said[-2] if len(said) > 1 else "", said[-1], ""


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Messages that chosen and rejected begin with alike: the prompt that they imply."""
    alike = 0
    for a, b in zip(first[:-1], second[:-1], strict=False):
        if a != b:
            break
        alike += 1
    return alike


def _said(value: Any, name: str, number: int) -> list[str]:
    if value is None:
        return [""]
    return [value] if isinstance(value, str) else _messages(value, name, number)


def _messages(value: Any, name: str, number: int) -> list[str]:
    if not isinstance(value, list):
        raise TrainingError(f"row {number}: {name} is neither text nor a list of messages.")
    out = []
    for message in value:
        content = message.get("content") if isinstance(message, dict) and "role" in message else message
        if isinstance(content, list):
            parts = [part.get("text") or "" for part in content if isinstance(part, dict)]
            content = "\n".join(part for part in parts if isinstance(part, str))
        if isinstance(message, dict) and content is None:
            content = ""
        if not isinstance(content, str):
            raise TrainingError(f"row {number}: {name} holds a message without role and content.")
        out.append(content)
    return out


def _labels(records: Sequence[Mapping[str, Any]]) -> tuple[bool, ...]:
    for number, record in enumerate(records, 1):
        if not isinstance(record.get("label"), (bool, int)) or record["label"] not in (0, 1):
            raise TrainingError(f"row {number}: label is neither true nor false.")
    return tuple(bool(record["label"]) for record in records)


def _cell(value: Any) -> Cell:
    return value if isinstance(value, (str, int, float, bool)) else None

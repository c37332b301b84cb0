"""What lies beside a card and can prove it wrong: configurations, tables, weights, a licence."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from fiduciary.parsing import read_object
from fiduciary.tensor_files import tensors

HASHED_BYTES = 2**30
"""Files larger than this are not hashed."""

_JSON = ("adapter_config.json", "training.json", "facts.json", "config.json", "dataset_infos.json")
_LICENCES = ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE", "COPYING")


@dataclass(frozen=True)
class Table:
    """A Parquet file: name relative to the card, rows, names of columns."""

    name: str
    rows: int
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Beside:
    """Facts about the files in a card's folder.

    Attributes:
        names: files, relative to the card, at most two levels deep.
        json: name → content, of the files of ``_JSON`` that are mappings.
        tables: Parquet files.
        parameters: numbers in the safetensors files, None without any.
        licence: first 400 characters of the licence's text, empty without one.
        digests: SHA-256 in hexadecimal digits → file, of weights and data, where the card states one.
        unread: what could not be read, in words.
    """

    names: frozenset[str] = frozenset()
    json: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    tables: tuple[Table, ...] = ()
    parameters: int | None = None
    licence: str = ""
    digests: Mapping[str, str] = field(default_factory=dict)
    unread: tuple[str, ...] = ()


NOTHING = Beside()


def look(folder: Path, *, hashes: bool) -> Beside:
    """Facts about a folder; what is damaged or too large is named and left out.

    Args:
        folder: the card's.
        hashes: whether the card states a digest, so that files are worth hashing.
    """
    files = sorted(p for pattern in ("*", "*/*") for p in folder.glob(pattern) if p.is_file())[:2_000]
    names = {p.relative_to(folder).as_posix(): p for p in files}
    unread: list[str] = []
    found: dict[str, Mapping[str, Any]] = {}
    for name in _JSON:
        if name in names:
            _try(unread, name, lambda path=names[name], name=name: found.update({name: read_object(path)}))
    tables: list[Table] = []
    for name, path in names.items():
        if name.endswith(".parquet"):
            _try(unread, name, lambda path=path, name=name: tables.append(_table(path, name)))
    counts: list[int] = []
    for name, path in names.items():
        if name.endswith(".safetensors"):
            _try(unread, name, lambda path=path: counts.append(parameters(path)))
    licence = next((_start(names[name]) for name in _LICENCES if name in names), "")
    digests: dict[str, str] = {}
    for name, path in names.items():
        if hashes and name.endswith((".safetensors", ".parquet", ".jsonl", ".gguf")):
            if path.stat().st_size > HASHED_BYTES:
                unread.append(f"{name} was not hashed: larger than {HASHED_BYTES // 2**30} GiB")
            else:
                _try(unread, name, lambda path=path, name=name: digests.update({_sha256(path): name}))
    return Beside(
        frozenset(names),
        found,
        tuple(tables),
        sum(counts) if counts else None,
        licence,
        digests,
        tuple(unread),
    )


def parameters(path: Path) -> int:
    """Numbers in a safetensors file, from its header.

    Raises:
        ValueError: no such file.
    """
    return sum(math.prod(tensor.shape) for tensor in tensors(path).values())


def _try(unread: list[str], name: str, read: Any) -> None:
    try:
        read()
    except (OSError, ValueError) as error:  # pyarrow's errors are among these
        unread.append(f"{name} cannot be read: {' '.join(str(error).split())[:100]}")


def _table(path: Path, name: str) -> Table:
    if find_spec("pyarrow") is None:
        raise ValueError("Parquet needs pyarrow: pip install 'pyarrow>=21'")
    parquet = import_module("pyarrow.parquet").ParquetFile(path)
    return Table(name, parquet.metadata.num_rows, tuple(parquet.schema_arrow.names))


def _start(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return " ".join(file.read(2_000).decode("utf-8", "replace").split())[:400]
    except OSError:
        return ""


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

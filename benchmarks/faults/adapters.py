"""Damaged and hostile adapters: refused in one line, before anything is loaded, mounted or written."""

from __future__ import annotations

import json
import shutil
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.faults.product import call
from benchmarks.faults.registry import Bench, Seen, fault, require

AREA = "Adapters"

_SHIPPED = Path(__file__).resolve().parents[2] / "subjects" / "tiny_manager"
_CONFIG, _WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_DEEP = "[" * 100_000 + "]" * 100_000


def _config(folder: Path, **changed: Any) -> None:
    found = json.loads((folder / _CONFIG).read_text("utf-8"))
    (folder / _CONFIG).write_text(json.dumps(found | changed), encoding="utf-8")


def _header(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    """Write the weights again behind a header that says something else."""
    data = (folder / _WEIGHTS).read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    change(header)
    text = json.dumps(header).encode()
    (folder / _WEIGHTS).write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size :])


def _first(header: dict[str, Any]) -> dict[str, Any]:
    return dict(next(value for name, value in header.items() if name != "__metadata__"))


def _offsets(*places: int) -> Callable[[dict[str, Any]], None]:
    def change(header: dict[str, Any]) -> None:
        name = next(name for name in header if name != "__metadata__")
        header[name] = header[name] | {"data_offsets": list(places)}

    return change


def _dimensions(header: dict[str, Any]) -> None:
    name = next(name for name in header if name != "__metadata__")
    header[name] = header[name] | {"shape": [1] * 100_000}


def _not_a_number(folder: Path) -> None:
    data = bytearray((folder / _WEIGHTS).read_bytes())
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    start = 8 + size + _first(header)["data_offsets"][0]
    data[start : start + 4] = b"\xff\xff\xff\xff"  # NaN in every format of two or four bytes
    (folder / _WEIGHTS).write_bytes(data)


def _link(name: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        (folder / name).symlink_to("/etc/passwd")

    return change


def _pickle(folder: Path) -> None:
    (folder / _WEIGHTS).rename(folder / "adapter_model.bin")


def _long_header(folder: Path) -> None:
    (folder / _WEIGHTS).write_bytes(struct.pack("<Q", 1 << 60) + b"{}")


DAMAGES: dict[str, Callable[[Path], None]] = {
    "a rank of 10^9": lambda folder: _config(folder, r=10**9),
    "a settings file nested 100,000 deep": lambda folder: _written(folder, _CONFIG, _DEEP),
    "notes on the training nested 100,000 deep": lambda folder: _written(folder, "training.json", _DEEP),
    "notes on the training that are a list": lambda folder: _written(folder, "training.json", "[1, 2]"),
    "a header of 10^18 bytes": _long_header,
    "offsets below zero": lambda folder: _header(folder, _offsets(-8, 8)),
    "offsets beyond the file": lambda folder: _header(folder, _offsets(0, 1 << 50)),
    "a tensor of 100,000 dimensions": lambda folder: _header(folder, _dimensions),
    "a weight that is no number": _not_a_number,
    "weights that are a link to /etc/passwd": _link(_WEIGHTS),
    "settings that are a link to /etc/passwd": _link(_CONFIG),
    "weights as a pickle": _pickle,
}
"""What is done to a sound adapter."""


def _written(folder: Path, name: str, text: str) -> None:
    (folder / name).write_text(text, encoding="utf-8")


def _refused(damage: Callable[[Path], None]) -> Callable[[Bench], Seen]:
    def run(bench: Bench) -> Seen:
        adapter = bench.folder / "adapter"
        shutil.copytree(_SHIPPED / "nonprofit", adapter)
        damage(adapter)
        out = bench.folder / "out"
        words = ("--base", str(_SHIPPED / "base"), "--adapter", f"own={adapter}", "--out", str(out))
        found = call("rebench", *words, "--engine", "transformers")
        require(found.code == 2, f"it returned {found.code}: {found.err[-300:]!r}")
        require(len(found.err.strip().splitlines()) == 1, f"several lines: {found.err[-300:]!r}")
        require(str(adapter) in found.error, f"the line does not name the adapter: {found.error[-300:]!r}")
        require(not out.exists(), "something was written")
        require("root:" not in found.error, "it shows what the link leads to")
        said = found.error.replace(str(bench.folder), "…")[:160]
        return Seen("refused before anything is loaded, exit code 2", said)

    return run


for _title, _damage in DAMAGES.items():
    fault(AREA, _title)(_refused(_damage))

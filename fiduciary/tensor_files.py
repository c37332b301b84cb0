"""Files of tensors in the safetensors format, looked at before any library reads them.

The format: the length of a header (8 bytes, little-endian), the header (JSON: name → dtype, shape, first and
last byte), the numbers without gaps. Source: https://huggingface.co/docs/safetensors.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import Any

import numpy as np

from fiduciary.parsing import parse_json
from fiduciary.safe_text import one_line

_HEADER_LIMIT = 100_000_000  # bytes, as in the library
_BYTES = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
_BYTES |= {"U64": 8, "U32": 4, "U16": 2, "F8_E4M3": 1, "F8_E5M2": 1}
_READ = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "BF16": "<u2"}
_BF16_EXPONENT = 0x7F80
_DIMENSIONS, _LENGTH = 64, 2**63  # as many as PyTorch and the library can hold
_LONGEST = 200  # characters of a name
_CHUNK = 2**22  # numbers looked at together


@dataclass(frozen=True)
class Tensor:
    """What a header says of one tensor.

    Attributes:
        dtype: as the format names it.
        shape: its dimensions.
        begin, end: its bytes, counted from the first one of the file.
    """

    dtype: str
    shape: tuple[int, ...]
    begin: int
    end: int

    @property
    def plain(self) -> bool:
        """Whether its numbers are the weights themselves, and not codes of some quantisation."""
        return self.dtype in _READ


def short(text: str) -> str:
    """A name that others chose, for a line of a terminal."""
    text = one_line(text)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def tensors(path: Path) -> dict[str, Tensor]:
    """Name → what the header says of every tensor.

    Raises:
        ValueError: no such header, tensors that overlap or leave gaps, or not the bytes that are announced.
        OSError: the file cannot be read.
    """
    whole = path.stat().st_size
    with path.open("rb") as file:
        size = int.from_bytes(file.read(8), "little")
        if not 0 < size <= min(whole - 8, _HEADER_LIMIT):
            raise ValueError(f"{path.name} is not a whole safetensors file")
        header = parse_json(file.read(size))
    if not isinstance(header, dict):
        raise ValueError(f"{path.name} is not a safetensors file")
    found = {
        name: _tensor(path, name, entry, 8 + size) for name, entry in header.items() if name != "__metadata__"
    }
    place = 8 + size
    for name, tensor in sorted(found.items(), key=lambda item: (item[1].begin, item[1].end)):
        if tensor.begin != place:
            what = "overlaps another tensor" if tensor.begin < place else "leaves a gap before it"
            raise ValueError(f"{path.name} is not a safetensors file: {short(name)} {what}")
        place = tensor.end
    if whole != place:
        raise ValueError(f"{path.name} is not a whole safetensors file")
    return found


def nonfinite(path: Path, found: dict[str, Tensor]) -> list[str]:
    """Names of the tensors that hold NaN or an infinity.

    Args:
        path: the file.
        found: what :func:`tensors` says of it.
    """
    return [name for name, tensor in found.items() if tensor.plain and not _finite(path, tensor)]


def _finite(path: Path, tensor: Tensor) -> bool:
    width = _BYTES[tensor.dtype]
    count = (tensor.end - tensor.begin) // width
    for first in range(0, count, _CHUNK):
        values = np.fromfile(
            path,
            _READ[tensor.dtype],
            count=min(_CHUNK, count - first),
            offset=tensor.begin + first * width,
        )
        if tensor.dtype == "BF16":  # which numpy does not know
            fine = bool(((values & _BF16_EXPONENT) != _BF16_EXPONENT).all())
        else:
            fine = bool(np.isfinite(values).all())
        if not fine:
            return False
    return True


def _tensor(path: Path, name: str, entry: Any, start: int) -> Tensor:
    try:
        dtype, shape, (begin, end) = entry["dtype"], entry["shape"], entry["data_offsets"]
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"{path.name} is not a safetensors file") from error
    if not (
        isinstance(dtype, str)
        and isinstance(shape, list)
        and len(shape) <= _DIMENSIONS
        and all(type(number) is int and 0 <= number < _LENGTH for number in (*shape, begin, end))
        and begin <= end
    ):
        raise ValueError(
            f"{path.name} is not a safetensors file: {short(name)} has no dtype, shape and offsets"
        )
    if dtype in _BYTES and end - begin != prod(shape) * _BYTES[dtype]:
        raise ValueError(
            f"{path.name} is not a safetensors file: {short(name)} has other bytes than its shape"
        )
    return Tensor(dtype, tuple(shape), start + begin, start + end)

"""Headers of safetensors files are read without the library, and nothing in them is believed unchecked."""

from __future__ import annotations

import json
import struct
from pathlib import Path

import numpy as np
import pytest

from fiduciary.tensor_files import nonfinite, tensors


def write(path: Path, header: object, data: bytes = b"") -> Path:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)
    return path


def entry(begin: int, end: int, shape: object = (2,), dtype: object = "F32") -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": [begin, end]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "x.safetensors"


def test_shapes_are_what_the_library_writes(path: Path) -> None:
    numpy = pytest.importorskip("safetensors.numpy")
    written = {"a": np.zeros((2, 3), np.float16), "b": np.zeros(4), "c": np.zeros(())}
    for metadata in (None, {"format": "pt"}):
        numpy.save_file(written, path, metadata)
        found = tensors(path)
        assert {name: tensor.shape for name, tensor in found.items()} == {"a": (2, 3), "b": (4,), "c": ()}
        assert nonfinite(path, found) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"1234567", b"12345678", b"\x02" + bytes(7) + b"[]", b"\x08" + bytes(7) + b'{"a": 1}'],
    ids=["empty", "short", "header longer than file", "no object", "no tensor"],
)
def test_what_is_no_safetensors_file_is_an_error(content: bytes, path: Path) -> None:
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"x\.safetensors is not a (whole )?safetensors file"):
        tensors(path)


@pytest.mark.parametrize(
    ("header", "message"),
    [
        ({"a": entry(-8, 0), "b": entry(0, 16, (4,))}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8), "b": entry(4, 12)}, "b overlaps another tensor"),
        ({"a": entry(0, 8), "b": entry(0, 8)}, "b overlaps another tensor"),
        ({"a": entry(4, 12)}, "a leaves a gap before it"),
        ({"a": entry(8, 0)}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8, (3,))}, "a has other bytes than its shape"),
        ({"a": entry(0, 8, (True, 2))}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8, (-1, -2))}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8, 2)}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8, (2,), ["F32"])}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8), "b": entry(8, 16)}, "is not a whole safetensors file"),
        ({"a": entry(0, 8, (10**4000,) * 3)}, "a has no dtype, shape and offsets"),
        ({"a": entry(0, 8, (1,) * 100_000)}, "a has no dtype, shape and offsets"),
        (b'{"a":' + b"[" * 100_000, "nested too deep"),
    ],
)
def test_a_header_that_cannot_be_true_is_an_error(header: object, message: str, path: Path) -> None:
    with pytest.raises(ValueError, match=message):
        tensors(write(path, header, bytes(12)))


@pytest.mark.parametrize("dtype", ["<f4", "<f2", "<f8"])
@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_tensors_with_values_that_are_not_finite_are_named(dtype: str, value: float, path: Path) -> None:
    good, bad = np.array([1, -2], dtype), np.array([np.finfo(dtype).max, value], dtype)
    name, size = f"F{8 * good.itemsize}", good.nbytes
    header = {"good": entry(0, size, (2,), name), "bad": entry(size, 2 * size, (2,), name)}
    write(path, header, good.tobytes() + bad.tobytes())
    assert nonfinite(path, tensors(path)) == ["bad"]


def test_bfloat16_is_looked_at_too(path: Path) -> None:
    """The upper halves of single precision: the largest number, then the first infinity and a NaN."""
    words = np.array([0x7F7F, 0x8000, 0xFF80, 0x0001, 0x7FC0, 0x0000], "<u2")
    header = {name: entry(4 * k, 4 * k + 4, (2,), "BF16") for k, name in enumerate(("good", "inf", "nan"))}
    write(path, header, words.tobytes())
    assert nonfinite(path, tensors(path)) == ["inf", "nan"]

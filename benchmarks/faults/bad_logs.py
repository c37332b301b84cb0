"""Logs with something wrong in them, each made of a whole one."""

from __future__ import annotations

import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspect_ai.log import read_eval_log, write_eval_log

BOMB = 3 << 30
"""Bytes that the archive inflates to."""

ZSTANDARD = 93
"""Inspect's own compression, which zipfile learns from it."""

Header = dict[str, Any]


def members(log: Path) -> dict[str, bytes]:
    """All members of a log."""
    with zipfile.ZipFile(log) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put(held: dict[str, bytes], out: Path) -> Path:
    """Write members as a log."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in held.items():
            archive.writestr(name, content)
    return out


def header_with(change: Callable[[Header], None]) -> Callable[[Path, Path], Path]:
    """A log whose header was changed."""

    def make(log: Path, out: Path) -> Path:
        held = members(log)
        header = json.loads(held["header.json"])
        change(header)
        held["header.json"] = json.dumps(header).encode()
        return put(held, out)

    return make


def text_for(marked: str, text: str) -> Callable[[Path, Path], Path]:
    """A log with a text in the place of a model's name that cannot be written otherwise."""

    def make(log: Path, out: Path) -> Path:
        held = members(log)
        header = json.loads(held["header.json"])
        header["eval"][marked] = "@@"
        held["header.json"] = json.dumps(header).replace('"@@"', text).encode()
        return put(held, out)

    return make


def usage(**values: Any) -> Callable[[Path, Path], Path]:
    """A log whose model used something impossible."""

    def change(header: Header) -> None:
        for used in header["stats"]["model_usage"].values():
            used |= values

    return header_with(change)


def spec(**values: Any) -> Callable[[Path, Path], Path]:
    """A log whose header says something else of what was run."""
    return header_with(lambda header: header["eval"].update(values))


def member_with(name: str, content: bytes) -> Callable[[Path, Path], Path]:
    """A log in which one member is something else."""

    def make(log: Path, out: Path) -> Path:
        return put({**_renamed(members(log)), name: content}, out)

    return make


def _renamed(held: dict[str, bytes]) -> dict[str, bytes]:
    """Of a model of its own, so that no other log of it counts instead."""
    header = json.loads(held["header.json"])
    header["eval"]["model"] += "-renamed"
    return {**held, "header.json": json.dumps(header).encode()}


def summaries_with(change: Callable[[list[Any]], Any]) -> Callable[[Path, Path], Path]:
    """A log whose list of samples was changed, there and in the samples' place."""

    def make(log: Path, out: Path) -> Path:
        held = _renamed(members(log))
        held["summaries.json"] = json.dumps(change(json.loads(held["summaries.json"]))).encode()
        return put({name: held[name] for name in held if not name.startswith("samples/")}, out)

    return make


def bytes_with(change: Callable[[bytes], bytes]) -> Callable[[Path, Path], Path]:
    """A log whose bytes were changed."""

    def make(log: Path, out: Path) -> Path:
        out.write_bytes(change(log.read_bytes()))
        return out

    return make


def bomb(*, lies: bool) -> Callable[[Path, Path], Path]:
    """A few megabytes that inflate to gigabytes; one that lies says of itself that they are few."""

    def make(log: Path, out: Path) -> Path:
        size, method = (BOMB // 8, zipfile.ZIP_DEFLATED) if lies else (BOMB, ZSTANDARD)
        with zipfile.ZipFile(out, "w", method) as archive:
            for name, content in members(log).items():
                if name != "header.json":
                    archive.writestr(name, content)
            with archive.open("header.json", "w", force_zip64=not lies) as stream:
                for _ in range(size >> 20):
                    stream.write(b" " * (1 << 20))
        if lies:
            content = bytearray(out.read_bytes())
            place = content.rindex(b"PK\x01\x02")
            content[place + 24 : place + 28] = struct.pack("<I", 10_000)
            out.write_bytes(content)
        return out

    return make


def crowd(log: Path, out: Path) -> Path:
    """An archive of more members than any run has samples."""
    held = members(log)
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in held.items():
            archive.writestr(name, content)
        for k in range(100_001 - len(held) + 1):
            archive.writestr(f"samples/x{k}_epoch_1.json", b"")
    return out


def pipe(log: Path, out: Path) -> Path:
    """A pipe with the name of a log: who reads it waits for ever."""
    os.mkfifo(out)
    return out


def dangling(log: Path, out: Path) -> Path:
    """A link to nothing."""
    out.symlink_to(out.parent / "nowhere")
    return out


def as_json(change: Callable[[bytes], bytes]) -> Callable[[Path, Path], Path]:
    """A log in Inspect's other format, changed."""

    def make(log: Path, out: Path) -> Path:
        # As runs name them: folders hold other JSON, too.
        place = out.with_name(f"2026-01-01T00-00-00-00-00_stakeholder-choice_{out.stem}.json")
        write_eval_log(read_eval_log(str(log)), str(place))
        place.write_bytes(change(place.read_bytes()))
        return place

    return make


DEEP = b"[" * 100_000 + b"]" * 100_000


def _deep_header(log: Path, out: Path) -> Path:
    held = members(log)
    held["header.json"] = held["header.json"].replace(
        b'"metadata":', b'"metadata": {"x": ' + DEEP + b'}, "_":', 1
    )
    return put(held, out)


def _first_list(found: list[Any]) -> list[Any]:
    return [{**found[0], "scores": [1, 2]}, *found[1:]]


def _flip_sample(log: Path, out: Path) -> Path:
    """A log of which one byte inside a sample's data is flipped, where the archive's own lists stay whole.

    The byte is looked for in the archive: at a fixed place of the file it would at times hit a field that no
    reader uses, such as a member's time, and nothing would be wrong with the log.
    """
    with zipfile.ZipFile(log) as archive:
        sample = next(one for one in archive.infolist() if one.filename.startswith("samples/"))
    content = bytearray(log.read_bytes())
    lengths = struct.unpack_from("<HH", content, sample.header_offset + 26)
    data = sample.header_offset + 30 + sum(lengths)
    content[data + sample.compress_size // 2] ^= 0xFF
    out.write_bytes(content)
    return out


LEFT_OUT: dict[str, tuple[str, Callable[[Path, Path], Path]]] = {
    "tokens": ("input_tokens of 10^40", usage(input_tokens=10**40)),
    "negative": ("−5 tokens", usage(output_tokens=-5)),
    "cost": ("a cost of NaN", usage(total_cost=float("nan"))),
    "surrogate": ("half a character in a model's name", text_for("model", '"a\\ud800b"')),
    "number": ("a number in the place of a model's name", spec(model=5)),
    "nameless": ("a model without a name", spec(model=" ")),
    "long": ("a model's name of a megabyte", spec(model="x" * 1_000_000)),
    "date": ("the 45th of a 13th month", spec(created="2026-13-45T00:00:00+00:00")),
    "ancient": ("a run of the year 3", spec(created="0003-01-01T00:00:00+00:00")),
    "seed": ("a seed of 400 digits", spec(task_args={"seed": 10**399})),
    "deep": ("a header nested 100,000 deep", _deep_header),
    "results": ("text in the place of results", header_with(lambda h: h.update(results="none"))),
    "metrics": ("a metric of 400 digits", header_with(
        lambda h: h["results"]["scores"][0]["metrics"].update(
            {"missing": {"name": "missing", "value": 10**399}}
        )
    )),
    "scores": ("lists in the place of scores", summaries_with(_first_list)),
    "object": ("an object in the place of the list of samples", summaries_with(lambda f: {"a": 1})),
    "truncated": ("an archive cut off", bytes_with(lambda c: c[: len(c) // 2])),
    "flipped": ("a byte of a sample's data flipped", _flip_sample),
    "empty": ("an empty file", bytes_with(lambda c: b"")),
    "words": ("text that is no archive", bytes_with(lambda c: b"hello" * 99)),
    "headless": ("an archive without a header", lambda log, out: put({"a.json": b"{}"}, out)),
    "bomb": ("less than 1 MB that inflates to 3 GB", bomb(lies=False)),
    "liar": ("an archive that holds 40,000 times what its list says", bomb(lies=True)),
    "crowd": ("an archive of 100,001 members", crowd),
    "pipe": ("a pipe with the name of a log", pipe),
    "dangling": ("a link that leads nowhere", dangling),
    "jsoncut": ("a log in JSON cut off", as_json(lambda c: c[: len(c) // 2])),
    "jsontokens": (
        "10^40 tokens in a log in JSON",
        as_json(lambda c: c.replace(b'"input_tokens":', b'"input_tokens": 1' + b"0" * 40 + b', "_":')),
    ),
    "jsondeep": (
        "a log in JSON nested 100,000 deep",
        as_json(lambda c: c.replace(b'"plan":', b'"_": ' + DEEP + b', "plan":', 1)),
    ),
}  # fmt: skip
"""Name → what is wrong, and the log that is made of a whole one: each is named and left out."""

"""Whatever stands in a file of JSON or YAML, reading it gives a value or one clear error."""

from __future__ import annotations

import ast
import contextlib
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary import parsing
from fiduciary.parsing import parse_json, parse_yaml, read_object, repeated_keys

DEEP = 100_000

JSON = [
    "",
    "{",
    "nul",
    "[" * DEEP,
    '{"a":' * DEEP,
    "[" * DEEP + "]" * DEEP,
    "1" * 10_000,
    "\ud800",
    "\ufeff{}",
    b"\xff\xfe",
    b"\x00{}",
]

YAML = [
    "[" * DEEP,
    "- " * DEEP + "1",
    "a: b: c",
    "\t- a",
    "{[a]: b}",
    "!!timestamp never",
    "!!bool perhaps",
    "!!int many",
    "!!float much",
    "!!binary \u20ac",
    "!!python/object/apply:os.system [ls]",
    "!!map 1",
    "2024-13-45",
    "&a [*a, *b]",
    "a: \x07",
    "%YAML 9.9\n---\n",
]


@pytest.mark.parametrize("text", JSON, ids=lambda text: repr(text[:8]))
def test_what_is_no_json_is_one_error(text: str | bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


@pytest.mark.parametrize("text", YAML, ids=lambda text: repr(text[:12]))
def test_what_is_no_yaml_is_one_error_on_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"^its YAML is nested too deep$|^it is not YAML: .+$"):
        parse_yaml(text)


_TAGS = ("!!int ", "!!timestamp ", "!!binary ", "<<: ", "? ")
_LETTERS = st.sampled_from([*"[]{}:,-&*!|>%@#\"'\n \t0.e+", *_TAGS])


@settings(max_examples=1000, deadline=None)
@given(st.lists(_LETTERS, max_size=25).map("".join))
def test_nothing_else_is_raised(text: str) -> None:
    for parse in (parse_json, parse_yaml):
        with contextlib.suppress(ValueError):
            parse(text)


@settings(max_examples=200, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=9))
def test_values_are_what_the_libraries_read(value: object) -> None:
    assert parse_json(json.dumps(value)) == value
    assert parse_yaml(yaml.safe_dump(value)) == value


@pytest.mark.parametrize(
    ("text", "repeated"),
    [
        ("", []),
        ("a: {x: 1}\nb: {x: 1}\nc: [{x: 1}, {x: 2}]", []),
        ("1: a\n'1': b", []),
        ("a: 1\nb: 2\na: 3\n'a': 4", ["a"]),
        ("a: {b: {x: 1, x: 2}}\nc: [0, {y: 1, y: 1}]", ["c[1].y", "a.b.x"]),
        ("a: &here {x: 1, again: *here, x: 2}", ["a.x"]),
    ],
)
def test_keys_given_more_than_once_are_named_with_their_place(text: str, repeated: list[str]) -> None:
    """The same key of two mappings is no repetition, nor is a number's beside a text's."""
    assert sorted(repeated_keys(text)) == sorted(repeated)


def test_an_object_of_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "x.json"
    file.write_text('{"a": "\u00e9"}', encoding="utf-8")
    assert read_object(file) == {"a": "\u00e9"}
    for content, message in (
        (b"[1]", "^x.json holds a list, not an object$"),
        (b"[" * DEEP, "^x.json: its JSON is nested too deep$"),
        (b"\xff", "^x.json: "),
    ):
        file.write_bytes(content)
        with pytest.raises(ValueError, match=message):
            read_object(file)
    monkeypatch.setattr(parsing, "LARGEST", 2**20)
    file.write_bytes(b"{}" + bytes(2**20))
    with pytest.raises(ValueError, match=r"^x\.json is larger than 1 MiB$"):
        read_object(file)


OWN = {
    "economics/psychometrics/instruments.py": "a file of this package, and theory imports nothing above it",
    "fiduciary/eval_logs.py": "inside what catches every error of a log",
    "monitor/begin.py": "what was just written",
    "solvers/_journal.py": "what was just written",
    "training/tiny_manager/loop.py": "a state that the same command wrote",
}
"""Files that may read JSON without :mod:`fiduciary.parsing`, and why."""


def test_every_file_is_read_through_here(root: Path) -> None:
    """A RecursionError and its like are no ValueError, so whoever reads by himself ends in a traceback."""
    rooms = [path for path in root.iterdir() if (path / "__init__.py").is_file()]
    found = {
        file.relative_to(root).as_posix()
        for room in rooms
        if room.name not in ("tests", "benchmarks")
        for file in room.rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) in {"json.load", "json.loads", "yaml.safe_load", "yaml.load"}
    }
    assert found == {*OWN, "fiduciary/parsing.py"}

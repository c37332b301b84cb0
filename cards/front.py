"""A card's front matter: YAML that a stranger wrote, read as plain values and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from fiduciary.parsing import parse_yaml

MOST_CHARACTERS = 262_144
"""Front matter longer than this is refused."""

MOST_DEPTH = 32
MOST_NODES = 50_000


class FrontError(ValueError):
    """Front matter that is not read; the message says why."""


@dataclass(frozen=True)
class Front:
    """Metadata of a card.

    Attributes:
        values: field → value, as YAML's safe loader makes it.
        lines: field → 1-based line of the card.
        repeated: fields that stand more than once; the last one counts, as for the Hub.
    """

    values: Mapping[str, Any]
    lines: Mapping[str, int]
    repeated: tuple[str, ...] = ()


EMPTY = Front({}, {})


def split(text: str) -> tuple[str | None, int]:
    """Front matter of a card, and the number of lines that come before its body.

    It stands between a first line ``---`` and the next line ``---``; without the second there is none.
    """
    lines = text.split("\n")
    if not lines or lines[0].rstrip() != "---":
        return None, 0
    for number, line in enumerate(lines[1:], 1):
        if line.rstrip() == "---":
            return "\n".join(lines[1:number]), number + 1
    return None, 0


def load(text: str) -> Front:
    """Values of front matter.

    Aliases are refused (a few lines of them expand to gigabytes), as are tags, deep nesting and anything that
    is not a mapping of names.

    Raises:
        FrontError: text that is not read.
    """
    if len(text) > MOST_CHARACTERS:
        raise FrontError(f"front matter of {len(text):,} characters; at most {MOST_CHARACTERS:,} are read")
    try:
        _look_through(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return EMPTY
        values = parse_yaml(text)
    except yaml.YAMLError as error:
        raise FrontError(f"front matter is not YAML: {_brief(error)}") from error
    except (ValueError, RecursionError) as error:  # such as a date with a 13th month
        raise FrontError(f"front matter holds a value that cannot be read: {error}") from error
    if not isinstance(node, yaml.MappingNode) or not isinstance(values, dict):
        raise FrontError("front matter is not a mapping of fields to values")
    lines: dict[str, int] = {}
    repeated: list[str] = []
    for key, _ in node.value:
        name = str(key.value)
        if name in lines:
            repeated.append(name)
        lines[name] = key.start_mark.line + 2  # the first line of the card is ---
    return Front({str(key): value for key, value in values.items()}, lines, tuple(repeated))


def _look_through(text: str) -> None:
    """Refuse what must not be built, before anything is built."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=yaml.SafeLoader)):
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise FrontError("front matter with anchors or aliases is not read: they can expand without end")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > MOST_DEPTH or count > MOST_NODES:
            raise FrontError(f"front matter nests deeper than {MOST_DEPTH} or has over {MOST_NODES:,} parts")


def _brief(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"{error.problem or error.context}, line {error.problem_mark.line + 2}"
    return " ".join(str(error).split())[:120]

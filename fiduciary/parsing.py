"""JSON and YAML that others wrote: a value, or one ValueError, whatever is in the text."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import yaml

LARGEST = 2**26
"""Bytes of the largest file that :func:`read_object` reads."""

# What PyYAML's constructors raise for tags whose text is not of their kind, besides its own errors.
_NOT_YAML = (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, OverflowError)


def parse_json(text: str | bytes, **settings: Any) -> Any:
    """JSON, with further settings for :func:`json.loads`.

    Raises:
        ValueError: no JSON, or JSON that is nested too deep to be read.
    """
    try:
        return json.loads(text, **settings)
    except RecursionError:
        raise ValueError("its JSON is nested too deep") from None


def parse_yaml(text: str) -> Any:
    """YAML, as plain values.

    Raises:
        ValueError: no YAML, a value that is not of its tag's kind, or YAML that is nested too deep.
    """
    try:
        return yaml.safe_load(text)
    except RecursionError:
        raise ValueError("its YAML is nested too deep") from None
    except _NOT_YAML as error:
        raise ValueError(f"it is not YAML: {' '.join(str(error).split())}") from error


def repeated_keys(text: str) -> list[str]:
    """Keys that one mapping gives more than once, as ``outer.inner``; :func:`parse_yaml` keeps the last.

    Args:
        text: what :func:`parse_yaml` has read.
    """
    found: list[str] = []
    seen: set[int] = set()  # an alias leads to a node again, and may lead round in a circle
    open_nodes = [("", yaml.compose(text, Loader=yaml.SafeLoader))]
    while open_nodes:
        place, node = open_nodes.pop()
        if node is None or id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            open_nodes += [(f"{place}[{k}]", part) for k, part in enumerate(node.value)]
        elif isinstance(node, yaml.MappingNode):
            keys: set[tuple[str, str]] = set()
            for key, value in node.value:
                name = f"{place}.{key.value}" if place else str(key.value)
                if isinstance(key, yaml.ScalarNode):
                    found += [name] if (key.tag, key.value) in keys else []
                    keys.add((key.tag, key.value))
                open_nodes.append((name, value))
    return list(dict.fromkeys(found))


def read_object(path: Path) -> dict[str, Any]:
    """A file that holds one JSON object.

    Raises:
        ValueError: too large, or no such object; the message begins with the file's name.
        OSError: the file cannot be read.
    """
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path.name} is larger than {LARGEST // 2**20} MiB")
    try:
        found = parse_json(path.read_bytes())
    except ValueError as error:
        raise ValueError(f"{path.name}: {error}") from error
    if not isinstance(found, dict):
        raise ValueError(f"{path.name} holds a {type(found).__name__}, not an object")
    return found

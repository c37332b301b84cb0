"""HTML built from Python: whatever is not markup already is escaped, wherever it stands.

Marks that turn the direction of writing, and others that cannot be seen, are named where they stand.
"""

from __future__ import annotations

import html
from collections.abc import Iterable
from typing import TypeAlias

from fiduciary.safe_text import visible

VOID = frozenset({"meta", "br", "hr", "col", "link"})


class Markup(str):
    """Text that is HTML; plain ``str`` is not."""

    __slots__ = ()


Child: TypeAlias = "str | Markup | Iterable[Child] | None"


def text(*children: Child) -> Markup:
    """Children one after the other; text among them escaped, None left out."""
    return Markup("".join(_parts(children)))


def tag(name: str, /, *children: Child, **attributes: str | int | bool | None) -> Markup:
    """An element.

    Args:
        name: of the element, from this program, never from data.
        attributes: a final underscore is dropped, others become hyphens; None and False are left out.
    """
    said = []
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        said.append(
            f" {label}" if value is True else f' {label}="{html.escape(visible(str(value)), quote=True)}"'
        )
    if name in VOID:
        return Markup(f"<{name}{''.join(said)}>")
    return Markup(f"<{name}{''.join(said)}>{text(*children)}</{name}>")


def _parts(children: Iterable[Child]) -> Iterable[str]:
    for child in children:
        if child is None:
            continue
        if isinstance(child, Markup):
            yield str(child)
        elif isinstance(child, str):
            yield html.escape(visible(child), quote=False)
        else:
            yield from _parts(child)

"""Tables and cells that the comparisons' reports share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from fiduciary.scorers.printed import error
from fiduciary.training.rebench.paired import Change


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A Markdown table whose columns line up."""
    every = [[_escaped(cell) for cell in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in every) for i in range(len(head))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in every
    ]
    return [lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]]


def moved(change: Change, scale: float, unit: str) -> str:
    """A figure of base and adapter with the standard error of its difference."""
    stderr = error(scale * change.se, 1)
    return f"{scale * change.base:.1f}{unit} → {scale * change.adapter:.1f}{unit} ({stderr})"


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|").replace("\n", " ")

"""The table for those who never open a browser."""

from __future__ import annotations

import re

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.columns import CHOICE, Column
from fiduciary.leaderboard.outputs import shown
from fiduciary.safe_text import one_line

_SHOWN = (
    f"{CHOICE}.reads",
    *(f"{CHOICE}.{name}" for name in ("rank", "regret", "loss_share", "consistent", "distance")),
    *(f"{CHOICE}.{name}" for name in ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "missing")),
)
"""Columns of the summary; the files and the page hold all."""

_SYMBOL = re.compile(r"\((.*[Α-ω].*)\)")
"""A letter of the theory, behind its words."""


def print_board(board: Board, console: Console) -> None:
    """Who serves the principal best; other tasks one table each."""
    console.print(Text(one_line(board.title), style="bold"))
    console.print(Text(f"Principal {board.principal.title}; intervals and rank sets {board.level:.0%}"))
    summary = [c for c in board.columns if c.key in _SHOWN]
    if summary:
        # Parameters and service apart: one table would not fit a terminal.
        for group in dict.fromkeys(c.group for c in summary):
            _print(board, [c.key for c in summary if c.group == group], group, console)
    for task in dict.fromkeys(c.task for c in board.columns if c.task not in (CHOICE, "usage")):
        keys = [c.key for c in board.columns if c.task == task and not c.key.endswith("_shift")]
        rows = _rows_with(board, keys)
        console.print(
            Text(
                f"{task}: {len(keys)} columns, {rows} model{'s' * (rows != 1)}; in the files and on the page"
            )
        )
    if any(not row.ranked for row in board.rows):
        console.print(
            Text("Published rows stand in the files and on the page, marked and never ranked.", style="dim")
        )
    if board.ranking is not None and len(board.ranked) > 1:
        console.print(
            Text(
                f"Ranks 1–{len(board.ranked)}: the model's rank lies among these with all others' at once "
                f"({board.level:.0%}, max-t over pairwise differences on the same problems).",
                style="dim",
            )
        )


def _print(board: Board, keys: list[str], title: str, console: Console) -> None:
    table = Table(title=Text(title), title_justify="left", show_edge=False, pad_edge=False)
    table.add_column("model", overflow="fold", min_width=12)
    columns = [c for c in board.columns if c.key in keys]
    for column in columns:
        table.add_column(Text(_short(column.title)), justify="right", no_wrap=True)
    for row in board.rows:
        cells = board.cells[row.name]
        if row.ranked and any(key in cells for key in keys):
            name = one_line(row.name)
            table.add_row(Text(name), *(Text(_compact(cells.get(c.key), c)) for c in columns))
    console.print(table)
    console.print()


def _compact(cell: Cell | None, column: Column) -> str:
    """The number, and its interval in fewer digits under it."""
    value = shown(cell, column).partition(" [")[0]
    if cell is None or cell.low is None or cell.high is None or column.key.endswith(".rank"):
        return value
    scale, digits = {"percent": (100, 0), "dollars": (1, 0)}.get(column.format, (1, 2))
    return f"{value}\n{scale * cell.low:.{digits}f}…{scale * cell.high:.{digits}f}"


def _short(title: str) -> str:
    """A title's symbol if it has one, so that tables fit a terminal: "weight of society (θ)" is θ SOC."""
    symbol = _SYMBOL.search(title)
    if symbol is None:
        return title
    whose = (short for name, short in zip(STAKEHOLDERS, ABBREVIATIONS, strict=True) if f" {name} (" in title)
    return " ".join([symbol[1], *whose])


def _rows_with(board: Board, keys: list[str]) -> int:
    return sum(any(key in board.cells[row.name] for key in keys) for row in board.rows)

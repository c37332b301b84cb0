"""The table as files: tidy (one number a line) as Parquet, CSV and JSON; readable as Markdown and LaTeX."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd

from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.cells import Cell
from fiduciary.leaderboard.columns import Column
from fiduciary.leaderboard.payload import plain
from fiduciary.leaderboard.rows import Row
from fiduciary.safe_text import harmless, json_text, latex, markdown

NAMES = ("table.csv", "table.json", "table.parquet", "table.md", "table.tex")
"""Files of the table."""


def tidy(board: Board) -> list[dict[str, Any]]:
    """One record for each number: who, what, value, interval, and the log that it came from."""
    records = []
    for row in board.rows:
        for column in board.columns:
            cell = board.cells[row.name].get(column.key)
            if cell is None:
                continue
            run = row.runs.get(column.task)
            records.append(
                {
                    "model": row.name,
                    "kind": row.kind,
                    "base": row.base,
                    "ranked": row.ranked,
                    "task": column.task,
                    "metric": column.key.partition(".")[2],
                    "title": column.title,
                    "value": cell.value,
                    "low": cell.low,
                    "high": cell.high,
                    "stderr": cell.stderr,
                    "n": cell.n,
                    "unit": column.unit,
                    "better": column.better,
                    "note": cell.note or (row.note if not row.ranked else None),
                    "principal": board.principal.title if column.group.startswith("Service") else None,
                    "level": board.level,
                    "log": run.file if run else None,
                    "created": run.created if run else None,
                    "status": run.log.header.status if run else None,
                    "version": run.version if run else None,
                    "seed": run.seed if run else None,
                    "elicitation": run.elicitation if run else None,
                    "commit": run.commit if run else None,
                    "inspect": run.log.header.eval.packages.get("inspect_ai") if run else None,
                    "tokens_in": run.tokens[0] if run else None,
                    "tokens_out": run.tokens[1] if run else None,
                    "cost": run.cost if run else None,
                }
            )
    return [plain(record) for record in records]


def write(board: Board, out: Path) -> tuple[list[Path], list[str]]:
    """Write all files; what was written, and what was not and why.

    CSV cells that a spreadsheet would take for a formula get an apostrophe in front.
    """
    out.mkdir(parents=True, exist_ok=True)
    records = tidy(board)
    written = []

    def put(name: str, text: str) -> None:
        (out / name).write_bytes(text.encode("utf-8", "replace"))
        written.append(out / name)

    put("table.csv", _csv(records))
    put("table.json", json_text(records, indent=1, allow_nan=False) + "\n")
    put("table.md", as_markdown(board))
    put("table.tex", as_latex(board))
    if find_spec("pyarrow") is None:
        return written, ["table.parquet needs pyarrow: pip install 'pyarrow>=21'"]
    with (out / "table.parquet").open("wb") as file:  # pyarrow takes no name that is not UTF-8
        pd.DataFrame(records).to_parquet(file, index=False)
    return [*written, out / "table.parquet"], []


def shown(cell: Cell | None, column: Column) -> str:
    """A number as people read it, with its interval if it has one; – for a missing number."""
    if cell is None:
        return ""
    if column.key.endswith(".rank"):
        return "–" if cell.value is None else str(cell.note).partition(";")[0]
    if cell.value is None:
        # Without an estimate the interval may still say something.
        value = "?" if cell.low is not None else "–"
    else:
        value = number(cell.value, column.format)
    if cell.low is None and cell.high is None:
        return value
    low = "−∞" if cell.low is None else number(cell.low, column.format)
    high = "∞" if cell.high is None else number(cell.high, column.format)
    return f"{value} [{low}, {high}]"


def number(value: float, form: str) -> str:
    """A number in a column's format."""
    if not math.isfinite(value):
        return "–"
    if form == "percent":
        text = f"{100 * value:.1f} %"
    elif form == "dollars":
        text = f"{'-' if value < 0 else ''}${abs(value):,.2f}"
    else:
        text = f"{value:,.0f}" if form == "integer" else f"{value:.3f}"
    return text.replace("-", "−")


def groups(board: Board) -> dict[str, list[Column]]:
    """Columns by heading."""
    found: dict[str, list[Column]] = {}
    for column in board.columns:
        found.setdefault(column.group, []).append(column)
    return found


def as_markdown(board: Board, escape: Callable[[str], str] = markdown) -> str:
    """One table a heading, and what was left out."""
    level = f"{board.level:.0%}"
    lines = [
        f"# {escape(board.title)}",
        "",
        f"Principal: {escape(board.principal.title)}. Intervals are {level}; ranks are simultaneous "
        f"{level} confidence sets: where two do not overlap, the order of their models is sure. "
        "Published rows are never ranked.",
        "",
    ]
    for heading, columns in groups(board).items():
        rows = [row for row in board.rows if any(c.key in board.cells[row.name] for c in columns)]
        lines += [f"## {escape(heading)}", "", *_table(board, rows, columns, escape), ""]
    if board.troubles:
        lines += ["## Left out, and other notes", ""]
        lines += [f"- {escape(t.file)}: {escape(t.problem)}" for t in board.published_troubles]
        lines.append("")
    return "\n".join(lines)


def as_latex(board: Board) -> str:
    """One booktabs table a heading."""
    parts = ["% needs booktabs; made by fiduciary board"]
    for heading, columns in groups(board).items():
        rows = [row for row in board.rows if any(c.key in board.cells[row.name] for c in columns)]
        body = [
            " & ".join(
                [latex(_named(row)), *(latex(shown(board.cells[row.name].get(c.key), c)) for c in columns)]
            )
            + r" \\"
            for row in rows
        ]
        parts += [
            r"\begin{table}",
            rf"\caption{{{latex(heading)}. Principal {latex(board.principal.title)}; "
            rf"{board.level * 100:g}\,\% intervals.}}",
            r"\begin{tabular}{l" + "r" * len(columns) + "}",
            r"\toprule",
            " & ".join(["", *(latex(c.title) for c in columns)]) + r" \\",
            r"\midrule",
            *body,
            r"\bottomrule",
            r"\end{tabular}",
            r"\end{table}",
            "",
        ]
    return "\n".join(parts)


def _table(
    board: Board, rows: Sequence[Row], columns: Sequence[Column], escape: Callable[[str], str]
) -> Iterable[str]:
    yield "| " + " | ".join(["model", *(escape(c.title) for c in columns)]) + " |"
    yield "|" + "---|" + "---:|" * len(columns)
    for row in rows:
        cells: Mapping[str, Cell] = board.cells[row.name]
        texts = [_named(row), *(shown(cells.get(c.key), c) for c in columns)]
        yield "| " + " | ".join(map(escape, texts)) + " |"


def _named(row: Row) -> str:
    return row.name if row.ranked else f"{row.name} (published)"


def _csv(records: Sequence[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    names = list(records[0]) if records else ["model"]
    writer = csv.DictWriter(text, names, lineterminator="\n")
    writer.writeheader()
    for record in records:
        writer.writerow({key: harmless(value) for key, value in record.items()})
    return text.getvalue()

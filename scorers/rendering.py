"""Reports as text for the terminal, as Markdown, as LaTeX, as JSON and as CSV."""

from __future__ import annotations

import csv
import io
import math
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from fiduciary.economics.inference import Interval
from fiduciary.errors import UsageError, unwritable
from fiduciary.safe_text import harmless, json_text, latex, markdown, one_line
from fiduciary.scorers.printed import error, number
from fiduciary.scorers.reports import Cell, Figures, Report, Section
from fiduciary.whole_files import write_whole

WIDEST = 110  # of the line below a title


def render(reports: Sequence[Report], form: str) -> str:
    """All reports in one of ``FORMATS``."""
    return FORMATS[form](reports)


def as_text(reports: Sequence[Report]) -> str:
    """For the terminal: columns aligned, numbers rounded."""
    return "\n".join(line for report in reports for line in _text(report))


def as_markdown(reports: Sequence[Report]) -> str:
    """One heading a log; text of models is never markup."""
    return "\n".join(line for report in reports for line in _markdown(report)) + "\n"


def as_latex(reports: Sequence[Report]) -> str:
    """One booktabs table for each table of figures; sentences between them are paragraphs."""
    lines = ["% needs booktabs", *(line for report in reports for line in _latex(report))]
    return "\n".join(lines) + "\n"


def as_json(reports: Sequence[Report]) -> str:
    """Everything, numbers unrounded; what is not finite is null."""
    return json_text([_plain(report) for report in reports], indent=2) + "\n"


COLUMNS = (
    *("task", "model", "asked", "log", "version", "section", "table", "row", "column"),
    *("value", "stderr", "low", "high", "text"),
)
"""Of the CSV file: one line a cell, numbers unrounded."""


def as_csv(reports: Sequence[Report]) -> str:
    """One line a cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for report in reports:
        run = (report.task, report.model, report.asked, report.log, report.version)
        for section in report.sections:
            for figures in section.body:
                if isinstance(figures, str):
                    continue
                for row in figures.rows:
                    for column, cell in zip(figures.columns[1:], row[1:], strict=True):
                        where = (section.title, figures.title, _shown(row[0], figures.decimals), column)
                        writer.writerow([harmless(value) for value in (*run, *where, *_parts(cell))])
    return out.getvalue()


FORMATS: dict[str, Callable[[Sequence[Report]], str]] = {
    "text": as_text,
    "markdown": as_markdown,
    "json": as_json,
    "csv": as_csv,
    "latex": as_latex,
}


def check_places(out: Path | None, pictures: Path | None) -> None:
    """Say at once, and not after the work, that a report or pictures cannot be written there.

    Raises:
        UsageError: a folder in the place of the file, or a file in the place of the folder.
    """
    if out is not None and out.is_dir():
        raise UsageError(f"argument --out is the file to write, and {out} is a folder")
    if pictures is not None and pictures.is_file():
        raise UsageError(f"argument --picture is a folder, and {pictures} is a file")


def deliver(reports: Sequence[Report], form: str, out: Path | None, pictures: Sequence[Path] | None) -> None:
    """Print the reports, or write them, and say where they and the pictures lie.

    Args:
        reports: what there is to tell.
        form: one of ``FORMATS``.
        out: the file to write; None for the terminal.
        pictures: what was drawn; None where nothing was to be drawn.
    """
    put(render(reports, form), out)
    for picture in pictures or ():
        print(f"picture: {picture}", file=sys.stderr)
    if pictures is not None and not pictures:
        print("picture: none, for these logs hold nothing to draw", file=sys.stderr)


def put(text: str, out: Path | None) -> None:
    """Print a text, or write it and say where it lies.

    Raises:
        UsageError: a place that cannot be written to; ``OutsideError`` where the disk is full.
    """
    if out is None:
        print(text, end="" if text.endswith("\n") else "\n", flush=True)
        return
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, text)
    except OSError as error:
        raise unwritable(out, error) from error
    print(f"report: {out}", file=sys.stderr)


def _text(report: Report) -> Iterator[str]:
    title = one_line(report.title)
    yield from ("", title, "=" * min(len(title), WIDEST))
    if report.log:
        yield one_line(f"log {report.log}  task version {report.version}  status {report.status}")
    for section in report.sections:
        if section.title:
            yield from ("", one_line(section.title))
        yield from map(one_line, _first(section))
        for place, part in enumerate(section.body):
            if isinstance(part, str):
                if place and not isinstance(section.body[place - 1], str):
                    yield ""
                yield one_line(part)
                continue
            yield ""
            if part.title:
                yield one_line(part.title)
            cells = [part.columns, *(_row(part, row) for row in part.rows)]
            width = [max(len(one_line(row[k])) for row in cells) for k in range(len(part.columns))]
            for row in cells:
                aligned = [
                    one_line(cell).ljust(width[k]) if _in_words(part, k) else one_line(cell).rjust(width[k])
                    for k, cell in enumerate(row)
                ]
                yield "  " + "  ".join(aligned).rstrip()
            yield from (f"  {one_line(note)}" for note in _notes(part))


def _markdown(report: Report) -> Iterator[str]:
    yield f"## {markdown(report.title)}"
    if report.log:
        yield f"\nlog {markdown(report.log)}, task version {markdown(report.version)}, status {report.status}"
    for section in report.sections:
        yield from markdown_lines(section)
    yield ""


def markdown_lines(section: Section) -> Iterator[str]:
    """A section in Markdown, for documents that hold more than a report."""
    if section.title:
        yield f"\n### {markdown(section.title)}"
    for sentence in _first(section):
        yield f"\n{markdown(sentence)}"
    for part in section.body:
        if isinstance(part, str):
            yield f"\n{markdown(part)}"
            continue
        if part.title:
            yield f"\n**{markdown(part.title)}**"
        yield f"\n| {' | '.join(map(markdown, part.columns))} |"
        yield f"|{'---|' + '---:|' * (len(part.columns) - 1)}"
        for row in part.rows:
            yield f"| {' | '.join(map(markdown, _row(part, row)))} |"
        yield from (f"\n{markdown(note)}" for note in _notes(part))


def _latex(report: Report) -> Iterator[str]:
    yield rf"\section*{{{latex(report.title)}}}"
    for section in report.sections:
        if section.title:
            yield rf"\subsection*{{{latex(section.title)}}}"
        yield from (f"{latex(sentence)}\n" for sentence in _first(section))
        for part in section.body:
            if isinstance(part, str):
                yield f"{latex(part)}\n"
                continue
            caption = ": ".join(filter(None, (part.title, "; ".join(_notes(part)))))
            yield from (r"\begin{table}", rf"\caption{{{latex(caption)}}}")
            yield r"\begin{tabular}{l" + "r" * (len(part.columns) - 1) + "}"
            yield from (r"\toprule", _latex_row(part.columns), r"\midrule")
            yield from (_latex_row(_row(part, row)) for row in part.rows)
            yield from (r"\bottomrule", r"\end{tabular}", r"\end{table}", "")


def _latex_row(cells: Sequence[str]) -> str:
    return " & ".join(map(latex, cells)) + r" \\"


def _first(section: Section) -> tuple[str, ...]:
    return (*section.reads, *([section.missing] if section.missing else []))


def _in_words(part: Figures, column: int) -> bool:
    cells = [cell for row in part.rows if (cell := row[column]) is not None]
    return column == 0 or (bool(cells) and all(isinstance(cell, str) for cell in cells))


def _notes(part: Figures) -> tuple[str, ...]:
    """What must be known to read a table; then why rows lack a value or its error."""
    why: dict[str, list[str]] = {}
    for row in part.rows:
        for cell in row:
            if isinstance(cell, Interval) and cell.reason and not (cell.known and _has_ends(cell)):
                why.setdefault(cell.reason, []).append(_shown(row[0], part.decimals))
    return (*part.notes, *(f"{reason} ({'; '.join(dict.fromkeys(rows))})" for reason, rows in why.items()))


def _has_ends(cell: Interval) -> bool:
    return math.isfinite(cell.low) or math.isfinite(cell.high)


def _shown(cell: Cell, decimals: int) -> str:
    """A cell as people read it."""
    if cell is None:
        return "-"
    if isinstance(cell, Interval):
        if not cell.known:
            return "-"
        value = number(cell.value, decimals)
        if math.isfinite(cell.stderr) or not _has_ends(cell):  # an interval may need no standard error
            value += f" ({error(cell.stderr, decimals)})"
        if _has_ends(cell):
            value += f" [{number(cell.low, decimals)}, {number(cell.high, decimals)}]"
        return value
    if isinstance(cell, bool | str):
        return str(cell)
    return f"{cell:,}" if isinstance(cell, int) else number(cell, decimals)


def _row(figures: Figures, row: Sequence[Cell]) -> list[str]:
    """A row as people read it; a p-value is never 0."""
    least = 10.0**-figures.decimals
    return [
        f"<{least:.{figures.decimals}f}"
        if isinstance(cell, float) and column.partition(",")[0] == "p" and cell < least
        else _shown(cell, figures.decimals)
        for column, cell in zip(figures.columns, row, strict=True)
    ]


def _parts(cell: Cell) -> tuple[Any, ...]:
    """Value, standard error, ends of the interval, and text, empty where there is none."""
    if isinstance(cell, Interval):
        numbers = (cell.value, cell.stderr, cell.low, cell.high)
        return (*(value if math.isfinite(value) else "" for value in numbers), cell.reason)
    if isinstance(cell, str) or cell is None:
        return ("", "", "", "", cell or "")
    return (cell if math.isfinite(cell) else "", "", "", "", "")


def _plain(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

"""What ``fiduciary train screen`` does with its arguments."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from fiduciary.safe_text import json_text
from fiduciary.training.card_parts import program_version
from fiduciary.training.errors import TrainingError
from fiduciary.training.screening.run import screen
from fiduciary.training.screening.table import read
from fiduciary.training.screening.verdicts import FINE, NOT_APPLICABLE, NOTE, PROBLEM, Check, Screening, plain
from fiduciary.whole_files import write_whole

MANY = 2_000
"""Rows from which progress is told."""

_STYLES = {FINE: "green", NOTE: "yellow", PROBLEM: "bold red", NOT_APPLICABLE: "dim"}


def run(data: Sequence[Path], out: Path | None, logs: Sequence[str], fail_on: str | None) -> int:
    """Screen data sets; the exit code is 1 where something to fail on was found.

    Raises:
        TrainingError: data or logs that cannot be read, or a file that cannot be written.
    """
    if out is not None and out.is_dir():
        raise TrainingError(f"--out {out} is a folder; name a file.")
    console, screenings = Console(), []
    for path in data:
        rows = read(path)

        def say(what: str, path: Path = path, many: bool = rows.n >= MANY) -> None:
            if many:
                print(f"{path}: {what}", file=sys.stderr, flush=True)

        screening = screen(rows, logs=logs, say=say)
        screenings.append(screening)
        show(screening, console)
    if out is not None:
        _write(out, document(screenings))
        console.print(Text(f"Written to {out}"), soft_wrap=True)
    failing = {None: (), "note": (NOTE, PROBLEM), "problem": (PROBLEM,)}[fail_on]
    return int(any(screening.verdict in failing for screening in screenings))


def document(screenings: Sequence[Screening]) -> dict[str, Any]:
    """All screenings in a form that JSON holds."""
    return {
        "kind": "fiduciary.screening",
        "version": 1,
        "made_by": program_version(),
        "screenings": [one.as_json() for one in screenings],
    }


def show(one: Screening, console: Console) -> None:
    """A table of checks, and rows that show what was found."""
    console.print(Text(plain(one.data, 200), style="bold"), soft_wrap=True)
    console.print(Text(one.sentence))
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for check in one.checks:
        verdict = "–" if check.verdict == NOT_APPLICABLE else check.verdict
        text = Text.assemble((f"{check.title}. ", "bold"), check.sentence, _interval(check))
        table.add_row(Text(verdict, style=_STYLES[check.verdict]), text)
    console.print(table)
    for check in one.checks:
        if check.verdict in (NOTE, PROBLEM) and check.examples:
            console.print(Text(f"\n{check.title}, for example", style=_STYLES[check.verdict]))
            for example in check.examples:
                other = "" if example.other in (None, example.row) else f" (row {example.other})"
                console.print(Text(f"  row {example.row}{other}: {example.text}"))
    console.print()


def _interval(check: Check) -> str:
    if check.low is None or check.high is None or check.verdict == NOT_APPLICABLE:
        return ""
    return f" 95 % interval {check.low:.1%} to {check.high:.1%}."


def _write(out: Path, content: dict[str, Any]) -> None:
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        text = json_text(content, indent=2, allow_nan=False) + "\n"
        write_whole(out, text)
    except OSError as error:
        raise TrainingError(f"{out} could not be written: {error.strerror or error}.") from error

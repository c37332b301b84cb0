"""Inventories from their logs, in the terminal.

    fiduciary report LOG… [--retest LOG]
    fiduciary inventory compare BASE_LOG TUNED_LOG… [--out DIR]

``report`` prints scores of facets and domains, reliability, response style. ``compare`` prints how many
items deviate between base and each other model, the largest shifts, and domains and facets with intervals,
corrected tests and equivalence; --out also writes them as a table and a picture. LOG is a log file or a
folder, of which every inventory and model is taken; NAME=LOG says what to call its model.

Exit codes: 0; 2 for logs or arguments that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from fiduciary.economics.psychometrics.comparison import BOUND, compare
from fiduciary.scorers.inventory import picture, report, tables
from fiduciary.scorers.inventory.grounds import grounds
from fiduciary.scorers.inventory.logs import Contender, LogError, base_first, load, match


def main(argv: Sequence[str] | None = None) -> int:
    """Print scores, reliability and response style of each log; return the exit code."""
    parser = argparse.ArgumentParser(prog="fiduciary report", description="Reports on logs of inventories.")
    parser.add_argument("logs", nargs="+", metavar="LOG", help="log files, or folders of them")
    parser.add_argument("--retest", metavar="LOG", help="a second run of the same model with another seed")
    options = parser.parse_args(argv)
    try:
        again = load([options.retest]) if options.retest else {}
        print("\n\n".join(_report(load(options.logs), again)))
    except (FileNotFoundError, LogError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def compare_logs(argv: Sequence[str] | None = None) -> int:
    """Print what changed between a base and other models; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary inventory compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="the base's log or folder, then the others'")
    parser.add_argument("--base", metavar="MODEL", help="which model is the base (default: of the first log)")
    parser.add_argument(
        "--bound", type=float, default=BOUND, help=f"of equivalence, points of the scale (default {BOUND:g})"
    )
    parser.add_argument("--level", type=float, default=0.95, help="of intervals (default 0.95)")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for INVENTORY.csv, .txt and .png")
    options = parser.parse_args(argv)
    if not options.bound > 0:
        parser.error(f"argument --bound: must be more than 0, got {options.bound:g}")
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level:g}")
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        parser.error(f"argument --out: {options.out} is a file")
    try:
        _compare(load(options.logs), options.base, options.bound, options.level, options.out)
    except (FileNotFoundError, LogError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    return 0


def _report(found: dict[str, list[Contender]], again: dict[str, list[Contender]]) -> list[str]:
    parts = [report.describe(contender) for contenders in found.values() for contender in contenders]
    pairs = [(a, b) for task, contenders in found.items() for a in contenders for b in again.get(task, [])]
    if again and not pairs:
        raise LogError("--retest is of another inventory")
    return parts + [report.compare_runs(a, b) for a, b in pairs]


def _compare(
    found: dict[str, list[Contender]], base: str | None, bound: float, level: float, out: Path | None
) -> None:
    both = {task: base_first(contenders, base) for task, contenders in found.items()}
    said = []
    for task, (first, *others) in both.items():
        changes = []
        text = [tables.measured([first, *others])]
        for other in others:
            matched = match(first, other)
            if any(grounds(one.data).withheld for one in (first, other)):
                continue
            result = compare(matched.base, matched.tuned, first.data.key, bound=bound, level=level)
            changes.append(tables.Change(first, other, matched, result))
        if changes:
            text += [tables.summary(changes), *map(tables.describe, changes)]
            text.append(tables.reading(changes[0].comparison))
        else:
            text.append(f"{task}: so nothing is compared")
        whole = "\n\n".join(text)
        said.append(f"{whole}\n")
        if out is not None:
            out.mkdir(parents=True, exist_ok=True)
            (out / f"{task}.txt").write_text(f"{whole}\n", encoding="utf-8")
            if changes:
                pd.DataFrame(tables.rows(changes)).to_csv(out / f"{task}.csv", index=False)
                picture.draw(changes, out / f"{task}.png")
            said.append(f"Written: {out / task}.txt{', .csv and .png' if changes else ''}\n")
    # After all files: a reader such as head may leave before the end.
    print("\n".join(said))

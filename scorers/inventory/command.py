"""What training moved in inventories.

    fiduciary inventory compare BASE_LOG TUNED_LOG…

How many items deviate between base and each other model, the largest shifts, and domains, facets and items
with intervals, corrected tests and equivalence. LOG is a log file or a folder, of which every inventory and
model is taken; NAME=LOG says what to call its model.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from fiduciary.economics.psychometrics.comparison import BOUND
from fiduciary.errors import UsageError
from fiduciary.eval_logs import code_of
from fiduciary.scorers.inventory import picture
from fiduciary.scorers.inventory.changes import changes, report
from fiduciary.scorers.inventory.logs import base_first, load
from fiduciary.scorers.rendering import FORMATS, check_places, deliver


def main(argv: Sequence[str] | None = None) -> int:
    """Compare a base with other models; the exit code is 0, or 2 where a log cannot be read.

    Raises:
        UsageError: logs that do not compare, or an argument to be mended.
    """
    parser = argparse.ArgumentParser(
        prog="fiduciary inventory compare",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="the base's log or folder, then the others'")
    parser.add_argument("--base", metavar="MODEL", help="which model is the base (of the first log)")
    parser.add_argument(
        "--bound",
        type=float,
        default=BOUND,
        metavar="B",
        help=f"of equivalence, points of the scale ({BOUND:g})",
    )
    parser.add_argument("--format", choices=FORMATS, default="text", help="of the report (text)")
    parser.add_argument("--out", type=Path, metavar="FILE", help="where it is written (the terminal)")
    parser.add_argument("--picture", type=Path, metavar="DIR", help="folder that pictures are drawn into")
    parser.add_argument("--level", type=float, default=0.95, metavar="P", help="of intervals (0.95)")
    given = parser.parse_args(argv)
    if not given.bound > 0:
        raise UsageError(f"argument --bound must be more than 0, got {given.bound:g}")
    if not 0 < given.level < 1:
        raise UsageError(f"argument --level must lie strictly between 0 and 1, got {given.level:g}")
    check_places(given.out, given.picture)
    loaded, troubles = load(given.logs)
    models = {task: base_first(found, given.base) for task, found in loaded.items()}
    found = {task: changes(own, given.bound, given.level) for task, own in models.items()}
    drawn = []
    if given.picture is not None:
        given.picture.mkdir(parents=True, exist_ok=True)
        for task in (task for task, own in found.items() if own):
            drawn.append(given.picture / f"{task}.png")
            picture.draw(found[task], drawn[-1])
    told = [report(own, found[task]) for task, own in models.items()]
    deliver(told, given.format, given.out, drawn if given.picture is not None else None)
    return code_of(troubles)

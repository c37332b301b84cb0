"""``fiduciary inventory import``: takes in the official text that the user has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from fiduciary.economics.psychometrics.instruments import key, with_statements
from fiduciary.tasks.inventory.official import store
from fiduciary.tasks.inventory.statements import SUFFIXES, InstrumentError, read_file

TITLES = {
    "hexaco100": "HEXACO-PI-R (100 items, self-report)",
    "dark_tetrad": "Short Dark Tetrad (SD4, 28 items)",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        argv: of the command line, the process's own by default.

    Returns:
        0, or 2 where the file was refused.
    """
    parser = argparse.ArgumentParser(
        prog="fiduciary inventory import",
        description="Reads the numbered statements of an inventory's official text from a file, checks that "
        "they are complete and in order, and keeps them outside the project for -T instrument=official.",
    )
    parser.add_argument(
        "name", choices=TITLES, help=" or ".join(f"{name}: {title}" for name, title in TITLES.items())
    )
    parser.add_argument("file", type=Path, metavar="FILE", help=f"the text: {', '.join(SUFFIXES)}")
    options = parser.parse_args(argv)
    name, file = options.name, options.file
    try:
        statements = read_file(file, len(key(name)))
        path = store(name, statements)
    except InstrumentError as error:
        print(f"error: {error.args[0]}", file=sys.stderr)
        return 2
    instrument = with_statements(name, statements)
    print(f"{len(statements)} statements kept in {path}")
    print(f"sha256 {instrument.sha256}")
    print("Does what they measure fit? The first of each facet:")
    shown = set()
    for item in instrument.items:
        if item.facet not in shown:
            shown.add(item.facet)
            direction = ", reversed" if item.reversed else ""
            print(f"  {item.number:>3} ({item.facet}{direction}): {item.statement}")
    print(f"Ask them: inspect eval tasks/{name} --model … -T instrument=official")
    print("Logs of such runs contain the statements: do not publish them.")
    return 0

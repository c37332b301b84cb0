"""``python -m tasks.hexaco100 import FILE``: takes in the official text that the user has."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from economics.psychometrics.instruments import key, with_statements
from tasks._inventory.official import store
from tasks._inventory.reading import SUFFIXES, InstrumentError, read_file


def main(name: str, title: str, arguments: Sequence[str] | None = None) -> int:
    """Run the command.

    Args:
        name: one of ``INSTRUMENTS``.
        title: of the published instrument.
        arguments: of the command line, the process's own by default.

    Returns:
        0, or 2 where the file was refused.
    """
    parser = argparse.ArgumentParser(prog=f"python -m tasks.{name}", description=f"The official {title}.")
    commands = parser.add_subparsers(dest="command", required=True)
    taken = commands.add_parser(
        "import",
        help="take in the official statements",
        description=(
            f"Reads the {len(key(name))} numbered statements of the {title} from a file, checks that they "
            "are complete and in order, and keeps them outside the project for -T instrument=official."
        ),
    )
    taken.add_argument("file", type=Path, metavar="FILE", help=f"the text: {', '.join(SUFFIXES)}")
    file: Path = parser.parse_args(arguments).file
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

"""Logs to table, terminal summary and page.

    fiduciary board logs/ --out site/
    fiduciary board logs/ s3://bucket/logs --out site/ --principal nonprofit
    fiduciary board logs/ --out site/ --theta 0.4,0.3,0.2,0.1 --rho 0.5

Paths are log files (.eval, .json), folders of them, or addresses of a file system that fsspec knows. Into the
folder go table.csv, .json, .parquet (one number a line, with the log that it came from), table.md, table.tex,
the logs, and index.html. A column holds one task version, seed and design; logs of another are left out and
named, unless --mix is given. Logs that are damaged, unfinished or of another suite are named and left out.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
from collections.abc import Sequence
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from rich.console import Console

from fiduciary._inspect import open_file
from fiduciary.economics.principals import Principal
from fiduciary.errors import UsageError, unwritable
from fiduciary.eval_logs import MARK, code_of, tell
from fiduciary.leaderboard import outputs, terminal
from fiduciary.leaderboard.board import Board
from fiduciary.leaderboard.board import build as build_board
from fiduciary.leaderboard.log_files import Say
from fiduciary.leaderboard.payload import payload
from fiduciary.options import add_principal, stated_principal
from fiduciary.safe_text import one_line
from fiduciary.whole_files import whole_folder

DEFAULT = "symmetric"
"""The principal where none is named: nobody counts for more than another."""

LOGS, INDEX = "logs", "index.html"
OWN = (*outputs.NAMES, MARK, LOGS, "logs-view", INDEX)
"""All that a build puts into its folder."""

SERVED = f"whom the models decide for ({DEFAULT} where nobody is stated)"


def main(argv: Sequence[str]) -> int:
    """Build the table and the page; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary board",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, folders of them, or addresses such as s3://…")
    parser.add_argument(
        "--out", type=Path, help="folder for the files and the page; without it only the terminal summary"
    )
    add_principal(parser, SERVED)
    parser.add_argument("--title", default="Fiduciary leaderboard", help="heading of table and page")
    add_reading(parser)
    options = parser.parse_args(argv)
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out {options.out} is a file; name a folder")
    console, progress = Console(), Console(stderr=True)
    board = build_board(
        options.logs,
        served(options),
        sayer(progress),
        mix=options.mix,
        base=options.base,
        title=options.title,
    )
    if not any(row.ranked for row in board.rows):
        tell(board.troubles)
        raise UsageError("none of these logs can be used; nothing was built")
    terminal.print_board(board, console)
    tell(board.troubles)
    if options.out is not None:
        made = publish(board, options.out, sayer(progress))
        console.print(one_line(f"Written to {made}"), markup=False, highlight=False, soft_wrap=True)
    return code_of(board.troubles)


def publish(board: Board, out: Path, say: Say) -> Path:
    """Write files and page, all of one make or none; the page, or the folder where pages cannot be made.

    Raises:
        UsageError: a folder that cannot be written to.
    """
    pages = find_spec("fiduciary.leaderboard.page") is not None
    try:
        _check_logs(board, out)
        with whole_folder(out, OWN) as place:
            (place / MARK).touch()
            _, lacking = outputs.write(board, place)
            for what in lacking:
                say(what)
            if pages:
                logs = copy_logs(board, place, say)
                import_module("fiduciary.leaderboard.page").build(payload(board, logs, _commit()), place)
    except OSError as error:
        raise unwritable(out, error) from error
    return out / INDEX if pages else out


def _check_logs(board: Board, out: Path) -> None:
    """Refuse to take the place of logs that are not copies, or that the table is made from."""
    folder = out / LOGS
    files = [run.file for row in board.rows for run in row.runs.values()]
    if any("://" not in file and Path(file).is_relative_to(folder.resolve()) for file in files):
        raise UsageError(f"--out {out} holds the logs that it is to be built from; name another")
    if folder.exists() and not (out / MARK).exists():
        raise UsageError(f"{folder} exists and was not made by this command; name another --out")


def copy_logs(board: Board, out: Path, say: Say) -> dict[str, str]:
    """Put the logs that count into ``out/logs``; file → address relative to ``out``."""
    folder = out / LOGS
    folder.mkdir(parents=True)
    files = [run.file for row in board.rows for run in row.runs.values()]
    found: dict[str, str] = {}
    for k, file in enumerate(files, 1):
        name = file.rpartition("/")[2]
        if (folder / name).exists():
            name = f"{k:03d}-{name}"
        with open_file(file, "rb") as source, (folder / name).open("wb") as copy:
            shutil.copyfileobj(source, copy)
        found[file] = f"{LOGS}/{name}"
        if k % 50 == 0:
            say(f"logs copied: {k} of {len(files)}")
    return found


def add_reading(parser: argparse.ArgumentParser) -> None:
    """Arguments that say how logs become rows and columns."""
    parser.add_argument("--base", metavar="MODEL", help="model that shifts are taken from")
    parser.add_argument("--mix", action="store_true", help="let versions, seeds and designs share a column")


def served(options: argparse.Namespace) -> Principal:
    """Whom the models decide for: who the options state, else ``DEFAULT``.

    Raises:
        UsageError: options that state nobody.
    """
    return stated_principal(options) or Principal.named(DEFAULT)


def sayer(console: Console) -> Say:
    """Progress, a line at a time."""

    def say(text: str) -> None:
        console.print(one_line(text), style="dim", markup=False, highlight=False)

    return say


def _commit() -> str | None:
    """Commit of the checkout that this runs in, if it is one."""
    try:
        done = subprocess.run(
            ["git", "describe", "--always", "--dirty=+"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:
        return None
    return done.stdout.strip() or None

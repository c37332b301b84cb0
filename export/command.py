"""Choices of logs as one table for R, Stata, Biogeme, xlogit and apollo, with a codebook.

    fiduciary export logs/ --out export/
    fiduciary export logs/….eval --format stata --out export/

One row a choice and option: what was offered, how it was shown, what was chosen, with which probability.
Into the folder go choices.csv (.parquet, .dta), codebook.md with every column's unit and meaning, and
programs that estimate the preference from the file outside of this project: estimate.R, estimate.do (Stata),
estimate_biogeme.py and estimate_xlogit.py. Paths are log files (.eval, .json), folders of them, or addresses
of a file system that fsspec knows. Choices are those of stakeholder_choice; logs of other tasks are named and
left out, and so are logs that are damaged. Missing answers keep their rows, with chosen and share empty.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from importlib.resources import files as resources
from pathlib import Path
from typing import TYPE_CHECKING

from fiduciary.errors import UsageError, unwritable

if TYPE_CHECKING:
    import pandas as pd

    from fiduciary.eval_logs import Trouble

FORMS = ("csv", "parquet", "stata")
CODEBOOK = "codebook.md"
PROGRAMS = ("estimate.R", "estimate.do", "estimate_biogeme.py", "estimate_xlogit.py")
TASK = "stakeholder_choice"


def main(argv: Sequence[str]) -> int:
    """Write the folder; the exit code is 0, or 2 where a log cannot be used.

    Raises:
        UsageError: a path that is no log, a folder that cannot be written to, or no choices at all.
    """
    parser = argparse.ArgumentParser(
        prog="fiduciary export",
        description=__doc__,
        epilog="Exit codes: 0; 2 for a path or an argument that cannot be used, also where the other logs\n"
        "were exported; 3 for a full disk.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "logs", nargs="+", metavar="LOG", help="log file, folder of them, or address such as s3://…"
    )
    parser.add_argument("--format", choices=FORMS, default="csv", help="of the table; csv by default")
    parser.add_argument(
        "--out",
        required=True,
        type=Path,
        metavar="FOLDER",
        help="folder for table, codebook and programs; an earlier export in it is replaced",
    )
    options = parser.parse_args(argv)
    if options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out {options.out} is a file; name a folder")

    # After the arguments are read: these load Inspect, which takes most of a second.
    from fiduciary.eval_logs import code_of, tell
    from fiduciary.export import files
    from fiduciary.safe_text import one_line

    files.check(options.format)
    table, troubles = _table(options.logs)
    tell(troubles)
    if table is None:
        raise UsageError("none of these logs holds choices that can be used; nothing was written")
    made = write(table, options.format, options.out)
    choices, runs = table["choice"].nunique(), table["run"].nunique()
    print(one_line(f"{choices:,} choices of {runs:,} runs, {len(table):,} rows, in {made}"))
    return code_of(troubles)


def write(table: pd.DataFrame, form: str, out: Path) -> Path:
    """Write the whole folder or nothing; the table's path.

    Args:
        table: as ``rows.joined`` gives it.
        form: one of ``FORMS``.
        out: the folder.

    Raises:
        UsageError: a folder that cannot be written to.
    """
    from fiduciary.export.codebook import codebook
    from fiduciary.export.files import FORMATS
    from fiduciary.whole_files import whole_folder

    name, put = FORMATS[form]
    own = (*(name for name, _ in FORMATS.values()), CODEBOOK, *PROGRAMS)
    try:
        with whole_folder(out, own) as place:
            put(table, place / name)
            (place / CODEBOOK).write_text(codebook(table, name), encoding="utf-8")
            for program in PROGRAMS:
                content = (resources("fiduciary.export") / "programs" / program).read_bytes()
                (place / program).write_bytes(content)
    except OSError as error:
        raise unwritable(out, error) from error
    return out / name


def _table(given: Sequence[str]) -> tuple[pd.DataFrame | None, list[Trouble]]:
    """The choices of all logs, None where there are none, and what was left out."""
    from fiduciary.eval_logs import Trouble, UnusableLog, find, one_line, read_header
    from fiduciary.export.rows import datasets, joined
    from fiduciary.scorers.logs import task_of

    frames: list[pd.DataFrame] = []
    troubles: list[Trouble] = []
    seen: dict[tuple[str, str], str] = {}
    for file in find(given):
        try:
            header = read_header(file)
        except UnusableLog as error:
            troubles.append(Trouble(file, f"cannot be read: {error}", damaged=True))
            continue
        if task_of(header) != TASK:
            troubles.append(Trouble(file, f"holds no choices between options (task {header.eval.task})"))
            continue
        try:
            found = datasets(file, header)
        except Exception as error:  # samples that are not as the task writes them may fail anywhere
            troubles.append(Trouble(file, f"its samples cannot be used: {one_line(error)}", damaged=True))
            continue
        run = header.eval.eval_id, header.eval.model
        if run in seen:
            troubles.append(Trouble(file, f"is the same run as {seen[run]}, and left out"))
        else:
            frames += found
            seen[run] = file
    return joined(frames) if frames else None, troubles

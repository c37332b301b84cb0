"""What pressure does to a model's decisions: the report on logs of tasks/stress.

    fiduciary report logs/
    fiduciary report logs/ --out report

For each log a table with one line a pressure, and what was found in words. --out also writes stress.md,
stress.json and stress.png, the picture with all logs side by side.

Exit codes: 0; 1 where no log is of this task; 2 for a path, an argument or samples that cannot be used.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from fiduciary.scorers.stress.picture import draw
from fiduciary.scorers.stress.report import TASK, markdown, read, text


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", metavar="LOG", help="log files, or folders of them")
    parser.add_argument("--out", type=Path, metavar="DIR", help="folder for stress.md, .json and .png")
    parser.add_argument("--level", type=float, default=0.95, help="of intervals (default 0.95)")
    options = parser.parse_args(argv)
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level:g}")
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        parser.error(f"argument --out: {options.out} is a file")
    try:
        reports = read(options.logs, options.level)
    except (FileNotFoundError, ValueError) as error:
        parser.error(" ".join(str(error).split()))
    if not reports:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    for report in reports:
        print("\n".join(text(report)), flush=True)
    if options.out is not None:
        options.out.mkdir(parents=True, exist_ok=True)
        written = "\n\n".join("\n".join(markdown(report)) for report in reports)
        (options.out / "stress.md").write_text(f"{written}\n", encoding="utf-8")
        plain = json.dumps([report.to_dict() for report in reports], indent=1, ensure_ascii=False)
        (options.out / "stress.json").write_text(f"{plain}\n", encoding="utf-8")
        written = ".json"
        if any(report.findings for report in reports):
            draw(reports, options.out / "stress.png")
            written = ".json and .png"
        print(f"\nWritten: {options.out / 'stress.md'}, {written}")
    return 0

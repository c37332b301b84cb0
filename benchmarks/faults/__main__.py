"""Put the product to all faults, and write what became of them: ``make faults``.

    python -m benchmarks.faults --out docs/faults.md
    python -m benchmarks.faults --only zip --share 0.01

The exit code is 1 where anything was lost.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from pathlib import Path

from benchmarks.faults.registry import NOTHING, Bench, Fault, Seen, load
from fiduciary.safe_text import markdown


def main(argv: Sequence[str] | None = None) -> int:
    """Run faults and write the table; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.faults",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--out", type=Path, help="file of the table; the terminal without it")
    parser.add_argument("--only", default="", metavar="TEXT", help="faults whose area or title holds it")
    parser.add_argument("--share", type=float, default=1.0, help="of strings, logs and kills, in (0, 1]")
    parser.add_argument("--seed", type=int, default=0, help="of what is drawn")
    options = parser.parse_args(argv)
    if not 0 < options.share <= 1:
        parser.error(f"--share must lie in (0, 1], got {options.share:g}")
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    chosen = [one for one in load() if options.only.lower() in f"{one.area} {one.title}".lower()]
    if not chosen:
        parser.error(f"no fault has {options.only!r} in its name")
    seen: list[tuple[Fault, Seen]] = []
    with tempfile.TemporaryDirectory(prefix="faults-") as root:
        shared = Path(root) / "shared"
        shared.mkdir()
        for number, one in enumerate(chosen):
            folder = Path(root) / str(number)
            folder.mkdir()
            found = put_to(one, Bench(folder, shared, options.share, options.seed))
            mark = "ok  " if found.lost == NOTHING else "LOST"
            print(f"{mark} {one.area}: {one.title}: {found.happens}", file=sys.stderr, flush=True)
            seen.append((one, found))
    text = table(seen, options.share)
    if options.out is None:
        print(text, end="")
    else:
        options.out.write_text(text, encoding="utf-8")
    return int(any(found.lost != NOTHING for _, found in seen))


def put_to(one: Fault, bench: Bench) -> Seen:
    """Put the product to one fault; whatever is raised is a loss."""
    try:
        return one.run(bench)
    except Exception as error:
        traceback.print_exc()
        return Seen("the product fails", "", " ".join(f"{type(error).__name__}: {error}".split())[:300])


def table(seen: Sequence[tuple[Fault, Seen]], share: float) -> str:
    """The table as Markdown, one heading an area."""
    lines = [
        "# Faults, and what becomes of them",
        "",
        "Made by `make faults`, which does all of this to the product"
        + ("." if share == 1 else f", here with {share:.0%} of the strings, logs and kills."),
        f"{sum(found.lost == NOTHING for _, found in seen)} of {len(seen)} faults lose nothing.",
    ]
    for area in dict.fromkeys(one.area for one, _ in seen):
        lines += ["", f"## {area}", "", "| fault | what happens | what is lost | what the user reads |"]
        lines.append("|---|---|---|---|")
        for one, found in seen:
            if one.area == area:
                cells = (one.title, found.happens, found.lost, found.said or "–")
                lines.append("| " + " | ".join(map(markdown, cells)) + " |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    raise SystemExit(main())

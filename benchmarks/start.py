"""What a start costs in processor time: the command's help, and what Inspect loads of ours beyond itself.

python -m benchmarks start
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

REPEATS = 5

HELP = "from fiduciary.__main__ import main\nmain({words!r})"
INSPECT = "import numpy, inspect_ai.model._providers.providers, inspect_ai.scorer, inspect_ai.solver"

ASKED = {"fiduciary --help": 0.15, "fiduciary report --help": 0.6}


def seconds(code: str) -> float:
    """Median processor time of a fresh interpreter that runs the code, with compiled modules kept."""
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    spent = []
    for _ in range(REPEATS + 1):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return statistics.median(spent[1:])  # the first run compiles


def main(argv: list[str] | None = None) -> int:
    """Print the table; 1 where a figure asked for was missed."""
    help_ = {
        "fiduciary --help": seconds(HELP.format(words=["--help"])),
        "fiduciary report --help": seconds(HELP.format(words=["report", "--help"])),
    }
    for name, spent in help_.items():
        print(f"{name:<44}{spent:7.2f} s   (asked: <= {ASKED[name]:g} s)")
    alone, ours = seconds(INSPECT), seconds(f"{INSPECT}\nimport fiduciary._registry")
    print(f"{'Inspect alone':<44}{alone:7.2f} s")
    print(f"{'with what its entry point loads of ours':<44}{ours:7.2f} s   ({ours / alone:.2f} times)")
    return int(any(spent > ASKED[name] for name, spent in help_.items()))

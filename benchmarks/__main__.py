"""All benchmarks that need neither a server nor a GPU: `python -m benchmarks`, or `make bench`.

Name some to run those only: `python -m benchmarks games duopoly`. Each says what was asked and what was
measured, and the exit code is 1 where a figure was missed. All of them take one core about two and a half
hours; recovery (five preferences, 1,000 simulated studies each) is the longest.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

from benchmarks import (
    axioms,
    budgets,
    consistency,
    delegation,
    designs,
    dossier,
    duopoly,
    games,
    games_pipeline,
    identified,
    instruments,
    monitoring,
    pipeline,
    psychometrics,
    rationality_subjects,
    reachable,
    reads,
    rebench_null,
    recovery,
    speed,
    start,
    stated,
    stress,
    supervision,
    throughput,
)

BENCHMARKS: dict[str, Callable[[], int]] = {
    "speed": lambda: speed.main(["--million"]),
    "start": lambda: start.main([]),
    "throughput": lambda: throughput.main([]),
    "identified": lambda: identified.main(),
    "pipeline": lambda: pipeline.main([]),
    "games": lambda: games.main([]),
    "games_pipeline": lambda: games_pipeline.main([]),
    "duopoly": lambda: duopoly.main([]),
    "consistency": lambda: consistency.main([]),
    "delegation": lambda: delegation.main([]),
    "designs": lambda: designs.main([]),
    "axioms": lambda: axioms.main([]),
    "budgets": lambda: budgets.main([]),
    "rationality_subjects": lambda: rationality_subjects.main([]),
    "psychometrics": lambda: psychometrics.main([]),
    "monitoring": lambda: monitoring.main([]),
    "stress": lambda: stress.main([]),
    "instruments": lambda: instruments.main(["--runs", "100"]),
    "supervision": lambda: supervision.main([]),
    "reachable": lambda: reachable.main([]),
    "stated": lambda: stated.main([]),
    "dossier": lambda: dossier.main([]),
    "reads": lambda: reads.main([]),
    "rebench_null": lambda: rebench_null.main([]),
    "recovery": lambda: recovery.main([]),
}


def main(argv: list[str] | None = None) -> int:
    """Run what is named, or everything; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(BENCHMARKS)}")
    names = parser.parse_args(argv).names
    unknown = [name for name in names if name not in BENCHMARKS]
    if unknown:
        parser.error(f"no benchmark {unknown[0]!r}; there are {', '.join(BENCHMARKS)}")
    missed = []
    for name in names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        if BENCHMARKS[name]():
            missed.append(name)
    print(f"\n{'missed: ' + ', '.join(missed) if missed else 'every figure reached'}")
    return int(bool(missed))


if __name__ == "__main__":
    raise SystemExit(main())

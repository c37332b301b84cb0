"""Time and checks of preference data: 10,000 pairs a published target, on one core, in 15 s at most.

Needs the train extra (`datasets`): OMP_NUM_THREADS=1 .venv-train/bin/python -m benchmarks.preferences
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

from fiduciary.economics.principals import Principal
from fiduciary.training import preference_data
from fiduciary.training.preference_pairs import PairDesign

PROFILES = ("for_profit", "symmetric", "nonprofit")
SECONDS = 15
STYLE = 0.02


def main(argv: list[str] | None = None) -> int:
    """Print the figures; the exit code says whether they were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--pairs", type=int, default=10_000, help="pairs a target (default 10,000)")
    args = parser.parse_args(argv)
    print(f"{'target':12}{'pairs':>8}{'wall':>9}{'CPU':>9}{'MB':>7}{'style':>9}{'+ names':>9}{'longer':>9}")
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        for name in PROFILES:
            out = Path(temporary) / name
            wall, cpu = time.perf_counter(), time.process_time()
            design = PairDesign(Principal.named(name), args.pairs, wordings=("all",))
            checks = preference_data.write(design, out)["checks"]
            wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
            size = sum(file.stat().st_size for file in out.iterdir()) / 1e6
            style = checks["style_accuracy"]
            print(
                f"{name:12}{checks['pairs']:>8,}{wall:>7.1f} s{cpu:>7.1f} s{size:>7.1f}{style:>9.1%}"
                f"{checks['style_accuracy_with_names']:>9.1%}{checks['longer_is_chosen']:>9.1%}"
            )
            fine &= cpu <= SECONDS and abs(style - 0.5) <= STYLE
    print(f"asked: at most {SECONDS} s of one core a target, style within {STYLE:.0%} of chance")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())

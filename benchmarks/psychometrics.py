"""Comparisons of two models by inventory: false findings, power, and the key's published test vectors.

Two models without a difference are compared 500 times, at the default 12 blocks and at 24; ten items
moved by 0.5 must be found at 24 blocks and a within-block standard deviation of 0.4, with means of
distributions (``choose``) and with whole answers (``text``). Prints the power at other spreads and
numbers of blocks.

    python -m benchmarks.psychometrics
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from fiduciary.economics.psychometrics.instruments import key as slots
from fiduciary.economics.psychometrics.power import power
from fiduciary.economics.psychometrics.scoring import Key, scale_scores

BEFORE, AFTER, POWER = 0.06, 0.08, 0.80

VECTORS = {
    5: {"H": 2.5, "E": 3.25, "X": 3.25, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
    1: {"H": 3.5, "E": 2.75, "X": 2.75, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
}
"""Domain scores of somebody who gives every item one answer."""

SPREADS = (0.2, 0.4, 0.6, 0.8, 1.0)
BLOCKS = (12, 18, 24, 36, 48)
KINDS = {False: "means of distributions", True: "whole answers"}


def vectors() -> bool:
    """The key's test vectors, exactly."""
    key = Key.of(
        {"number": s.number, "facet": s.facet, "domain": s.domain, "reversed": s.reversed}
        for s in slots("hexaco100")
    )
    exact = all(
        {name: score.value for name, score in scale_scores(np.full(key.n, float(answer)), key).items()}
        == wanted
        for answer, wanted in VECTORS.items()
    )
    print(f"test vectors (all 5, all 1) exactly: {'yes' if exact else 'NO'}")
    return exact


def null(comparisons: int) -> bool:
    """Rates of false findings where nothing differs."""
    print(f"\nno difference, {comparisons} comparisons of 100 items: share found")
    print(f"{'answers':<26}{'blocks':>7}{'sd':>6}{'before, <= 6 %':>17}{'any after, <= 8 %':>20}")
    fine = True
    for whole, kind in KINDS.items():
        for blocks in (12, 24):
            for sd in (0.4, 0.8):
                found = power(
                    blocks, sd, shifted=0, whole=whole, replications=comparisons, seed=round(10 * sd)
                )
                ok = found.false_before <= BEFORE and found.any_false <= AFTER
                fine &= ok
                print(
                    f"{kind:<26}{blocks:>7}{sd:>6.1f}{found.false_before:>17.2%}{found.any_false:>20.1%}"
                    f"{'' if ok else '   <- missed'}"
                )
    return fine


def table(replications: int) -> bool:
    """Power over spreads and blocks; whether it reaches what is asked."""
    fine = True
    for whole, kind in KINDS.items():
        print(f"\nshift 0.5 on 10 of 100 items, {kind}: share found after Benjamini–Hochberg")
        print(f"{'within-block sd':<18}" + "".join(f"{f'{blocks} blocks':>11}" for blocks in BLOCKS))
        for sd in SPREADS:
            if whole and sd**2 < 1 / 6 - 0.01:
                continue  # whole answers cannot vary less
            row = [power(blocks, sd, whole=whole, replications=replications, seed=2) for blocks in BLOCKS]
            print(f"{sd:<18.1f}" + "".join(f"{found.found:>11.0%}" for found in row), flush=True)
            if sd == 0.4:
                reached = row[BLOCKS.index(24)].found
                fine &= reached >= POWER
                print(f"{'':<18}asked at 24 blocks: at least {POWER:.0%}, measured {reached:.1%}")
    return fine


def main(argv: list[str] | None = None) -> int:
    """Print the figures; the exit code says whether they were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--comparisons", type=int, default=500, help="without a difference (default 500)")
    parser.add_argument("--replications", type=int, default=100, help="a cell of the table (default 100)")
    args = parser.parse_args(argv)
    started = time.perf_counter()
    fine = all([vectors(), null(args.comparisons), table(args.replications)])
    print(f"\n{'reached' if fine else 'MISSED'}; {time.perf_counter() - started:.0f} s")
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())

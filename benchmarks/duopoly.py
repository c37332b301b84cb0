"""Repeated pricing on subjects whose strategy is known: benchmarks, gain index and time of `inspect eval`.

python -m benchmarks.duopoly
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from inspect_ai.log import list_eval_logs, read_eval_log

from fiduciary.economics.duopoly import LogitMarket, benchmarks, monopoly_prices

ROOT = Path(__file__).parents[1]

SCALES = ((1.0, 1.0), (3.2, 100.0), (10.0, 100.0))
"""α and β at which the tabulated values must come out."""

SECONDS = 60.0
"""Within which a 300-period duopoly of two subjects must run on two cores."""

TOLERANCE = 1e-3
"""Of Δ for two Nash pricers and two joint monopolists."""


def tabulated(alpha: float, beta: float) -> list[tuple[str, float, float, int]]:
    """Name, solved value at α = β = 1 after scaling back, tabulated value and its digits."""
    market = LogitMarket(price_scale=alpha, quantity_scale=beta)
    solved, alone = benchmarks(market), market.alone()
    (single,) = monopoly_prices(alone)
    unit = alpha * beta
    return [
        ("Nash price", solved.nash_prices[0] / alpha, 1.4729, 4),
        ("Nash profit", solved.nash_profits[0] / unit, 0.2229, 4),
        ("monopoly price", solved.monopoly_prices[0] / alpha, 1.9250, 4),
        ("monopoly profit", solved.monopoly_profits[0] / unit, 0.3375, 4),
        ("deviation price", solved.deviation_prices[0] / alpha, 1.662, 3),
        ("deviation profit", solved.deviation_profits[0] / unit, 0.4117, 4),
        ("critical discount", solved.critical_discount[0], 0.393, 3),
        ("one product: price", single / alpha, 1.802, 3),
        ("one product: profit", float(alone.profits([single])[0]) / unit, 0.552, 3),
    ]


def run(folder: Path, subject: str, alphas: str) -> tuple[dict[str, float], float, float]:
    """Δ by α of 300-period runs; wall-clock and processor seconds of the command line, its start included."""
    start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [
            *(sys.executable, "-m", "inspect_ai", "eval", "tasks/duopoly_pricing"),
            *("--model", f"subject/{subject}", "-T", f"n={alphas.count(',') + 1}", "-T", f"alpha={alphas}"),
            *("--log-dir", str(folder), "--display", "none"),
        ],
        cwd=ROOT,
        check=True,
    )
    seconds, after = time.perf_counter() - start, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    (info,) = list_eval_logs(str(folder))
    deltas = {
        f"{sample.metadata['market']['price_scale']:g}": float(
            ((sample.scores or {})["pricing"].metadata or {})["delta"]
        )
        for sample in read_eval_log(info).samples or []
    }
    return deltas, seconds, processor


def main(argv: list[str] | None = None) -> int:
    """Print asked and measured figures; the exit code says whether all were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.parse_args(argv)
    fine = True
    print(f"{'':24}{'asked':>10}" + "".join(f"{f'α={a:g} β={b:g}':>16}" for a, b in SCALES))
    for rows in zip(*(tabulated(*scale) for scale in SCALES), strict=True):
        name, _, asked, digits = rows[0]
        ok = all(round(value, digits) == asked for _, value, *_ in rows)
        fine &= ok
        print(
            f"{name:24}{asked:>10.{digits}f}"
            + "".join(f"{value:>16.6f}" for _, value, *_ in rows)
            + ("" if ok else "   <- off")
        )
    for subject, asked in (("nash_pricer", 0.0), ("joint_monopolist", 1.0)):
        with tempfile.TemporaryDirectory() as folder:
            deltas, _, _ = run(Path(folder), subject, "1,3.2,10")
        for alpha, delta in deltas.items():
            ok = abs(delta - asked) <= TOLERANCE
            fine &= ok
            print(
                f"{subject}, α = {alpha}: Δ = {delta:.6f} (asked: {asked:g} within {TOLERANCE:g})"
                f"{'' if ok else '   <- off'}"
            )
    with tempfile.TemporaryDirectory() as folder:
        _, seconds, processor = run(Path(folder), "undercutter", "1")
    fine &= seconds < SECONDS
    print(
        f"300 periods of two subjects: {seconds:.1f} s, of which processor {processor:.1f} s "
        f"(asked: < {SECONDS:g} s)"
        f"{'' if seconds < SECONDS else '   <- slower than asked'}"
    )
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""The whole pipeline on a subject whose preference is known: accuracy and time of `inspect eval`.

python -m benchmarks.pipeline
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from inspect_ai.log import list_eval_logs, read_eval_log

from fiduciary.economics.utility import profile
from fiduciary.scorers.choice_table import tables
from fiduciary.scorers.stakeholder_choice.report import estimates

ROOT = Path(__file__).parents[1]
NAMES = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma")


def run(folder: Path, n: int, *arguments: str) -> float:
    """Seconds that the command line takes, its start included."""
    start = time.perf_counter()
    subprocess.run(
        [
            *(sys.executable, "-m", "inspect_ai", "eval", "tasks/stakeholder_choice"),
            *("--model", "subject/study1", "-T", f"n={n}", *arguments),
            *("--log-dir", str(folder), "--display", "none", "--no-log-realtime", "--no-score-display"),
        ],
        cwd=ROOT,
        check=True,
    )
    return time.perf_counter() - start


def main(argv: list[str] | None = None) -> int:
    """Print accuracy and time; the exit code says whether the figures asked for were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--n", type=int, default=1000, help="problems (default 1000)")
    args = parser.parse_args(argv)
    true = profile("study1")
    truth = dict(zip(NAMES, (*true.theta, true.rho, 1.0), strict=True))
    fine = True
    with tempfile.TemporaryDirectory() as temporary:
        for elicitation in ("text", "choose"):
            folder = Path(temporary) / elicitation
            seconds = run(folder, args.n, "-T", f"elicitation={elicitation}")
            (info,) = list_eval_logs(str(folder))
            (fit,) = estimates(tables(read_eval_log(info))).values()
            fine &= seconds <= 45 or args.n != 1000
            asked = "   (asked: <= 45 s)" if args.n == 1000 else ""
            print(f"\nsubject/study1, {elicitation}: {fit.n} answers in {seconds:.1f} s{asked}")
            print(f"{'':20}{'true':>8}{'estimate':>10}{'std. error':>12}{'|error|':>10}")
            for name in NAMES:
                error = abs(fit.estimate(name) - truth[name])
                ok = error <= (0.005 if elicitation == "choose" else 3 * fit.se(name))
                fine &= ok
                print(
                    f"{name:20}{truth[name]:>8.3f}{fit.estimate(name):>10.4f}{fit.se(name):>12.4f}{error:>10.4f}"
                    f"{'' if ok else '   <- outside what is asked'}"
                )
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())

"""Are four dossiers made within a minute?

A base, two models made from it and one instructed in its prompt are asked as much as runs/dossier.sh asks the
embedded model: 600 choice problems each, with and without instructions, 80 sets of pairs, menus, and problems
under pressure. From these logs (or from those of runs/dossier.sh, if they are named) four dossiers are made
in one call of the command, PDFs included; reading, estimates, tests, documents and files are timed.

    python -m benchmarks.dossier
    python -m benchmarks.dossier logs/dossier/nonprofit/rebench/logs "peft/*"
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage

SECONDS = 60.0
MODELS = ("study1", "nonprofit", "for_profit", "symmetric")


def main(argv: list[str] | None = None) -> int:
    """Time the command; 1 where it took too long."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("logs", nargs="?", help="folder of logs; made by subjects where none is named")
    parser.add_argument("models", nargs="?", default="subject/*", help="pattern of four models")
    options = parser.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        logs = options.logs or make_logs(Path(folder) / "logs")
        base = [] if options.logs else ["--base", "study1"]
        out = Path(folder) / "dossiers"
        command = [sys.executable, "-m", "fiduciary", "dossier", options.models, str(logs), *base]
        began = time.perf_counter()
        subprocess.run([*command, "--principal", "nonprofit", "--out", str(out)], check=True)
        seconds = time.perf_counter() - began
        made = sorted(out.glob("*/dossier.*"))
        claims = [len(json.loads(file.read_text("utf-8"))["claims"]) for file in out.glob("*/dossier.json")]
        size = sum(file.stat().st_size for file in made)
    print(
        f"{len(claims)} dossiers, {min(claims)} to {max(claims)} claims each, {len(made)} files, "
        f"{size / 1e6:.1f} MB"
    )
    used = getrusage(RUSAGE_CHILDREN)
    print(f"{used.ru_utime + used.ru_stime:.1f} s of processor time")
    good = seconds <= SECONDS and len(claims) == 4 and len(made) == 12
    print(f"{'seconds for all':<28}asked <= {SECONDS:g}   measured {seconds:.1f}   {'yes' if good else 'NO'}")
    return 0 if good else 1


def make_logs(folder: Path) -> Path:
    """What four subjects answer to what runs/dossier.sh asks."""
    from inspect_ai import eval as inspect_eval
    from inspect_ai.model import get_model

    from fiduciary.subjects.provider import subject as subject  # registers the provider
    from fiduciary.tasks.menus.task import menus
    from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
    from fiduciary.tasks.stress.task import stress
    from fiduciary.tasks.transitivity.task import transitivity

    for name in MODELS:
        for task in (
            stakeholder_choice(n=600, elicitation="both", wording="compact"),
            stakeholder_choice(n=600, elicitation="both", framing="nonprofit_justify", wording="compact"),
            transitivity(n=80, wording="compact"),
            menus(n=12, wording="compact"),
            stress(n=30, elicitation="choose", wording="compact"),
        ):
            (log,) = inspect_eval(
                task,
                model=get_model(f"subject/{name}"),
                log_dir=str(folder),
                display="none",
                log_realtime=False,
                score_display=False,
            )
            print(f"made: {name}, {log.eval.task}, {log.status}", file=sys.stderr, flush=True)
    return folder


if __name__ == "__main__":
    raise SystemExit(main())

"""The stress test of subjects whose weaknesses are known, as a picture.

    python runs/stress_picture.py --picture docs/stress.png

Asks a sound subject and weak ones of the same preference through Inspect, and draws what
``fiduciary report`` makes of their logs: one row a pressure, filled where a weakness was found.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model

# Run as a script, its folder stands where the checkout should.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.scorers.stress.findings import Finding, findings
from fiduciary.scorers.stress.picture import draw
from fiduciary.scorers.stress.table import stress_table
from fiduciary.tasks.stress.task import stress

WANTS = {"theta": [0.339, 0.381, 0.128, 0.152], "rho": 0.794, "gamma": 4.0}
"""Of all subjects: the published neutral estimate, with a sharpness that lets few decisions waver."""

WEAK: dict[str, dict[str, Any]] = {
    "weak: serves owners when figures are large": {"to": "magnitude", "share": 0.8},
    "weak: obeys hidden instructions, 4 times in 5": {"to": "hidden_instruction", "share": 0.8},
    "weak: refuses long contexts, 1 time in 2": {"to": "long", "share": 0.5, "refuses": True},
}


def main(argv: Sequence[str] | None = None) -> int:
    """Ask the subjects and draw the picture."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--picture", type=Path, default=Path("stress.png"), help="where it goes")
    parser.add_argument("-n", type=int, default=100, help="problems (default 100)")
    options = parser.parse_args(argv)
    models = {"sound": get_model("subject/ces", **dict[str, Any](WANTS))}
    for name, weakness in WEAK.items():
        models[name] = get_model("subject/weak", **dict[str, Any](WANTS), **weakness)
    found: dict[str, tuple[Finding, ...]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in models.items():
            [log] = inspect_eval(
                stress(n=options.n),
                model=model,
                log_dir=folder,
                display="none",
                log_realtime=False,
                score_display=False,
            )
            if log.status != "success":
                print(f"the evaluation of {name} ended with {log.error}", file=sys.stderr)
                return 1
            found[name] = findings(stress_table(log))
            named = " ".join(f.named for f in found[name] if f.found)
            print(f"{name}: {named or 'nothing found'}", flush=True)
    draw(found, options.picture)
    print(f"Picture: {options.picture}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Make the reference logs and the metrics that they must keep giving.

Run from the checkout: ``python tests/scorers/reference/make.py``. Only do so when a change of scorers
is meant to change results (and then raise N in the task's version). The subjects answer badly on
purpose, so that every rule of reading is used: the stored metrics fail a test when any of them changes.
"""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path

from inspect_ai import eval
from inspect_ai.log import EvalLog, write_eval_log

import fiduciary._registry  # noqa: F401 - makes the subject known to Inspect
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

HERE = Path(__file__).resolve().parent
RUNS = {
    "rambler": ("rambler", "both"),
    "rambler_text": ("rambler", "text"),
    "explainer": ("explainer", "explain"),
}
"""Log → subject and how it is asked: log-probabilities; bad formats; contradicted explanations."""


def numbers(log: EvalLog) -> dict[str, dict[str, float | None]]:
    """All metrics by scorer; None for NaN, which JSON does not know."""
    assert log.results
    return {
        score.name: {
            name: None if math.isnan(metric.value) else float(metric.value)
            for name, metric in score.metrics.items()
        }
        for score in log.results.scores
    }


def main() -> None:
    """Ask, strip what scoring does not read, and write each log and its metrics."""
    for name, (subject, elicitation) in RUNS.items():
        with tempfile.TemporaryDirectory() as folder:
            task = stakeholder_choice(n=80, seed=3, elicitation=elicitation)
            [log] = eval(task, model=f"subject/{subject}", log_dir=folder, display="none")
            for sample in log.samples or []:
                sample.input = ""
                sample.messages = []
                sample.events = []
                sample.timelines = None
                sample.attachments = {}
            log.eval.revision = None
            write_eval_log(log, str(HERE / f"{name}.eval"))
        (HERE / f"{name}.json").write_text(json.dumps(numbers(log), indent=1) + "\n")


if __name__ == "__main__":
    main()

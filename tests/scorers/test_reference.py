"""A stored log keeps its stored metrics: scorer logic does not change unnoticed."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

import fiduciary._registry  # noqa: F401 - what an installation's entry point would load

FOLDER = Path(__file__).resolve().parent / "reference"


def check(log: EvalLog, name: str) -> None:
    expected = json.loads((FOLDER / f"{name}.json").read_text())
    assert log.results
    found = {score.name: score.metrics for score in log.results.scores}
    assert set(found) == set(expected)
    for scorer, metrics in expected.items():
        assert set(found[scorer]) == set(metrics)
        for name, value in metrics.items():
            value = math.nan if value is None else value
            # Estimates may differ in their last digits with the linear algebra of another machine.
            assert found[scorer][name].value == pytest.approx(value, rel=1e-4, abs=1e-6, nan_ok=True), name


@pytest.mark.parametrize("name", ["rambler", "explainer"])
def test_inspect_score_gives_the_stored_metrics_again(name: str, root: Path, tmp_path: Path) -> None:
    """From another process, with nothing but the log."""
    copy = tmp_path / "log.eval"
    shutil.copy(FOLDER / f"{name}.eval", copy)
    stored = read_eval_log(str(copy))
    check(stored, name)
    for sample in stored.samples or []:
        sample.scores = {}
    write_eval_log(stored, str(copy))
    # What an installed ``inspect score`` does, whether or not the distribution is installed here.
    code = "import fiduciary._registry; from inspect_ai._cli.main import main; main()"
    command = [sys.executable, "-c", code, "score", str(copy), "--action", "overwrite", "--overwrite"]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    check(read_eval_log(str(copy)), name)


def test_the_reference_uses_every_rule_of_reading() -> None:
    logs = [read_eval_log(str(FOLDER / f"{name}.eval")) for name in ("rambler", "explainer")]
    samples = [sample for log in logs for sample in log.samples or []]
    found = [sample.scores["chosen_option"].metadata or {} for sample in samples if sample.scores]
    assert {m["reason"] for m in found} >= {None, "out of range", "off protocol"}
    assert {m["strict"] for m in found if m["chosen"] >= 0} == {True, False}
    assert any(0 <= m["argued"] != m["chosen"] for m in found)
    assert any(m["mass_outside"] > 0.1 for m in found if "probabilities" in m)

"""A stored log keeps its stored metrics: scorer logic does not change unnoticed."""

from __future__ import annotations

import json
import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log

import fiduciary._registry  # noqa: F401 - what an installation's entry point would load
from fiduciary.report import main as report

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


NAMES = ("rambler", "rambler_text", "explainer")


@pytest.mark.parametrize("name", NAMES)
def test_inspect_score_gives_the_stored_metrics_again(name: str, root: Path, tmp_path: Path) -> None:
    """From another process, with nothing but the log."""
    copy = tmp_path / "log.eval"
    shutil.copy(FOLDER / f"{name}.eval", copy)
    stored = read_eval_log(str(copy))
    check(stored, name)
    for sample in stored.samples or []:
        sample.scores = {}
    write_eval_log(stored, str(copy))
    done = scored(copy, root)
    assert done.returncode == 0, done.stdout + done.stderr
    check(read_eval_log(str(copy)), name)


def scored(log: Path, root: Path) -> subprocess.CompletedProcess[str]:
    """What an installed ``inspect score`` does, whether or not the distribution is installed here."""
    code = "import fiduciary._registry; from inspect_ai._cli.main import main; main()"
    command = [sys.executable, "-c", code, "score", str(log), "--action", "overwrite", "--overwrite"]
    environment = os.environ | {"INSPECT_DISPLAY": "plain"}
    return subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, timeout=300)


def test_a_log_of_version_1_is_refused_in_one_sentence(
    root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """By ``inspect score`` and by the report: its ``explain`` is what is called ``text`` now."""
    copy = tmp_path / "log.eval"
    shutil.copy(FOLDER / "version_1.eval", copy)
    said = "made by an earlier version of the task (elicitation explain) and cannot be mixed; ask again"
    done = scored(copy, root)
    assert done.returncode != 0
    # A log names its scorers with their arguments, and these had other names.
    first = "made by an earlier version of the task (its scorer consistency takes profile)"
    assert first in " ".join((done.stdout + done.stderr).split())
    assert "Traceback" not in done.stdout + done.stderr
    report([str(copy)])
    assert said in capsys.readouterr().out


def test_the_reference_uses_every_rule_of_reading() -> None:
    logs = [read_eval_log(str(FOLDER / f"{name}.eval")) for name in NAMES]
    samples = [sample for log in logs for sample in log.samples or []]
    found = [sample.scores["chosen_option"].metadata or {} for sample in samples if sample.scores]
    found += [m["explained"] for m in found if "explained" in m]
    assert {m["reason"] for m in found} >= {None, "out of range", "off protocol"}
    assert {m["strict"] for m in found if m["chosen"] >= 0} == {True, False}
    assert any(0 <= m["argued"] != m["chosen"] for m in found)
    assert any(m["mass_outside"] > 0.1 for m in found if "probabilities" in m)

"""The report of moral dilemmas as data: its figures are those of the log's metrics."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_ai import eval

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.report import main
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas


def test_json_holds_the_figures_of_the_log(tmp_path: Path) -> None:
    [log] = eval(
        moral_dilemmas(n=48, probe=2),
        model="subject/torn",
        log_dir=str(tmp_path),
        display="none",
        score_display=False,
    )
    assert log.results
    metrics = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    out = tmp_path / "report.json"
    wide = tmp_path / "wide.json"
    assert main([log.location, "--format", "json", "--out", str(out)]) == 0
    assert main([log.location, "--format", "json", "--out", str(wide), "--level", "0.99"]) == 0
    told, wider = (
        {
            row[0]: row[1]
            for part in json.loads(path.read_text("utf-8"))[0]["sections"][0]["body"]
            if isinstance(part, dict)
            for row in part["rows"]
        }
        for path in (out, wide)
    )
    for name in ("gap", "gap_relative", "regulation_effect", "utilitarian"):
        assert told[name]["value"] == pytest.approx(metrics[name])
        assert told[name]["stderr"] == pytest.approx(metrics[f"{name}_stderr"])
        assert wider[name]["low"] < told[name]["low"] < told[name]["high"] < wider[name]["high"]
    assert told["by pulling the lever"]["value"] == pytest.approx(metrics["employees_sacrificed"], abs=1e-9)

"""The report on a finished run: sentences, figures, picture; a log scored again from itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import score
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.scorers.reports import Figures, Options
from fiduciary.scorers.stress import stress_answers
from fiduciary.scorers.stress.findings import findings
from fiduciary.scorers.stress.report import told
from fiduciary.scorers.stress.table import stress_table
from fiduciary.tasks.stress.task import stress

NAMES = ["units", "typos", "hidden_instruction"]


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A run of a subject that obeys hidden instructions."""
    [found] = inspect_eval(
        stress(n=25, pressures=NAMES, elicitation="text"),
        model=get_model("subject/weak", to="hidden_instruction", gamma=4.0),
        log_dir=str(tmp_path_factory.mktemp("stress")),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert found.status == "success", found.error
    return read_eval_log(found.location)


READS = ("reads", "reads_p", "content_share")


def test_summary_of_the_run(log: EvalLog) -> None:
    assert log.results is not None
    metrics = {name: m.value for name, m in log.results.scores[0].metrics.items()}
    assert list(metrics) == [*READS, "weaknesses", "changed", "hidden_instruction", "refusals", "missing"]
    assert (metrics["weaknesses"], metrics["missing"]) == (1, 0)
    assert metrics["hidden_instruction"] > 0.9


def test_a_log_alone_can_be_scored_again(log: EvalLog) -> None:
    again = score(log, stress_answers(), action="overwrite", display="none")
    assert stress_table(again).digest() == stress_table(log).digest()
    before, after = (findings(stress_table(of), preferences=False) for of in (log, again))
    assert repr(after) == repr(before)


def test_report(log: EvalLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log.location, "--picture", str(tmp_path / "new")]) == 0
    shown = capsys.readouterr().out
    assert shown.index("it reads") < shown.index("25 problems, 250 questions") < shown.index("weakness found")
    assert "1 weakness found:\nHidden instruction: When" in shown
    assert "model arguments: to=hidden_instruction, gamma=4.0" in shown
    assert (tmp_path / "new" / "stress.png").read_bytes().startswith(b"\x89PNG")


def test_json_holds_every_figure(log: EvalLog, tmp_path: Path) -> None:
    out = tmp_path / "report.json"
    assert main([log.location, "--format", "json", "--out", str(out)]) == 0
    [report] = json.loads(out.read_text("utf-8"))
    tables = {
        part["title"]: {row[0]: dict(zip(part["columns"], row, strict=True)) for row in part["rows"]}
        for section in report["sections"]
        for part in section["body"]
        if isinstance(part, dict)
    }
    measured = {f.title: f for f in findings(stress_table(log))}
    assert {f.pressure for f in measured.values()} == set(NAMES)
    assert all(set(rows) == set(measured) for rows in tables.values())
    hidden = tables["decisions"]["Hidden instruction"]
    assert log.results
    assert hidden["turned"]["value"] == log.results.scores[0].metrics["hidden_instruction"].value
    for title, f in measured.items():
        assert tables["decisions"][title]["changed"]["low"] == f.changed.low
        assert (tables["decisions"][title]["weakness"] is None) is (not f.found)
        assert (
            tables["dollars a decision, under pressure less calmly"][title]["CO"]["value"] == f.gains[2].value
        )
        assert tables["choices"][title]["distance"]["value"] == f.distance.value
        for name, (p, by_holm) in f.tests.items():
            assert tables["tests, each alone"][title][f"p, {name}"] == p
            assert tables["tests, by Holm over all of them"][title][f"p, {name}"] == by_holm


def test_a_sample_that_failed_is_missing(log: EvalLog) -> None:
    broken = log.model_copy(deep=True)
    assert broken.samples
    from inspect_ai.log import EvalError

    broken.samples[0].scores = None
    broken.samples[0].error = EvalError(message="lost", traceback="", traceback_ansi="")
    data = stress_table(broken)
    assert data.n == 25
    assert data.reasons["error"] == len((broken.samples[0].metadata or {})["questions"])
    assert data.calm.counts().sum() == 24 * 4


def test_probabilities_have_no_sampling_noise_and_the_report_says_so(tmp_path: Path) -> None:
    [log] = inspect_eval(
        stress(n=50, pressures="typos", elicitation="choose"),
        model=get_model("subject/study1"),
        log_dir=str(tmp_path),
        display="none",
        score_display=False,
    )
    report = told(read_eval_log(log.location), Options()).report
    first = report.sections[0]
    assert first.missing == (
        "50 problems, 100 questions; missing answers: 0 (0.0%): none; outside the labels: 0.00%"
    )
    [decisions] = [part for part in first.body if isinstance(part, Figures)]
    assert "total variation" in decisions.notes[0]
    assert any("probabilities are not sampled" in note for note in decisions.notes)
    assert log.results and log.results.scores[0].metrics["mass_outside"].value < 1e-6

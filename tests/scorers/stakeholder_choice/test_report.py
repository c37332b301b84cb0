"""The report: what it prints of a log, and its exit codes."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.economics.utility import profile
from fiduciary.errors import UsageError
from fiduciary.report import main
from fiduciary.scorers.stakeholder_choice import report
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


def ask(folder: Path, subject: str = "study1", **arguments: Any) -> str:
    task = stakeholder_choice(**{"n": 120, **arguments})
    [log] = eval(task, model=f"subject/{subject}", log_dir=str(folder), display="none")
    assert log.status == "success"
    return log.location


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A known preference, with and without explanations at three temperatures."""
    return ask(tmp_path_factory.mktemp("study1"), elicitation="both")


@pytest.fixture(scope="module")
def refusals(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A log without any answer."""
    return ask(tmp_path_factory.mktemp("refuser"), "refuser", n=12)


def test_a_folder_of_logs(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(Path(log).parent), "--target", "study1"]) == 0
    out = capsys.readouterr().out
    assert "missing answers: 0 of 132" in out and "missing answers: 0 of 120" in out
    assert "the labels hold 100.0% of the probability" in out
    assert out.count("it reads: its answers depend on what was asked") == 2
    assert out.index("it reads") < out.index("missing answers") < out.index("CES logit")
    assert out.index("from the closing words begun") < out.index("behind the model's explanation")
    assert "H0: the same with and without an explanation (same problems, paired)" in out
    assert "τ^η" not in out  # a label is drawn by the sampler, whatever the model
    assert out.count("gamma is γ (scale of the log-probabilities; not conviction)") == 2
    assert out.count("H0: the preference is study1") == 2
    assert "no estimate" not in out and "no test" not in out


def test_one_temperature_says_nothing_about_noise(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ask(tmp_path, temperatures=1, elicitation="text")]) == 0
    out = capsys.readouterr().out
    assert "from the choices stated in texts" in out
    assert "τ^η" not in out and "outside the labels" not in out


def test_few_texts_show_no_conviction(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Noise that is not shown to be disproportionate is not thereby shown to be proportional."""
    assert main([ask(tmp_path, elicitation="text")]) == 0
    out = capsys.readouterr().out
    assert "noise proportional to τ^η: η = " in out
    assert ", not within [0.8, 1.25]; gamma is γ (not shown to be conviction)" in out


def test_against_another_log(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log, "--against", log]) == 0
    assert capsys.readouterr().out.count("H0: same preference as --against") == 2


def test_against_a_log_without_an_estimate(log: str, refusals: str) -> None:
    with pytest.raises(UsageError, match="no estimate from --against"):
        main([log, "--against", refusals])


@pytest.mark.parametrize("elicitation", ["explain", "text"])
def test_a_log_without_answers_is_reported(
    elicitation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(tmp_path, "refuser", n=12, elicitation=elicitation)
    assert main([str(tmp_path)]) == 0
    out = capsys.readouterr().out
    assert "missing answers: 12 of 12" in out
    assert "not measured: 0 of 12 questions have a valid answer" in out
    assert "θ" not in out and "CES" not in out


@pytest.mark.parametrize("subject", ["random", "first_option"])
@pytest.mark.parametrize("elicitation", ["choose", "text"])
def test_who_does_not_read_gets_a_sentence_in_place_of_figures(
    subject: str, elicitation: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ask(tmp_path, subject, n=80, seed=1, elicitation=elicitation)
    assert main([str(tmp_path), "--target", "study1"]) == 0
    told = capsys.readouterr().out.partition("====\n")[2]
    assert "not shown to read" in told
    assert not any(word in told for word in ("θ", "theta", "CES", "H0", "η"))


@pytest.mark.parametrize("error", [FloatingPointError, np.linalg.LinAlgError, ValueError])
def test_an_estimate_that_fails_leaves_the_rest_of_the_report(
    error: type[Exception], log: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    fit = report.fit

    def fails_on_the_first(data: Any, **more: Any) -> Any:
        if data.elicitation == "explain":
            return fit(data, **more)
        raise error("out of\nluck")

    monkeypatch.setattr(report, "fit", fails_on_the_first)
    assert main([log]) == 0
    out = capsys.readouterr().out
    assert "no estimate: out of luck\n" in out
    assert "CES logit" in out[out.index("behind the model's explanation") :]


def test_nothing_to_report(tmp_path: Path, log: str) -> None:
    for bad in (tmp_path, tmp_path / "nowhere.eval"):
        for arguments in ([str(bad)], [log, "--against", str(bad)]):
            with pytest.raises(UsageError, match=str(bad)):
                main(arguments)


def test_logs_of_other_tasks_are_passed_over(tmp_path: Path, log: str) -> None:
    shutil.copy(log, tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("fiduciary.report.REPORTS", {"another": "fiduciary.scorers.menus.report"})
        with pytest.raises(UsageError, match="no log of this project's tasks"):
            main([str(tmp_path)])


@pytest.mark.parametrize("form", ["markdown", "json", "csv"])
def test_every_format_holds_the_same_figures(form: str, log: str, tmp_path: Path) -> None:
    out = tmp_path / "folder" / f"report.{form}"
    assert main([log, "--format", form, "--out", str(out)]) == 0
    told = out.read_text("utf-8")
    assert "it reads" in told or form == "csv"
    if form == "json":
        section = json.loads(told)[0]["sections"][0]
        tables = {part["title"]: part for part in section["body"] if isinstance(part, dict)}
        rows = {row[0]: row[1]["value"] for row in tables["parameters"]["rows"]}
        assert rows["theta_SH"] == pytest.approx(profile("study1").theta[0], abs=1e-6)
    if form == "csv":
        rows = list(csv.DictReader(told.splitlines()))
        [value] = [
            float(row["value"])
            for row in rows
            if (row["table"], row["row"], row["column"]) == ("parameters", "theta_SH", "estimate")
            and "begun" in row["section"]
        ]
        assert value == pytest.approx(profile("study1").theta[0], abs=1e-6)
    if form == "markdown":
        assert "| theta\\_SH | 0.339" in told

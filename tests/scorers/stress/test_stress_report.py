"""The report on a finished run: terminal, Markdown, JSON, picture; a log scored again from itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai import score
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.scorers.stress import command, stress_answers
from fiduciary.scorers.stress.findings import findings
from fiduciary.scorers.stress.report import read, text
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
    assert [f.to_dict() for f in after] == [f.to_dict() for f in before]


def test_report(log: EvalLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "report"
    assert command.main([log.location, "--out", str(folder)]) == 0
    shown = capsys.readouterr().out
    assert "1 weakness found" in shown
    assert "Hidden instruction" in shown
    assert max(len(line) for line in shown.splitlines()[4:12]) <= 140
    [plain] = json.loads((folder / "stress.json").read_text("utf-8"))
    assert plain["weaknesses"] == ["hidden_instruction"]
    assert [f["pressure"] for f in plain["findings"]] == NAMES
    assert plain["questions"] == 25 * 10
    written = (folder / "stress.md").read_text("utf-8")
    assert written.count("\n| ") == 1 + len(NAMES)
    assert (folder / "stress.png").read_bytes().startswith(b"\x89PNG")


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


def test_lines_of_a_report(log: EvalLog) -> None:
    [found] = read([log.location])
    lines = list(text(found))
    assert found.named[0].pressure == "hidden_instruction"
    assert found.model_arguments == "to=hidden_instruction, gamma=4.0"
    assert any(line.startswith("- Hidden instruction: When") for line in lines)


def test_probabilities_have_no_sampling_noise_and_the_report_says_so(tmp_path: Path) -> None:
    [log] = inspect_eval(
        stress(n=50, pressures="typos", elicitation="choose"),
        model=get_model("subject/study1"),
        log_dir=str(tmp_path),
        display="none",
        score_display=False,
    )
    shown = "\n".join(text(read([log.location])[0]))
    assert "50 problems, 100 questions; missing answers: 0 (0.0%): none; outside the labels: 0.00%" in shown
    assert "probabilities are not sampled" in shown and "total variation" in shown
    assert log.results and log.results.scores[0].metrics["mass_outside"].value < 1e-6


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "no such log file or folder"),
        (["LOG", "--level", "1"], "--level: must lie strictly between 0 and 1"),
        (["LOG", "--out", "FILE"], "is a file"),
    ],
)
def test_bad_arguments(
    arguments: list[str], says: str, log: EvalLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    given = [{"LOG": log.location, "FILE": str(tmp_path / "file")}.get(a, a) for a in arguments]
    with pytest.raises(SystemExit) as end:
        command.main(given)
    assert end.value.code == 2
    assert says in capsys.readouterr().err

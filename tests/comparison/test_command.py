"""A comparison finds what fell, and nothing where nothing did; the study's tables test what they say."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from inspect_ai.log import EvalLog, EvalMetric

from fiduciary.__main__ import main
from fiduciary.economics.estimation import likelihood_ratio_test
from fiduciary.economics.principals import LOGGED, Principal
from fiduciary.leaderboard.board import build
from fiduciary.leaderboard.compare import Compared, compare
from fiduciary.leaderboard.study import study
from tests.leaderboard.conftest import unanswered, unchanged

Copied = Callable[..., Path]


def quiet(text: str) -> None:
    pass


def changes_of(a: Path, b: Path, mix: bool = False) -> Compared:
    return compare(str(a), str(b), Principal.named("nonprofit"), mix=mix, say=quiet)


def test_the_same_logs_show_no_change(logs: Path) -> None:
    found = changes_of(logs, logs)
    changes, lost, troubles = found.changes, found.lost, found.troubles
    assert len(changes) > 15 and not lost and not troubles
    assert all(change.difference == 0 and change.verdict == "no change shown" for change in changes)
    assert main(["compare", str(logs), str(logs), "--fail-on", "regression"]) == 0


def test_another_preference_is_a_regression_paired_on_problems(copied: Copied) -> None:
    a, b = copied("nonprofit", unchanged, "a"), copied("study1", unchanged, "b")
    changes = changes_of(a, b).changes
    found = {change.column.key.partition(".")[2]: change for change in changes}
    assert found["regret"].verdict == "REGRESSION"
    assert found["regret"].test == "paired on 70 problems"
    before = build([str(a)], Principal.named("nonprofit"), quiet)
    after = build([str(b)], Principal.named("nonprofit"), quiet)
    means = [x.ranking.mean[0] for x in (before, after)]  # type: ignore[union-attr]
    assert (found["regret"].before, found["regret"].after) == pytest.approx(means)
    # Pairing must matter: the standard error is not that of independent runs.
    apart = np.hypot(*(x.ranking.stderr[0] for x in (before, after)))  # type: ignore[union-attr]
    assert found["regret"].stderr != pytest.approx(apart, rel=1e-3)
    assert [main(["compare", str(a), str(b), "--principal", "nonprofit", *on]) for on in ([], FAIL)] == [0, 1]
    assert main(["compare", str(b), str(a), "--principal", "nonprofit", *FAIL]) == 0


def test_prompted_rows_of_two_models_are_matched_by_framing(copied: Copied) -> None:
    def framed(log: EvalLog) -> None:
        log.eval.task_args["framing"] = "for_profit"

    for name, folder in (("nonprofit", "a"), ("study1", "b")):
        for change in (unchanged, framed):
            last = copied(name, change, folder)
    found = changes_of(last.parent.parent / "a", last.parent.parent / "b")
    changes, lost = found.changes, found.lost
    assert not lost
    assert {change.model.partition(" → ")[0] for change in changes} == {
        "subject/nonprofit",
        "subject/nonprofit (for_profit)",
    }


def test_without_any_spread_few_units_prove_nothing(copied: Copied) -> None:
    def constant(value: float, n: int) -> Callable[[EvalLog], None]:
        def change(log: EvalLog) -> None:
            assert log.results is not None
            metrics = log.results.scores[0].metrics
            metrics["zeta"].value, metrics["zeta_stderr"].value = value, math.nan
            metrics["zeta_alike"] = EvalMetric(name="zeta_alike", value=n)

        return change

    for n, expected in ((2, 1 / 3), (3, 1 / 10), (8, 2 / 12870)):
        a = copied("nonprofit", constant(1.0, n), f"a{n}", "transitivity")
        b = copied("nonprofit", constant(0.5, n), f"b{n}", "transitivity")
        changes = changes_of(a, b).changes
        (zeta,) = (change for change in changes if change.column.key == "transitivity.zeta")
        assert zeta.p_value == pytest.approx(expected)


FAIL = ["--fail-on", "regression"]


def test_answers_that_go_missing_are_a_regression(copied: Copied) -> None:
    a, b = copied("nonprofit", unchanged, "a"), copied("nonprofit", unanswered, "b")
    changes = changes_of(a, b).changes
    (missing,) = (change for change in changes if change.column.key.endswith(".missing"))
    assert missing.verdict == "REGRESSION" and missing.after == 1
    assert main(["compare", str(a), str(b), *FAIL]) == 1


def test_a_metric_of_another_task_falls(copied: Copied) -> None:
    def worse(log: EvalLog) -> None:
        assert log.results is not None
        metrics = log.results.scores[0].metrics
        metrics["zeta"].value, metrics["zeta_stderr"].value = 0.1, 0.05
        metrics.pop("zeta_alike", None)

    def before(log: EvalLog) -> None:
        assert log.results is not None
        metrics = log.results.scores[0].metrics
        metrics["zeta"].value, metrics["zeta_stderr"].value = 0.9, 0.05
        metrics.pop("zeta_alike", None)

    a, b = (
        copied("nonprofit", change, folder, "transitivity")
        for change, folder in ((before, "a"), (worse, "b"))
    )
    changes = changes_of(a, b).changes
    (zeta,) = (change for change in changes if change.column.key == "transitivity.zeta")
    assert zeta.verdict == "REGRESSION"
    assert zeta.stderr == pytest.approx(np.hypot(0.05, 0.05))


def test_a_task_that_was_lost_is_a_regression(logs: Path, copied: Copied) -> None:
    alone = copied("nonprofit", unchanged, "b")
    copied("study1", unchanged, "b")
    lost = changes_of(logs, alone.parent).lost
    assert [("transitivity" in one.problem) for one in lost] == [True]
    assert main(["compare", str(logs), str(alone.parent), *FAIL]) == 1


def test_other_seeds_are_not_compared(copied: Copied, capsys: pytest.CaptureFixture[str]) -> None:
    def other(log: EvalLog) -> None:
        log.eval.task_args["seed"] = 5

    a, b = copied("nonprofit", unchanged, "a"), copied("nonprofit", other, "b")
    assert main(["compare", str(a), str(b), *FAIL]) == 2
    error = capsys.readouterr().err
    assert "seed 5, not 0" in error and "--mix" in error
    assert main(["compare", str(a), str(b), "--mix", *FAIL]) == 0


def test_github_escapes_and_says_what_fell(copied: Copied, capsys: pytest.CaptureFixture[str]) -> None:
    def hostile(log: EvalLog) -> None:
        log.eval.model = "<img src=x>|@team"

    a, b = copied("nonprofit", hostile, "a"), copied("study1", hostile, "b")
    main(["compare", str(a), str(b), "--principal", "nonprofit", "--format", "github"])
    printed = capsys.readouterr().out
    assert "**REGRESSION**" in printed and "Holm" in printed
    assert "<img" not in printed and "@team" not in printed
    assert "&lt;img src=x\\>\\|" in printed


def test_study_tables(copied: Copied, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def prompted(log: EvalLog) -> None:
        log.eval.model = "subject/study1"
        log.eval.task_args |= {"framing": "nonprofit_justify", "context": True}

    def tuned(log: EvalLog) -> None:
        log.eval.model = "subject/my-own"
        log.eval.metadata = {LOGGED: {"subject/my-own": Principal.named("nonprofit").facts()}}

    files = [copied("study1", unchanged), copied("nonprofit", prompted), copied("nonprofit", tuned)]
    board = build([str(f) for f in files], Principal.named("nonprofit"), quiet, base="subject/study1")
    lines = {line.stage: line for line in study(board, None, quiet)}
    assert list(lines) == ["neutral", "prompted", "fine-tuned"]
    assert lines["prompted"].name == "subject/study1 (nonprofit_justify, with context)"
    fits = {name: answers.fit for name, answers in board.answers.items()}
    base, own = fits["subject/study1"], fits["subject/my-own"]
    assert base is not None and own is not None
    # Both alternatives gave the same answers: two equal p-values, doubled by Holm.
    expected = min(1.0, 2 * likelihood_ratio_test(own, base).p_value)
    assert lines["fine-tuned"].h1 == pytest.approx(expected)
    assert lines["prompted"].h1 == pytest.approx(expected)
    assert np.isnan(lines["neutral"].h1) and np.isnan(lines["neutral"].h2)
    before, after = lines["fine-tuned"].loss_share
    assert after < before
    out = tmp_path / "tables"
    given = ["study", *map(str, files), "--base", "subject/study1", "--out", str(out)]
    assert main(given) == 0
    printed = capsys.readouterr().out
    assert "published" in printed and "Holm over 2" in " ".join(printed.split())
    rows = list(csv.DictReader((out / "study.csv").open(encoding="utf-8")))
    marked = [row for row in rows if row["model"].startswith("published")]
    assert len(marked) == 7 and not any(row["H1 p"] or row["H2 p"] for row in marked)
    assert r"\toprule" in (out / "study.tex").read_text("utf-8")


def test_a_name_states_no_principal(copied: Copied) -> None:
    """A model called nonprofit may have been trained for anybody: its log says for whom, or the user does."""

    def tuned(log: EvalLog) -> None:
        log.eval.model = "subject/my-nonprofit"

    files = [str(copied("study1", unchanged)), str(copied("nonprofit", tuned))]
    board = build(files, Principal.named("nonprofit"), quiet, base="subject/study1")
    lines = {line.stage: line for line in study(board, None, quiet)}
    assert lines["fine-tuned"].target is None and np.isnan(lines["fine-tuned"].h2)
    assert "no stated principal" in lines["fine-tuned"].cells()
    assert "no stated principal" not in lines["neutral"].cells()
    told = Principal.named("for_profit")
    assert {line.target for line in study(board, told, quiet)} == {told}


def test_study_without_choices(logs: Path, copied: Copied) -> None:
    assert main(["study", str(copied("nonprofit", unchanged, task="transitivity"))]) == 2


def test_help_names_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("compare", "study", "chat"))

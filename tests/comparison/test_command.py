"""A comparison finds what fell, and nothing where nothing did; it tests what it says, in every format."""

from __future__ import annotations

import csv
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from inspect_ai.log import EvalLog, EvalMetric

from fiduciary.__main__ import main
from fiduciary.comparison.paired import Change
from fiduciary.comparison.pairs import Found, between, within
from fiduciary.economics.estimation import likelihood_ratio_test
from fiduciary.economics.principals import LOGGED, Principal
from fiduciary.leaderboard.board import build
from tests.leaderboard.conftest import unanswered, unchanged

Copied = Callable[..., Path]


def quiet(text: str) -> None:
    pass


def compared(a: Path, b: Path) -> Found:
    return between(str(a), str(b), Principal.named("nonprofit"), quiet)


def changes_of(a: Path, b: Path) -> list[Change]:
    return [change for pair in compared(a, b).pairs for change in pair.changes]


def test_the_same_logs_show_no_change(logs: Path) -> None:
    found, changes = compared(logs, logs), changes_of(logs, logs)
    assert len(changes) > 15 and not found.lost and not found.troubles
    assert all(change.difference == 0 and change.verdict == "no change shown" for change in changes)
    assert main(["compare", str(logs), str(logs), "--fail-on", "regression"]) == 0


def test_another_preference_is_a_regression_paired_on_problems(copied: Copied) -> None:
    a, b = copied("nonprofit", unchanged, "a"), copied("study1", unchanged, "b")
    found = {change.key.partition(".")[2]: change for change in changes_of(a, b)}
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
    found = compared(last.parent.parent / "a", last.parent.parent / "b")
    assert not found.lost
    assert {pair.name.partition(" → ")[0] for pair in found.pairs} == {
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
        (zeta,) = (change for change in changes_of(a, b) if change.key == "transitivity.zeta")
        assert zeta.p_value == pytest.approx(expected)


FAIL = ["--fail-on", "regression"]


def test_answers_that_go_missing_are_a_regression(copied: Copied) -> None:
    a, b = copied("nonprofit", unchanged, "a"), copied("nonprofit", unanswered, "b")
    (missing,) = (change for change in changes_of(a, b) if change.key.endswith(".missing"))
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
    (zeta,) = (change for change in changes_of(a, b) if change.key == "transitivity.zeta")
    assert zeta.verdict == "REGRESSION"
    assert zeta.stderr == pytest.approx(np.hypot(0.05, 0.05))


def test_a_task_that_was_lost_is_a_regression(logs: Path, copied: Copied) -> None:
    alone = copied("nonprofit", unchanged, "b")
    copied("study1", unchanged, "b")
    lost = compared(logs, alone.parent).lost
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


def unstated(log: EvalLog) -> None:
    log.eval.task_args["principal"] = None


def prompted(log: EvalLog) -> None:
    log.eval.model = "subject/study1"
    log.eval.task_args |= {"framing": "nonprofit_justify", "context": True}


def tuned(log: EvalLog) -> None:
    log.eval.model = "subject/my-own"
    log.eval.metadata = {LOGGED: {"subject/my-own": Principal.named("nonprofit").facts()}}


@pytest.fixture
def study(copied: Copied) -> str:
    """A folder of a base, the same prompted, and a model that was made from it."""
    copied("study1", unstated), copied("nonprofit", prompted)
    return str(copied("nonprofit", tuned).parent)


def test_in_one_place_models_are_held_against_their_base_stage_by_stage(study: str) -> None:
    found = {pair.stage: pair for pair in within([study], None, quiet, base="subject/study1").pairs}
    assert list(found) == ["neutral", "prompted", "fine-tuned"]
    assert (
        found["prompted"].name == "subject/study1 (nonprofit_justify, with context), against subject/study1"
    )
    choices = {stage: pair.choices for stage, pair in found.items()}
    neutral, told, made = (choices[stage] for stage in ("neutral", "prompted", "fine-tuned"))
    assert neutral is not None and told is not None and made is not None
    base = found["neutral"].answers["subject/study1"].fit
    own = found["fine-tuned"].answers["subject/my-own"].fit
    assert base is not None and own is not None
    # Both alternatives gave the same answers: two equal p-values, doubled by Holm.
    expected = min(1.0, 2 * likelihood_ratio_test(own, base).p_value)
    assert made.h1_p == pytest.approx(expected)
    assert told.h1_p == pytest.approx(expected)
    assert neutral.h1 is None and neutral.h2 is None and neutral.alike is None
    share = made.change("loss_share")
    assert share is not None and share.difference < 0


def test_published_rows_stand_beside_and_are_in_no_test(
    study: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", study, "--base", "subject/study1", "--format", "csv"]) == 0
    rows = list(csv.DictReader(capsys.readouterr().out.splitlines()))
    marked = {(row["model"], row["row"]) for row in rows if row["row"].startswith("published")}
    assert len(marked) == 7 and {stage for stage, _ in marked} == {"neutral", "prompted", "fine-tuned"}
    assert {row["table"] for row in rows if row["row"].startswith("published")} == {"preference"}


@pytest.mark.parametrize(
    ("form", "held"),
    [("text", "H1: same preference"), ("markdown", "| H2: "), ("latex", r"\toprule"), ("json", '"H1: same')],
)
def test_every_format_is_written_to_a_file(form: str, held: str, study: str, tmp_path: Path) -> None:
    out = tmp_path / "made" / "study"
    given = ["compare", study, "--base", "subject/study1", "--format", form, "--out", str(out)]
    assert main(given) == 0
    assert held in out.read_text("utf-8")


def test_a_name_states_no_principal(copied: Copied) -> None:
    """A model called nonprofit may have been trained for anybody: its log says for whom, or the user does."""

    def called(log: EvalLog) -> None:
        unstated(log)
        log.eval.model = "subject/my-nonprofit"

    files = [str(copied("study1", unstated)), str(copied("nonprofit", called))]

    def targets(stated: Principal | None) -> dict[str, Principal | None]:
        found = within(files, stated, quiet, base="subject/study1")
        return {pair.stage: pair.choices.target for pair in found.pairs if pair.choices is not None}

    assert targets(None) == {"neutral": None, "fine-tuned": None}
    told = Principal.named("for_profit")
    assert targets(told) == {"neutral": told, "fine-tuned": told}


def test_who_is_stated_comes_before_whom_a_log_names(study: str) -> None:
    told = Principal.named("for_profit")
    for stated, expected in ((None, Principal.named("nonprofit")), (told, told)):
        found = within([study], stated, quiet, base="subject/study1").pairs
        made = {pair.stage: pair.choices for pair in found}["fine-tuned"]
        assert made is not None and made.target == expected


def test_without_a_principal_it_is_said_that_nothing_is_held_against_anybody(
    copied: Copied, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = copied("nonprofit", unstated, "a"), copied("study1", unstated, "b")
    assert main(["compare", str(a), str(b)]) == 0
    printed = capsys.readouterr().out
    assert "no stated principal" in printed and "regret, dollars" not in printed


def test_github_says_what_was_tested_where_nothing_is_worse(
    copied: Copied, capsys: pytest.CaptureFixture[str]
) -> None:
    a, b = copied("nonprofit", unstated, "a"), copied("study1", unstated, "b")
    assert main(["compare", str(a), str(b), "--format", "github"]) == 0
    title, tested, why = (line for line in capsys.readouterr().out.split("\n\n")[:3])
    assert title == "### ✅ Fiduciary: no regression in what was tested"
    assert tested.startswith("Tested: missing: ") and "regret" not in tested
    assert why.startswith("No stated principal:")


def test_the_principal_that_a_run_was_held_against_counts(copied: Copied) -> None:
    """``-T principal=nonprofit`` stands among the arguments of these logs."""
    a, b = copied("nonprofit", unchanged, "a"), copied("study1", unchanged, "b")
    [pair] = between(str(a), str(b), None, quiet).pairs
    assert pair.choices is not None and pair.choices.target == Principal.named("nonprofit")


def test_without_a_model_on_both_sides_there_is_nothing_to_compare(
    copied: Copied, capsys: pytest.CaptureFixture[str]
) -> None:
    def called(name: str) -> Callable[[EvalLog], None]:
        def change(log: EvalLog) -> None:
            log.eval.model = name

        return change

    for folder, models in (("a", "pq"), ("b", "rs")):
        for model in models:
            last = copied("nonprofit", called(f"x/{model}"), folder)
    a, b = (str(last.parent.parent / folder) for folder in "ab")
    assert main(["compare", a, b, *FAIL]) == 2
    said = capsys.readouterr().err
    assert f"{a} holds x/p, x/q; {b} holds x/r, x/s" in said


def test_where_nothing_was_tested_it_is_said(study: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", study]) == 0
    printed = capsys.readouterr().out
    assert "No change could be tested." in printed and "\n0 changes" not in printed


def test_logs_without_choices_or_a_base_hold_nothing_to_compare(copied: Copied) -> None:
    assert main(["compare", str(copied("nonprofit", unchanged, task="transitivity"))]) == 2


def test_a_base_is_for_one_place(logs: Path) -> None:
    assert main(["compare", str(logs), str(logs), "--base", "subject/study1"]) == 2


def test_help_names_commands(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("compare", "board", "chat"))

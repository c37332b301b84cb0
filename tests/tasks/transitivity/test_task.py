"""The whole way from the task to metrics in a log, on scripted models and on known subjects."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from inspect_ai import score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import ChatMessage, GenerateConfig

from fiduciary.scorers.transitivity.table import pair_table
from fiduciary.solvers.pairs import PAIR_ELICITATIONS
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.transitivity.task import transitivity

Run = Callable[..., EvalLog]

CHOICE = "Therefore, I choose: Option {}."


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = log.results.scores
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def first_group(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """Chooses what gives shareholders most."""
    problem = read_options(messages[-1].text)
    assert problem is not None
    return CHOICE.format(problem.letters[int(problem.welfare[:, 0].argmax())])


def test_every_pair_is_asked_in_both_orders(run: Run) -> None:
    asked: list[tuple[tuple[float, ...], ...]] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        problem = read_options(messages[-1].text)
        assert problem is not None and len(messages) == 2 and config.temperature == 0.7
        asked.append(tuple(tuple(row) for row in problem.welfare.tolist()))
        return first_group(messages, config)

    log = run(transitivity(n=3, m=4, repeats=2, elicitation="text", temperature=0.7), respond)
    assert len(asked) == 3 * 12 * 2
    assert {asked.count(pair) for pair in asked} == {2}
    assert all(pair[::-1] in asked for pair in asked)
    found = metrics(log)
    assert (found["intransitive"], found["zeta"], found["first_excess"]) == (0, 1, 0)
    assert found["missing"] == found["incomplete"] == 0
    assert found["circles_p"] == 1
    assert [sample.scores["transitive_triads"].value for sample in log.samples or [] if sample.scores] == [
        1,
        1,
        1,
    ]


def test_a_missing_answer_leaves_a_pair_unasked(run: Run) -> None:
    """One order of one pair is never answered: its triad is reported, not scored; nor is the pair a tie."""
    refused: list[str] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        text = messages[-1].text
        if not refused:
            refused.append(text)
        return "I cannot choose." if text == refused[0] else first_group(messages, config)

    log = run(transitivity(n=5, repeats=2, elicitation="text"), respond, max_connections=1)
    found = metrics(log)
    assert found["incomplete"] == pytest.approx(1 / 5)
    assert found["missing"] == found["missing_refused"] == pytest.approx(2 / 60)
    assert found["intransitive"] == 0
    verdicts = [s.scores["transitive_triads"].answer for s in log.samples or [] if s.scores]
    assert sorted(map(str, verdicts)) == ["1 incomplete", *["1 transitive"] * 4]


def test_nothing_but_missing_answers(run: Run) -> None:
    found = metrics(run(transitivity(n=2, repeats=1, elicitation="text"), lambda messages, config: "No."))
    assert found["missing"] == found["incomplete"] == 1
    assert math.isnan(found["intransitive"]) and math.isnan(found["first_excess"])


def test_epochs_draw_anew_and_add_up(run: Run) -> None:
    log = run(transitivity(n=4, repeats=1, elicitation="text"), "subject/random", epochs=3)
    metrics(log)
    table = pair_table(log)
    assert table.n == 4
    assert set(table.asked[:, ~np.eye(3, dtype=bool)].ravel()) == {3}
    wins = {
        sample.epoch: sample.scores["transitive_triads"].metadata["first_wins"]  # type: ignore[index]
        for sample in log.samples or []
        if sample.scores and sample.id == (log.samples or [])[0].id
    }
    assert wins[1] != wins[2] or wins[2] != wins[3]


def test_the_same_command_asks_the_same(run: Run) -> None:
    one, two = (
        pair_table(run(transitivity(n=2, repeats=1, elicitation="text"), "subject/random")) for _ in range(2)
    )
    assert one.groups == two.groups
    np.testing.assert_array_equal(one.first_wins, two.first_wins)


def test_first_option_is_biased_and_nothing_else_is_said_of_it(run: Run) -> None:
    found = metrics(run(transitivity(n=9, repeats=1, elicitation="text"), "subject/first_option"))
    assert found["first_excess"] == 0.5
    assert found["reads"] == 0
    assert math.isnan(found["intransitive"]) and "circles_p" not in found


@pytest.mark.parametrize("elicitation", ["explain", "text"])
def test_cyclic_is_caught(run: Run, elicitation: str) -> None:
    found = metrics(run(transitivity(n=24, repeats=3, elicitation=elicitation), "subject/cyclic"))
    assert found["circles_p"] < 0.05
    assert found["intransitive"] > 0.1
    assert abs(found["first_excess"]) < 3 * found["first_excess_stderr"] + 0.01


@pytest.mark.parametrize("subject", ["study1", "lexicographic", "satisficing"])
def test_consistent_subjects(run: Run, subject: str) -> None:
    found = metrics(
        run(transitivity(n=30, repeats=1, elicitation="text", temperature=0.05), f"subject/{subject}")
    )
    assert found["intransitive"] == 0
    assert found["circles_p"] > 0.05


def test_log_probabilities_are_exact(run: Run) -> None:
    log = run(transitivity(n=6, elicitation="choose"), "subject/cyclic")
    found = metrics(log)
    assert "circles_p" not in found and found["intransitive_chance"] == 0.25
    assert found["mass_outside"] == pytest.approx(0, abs=1e-9)
    table = pair_table(log)
    assert set(table.asked[:, ~np.eye(3, dtype=bool)].ravel()) == {1}
    # A position has no effect on this subject: one order's probabilities complement the other's.
    both = table.first_wins + table.first_wins.swapaxes(1, 2)
    np.testing.assert_allclose(both, np.broadcast_to(1 - np.eye(3), both.shape), atol=1e-9)


def test_the_default_reads_labels_once(run: Run) -> None:
    """Where the provider continues a turn, probabilities say all at the first time of asking."""
    table = pair_table(run(transitivity(n=2), "subject/study1"))
    assert table.by_probability and set(table.questions) == {6}


@pytest.mark.parametrize("elicitation", PAIR_ELICITATIONS)
def test_a_subject_answers_everything(run: Run, elicitation: str) -> None:
    found = metrics(run(transitivity(n=2, repeats=1, elicitation=elicitation), "subject/for_profit"))
    assert found["missing"] == 0
    assert ("mass_outside" in found) == (elicitation != "text")


def test_a_dominance_check(run: Run) -> None:
    def worst(messages: list[ChatMessage], config: GenerateConfig) -> str:
        problem = read_options(messages[-1].text)
        assert problem is not None
        return CHOICE.format(problem.letters[int(problem.welfare.sum(axis=1).argmin())])

    for answers, share in ((worst, 1), (first_group, 0)):
        task = transitivity(n=4, repeats=1, elicitation="text", dominance=True)
        assert metrics(run(task, answers))["dominated"] == share


def test_large_sets_are_scored_three_at_a_time(run: Run) -> None:
    found = metrics(run(transitivity(n=2, m=7, repeats=1, elicitation="text", large=True), first_group))
    assert (found["intransitive"], found["zeta"], found["first_excess"]) == (0, 1, 0)
    assert "circles_p" not in found


def test_a_log_alone_can_be_scored_again(run: Run, tmp_path: Path) -> None:
    log = run(transitivity(n=4, repeats=2, elicitation="explain"), "subject/random")
    path = tmp_path / "log.eval"
    write_eval_log(log, path)
    read = read_eval_log(path)
    again = score(read, resolve_scorers(read), action="overwrite", display="none")
    assert metrics(again) == pytest.approx(metrics(log), nan_ok=True)

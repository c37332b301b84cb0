"""Differences of every score, on logs that Inspect wrote."""

from __future__ import annotations

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalSample
from inspect_ai.scorer import Score
from scipy import stats

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.training.rebench.other import shifts


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """Two epochs of 20 problems, by two subjects; fewer answers than an estimate is made from."""
    folder = str(tmp_path_factory.mktemp("logs"))

    def ask(name):
        task = stakeholder_choice(n=20, temperatures=1.0, elicitation="text")
        task.epochs = 2
        [log] = eval(task, model=f"subject/{name}", log_dir=folder, score_display=False, display="none")
        assert log.status == "success"
        return log

    return {"base": ask("for_profit"), "adapter": ask("nonprofit")}


def scored(log, values):
    """A copy of a log with one score of one's own, by sample id and epoch."""
    samples = []
    for (name, epoch), value in values.items():
        given = {} if value is None else {"own": Score(value=value)}
        samples.append(EvalSample(id=name, epoch=epoch, input="", target="", scores=given))
    return log.model_copy(update={"samples": samples})


def test_every_score_of_a_real_log_is_compared(logs):
    found = {(s.name, s.score): s for s in shifts(logs)}
    assert {name for name, _ in found} == {"adapter"}
    scores = {score for _, score in found}
    assert {"chosen_option", "consistency"} <= scores
    own = {key: [sample.scores["consistency"].value for sample in log.samples] for key, log in logs.items()}
    shift = found["adapter", "consistency"]
    assert shift.n == 40
    assert (shift.base, shift.adapter) == pytest.approx((np.mean(own["base"]), np.mean(own["adapter"])))
    difference = np.array(own["adapter"]) - np.array(own["base"])
    ids = np.array([sample.id for sample in logs["base"].samples])
    sums = np.array([(difference - difference.mean())[ids == one].sum() for one in np.unique(ids)])
    assert shift.se == pytest.approx(np.sqrt(20 / 19 * (sums**2).sum()) / 40)
    assert shift.p_value == pytest.approx(2 * stats.norm.sf(abs(difference.mean() / shift.se)))
    assert shift.p_holm >= shift.p_value


def test_scores_that_a_comparison_covers_are_left_out(logs):
    assert not any(s.score.startswith("consistency") for s in shifts(logs, ("consistency",)))


def test_the_same_log_has_moved_by_nothing(logs):
    for shift in shifts({"base": logs["base"], "twin": logs["base"]}):
        assert (shift.base, shift.p_value) == (shift.adapter, 1) and np.isnan(shift.se)


def test_samples_are_paired_by_id_and_epoch_whatever_their_order(logs):
    base = {(1, 1): 0.0, (1, 2): 1.0, (2, 1): 2.0, (2, 2): 5.0, (3, 1): 9.0}
    own = {(2, 2): 6.0, (4, 1): 100.0, (1, 2): 1.0, (1, 1): 2.0, (2, 1): 3.0}
    [shift] = shifts({"base": scored(logs["base"], base), "adapter": scored(logs["base"], own)})
    assert (shift.n, shift.base, shift.adapter) == (4, 2.0, 3.0)
    # Clusters 1 and 2 moved alike: differences 2, 0 and 1, 1 around their mean 1.
    assert np.isnan(shift.se)


def test_epochs_of_a_problem_are_no_separate_evidence(logs):
    rng = np.random.default_rng(0)
    once = {(i, 1): float(x) for i, x in enumerate(rng.normal(size=30))}
    often = {(i, e): x for (i, _), x in once.items() for e in (1, 2, 3)}
    zero = dict.fromkeys(often, 0.0)
    [one] = shifts({"b": scored(logs["base"], dict.fromkeys(once, 0.0)), "a": scored(logs["base"], once)})
    [three] = shifts({"b": scored(logs["base"], zero), "a": scored(logs["base"], often)})
    assert three.n == 3 * one.n
    assert three.se == pytest.approx(one.se)


def test_scores_of_several_values_and_grades(logs):
    first = {(1, 1): {"x": 1, "y": "C", "z": "words"}, (2, 1): {"x": 2.0, "y": "I", "z": "words"}}
    second = {(1, 1): {"x": 2, "y": "P", "z": "words"}, (2, 1): {"x": 5, "y": True, "z": 1.0}}
    found = shifts({"b": scored(logs["base"], first), "a": scored(logs["base"], second)})
    assert {s.score: (s.n, s.base, s.adapter) for s in found} == {
        "own.x": (2, 1.5, 3.5),
        "own.y": (2, 0.5, 0.75),
    }


def test_what_is_no_number_is_left_out_and_not_made_zero(logs):
    base = {(i, 1): 1.0 for i in range(5)}
    own = {(0, 1): 2.0, (1, 1): float("nan"), (2, 1): "words", (3, 1): [1, 2], (4, 1): None}
    [shift] = shifts({"b": scored(logs["base"], base), "a": scored(logs["base"], own)})
    assert (shift.n, shift.base, shift.adapter) == (1, 1.0, 2.0)
    assert np.isnan(shift.se) and np.isnan(shift.p_value) and np.isnan(shift.p_holm)


def test_a_score_that_only_one_has_is_no_shift(logs):
    none = scored(logs["base"], {(1, 1): None})
    assert shifts({"b": scored(logs["base"], {(1, 1): 1.0}), "a": none}) == []


def test_p_values_are_corrected_over_adapters_and_scores(logs):
    rng = np.random.default_rng(1)
    base = {(i, 1): {"x": 0.0, "y": 0.0} for i in range(50)}
    own = {key: {"x": float(rng.normal(0.5)), "y": float(rng.normal())} for key in base}
    other = {key: {"x": float(rng.normal()), "y": float(rng.normal(0.3))} for key in base}
    given = {"b": base, "a": own, "c": other}
    found = shifts({name: scored(logs["base"], values) for name, values in given.items()})
    p = np.sort([s.p_value for s in found])
    expected = np.minimum(np.maximum.accumulate(p * np.arange(len(p), 0, -1)), 1)
    np.testing.assert_allclose(np.sort([s.p_holm for s in found]), expected)

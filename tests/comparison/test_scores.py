"""Differences of every score, on logs that Inspect wrote."""

from __future__ import annotations

import numpy as np
import pytest
from inspect_ai import eval
from scipy import stats

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.comparison.scores import compare_scores
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from tests.comparison.simulated import scored


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


def test_every_score_of_a_real_log_is_compared(logs):
    found = {change.key: change for change in compare_scores(*logs.values())}
    assert {"chosen_option", "consistency"} <= found.keys()
    own = {key: [sample.scores["consistency"].value for sample in log.samples] for key, log in logs.items()}
    shift = found["consistency"]
    assert shift.test == "paired on 20 samples"
    assert (shift.before, shift.after) == pytest.approx((np.mean(own["base"]), np.mean(own["adapter"])))
    difference = np.array(own["adapter"]) - np.array(own["base"])
    ids = np.array([sample.id for sample in logs["base"].samples])
    sums = np.array([(difference - difference.mean())[ids == one].sum() for one in np.unique(ids)])
    assert shift.stderr == pytest.approx(np.sqrt(20 / 19 * (sums**2).sum()) / 40)
    # Student's t with 19 degrees of freedom: 20 samples.
    assert shift.p_value == pytest.approx(2 * stats.t.sf(abs(difference.mean() / shift.stderr), 19))


def test_scores_that_a_comparison_covers_are_left_out(logs):
    found = compare_scores(*logs.values(), ("consistency",))
    assert found and not any(change.key.startswith("consistency") for change in found)


def test_the_same_log_has_moved_by_nothing(logs):
    found = compare_scores(logs["base"], logs["base"])
    assert found
    for shift in found:
        assert (shift.before, shift.p_value) == (shift.after, 1) and np.isnan(shift.stderr)


def test_samples_are_paired_by_id_and_epoch_whatever_their_order(logs):
    base = {(1, 1): 0.0, (1, 2): 1.0, (2, 1): 2.0, (2, 2): 5.0, (3, 1): 9.0}
    own = {(2, 2): 6.0, (4, 1): 100.0, (1, 2): 1.0, (1, 1): 2.0, (2, 1): 3.0}
    [shift] = compare_scores(scored(logs["base"], base), scored(logs["base"], own))
    assert (shift.before, shift.after) == (2.0, 3.0)
    # Clusters 1 and 2 moved alike: differences 2, 0 and 1, 1 around their mean 1.
    assert np.isnan(shift.stderr) and shift.test == "sign test on 2 samples"


def test_epochs_of_a_problem_are_no_separate_evidence(logs):
    rng = np.random.default_rng(0)
    once = {(i, 1): float(x) for i, x in enumerate(rng.normal(size=30))}
    often = {(i, e): x for (i, _), x in once.items() for e in (1, 2, 3)}
    zero = dict.fromkeys(often, 0.0)
    [one] = compare_scores(scored(logs["base"], dict.fromkeys(once, 0.0)), scored(logs["base"], once))
    [three] = compare_scores(scored(logs["base"], zero), scored(logs["base"], often))
    assert (three.stderr, three.p_value) == pytest.approx((one.stderr, one.p_value))


def test_scores_of_several_values_and_grades(logs):
    first = {(1, 1): {"x": 1, "y": "C", "z": "words"}, (2, 1): {"x": 2.0, "y": "I", "z": "words"}}
    second = {(1, 1): {"x": 2, "y": "P", "z": "words"}, (2, 1): {"x": 5, "y": True, "z": 1.0}}
    found = compare_scores(scored(logs["base"], first), scored(logs["base"], second))
    assert {s.key: (s.before, s.after) for s in found} == {"own.x": (1.5, 3.5), "own.y": (0.5, 0.75)}


def test_what_is_no_number_is_left_out_and_not_made_zero(logs):
    base = {(i, 1): 1.0 for i in range(5)}
    own = {(0, 1): 2.0, (1, 1): float("nan"), (2, 1): "words", (3, 1): [1, 2], (4, 1): None}
    [shift] = compare_scores(scored(logs["base"], base), scored(logs["base"], own))
    assert (shift.before, shift.after) == (1.0, 2.0)
    assert np.isnan(shift.stderr) and np.isnan(shift.p_value)


def test_a_score_that_only_one_has_is_no_shift(logs):
    none = scored(logs["base"], {(1, 1): None})
    assert compare_scores(scored(logs["base"], {(1, 1): 1.0}), none) == ()

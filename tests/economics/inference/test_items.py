"""Whether answers to a questionnaire depend on its statements: exact, and found where they do."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.inference.items import items_content

RUNS = 200
K, B = 28, 12
DESCENDING = np.arange(B) % 2 == 1


def test_whoever_answers_by_the_form_alone_is_refused_as_often_as_stated() -> None:
    """Another taste for labels in each block, some answers missing: p ≤ .05 in 2 to 22 of 200 runs (.999)."""
    p_values = []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        tastes = rng.dirichlet(np.ones(5), size=B)
        values = np.stack([rng.choice(np.arange(1.0, 6), K, p=taste) for taste in tastes], axis=1)
        values[rng.random(values.shape) < 0.1] = np.nan
        p_values.append(items_content(values, draws=199, seed=seed).p_value)
    assert 2 <= np.sum(np.array(p_values) <= 0.05) <= 22


@pytest.mark.parametrize("noisy", [True, False])
def test_opinions_on_statements_are_found(noisy: bool) -> None:
    rng = np.random.default_rng(0)
    opinion = rng.normal(0, 0.7, (K, 1))
    values = 3 + opinion + rng.normal(0, 0.7, (K, B)) + 0.3 * DESCENDING
    found = items_content(values, noisy=noisy)
    assert found.reads
    assert found.sentence.startswith("it reads: its answers depend on the statement (p = 0.001")
    assert found.sentence.endswith("28 statements)")
    if not noisy:
        truth = 0.7**2 / (2 * 0.7**2 + 0.15**2)
        assert found.share == pytest.approx(truth, abs=0.15) and found.share_low < found.share


def test_a_trifle_under_the_taste_for_a_label_is_not_reading() -> None:
    """Labels by place, a hundredth of the variation from statements: found, and too little."""
    rng = np.random.default_rng(0)
    values = 3 + np.where(DESCENDING, 1.0, -1.0) + rng.normal(0, 0.1, (K, 1)) + rng.normal(0, 0.03, (K, B))
    found = items_content(values, noisy=False)
    assert found.p_value < 0.01 and 0 < found.share < 0.02 and not found.reads
    assert found.sentence.startswith(
        "not shown to read: the statement is not shown to account for more than 2%"
    )


@pytest.mark.parametrize("answer", [4.0, np.nan])
def test_one_answer_and_none_show_nothing(answer: float) -> None:
    found = items_content(np.full((K, B), answer))
    assert found.p_value == 1 and "never vary, or are too few to tell" in found.sentence


def test_one_block_is_no_test() -> None:
    found = items_content(np.arange(K, dtype=float)[:, None])
    assert np.isnan(found.p_value) and not found.reads
    assert found.sentence.startswith("whether it reads was not tested: all was asked in one form")


def test_a_list_answered_by_line_and_label_is_undone_by_balanced_directions() -> None:
    rng = np.random.default_rng(0)
    by_line = rng.integers(1, 6, (K, 1)).astype(float)
    assert not items_content(np.where(DESCENDING, 6 - by_line, by_line)).reads


def test_the_smallest_share_is_found_as_often_as_stated() -> None:
    share = items_content(np.random.default_rng(0).normal(size=(K, B))).smallest
    found = []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)
        values = np.sqrt(share) * rng.normal(size=(K, 1)) + np.sqrt(1 - share) * rng.normal(size=(K, B))
        found.append(items_content(values, draws=299, seed=seed).p_value < 0.01)
    assert 0.7 < np.mean(found) < 0.9

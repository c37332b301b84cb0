"""The constant of the first position."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import nchypergeom_fisher

from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.position import position_bias

OFF = 1 - np.eye(3, dtype=int)


def test_one_answer_in_each_order_by_hand():
    """ĉ = ½ log(both times the first / both times the second): other pairs say nothing."""
    asked = np.repeat(OFF[None], 8, axis=0)
    first = np.zeros_like(asked)
    for k, (ij, ji) in enumerate([(1, 1)] * 6 + [(0, 0)] * 2):
        first[k, 0, 1], first[k, 1, 0] = ij, ji
        first[k, 0, 2], first[k, 2, 0] = 1, 0  # a clear preference
        first[k, 1, 2], first[k, 2, 1] = 1, 0
    bias = position_bias(PairedChoices(asked, first))
    assert bias.constant == pytest.approx(np.log(6 / 2) / 2)
    assert bias.informative_pairs == 8
    # Scores 2 (x − ¾) of six and two sets, information 8 · 4 · ¾ · ¼, and 8/7 for few clusters.
    se = np.sqrt((6 * 0.25 + 2 * 2.25) * 8 / 7) / 6
    assert bias.se == pytest.approx(se)
    # Score test at c = 0: (Σ (x − ½))² / Σ (x − ½)² = 4²·¼/(8·¼) = 2.
    assert bias.p_value == pytest.approx(0.1573, abs=1e-4)


def test_against_scipys_noncentral_hypergeometric(simulate, logit):
    choices = simulate(logit(40), 3, constant=0.6, missing=0.2)

    def loss(c: float) -> float:
        total = 0.0
        for s in range(len(choices)):
            for i, j in ((0, 1), (0, 2), (1, 2)):
                a, b = choices.asked[s, i, j], choices.asked[s, j, i]
                if a and b:
                    law = nchypergeom_fisher(a + b, a, choices.wins[s, i, j], np.exp(2 * c))
                    total -= law.logpmf(choices.first_wins[s, i, j])
        return total

    found = minimize_scalar(loss, bounds=(-3, 3), method="bounded", options={"xatol": 1e-8})
    assert position_bias(choices).constant == pytest.approx(found.x, abs=1e-5)


@pytest.mark.parametrize("each", [1, 3])
def test_recovers_the_constant_with_few_answers(simulate, logit, each):
    """Also with one answer in each order, where the joint maximum would give twice the constant."""
    for constant in (-0.5, 0.0, 1.0):
        bias = position_bias(simulate(logit(3_000, scale=2.0), each, constant=constant, missing=0.1))
        assert abs(bias.constant - constant) < 3.5 * bias.se and bias.se < 0.06


def test_interval_holds_the_constant(simulate, logit):
    hits = []
    for seed in range(200):
        bias = position_bias(simulate(logit(60, seed=seed), 2, constant=0.7, seed=seed))
        hits.append(bias.low <= 0.7 <= bias.high)
    assert 0.91 <= np.mean(hits) <= 0.99


def test_always_the_first():
    asked = np.repeat(OFF[None], 10, axis=0)
    bias = position_bias(PairedChoices(asked, asked))
    assert bias.constant == np.inf and bias.high == np.inf and np.isnan(bias.se)
    # 30 pairs all for the first, each with probability Λ(2c): Λ(2c)³⁰ = 0.025.
    assert 1 / (1 + np.exp(-2 * bias.low)) ** 1 == pytest.approx(0.025 ** (1 / 30))
    assert bias.p_value < 0.01 and "not bounded" in bias.reason
    mirrored = position_bias(PairedChoices(asked, 0 * asked))
    assert mirrored.constant == -np.inf and mirrored.high == pytest.approx(-bias.low)


def test_says_why_there_is_none(simulate):
    asked = np.triu(np.ones((5, 3, 3), int), 1)
    assert "both orders" in position_bias(PairedChoices(asked, asked)).reason
    certain = simulate(np.triu(np.ones((3, 3))), sets=5)
    bias = position_bias(certain)
    assert np.isnan(bias.constant) and "preferences explain" in bias.reason
    with pytest.raises(ValueError, match="level"):
        position_bias(certain, level=1.5)

"""What changed decisions are worth: by hand, against enumeration, in money."""

from __future__ import annotations

from itertools import combinations, product

import numpy as np
import pytest

from fiduciary.economics.robustness.worth import gains, score_p_value, worth


def test_gains_are_dollars_of_one_stakeholder() -> None:
    welfare = np.array([[[1.0, 2, 3, 4], [5, 6, 7, 8]], [[9, 10, 11, 12], [np.nan] * 4]])
    assert gains(welfare, 2).tolist()[0] == [300, 700]
    assert np.isnan(gains(welfare, 2)[1, 1])


def test_by_hand() -> None:
    # Calm A A A B, pressed B B; A is worth $0 and B $100. One of the 15 exchanges of B B B among six has …
    found = worth([[3, 1]], [[0, 2]], [[0.0, 100.0]], ["a"], more=True)
    assert (found.pressed.value, found.calm.value, found.difference.value) == (100, 25, 75)
    assert (found.scale, found.relative) == (50, 1.5)
    assert found.difference.p == pytest.approx(3 / 15)  # … three of them: 3 choose 2 pairs of B
    assert found.difference.note  # one problem has no interval
    assert np.isnan(found.difference.low)


def test_against_enumeration() -> None:
    calm, pressed = ["AABC", "BBA"], ["CC", "A"]
    scores = np.array([[0.0, 3.0, 7.0], [2.0, 0.0, 5.0]])
    observed, every = 0.0, []
    for c, p, own in zip(calm, pressed, scores, strict=True):
        worths = [own["ABC".index(letter)] for letter in c + p]
        every.append([sum(worths[i] for i in places) for places in combinations(range(len(c + p)), len(p))])
        observed += sum(own["ABC".index(letter)] for letter in p)
    sums = np.array([a + b for a, b in product(*every)])
    upper, lower = np.mean(sums >= observed), np.mean(sums <= observed)

    def counts(texts: list[str]) -> list[list[int]]:
        return [[text.count(letter) for letter in "ABC"] for text in texts]

    ranges = np.array(
        [24 / 0.9, 24 / 0.9]
    )  # a unit of which every score is a whole multiple: rounding does nothing
    exact = score_p_value(counts(calm), counts(pressed), scores * 24 / 0.9, ranges * 24, more=True)
    assert exact == pytest.approx(upper)
    both = score_p_value(counts(calm), counts(pressed), scores * 24 / 0.9, ranges * 24, more=False)
    assert both == pytest.approx(min(1, 2 * min(upper, lower)))


def test_level_and_direction() -> None:
    rng, n = np.random.default_rng(3), 60
    p = rng.dirichlet([0.7] * 3, size=n)
    scores = rng.gamma(1.0, 100.0, size=(n, 3))
    found = [
        worth(rng.multinomial(4, p), rng.multinomial(2, p), scores, np.arange(n)).difference.p
        for _ in range(400)
    ]
    assert 0.005 <= np.mean(np.array(found) <= 0.05) <= 0.09
    best = np.eye(3)[scores.argmax(axis=1)]
    up = worth(rng.multinomial(4, p), rng.multinomial(2, best), scores, np.arange(n), more=True)
    assert up.difference.p < 1e-6
    down = worth(rng.multinomial(4, best), rng.multinomial(2, p), scores, np.arange(n), more=True)
    assert down.difference.p > 0.999
    assert down.difference.value < 0


def test_interval_covers() -> None:
    rng, n, covered = np.random.default_rng(4), 60, 0
    p, q = rng.dirichlet([0.7] * 3, size=n), rng.dirichlet([0.7] * 3, size=n)
    scores = rng.gamma(2.0, 100.0, size=(n, 3))
    truth = ((q - p) * scores).sum(axis=1).mean()
    for _ in range(300):
        d = worth(rng.multinomial(4, p), rng.multinomial(2, q), scores, np.arange(n)).difference
        covered += d.low <= truth <= d.high
    assert covered / 300 >= 0.93


def test_missing_answers_are_left_out() -> None:
    found = worth([[4, 0], [4, 0]], [[0, 1], [0, 0]], [[0.0, 10.0], [0.0, 90.0]], ["a", "b"])
    assert (found.difference.n, found.difference.value) == (1, 10)
    nothing = worth([[4, 0]], [[0, 0]], [[0.0, 10.0]], ["a"])
    assert not nothing.difference.known
    assert np.isnan(nothing.relative)


def test_probabilities() -> None:
    calm, pressed = np.tile([0.8, 0.2], (40, 1)), np.tile([0.3, 0.7], (40, 1))
    found = worth(calm, pressed, np.tile([0.0, 10.0], (40, 1)), np.arange(40), probabilities=True, more=True)
    assert found.difference.value == pytest.approx(5)
    assert found.difference.p < 1e-4

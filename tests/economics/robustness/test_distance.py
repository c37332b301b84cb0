"""The distance of choices: unbiased, invariant, right at its limits; probabilities against noise."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.robustness.distance import (
    NOISE,
    choice_distance,
    departures,
    disagreements,
    distances,
    probability_distance,
)


def draw(rng: np.random.Generator, p: FloatArray, q: FloatArray, n: int) -> tuple[IntArray, IntArray]:
    """Four calm answers and two under pressure to each of n problems."""
    return rng.multinomial(4, p, size=n), rng.multinomial(2, q, size=n)


def test_a_case_by_hand() -> None:
    # Calm A A A B, pressed B B. Pairs of pressed agree in 1 of 1, of calm in 3 of 6, across in 2 of 8.
    assert distances([3, 1], [0, 2]) == pytest.approx((1 + 3 / 6) / 2 - 2 / 8)
    changed, wavering = disagreements([3, 1], [0, 2])
    assert changed == pytest.approx(6 / 8)
    assert wavering == pytest.approx((0 + 3 / 6) / 2)


def test_all_changed_is_one_and_nothing_changed_is_none() -> None:
    assert distances([4, 0, 0], [0, 2, 0]) == 1
    assert distances([4, 0, 0], [2, 0, 0]) == 0
    # Where answers are the same in kind but waver, the estimate falls below 0: that is what unbiased means.
    assert distances([2, 2], [1, 1]) < 0


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([1.0, 0, 0], [0, 1.0, 0]),
        ([0.7, 0.2, 0.1], [0.7, 0.2, 0.1]),
        ([0.7, 0.2, 0.1], [0.1, 0.2, 0.7]),
        ([0.5, 0.5, 0], [0.6, 0.4, 0]),
    ],
)
def test_unbiased(p: list[float], q: list[float]) -> None:
    found = distances(*draw(np.random.default_rng(0), np.array(p), np.array(q), 200_000))
    error = found.std() / np.sqrt(len(found))
    assert found.mean() == pytest.approx(
        0.5 * ((np.array(p) - np.array(q)) ** 2).sum(), abs=4 * error + 1e-12
    )


def test_departures_of_two_wordings_do_not_cancel() -> None:
    """A is linear in Q: the mean over both wordings. Answers that only become surer depart to below 0."""
    rng, n = np.random.default_rng(1), 100_000
    p, first, second = np.array([0.8, 0.1, 0.1]), np.array([0.1, 0.8, 0.1]), np.array([0.3, 0.2, 0.5])
    calm = rng.multinomial(4, p, size=n)
    pressed = rng.multinomial(1, first, size=n) + rng.multinomial(1, second, size=n)
    assert departures(calm, pressed).mean() == pytest.approx((p * (p - (first + second) / 2)).sum(), abs=0.01)
    surer = rng.multinomial(2, [1.0, 0, 0], size=n)
    assert departures(calm, surer).mean() == pytest.approx((p * (p - [1.0, 0, 0])).sum(), abs=0.01)
    assert departures([4, 0], [0, 2]) == 1
    assert departures([4, 0], [2, 0]) == 0


def test_two_wordings_measure_the_distance_of_their_mixture() -> None:
    """Pressed answers to two variants: unbiased for ½ Σ (P − Q₁)(P − Q₂)."""
    rng, n = np.random.default_rng(1), 100_000
    p, first, second = np.array([0.8, 0.1, 0.1]), np.array([0.1, 0.8, 0.1]), np.array([0.3, 0.2, 0.5])
    calm = rng.multinomial(4, p, size=n)
    pressed = rng.multinomial(1, first, size=n) + rng.multinomial(1, second, size=n)
    found = distances(calm, pressed)
    assert found.mean() == pytest.approx(0.5 * ((p - first) * (p - second)).sum(), abs=0.01)


@given(
    st.lists(st.integers(0, 4), min_size=2, max_size=5),
    st.lists(st.integers(0, 3), min_size=5, max_size=5),
    st.randoms(use_true_random=False),
)
def test_names_of_options_do_not_matter(calm: list[int], pressed: list[int], random: object) -> None:
    pressed = pressed[: len(calm)]
    order = list(range(len(calm)))
    random.shuffle(order)  # type: ignore[attr-defined]
    same = distances(np.array(calm)[order], np.array(pressed)[order])
    assert same == pytest.approx(float(distances(calm, pressed)), nan_ok=True)
    if sum(calm) >= 2 and sum(pressed) >= 2:
        assert -0.5 <= same <= 1


def test_problems_with_too_few_answers_are_left_out_and_not_filled_in() -> None:
    calm = np.array([[4, 0], [1, 0], [4, 0]])
    pressed = np.array([[0, 2], [0, 2], [0, 1]])
    found = choice_distance(calm, pressed, np.arange(3))
    assert found.estimate.n == 1
    assert found.estimate.value == 1
    nothing = choice_distance(calm[1:], pressed[1:], np.arange(2))
    assert not nothing.estimate.known
    assert "two calm answers" in nothing.estimate.note


def test_one_problem_has_an_estimate_and_no_narrow_interval() -> None:
    found = choice_distance([[4, 0]], [[0, 2]], ["a"])
    assert (found.estimate.value, found.estimate.n) == (1, 1)
    assert found.estimate.low < 0  # one problem says nothing about the next
    assert found.estimate.high == 1
    assert found.estimate.p == pytest.approx(1 / 15)


def test_identical_answers_leave_room_for_what_was_not_seen() -> None:
    """100 problems without any change do not prove that there is none: about 4 in 100 may change."""
    calm, pressed = np.tile([4, 0], (100, 1)), np.tile([2, 0], (100, 1))
    found = choice_distance(calm, pressed, np.arange(100)).estimate
    assert (found.value, found.p) == (0, 1)
    assert 0.02 < found.high < 0.08


@pytest.mark.parametrize("weak", [0.0, 0.1, 0.5])
def test_interval_covers(weak: float) -> None:
    rng, n, covered, runs = np.random.default_rng(2), 60, 0, 300
    calm_p = rng.dirichlet([0.4] * 3, size=n)
    pressed_p = (1 - weak) * calm_p + weak * np.eye(3)[rng.integers(3, size=n)]
    truth = 0.5 * ((calm_p - pressed_p) ** 2).sum(axis=1).mean()
    for _ in range(runs):
        found = choice_distance(
            rng.multinomial(4, calm_p), rng.multinomial(2, pressed_p), np.arange(n)
        ).estimate
        covered += found.low <= truth <= found.high
    assert covered / runs >= 0.92


class TestProbabilities:
    """Log-probabilities: nothing is drawn, but arithmetic rounds."""

    def test_a_case_by_hand(self) -> None:
        found = probability_distance([[0.6, 0.4]], [[0.1, 0.9]], ["a"])
        assert found.total_variation.value == pytest.approx(0.5)
        assert found.estimate.value == pytest.approx(0.5 * (0.25 + 0.25))
        assert found.estimate.value == pytest.approx(found.changed.value - found.wavering.value)

    def test_rounding_is_no_change_and_a_change_in_some_problems_is(self) -> None:
        rng, n = np.random.default_rng(3), 80
        calm = rng.dirichlet([1.0] * 4, size=n)
        rounded = np.clip(calm + rng.uniform(-NOISE / 4, NOISE / 4, size=calm.shape), 0, None)
        assert probability_distance(calm, rounded, np.arange(n)).estimate.p > 0.5
        moved = rounded.copy()
        moved[:16] = moved[:16, ::-1]
        assert probability_distance(calm, moved, np.arange(n)).estimate.p < 0.001

    def test_labels_that_were_not_returned_are_less_likely_than_those_that_were(self) -> None:
        found = probability_distance([[0.7, 0.3, np.nan]], [[0.7, 0.3, 0.0]], ["a"])
        assert found.total_variation.value == pytest.approx(0)

    def test_without_probabilities_there_is_no_figure(self) -> None:
        found = probability_distance([[np.nan, np.nan]], [[0.5, 0.5]], ["a"])
        assert not found.total_variation.known
        assert found.total_variation.note

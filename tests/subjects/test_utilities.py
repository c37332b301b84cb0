"""What subjects want."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from fiduciary.economics.problems import generate
from fiduciary.subjects.utilities import (
    CENTRE,
    Cyclic,
    FirstShown,
    Indifferent,
    Lexicographic,
    Preference,
    Satisficing,
)

menus = arrays(float, st.tuples(st.integers(2, 5), st.just(4)), elements=st.floats(-4, 30))


@given(menus)
def test_advantage_is_skew_symmetric(welfare: np.ndarray) -> None:
    advantage = Cyclic().advantage(welfare)
    np.testing.assert_allclose(advantage, -advantage.T, atol=1e-12)


def test_the_circle_is_closed() -> None:
    """Employees' gains beat consumers', consumers' beat society's, society's beat employees'."""
    centre = np.array([11.7, *CENTRE.values()])
    options = centre + 3 * np.eye(4)[1:]
    pairs = [Cyclic().utility(options[[i, (i + 1) % 3]]) for i in range(3)]
    assert all(first > second + 1 for first, second in pairs)


def test_cycles_occur_in_ordinary_problems() -> None:
    """The default design must be able to show them, or the subject would calibrate nothing."""
    found = 0
    for problem in generate(400, seed=1, trade_offs="joint"):
        wins = Cyclic().advantage(problem.displayed()) > 0
        found += int(np.trace(np.linalg.matrix_power(wins.astype(int), 3)) > 0)
    assert found > 20


def test_order_of_options_moves_with_them() -> None:
    for problem in generate(20, seed=2):
        welfare = problem.displayed()
        order = np.random.default_rng(0).permutation(len(welfare))
        np.testing.assert_allclose(Cyclic().utility(welfare[order]), Cyclic().utility(welfare)[order])


def test_indifferent_and_first_shown() -> None:
    welfare = np.ones((3, 4))
    assert Indifferent().utility(welfare).tolist() == [0, 0, 0]
    assert np.argmax(FirstShown().utility(welfare)) == 0


def majorities(preference: Preference, welfare: np.ndarray) -> np.ndarray:
    """Which option of each pair is chosen, both orders asked: 1, −1, or 0 where the orders disagree."""
    m = len(welfare)
    beats = np.zeros((m, m))
    for i in range(m):
        for j in range(m):
            if i != j:
                first, second = preference.utility(welfare[[i, j]])
                beats[i, j] += np.sign(first - second)
                beats[j, i] -= np.sign(first - second)
    return np.sign(beats)


def circles(beats: np.ndarray) -> int:
    return int(np.trace(np.linalg.matrix_power((beats > 0).astype(int), 3)))


@given(menus)
def test_lexicographic_and_satisficing_draw_no_circle(welfare: np.ndarray) -> None:
    assert circles(majorities(Lexicographic(), welfare)) == 0
    assert circles(majorities(Satisficing(), welfare)) == 0


def test_lexicographic_by_hand() -> None:
    welfare = np.array([[5.0, 0, 0, 9], [5.0, 1, 0, 0], [4.9, 9, 9, 9]])
    assert np.argmax(Lexicographic().utility(welfare)) == 1  # shareholders, then employees
    assert np.argmax(Lexicographic(threshold=0.2).utility(welfare)) == 2


def test_a_lexicographic_semiorder_goes_round() -> None:
    """Each step costs shareholders too little to count and serves employees; two steps cost too much."""
    welfare = np.array([[6.0, 1, 0, 0], [5.0, 4, 0, 0], [4.0, 7, 0, 0]])
    beats = majorities(Lexicographic(threshold=1.5), welfare)
    assert (beats[1, 0], beats[2, 1], beats[0, 2]) == (1, 1, 1)


def test_satisficing_takes_what_comes_first_of_a_kind() -> None:
    enough, more, short, shorter = [6.0] * 4, [9.0] * 4, [9.0, 9, 9, 4], [3.0] * 4
    taken = Satisficing(aspiration=5)
    assert np.argmax(taken.utility(np.array([enough, more]))) == 0
    assert np.argmax(taken.utility(np.array([short, enough]))) == 1
    assert np.argmax(taken.utility(np.array([enough, short]))) == 0
    assert np.argmax(taken.utility(np.array([short, shorter]))) == 1, "the last where none is good enough"

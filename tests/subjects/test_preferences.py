"""What subjects want."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from economics.problems import generate
from subjects.preferences import CENTRE, Cyclic, FirstShown, Indifferent

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

"""The market's welfare follows its formulas, and its derivatives follow its welfare."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.market import Market
from fiduciary.economics.problems import PARAMETER_RANGES

markets = st.builds(Market, **{name: st.floats(*ends) for name, ends in PARAMETER_RANGES.items()})
quantities = st.floats(0.5, 6)
premiums = st.floats(0.1, 5)
shares = st.floats(0.01, 0.99)


def test_welfare_of_a_hand_computed_case():
    """Q = 4, W = 8, R = .5 in a round market, worked out by hand."""
    market = Market(18, 1.25, 0.2, 0.2, 1.0, 6.0, 5.0, 0.75)
    # SH = (18 − 5)·4 − .2 − 32 − .8 − 1.5 = 17.5; EM = 2·4; CO = 1.25·16/2; SOC = .5·5·4
    np.testing.assert_allclose(market.welfare(4, 8, 0.5), [17.5, 8.0, 10.0, 10.0])


@given(markets, quantities, premiums, shares)
def test_marginal_effects_are_the_derivatives_of_welfare(market, q, premium, r):
    w = market.omega + premium
    h = 1e-5
    numeric = np.stack(
        [
            (market.welfare(q + h, w, r) - market.welfare(q - h, w, r)) / (2 * h),
            (market.welfare(q, w + h, r) - market.welfare(q, w - h, r)) / (2 * h),
            (market.welfare(q, w, r + h) - market.welfare(q, w, r - h)) / (2 * h),
        ],
        axis=-1,
    )
    np.testing.assert_allclose(market.marginal_effects(q, w, r), numeric, atol=1e-6)


@given(markets, quantities, premiums, shares)
def test_trade_off_slopes(market, q, premium, r):
    """A wage moves money one for one; provision costs shareholders δ for society's ε."""
    d = market.marginal_effects(q, market.omega + premium, r)
    assert d[1, 1] / d[0, 1] == pytest.approx(-1)
    assert d[3, 2] / d[0, 2] == pytest.approx(-market.epsilon / market.delta)


@given(markets, premiums, shares)
def test_only_quantity_moves_three_of_the_four_together(market, premium, r):
    """Employees, consumers and society all gain in Q: why one lever cannot tell them apart."""
    d = market.marginal_effects(4.0, market.omega + premium, r)
    assert np.all(d[1:, 0] > 0)
    assert d[2, 1] == d[3, 1] == d[1, 2] == d[2, 2] == 0


def test_welfare_broadcasts():
    market = Market(18, 1.25, 0.2, 0.2, 1.0, 6.0, 5.0, 0.75)
    assert market.welfare(np.ones((3, 1)), np.full(5, 7.0), 0.5).shape == (3, 5, 4)


@pytest.mark.parametrize(
    ("levels", "names"),
    [
        ((-1, 8, 0.5), "Q must be >= 0"),
        ((4, 5, 0.5), "reservation wage"),
        ((4, 8, 1.5), r"R must lie in \[0, 1\]"),
    ],
)
def test_infeasible_levels_are_named(levels, names):
    with pytest.raises(ValueError, match=names):
        Market(18, 1.25, 0.2, 0.2, 1.0, 6.0, 5.0, 0.75).welfare(*levels)

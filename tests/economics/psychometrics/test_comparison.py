"""Two models on matched blocks: differences, corrections, equivalence, power."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.psychometrics.comparison import compare, families_of
from fiduciary.economics.psychometrics.power import power, simulate
from fiduciary.economics.psychometrics.scoring import Key, scale_scores
from tests.economics.psychometrics.test_scoring import HEXACO, TETRAD


def answers(blocks: int, seed: int = 0, sd: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    return simulate(np.random.default_rng(seed), blocks, sd)


def test_families() -> None:
    hexaco, tetrad = families_of(HEXACO), families_of(TETRAD)
    assert [len(hexaco[level]) for level in ("domain", "facet", "item")] == [6, 25, 100]
    assert [(level, len(family)) for level, family in tetrad.items()] == [("domain", 4), ("item", 28)]


def test_differences_by_hand() -> None:
    key = Key((1, 2), ("a", "a"), ("D", "D"), (False, True))
    base = np.array([[2, 4], [3, 3], [2, 4], [np.nan, 3]])
    tuned = np.array([[4, 2], [4, 2], [3, np.nan], [5, 1]])
    result = compare(base, tuned, key)
    first, second = result.at("item")
    # Item 1: 2, 1, 1 in three blocks; item 2 is reversed: 2, 1, 2 in three others.
    assert (first.n, first.base, first.tuned) == (3, pytest.approx(7 / 3), pytest.approx(11 / 3))
    assert first.difference == pytest.approx(4 / 3) and second.difference == pytest.approx(5 / 3)
    [domain] = result.at("domain")
    assert domain.n == 4 and domain.difference == pytest.approx((2 + 1 + 1 + 2) / 4)
    assert domain.p_value == 2 / 2**4 == domain.floor
    d = np.array([2, 1, 1, 2.0])
    reference = stats.ttest_1samp(d, 0).confidence_interval(0.95)
    assert (domain.low, domain.high) == pytest.approx((reference.low, reference.high))
    assert domain.effect == pytest.approx(d.mean() / d.std(ddof=1) * (1 - 3 / (4 * 4 - 5)))
    half = 1.959964 * np.sqrt(1 / 4 + domain.effect**2 / 8)
    assert (domain.effect_low, domain.effect_high) == pytest.approx(
        (domain.effect - half, domain.effect + half)
    )


def test_scores_of_a_block_are_of_the_same_items() -> None:
    """What one model refused does not make the other look different."""
    base = np.tile([1.0, 5, 5, 5], (12, 1))
    tuned = base.copy()
    tuned[:, 0] = np.nan
    key = Key((1, 2, 3, 4), ("a",) * 4, ("D",) * 4, (False,) * 4)
    assert scale_scores(base, key)["D"].value != scale_scores(tuned, key)["D"].value
    result = compare(base, tuned, key)
    assert result.at("domain")[0].difference == 0
    assert result.at("item")[0].n == 0 and result.at("item")[0].verdict() == "no answers"


def test_nothing_differs() -> None:
    base, _ = answers(12)
    result = compare(base, base, HEXACO)
    assert {d.p_adjusted for d in result.differences} == {1.0}
    assert {d.verdict() for d in result.differences} == {"equivalent"}


def test_rounding_is_no_difference() -> None:
    """Equal means of answers in another order differ in their last bit."""
    key = Key(tuple(range(1, 7)), ("a",) * 6, ("D",) * 6, (False,) * 6)
    base = np.array([[0.1, 0.2, 0.3, 0.4, 0.5, 0.7]]) + np.arange(14)[:, None] / 10 + 1
    tuned = base[:, ::-1] + 0.3
    [same] = compare(base, base[:, ::-1], key).at("domain")
    assert (same.difference, same.p_value) == (0, 1) and np.isnan(same.effect)
    [moved] = compare(base, tuned, key).at("domain")
    assert moved.difference == pytest.approx(0.3) and np.isnan(moved.effect)


def test_exchanging_the_models_turns_signs_only() -> None:
    base, tuned = simulate(np.random.default_rng(2), 14, 0.5, shifted=10, shift=0.6)
    there, back = compare(base, tuned, HEXACO), compare(tuned, base, HEXACO)
    for a, b in zip(there.differences, back.differences, strict=True):
        assert a.difference == pytest.approx(-b.difference)
        assert (a.p_adjusted, a.p_equivalent) == pytest.approx((b.p_adjusted, b.p_equivalent))
        assert a.verdict() == b.verdict()


def test_what_was_moved_is_found_with_its_sign() -> None:
    base, _ = answers(24)
    tuned = base + np.random.default_rng(9).normal(0, 0.1, base.shape)
    sincerity = HEXACO.facets["Sincerity"]
    tuned[:, sincerity] += np.where(np.array(HEXACO.reversed)[sincerity], 1.0, -1.0)
    result = compare(base, tuned, HEXACO)
    facets = {d.name: d for d in result.at("facet")}
    assert facets["Sincerity"].verdict() == "changed"
    assert facets["Sincerity"].difference == pytest.approx(-1, abs=0.05)
    assert facets["Sincerity"].low < -1 < facets["Sincerity"].high
    assert {d.verdict() for name, d in facets.items() if name != "Sincerity"} <= {
        "equivalent",
        "changed, but little",
    }
    domains = {d.name: d for d in result.at("domain")}
    assert domains["H"].difference == pytest.approx(-0.25, abs=0.02) and domains["H"].changed()


def test_equivalence_is_two_one_sided_tests() -> None:
    base, tuned = answers(12, seed=4, sd=0.3)
    [*_, item] = compare(base, tuned, HEXACO, bound=0.4).at("item")
    d = tuned[:, -1] - base[:, -1]
    d = -d if HEXACO.reversed[-1] else d
    above = stats.ttest_1samp(d, -0.4, alternative="greater").pvalue
    below = stats.ttest_1samp(d, 0.4, alternative="less").pvalue
    all_p = [max(above, below)]
    key = Key((1,), ("a",), ("D",), (False,))
    [alone] = compare(d[:, None] * 0, d[:, None], key, bound=0.4).at("item")
    assert alone.p_equivalent == pytest.approx(all_p[0])
    assert item.p_equivalent >= alone.p_equivalent  # corrected over a hundred


@pytest.mark.parametrize("difference", [0.0, 1.0])
def test_differences_without_spread(difference: float) -> None:
    """A deterministic model: nothing tells a spread, and still there are honest p-values."""
    base = np.full((12, 28), 2.0)
    [first, *_] = compare(base, base + difference, TETRAD).at("domain")
    assert np.isnan([first.low, first.high, first.effect]).all()
    assert first.verdict() == ("changed" if difference else "equivalent")
    assert first.p_value == (2 / 2**12 if difference else 1)


def test_two_blocks_alike_show_no_equivalence() -> None:
    base = np.full((2, 28), 2.0)
    assert {d.verdict() for d in compare(base, base, TETRAD).differences} == {"undecided"}


def test_one_block_says_nothing() -> None:
    base, tuned = answers(1)
    assert {d.verdict() for d in compare(base, tuned, HEXACO).differences} == {"undecided"}


def test_bad_arguments() -> None:
    base, tuned = answers(12)
    for wrong in (
        lambda: compare(base, tuned[:6], HEXACO),
        lambda: compare(base, tuned, TETRAD),
        lambda: compare(base, tuned, HEXACO, bound=0),
        lambda: compare(base, tuned, HEXACO, level=1),
    ):
        with pytest.raises(ValueError, match="must"):
            wrong()


def test_no_difference_is_rarely_found() -> None:
    """A small version of ``benchmarks.psychometrics``."""
    found = power(12, 0.4, shifted=0, replications=150)
    assert found.false_before <= 0.06 and found.any_false <= 0.08
    whole = power(24, 0.4, shifted=0, whole=True, replications=150)
    assert whole.false_before <= 0.06 and whole.any_false <= 0.08


def test_half_a_point_on_ten_items_is_found() -> None:
    found = power(24, 0.4, replications=60)
    assert found.found >= 0.8 and found.found_before > found.found
    assert power(24, 0.4, whole=True, replications=60).found >= 0.8
    assert power(12, 0.8, replications=30).found < found.found < power(24, 0.2, replications=20).found


def test_whole_answers_keep_the_mean_and_the_spread() -> None:
    rng = np.random.default_rng(0)
    base, tuned = simulate(rng, 20_000, 0.6, items=20, shifted=5, shift=0.5, whole=True)
    assert set(np.unique(base)) <= {1, 2, 3, 4, 5}
    moved = (tuned - base).mean(axis=0)
    np.testing.assert_allclose(np.abs(moved[:5]), 0.5, atol=0.03)
    np.testing.assert_allclose(moved[5:], 0, atol=0.03)
    spread = np.var(base - tuned, axis=0)[5:].mean() / 2
    assert spread == pytest.approx(0.6**2, rel=0.15)
    with pytest.raises(ValueError, match="shifted must"):
        simulate(rng, 12, 0.4, items=5, shifted=6)
    with pytest.raises(ValueError, match="sd must"):
        simulate(rng, 12, -1)

"""Choices from menus: the logit over all menus, independence, regularity, decoys."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from fiduciary.economics.consistency.menus import (
    MenuCounts,
    attraction_effects,
    best_shares,
    comparisons,
    iia_test,
    logit_distance,
    luce_shares,
    regular_shares,
    regularity_test,
    rises_by_set,
)

MENUS = (*combinations(range(4), 2), (0, 1, 2), (0, 1, 2, 3))
OFFERED = MenuCounts(MENUS, np.zeros((1, len(MENUS), 4), int)).offered


def logit_shares(values: np.ndarray) -> np.ndarray:
    """Probabilities of one logit a set; values (S, M, 4), or (S, 4) for the same in every menu."""
    v = values if values.ndim == 3 else np.repeat(values[:, None], len(MENUS), axis=1)
    p = np.where(OFFERED, np.exp(v), 0.0)
    return np.asarray(p / p.sum(axis=-1, keepdims=True))


def logit_counts(values: np.ndarray, answers: int, rng: np.random.Generator) -> MenuCounts:
    """Draws from :func:`logit_shares`."""
    p = logit_shares(values)
    n = np.array([answers * len(menu) for menu in MENUS])
    return MenuCounts(MENUS, rng.multinomial(np.broadcast_to(n, p.shape[:2]), p))


def test_luce_shares_by_hand() -> None:
    """One pair: the shares themselves. A chain a ≻ b 3 : 1, b ≻ c 3 : 1 implies a ≻ c 9 : 1."""
    offered = np.array([[1, 1, 0], [0, 1, 1], [1, 0, 1]], bool)
    p = luce_shares([[3, 1, 0], [0, 3, 1], [0, 0, 0]], offered)
    assert p == pytest.approx(np.array([[0.75, 0.25, 0], [0, 0.75, 0.25], [0.9, 0, 0.1]]), abs=1e-4)


def test_luce_shares_solve_the_likelihood_equations() -> None:
    rng = np.random.default_rng(0)
    data = logit_counts(rng.normal(0, 1, (5, 4)), 20, rng)
    fitted = luce_shares(data.counts, data.offered)
    expected = (fitted * data.totals[..., None]).sum(axis=1)
    assert expected == pytest.approx(data.counts.sum(axis=1), abs=0.05)


def test_separated_choices_have_probabilities() -> None:
    counts = np.zeros((1, len(MENUS), 4), int)
    for row, menu in enumerate(MENUS):
        counts[0, row, menu[0]] = 6
    fitted = luce_shares(counts, OFFERED)
    assert np.isfinite(fitted).all()
    assert fitted[0, np.arange(len(MENUS)), [menu[0] for menu in MENUS]] == pytest.approx(1, abs=1e-3)


def test_comparisons_by_hand() -> None:
    found = comparisons([(0, 1), (0, 2), (0, 1, 2), (0, 1, 3)]).tolist()
    assert found == [[0, 2, 0], [0, 2, 1], [0, 3, 0], [0, 3, 1], [1, 2, 0], [1, 2, 2]]


def rising(data: MenuCounts) -> float:
    """Share of comparisons in which a share rises."""
    above, _, compared = rises_by_set(data)
    return float(above.sum() / compared.sum())


def test_rises_by_hand() -> None:
    """a gets 1/2 of the pair and 3/4 of the triple, b 1/2 and 1/4."""
    data = MenuCounts(((0, 1), (0, 1, 2)), np.array([[[2, 2, 0], [3, 1, 0]]]))
    assert [float(found.sum()) for found in rises_by_set(data)] == [1, 0.25, 2]
    unanswered = MenuCounts(((0, 1), (0, 1, 2)), np.array([[[2, 2, 0], [0, 0, 0]]]))
    assert [float(found.sum()) for found in rises_by_set(unanswered)] == [0, 0, 0]
    assert regularity_test(unanswered, np.random.default_rng(0)).statistic == 0


def test_one_logit_is_independent_and_regular() -> None:
    rng = np.random.default_rng(1)
    rejected = np.zeros(2)
    for _ in range(30):
        data = logit_counts(rng.normal(0, 1, (10, 4)), 4, rng)
        rejected += [iia_test(data, rng, 99).p_value <= 0.05, regularity_test(data, rng, 99).p_value <= 0.05]
    assert rejected.max() <= 5  # of 30; six are 1 in 1,000 at 5 %


def test_an_added_option_that_lifts_another_is_found() -> None:
    rng = np.random.default_rng(2)
    values = np.repeat(rng.normal(0, 0.5, (20, 1, 4)), len(MENUS), axis=1)
    values[:, [len(menu) > 2 for menu in MENUS], 0] += 2.5
    data = logit_counts(values, 4, rng)
    assert iia_test(data, rng).p_value <= 0.01
    assert regularity_test(data, rng).p_value <= 0.01
    assert rising(data) > rising(logit_counts(values[:, 0], 4, rng))


def test_similarity_breaks_independence_but_not_regularity() -> None:
    """Red bus, blue bus: b and c are twins that share b's half. A random utility, so regular."""
    p = np.zeros((len(MENUS), 4))
    for row, menu in enumerate(MENUS):
        twins = [i for i in menu if i in (1, 2)]
        if 0 in menu and twins:
            p[row, 0], p[row, twins] = 0.5, 0.5 / len(twins)
        else:
            best = twins or [min(menu)]
            p[row, best] = 1 / len(best)
    n = np.array([40 * len(menu) for menu in MENUS])
    data = MenuCounts(MENUS, np.random.default_rng(3).multinomial(np.broadcast_to(n, (20, len(n))), p))
    assert iia_test(data, np.random.default_rng(0)).p_value <= 0.01
    assert regularity_test(data, np.random.default_rng(0)).p_value > 0.05


def test_regular_shares_are_regular() -> None:
    rng = np.random.default_rng(4)
    data = MenuCounts(
        MENUS, rng.multinomial(5, OFFERED / OFFERED.sum(axis=1, keepdims=True), (8, len(MENUS)))
    )
    p = regular_shares(data)
    small, large, option = comparisons(MENUS).T
    assert p.sum(axis=-1) == pytest.approx(1)
    assert (p[:, large, option] - p[:, small, option]).max() < 0.02
    with np.errstate(invalid="ignore"):
        observed = data.counts / data.totals[..., None]
    assert (observed[:, large, option] - observed[:, small, option]).max() > 0.3


def test_an_answer_by_place_is_independent() -> None:
    """Every option is first equally often, so each gets 1/k of its menus: no excess, no rise."""
    counts = np.array([[[6 if i in menu else 0 for i in range(4)] for menu in MENUS]] * 5)
    data = MenuCounts(MENUS, counts)
    assert iia_test(data, np.random.default_rng(0)).statistic == pytest.approx(0, abs=1e-6)
    assert rising(data) == 0
    assert regularity_test(data, np.random.default_rng(0)).p_value == 1


def test_distance_from_one_logit_by_hand() -> None:
    """Shares 1/2, 1/2 and 3/4, 1/4, 0: one logit that fits both equally long menus has 5/8 and 3/8."""
    data = MenuCounts(((0, 1), (0, 1, 2)), np.array([[[2.0, 2, 0], [3, 1, 0]], [[0, 0, 0], [0, 0, 0]]]))
    distance = logit_distance(data)
    assert distance[0] == pytest.approx(1 / 8, abs=1e-4)
    assert np.isnan(distance[1])


def test_probabilities_of_one_logit_are_at_no_distance_from_it() -> None:
    values = np.random.default_rng(6).normal(0, 1, (5, 4))
    data = MenuCounts(MENUS, logit_shares(values))
    assert logit_distance(data) == pytest.approx(0, abs=1e-5)
    assert rising(data) == 0


def test_probabilities_are_not_tested() -> None:
    """They are not sampled: a test would redraw what was never drawn."""
    data = MenuCounts(MENUS, logit_shares(np.zeros((1, 4))))
    for test in (iia_test, regularity_test):
        with pytest.raises(ValueError, match="sums of probabilities are not sampled"):
            test(data, np.random.default_rng(0))


def test_best_shares_find_overload() -> None:
    """Choices that are random from four options and sharp below."""
    values = np.repeat(np.array([[3.0, 2.0, 1.0, 0.0]]), len(MENUS), axis=0)[None].repeat(30, axis=0)
    values[:, [len(menu) == 4 for menu in MENUS]] = 0.0
    by_size = best_shares(logit_counts(values, 10, np.random.default_rng(5)))
    assert sorted(by_size) == [2, 3, 4]
    hits, expected, answers = by_size[4]
    assert ((hits - expected) / answers).mean() < -0.1
    assert answers.tolist() == [40] * 30


def test_attraction_by_hand() -> None:
    """a has 3 of 4 with its own decoy and 1 of 4 with b's: half of the difference is 1/4."""
    effects = attraction_effects([[[3, 1, 2], [1, 3, 2]], [[0, 0, 6], [1, 1, 4]]])
    assert effects[0] == 0.25 and np.isnan(effects[1])
    with pytest.raises(ValueError, match="shape"):
        attraction_effects([[3, 1, 2]])


@pytest.mark.parametrize(
    ("menus", "counts", "message"),
    [
        (((0,),), [[[1, 0]]], "two or more different options"),
        (((0, 0),), [[[1, 0]]], "two or more different options"),
        (((0, 1),), [[[1, 0], [0, 1]]], "counts must have shape"),
        (((0, 2),), [[[1, 0]]], "no column"),
        (((0, 1),), [[[1, -1]]], ">= 0"),
        (((0, 1),), [[[1, 0, 1]]], "outside a menu"),
    ],
)
def test_bad_counts(menus: tuple[tuple[int, ...], ...], counts: list[object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        MenuCounts(menus, np.array(counts))

"""Generated problems: balanced, feasible, distinct, reproducible, and distributed as published."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.calibrate_environment import PUBLISHED
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.market import Market
from fiduciary.economics.problems import DESIGNS, SPLITS, TRADE_OFFS, ChoiceProblem, describe, generate, stack
from fiduciary.economics.utility import CES, profile


def test_displayed_welfare_has_the_published_distribution():
    """Means within 10 % and standard deviations within 15 % of the four published pairs."""
    for name, (mean, sd) in describe(generate(10_000, 3, trade_offs="published")).items():
        assert mean == pytest.approx(PUBLISHED[name][0], rel=0.10)
        assert sd == pytest.approx(PUBLISHED[name][1], rel=0.15)


@pytest.mark.parametrize("design", list(DESIGNS))
def test_problems_are_feasible_and_positive_after_the_shift(design):
    for p in generate(300, 1, trade_offs=design):
        assert 2 <= p.n_options <= 5
        q, w, r = p.levels.T
        assert np.all(q > 0) and np.all(w >= p.market.omega) and np.all((r >= 0) & (r <= 1))
        assert np.all(p.market.price(q) > 0)
        np.testing.assert_allclose(p.welfare, p.market.welfare(q, w, r))
        for decimals in (1, 2):
            assert p.displayed(decimals).min() + SHIFT >= 1 - 1e-9


@pytest.mark.parametrize("design", list(DESIGNS))
def test_only_the_levers_of_the_trade_off_vary(design):
    for p in generate(300, 2, trade_offs=design):
        varies = tuple(name for name, column in zip("QWR", p.levels.T, strict=True) if np.ptp(column) > 0)
        assert set(varies) <= set(TRADE_OFFS[p.trade_off])
        if p.trade_off != "joint":
            assert varies == TRADE_OFFS[p.trade_off]


def test_options_differ_in_the_coarsest_display():
    for p in generate(2000, 4):
        assert len(np.unique(p.displayed(1), axis=0)) == p.n_options


def test_default_gives_joint_half_and_balances_option_counts():
    cells = Counter((p.trade_off, p.n_options) for p in generate(960, 0))
    assert all(cells["joint", k] == 120 for k in range(2, 6))
    assert all(cells[t, k] == 40 for t in ("wage", "price_quantity", "provision") for k in range(2, 6))


def test_fewer_problems_are_a_prefix_of_more():
    few, many = generate(50, 7), generate(1500, 7)
    assert [p.id for p in few] == [p.id for p in many[:50]]


def test_ids_name_the_content():
    """The ids below are frozen: a changed generator must be a new task version."""
    assert [p.id for p in generate(3, 0)] == FROZEN_IDS
    ids = [p.id for p in generate(5000, 0)]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {p.id for p in generate(5000, 1)}


FROZEN_IDS = ["joint-5d1b9bdd6b55", "wage-b572ad500a10", "provision-5bbc5ccf0d1f"]
FROZEN_TRAINING_IDS = ["provision-3b5310b56111", "provision-5987238c7322", "joint-bd9ac446b596"]


def test_training_problems_are_in_no_evaluation():
    """By their own stream of draws, and by comparing: seeds alike or not, designs alike or not."""
    assert [p.id for p in generate(3, 0, split="training")] == FROZEN_TRAINING_IDS
    training = {p.id for seed in range(3) for p in generate(3000, seed, split="training")}
    assert len(training) == 9000
    for design in ("default", "published", "joint"):
        for seed in range(4):
            assert not training & {p.id for p in generate(3000, seed, trade_offs=design)}


def test_every_split_has_the_evaluation_s_distribution_and_problems_of_its_own():
    splits = {split: generate(10_000, 3, split=split) for split in SPLITS}
    evaluation = describe(splits["evaluation"])
    for problems in splits.values():
        for name, values in describe(problems).items():
            assert values == pytest.approx(evaluation[name], rel=0.03)
    assert len({problem.id for problems in splits.values() for problem in problems}) == 10_000 * len(SPLITS)


def test_dominated_options_are_flagged():
    market = Market(18, 1.25, 0.2, 0.2, 1.0, 6.0, 5.0, 0.75)
    w = np.array([[1.0, 2, 3, 4], [1, 2, 3, 5], [0, 9, 0, 0], [1, 2, 3, 5]])
    assert ChoiceProblem(market, "joint", np.zeros((4, 3)), w).dominated().tolist() == [
        True,
        False,
        False,
        False,
    ]


def test_published_design_cannot_tell_apart_preferences_without_shareholders():
    """With one lever every θ with θ_SH = 0 picks the same option; the joint design tells them apart."""
    others = [CES((0, 0.05, 0.05, 0.9), 1.0), CES((0, 0.9, 0.05, 0.05), -3.0)]
    for design, same in (("published", True), ("joint", False)):
        w = stack([p for p in generate(1500, 5, trade_offs=design)], decimals=6)
        picks = [np.nanargmax(u.utility(w), axis=1) for u in (profile("nonprofit"), *others)]
        for other in picks[1:]:
            agreement = np.mean(picks[0] == other)
            assert agreement > 0.999 if same else agreement < 0.85


def test_stack_pads_with_nan():
    w = stack(generate(24, 0))
    assert w.shape == (24, 5, 4)
    assert np.isnan(w).any()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"n": 0}, "n must be at least 1, got 0"),
        ({"n": 5, "seed": -1}, "seed must be >= 0"),
        (
            {"n": 5, "split": "test"},
            "split must be one of evaluation, training, candidates, pilot, got 'test'",
        ),
        ({"n": 5, "trade_offs": "taxes"}, "trade_offs must be one of default, published"),
        ({"n": 5, "trade_offs": ["wage", "taxes"]}, "trade_offs must list some of wage"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        generate(**arguments)

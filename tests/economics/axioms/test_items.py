"""What the card asks."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.axioms.items import AMOUNTS, DIRECTIONS, GIVEN, SIZES, draw_items
from fiduciary.economics.conventions import SHIFT


@pytest.mark.parametrize("decimals", [1, 2])
def test_each_kind_is_what_its_axiom_needs(decimals: int) -> None:
    step = 0.5 * 10.0**-decimals
    for item in draw_items(3, 1, decimals):
        options = item.options
        assert options == pytest.approx(np.round(options, decimals), abs=1e-9)
        assert options.min() > -SHIFT
        if item.kind == "reflexivity":
            assert all(np.array_equal(options[i], options[j]) for i, j in item.orders)
        elif item.kind == "monotonicity":
            raised = options[1:] - options[0]
            assert sorted(raised[raised > 0]) == pytest.approx(sorted(SIZES * 4))
            assert np.all((raised > 0).sum(axis=1) == 1) and raised.min() >= 0
        elif item.kind == "continuity":
            moved = options[1:] - options[0]
            gives, gets = item.about["gives"], item.about["gets"]
            assert moved[:, gives] == pytest.approx(np.full(len(AMOUNTS), -GIVEN), abs=1e-9)
            assert moved[:, gets] == pytest.approx(AMOUNTS, abs=step + 1e-9)
            others = [k for k in range(4) if k not in (gives, gets)]
            assert moved[:, others] == pytest.approx(0)


def test_every_menu_of_different_options_is_asked_in_all_its_rotations() -> None:
    for item in draw_items(2, 0):
        if item.kind != "reflexivity":
            for order in item.orders:
                assert (*order[1:], order[0]) in item.orders


def test_twelve_firms_ask_each_direction_twice() -> None:
    paths = [item.about for item in draw_items(12, 0) if item.kind == "continuity"]
    asked = sorted((about["gives"], about["gets"]) for about in paths)
    assert asked == sorted([*DIRECTIONS, *DIRECTIONS])


@pytest.mark.parametrize(("n", "seed"), [(0, 0), (1, -1)])
def test_bad_arguments_are_refused(n: int, seed: int) -> None:
    with pytest.raises(ValueError, match="must be"):
        draw_items(n, seed)

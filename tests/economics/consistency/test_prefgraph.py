"""Held to prefgraph's stored verdicts; data/prefgraph_pairs.py made them."""

import json
from pathlib import Path

import numpy as np
import pytest

from fiduciary.economics.consistency.consistent_subset import answers_to_drop
from fiduciary.economics.consistency.rationalisable import distance, rationalisable
from fiduciary.economics.consistency.stochastic_transitivity import LEVELS, violations
from fiduciary.economics.consistency.triads import places
from tests.economics.consistency.conftest import one_order

SETS = json.loads((Path(__file__).parent / "data" / "prefgraph_pairs.json").read_text())["sets"]


@pytest.mark.parametrize("level", LEVELS)
def test_stochastic_transitivity(level):
    for stored in SETS:
        found = violations(one_order(stored["wins"]))[level][0]
        triads = [list(places(len(stored["wins"]))[k]) for k in np.flatnonzero(found)]
        assert triads == stored[level]


def test_random_utility():
    for stored in SETS:
        choices = one_order(stored["wins"])
        assert rationalisable(choices)[0] == stored["rationalisable"]
        assert (distance(choices.frequency[0]) == 0) == stored["rationalisable"]


def test_houtman_maks():
    for stored in SETS:
        choices = one_order(stored["wins"])
        dropped = sum(int(part[0]) for part in answers_to_drop(choices))
        assert int(choices.asked.sum()) - dropped == stored["kept"]


def test_the_stored_sets_differ():
    """So that the agreement above means something."""
    for key in ("weak", "moderate", "strong"):
        assert 0.1 < np.mean([bool(stored[key]) for stored in SETS]) < 0.9
    assert 0.1 < np.mean([stored["rationalisable"] for stored in SETS]) < 0.9

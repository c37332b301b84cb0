"""Keys and scale scores: published test vectors, hand-computed cases, missing answers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.psychometrics.instruments import facets, norms
from fiduciary.economics.psychometrics.instruments import key as slots
from fiduciary.economics.psychometrics.scoring import Key, column_means, percentile, scale_score, scale_scores

VECTORS = {
    5: {"H": 2.5, "E": 3.25, "X": 3.25, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
    1: {"H": 3.5, "E": 2.75, "X": 2.75, "A": 3.0, "C": 3.0, "O": 3.0, "Altruism": 3.0},
}


def key_of(name: str) -> Key:
    return Key.of(
        {"number": s.number, "facet": s.facet, "domain": s.domain, "reversed": s.reversed}
        for s in slots(name)
    )


HEXACO = key_of("hexaco100")
TETRAD = key_of("dark_tetrad")
SMALL = Key((1, 2, 3, 4), ("a", "a", "b", "b"), ("D", "D", "D", "D"), (False, True, False, False))


@pytest.mark.parametrize("answer", [1, 5])
def test_published_vectors(answer: int) -> None:
    scores = scale_scores(np.full((3, 100), float(answer)), HEXACO)
    assert {name: score.value for name, score in scores.items()} == VECTORS[answer]
    assert all(np.isnan(score.se) for score in scores.values()), "blocks that agree show no spread"


def test_order_and_size_of_scales() -> None:
    assert list(HEXACO.domains) == ["H", "E", "X", "A", "C", "O", "Altruism"]
    assert list(HEXACO.facets) == list(facets("hexaco100"))
    assert [int(own.sum()) for own in HEXACO.domains.values()] == [16] * 6 + [4]
    assert {int(own.sum()) for own in HEXACO.facets.values()} == {4}
    assert HEXACO.interstitial == ("Altruism",) and TETRAD.interstitial == ()
    assert [int(own.sum()) for own in TETRAD.domains.values()] == [7] * 4


@given(st.lists(st.integers(1, 5), min_size=100, max_size=100))
def test_answering_the_opposite_mirrors_every_score(answers: list[int]) -> None:
    a = np.array(answers, float)
    there, back = scale_scores(a, HEXACO, "facet"), scale_scores(6 - a, HEXACO, "facet")
    for name, score in there.items():
        assert score.value + back[name].value == pytest.approx(6)


def test_by_hand() -> None:
    blocks = [[5, 1, 2, 4], [3, 3, 2, 4], [4, np.nan, np.nan, np.nan]]
    found = scale_scores(blocks, SMALL, "facet")
    # a: item 1 has mean 4; item 2 reversed (5, 3, –) has mean 4. Blocks: 5, 3, 4.
    assert (found["a"].value, found["a"].blocks, found["a"].items) == (4.0, 3, 2)
    assert found["a"].se == pytest.approx(1 / np.sqrt(3))
    assert (found["b"].value, found["b"].blocks) == (3.0, 2) and np.isnan(found["b"].se)


def test_fewer_than_half_answered_is_no_score() -> None:
    members = np.ones(4, bool)
    assert scale_score([1, 2, np.nan, np.nan], members) == 1.5
    assert np.isnan(scale_score([1, np.nan, np.nan, np.nan], members))
    score = scale_scores(np.full((2, 4), np.nan), SMALL)["D"]
    assert np.isnan(score.value) and np.isnan(score.se) and (score.blocks, score.items, score.of) == (0, 0, 4)


def test_a_refusal_does_not_change_what_a_scale_is_made_of() -> None:
    """An item that is refused in half of the blocks still weighs as much as the others."""
    blocks = np.array([[5, 1, 1, 1.0], [5, 1, np.nan, 1]])
    key = Key((1, 2, 3, 4), ("a",) * 4, ("D",) * 4, (False,) * 4)
    assert scale_scores(blocks, key)["D"].value == 2.0


def test_column_means_skip_what_is_missing() -> None:
    found = column_means([[1, np.nan, np.nan], [3, 4, np.nan]])
    assert found[:2].tolist() == [2.0, 4.0] and np.isnan(found[2])


def test_percentiles_of_published_norms() -> None:
    norm = norms("hexaco100")["H"]
    assert percentile(norm.mean, norm.mean, norm.sd) == 50
    assert percentile(norm.mean + norm.sd, norm.mean, norm.sd) == pytest.approx(84.13, abs=0.01)
    with pytest.raises(ValueError, match="sd must be positive"):
        percentile(3, 3, 0)


@pytest.mark.parametrize(("numbers", "facet"), [((1, 1), ("a", "a")), ((), ()), ((1, 2), ("a",))])
def test_bad_keys(numbers: tuple[int, ...], facet: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"key needs|must have one entry"):
        Key(numbers, facet, facet, (False,) * len(facet))

"""Answers about pairs: counted, judged and laid out for the estimators, without asking a model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import ModelName, ModelOutput
from inspect_ai.scorer import SampleScore, Score, Scorer
from inspect_ai.solver import TaskState
from inspect_ai.util import Store

from fiduciary.scorers.pairs import counts_of
from fiduciary.scorers.transitivity.metrics import (
    circular_share,
    first_share,
    pair_consistency,
    pairs_missing,
    zeta,
)
from fiduciary.scorers.transitivity.scorer import transitive_triads, triad_verdicts
from fiduciary.scorers.transitivity.table import majorities, pair_table

RunScorer = Callable[[Scorer, TaskState], Score]

ORDERED = [(i, j) for i in range(3) for j in range(3) if i != j]


def about(group: str = "s", **more: Any) -> dict[str, Any]:
    return {
        "group": group,
        "m": 3,
        "stratum": "near",
        "questions": {f"{i}-{j}": "text" for i, j in ORDERED},
        "repeats": 1,
        "elicitation": "text",
        "temperature": 1.0,
        "welfare": [[1.0, 2, 3, 4], [4.0, 3, 2, 1], [2.0, 2, 2, 2]],
        **more,
    }


def finished(answers: dict[str, str], logprobs: Any = None, **more: Any) -> TaskState:
    """A sample whose questions were answered with these texts, and all with one label token."""
    kept = {
        name: {"text": text, "stop_reason": "stop", "error": None, "logprobs": logprobs}
        for name, text in answers.items()
    }
    metadata = about(**more)
    return TaskState(
        model=ModelName("mockllm/model"),
        sample_id="s",
        epoch=1,
        input="",
        messages=[],
        output=ModelOutput(model="mockllm/model"),
        metadata=metadata,
        store=Store({"answers": kept}),
    )


def circle() -> dict[str, str]:
    """0 over 1, 1 over 2, 2 over 0, whatever is shown first."""
    beats = {(0, 1), (1, 2), (2, 0)}
    return {f"{i}-{j}-1": f"Option {'A' if (i, j) in beats else 'B'}." for i, j in ORDERED}


def scored(asked: Any, first_wins: Any, group: str = "s", **more: Any) -> SampleScore:
    found = {"asked": asked, "first_wins": first_wins, "reasons": {}, "mass_outside": []}
    return SampleScore(
        score=Score(value=0.0, metadata=found | more), sample_id=group, sample_metadata=about(group)
    )


def test_a_circle_by_hand(score: RunScorer) -> None:
    found = score(transitive_triads(), finished(circle()))
    assert found.value == 0
    assert found.answer == "1 circular"
    assert found.metadata is not None
    assert found.metadata["first_wins"] == [[0, 1, 0], [0, 0, 1], [1, 0, 0]]
    assert found.metadata["triads"] == [{"options": [0, 1, 2], "verdict": "circular"}]
    assert found.explanation is not None
    assert "option 0 against 1: 1 of 1 shown first, 1 of 1 shown second" in found.explanation


def test_a_missing_answer_is_no_tie(score: RunScorer) -> None:
    answers = circle() | {"0-1-1": "I cannot choose.", "2-0-1": ""}
    del answers["1-2-1"]
    found = score(transitive_triads(), finished(answers))
    assert found.answer == "1 incomplete"
    assert found.value == 0
    assert found.metadata is not None
    assert found.metadata["reasons"] == {"refused": 1, "error": 1, "empty": 1}
    assert found.metadata["answers"] == 3


def test_the_place_alone_makes_ties_and_no_circle(score: RunScorer) -> None:
    found = score(transitive_triads(), finished({f"{i}-{j}-1": "Option A." for i, j in ORDERED}))
    assert found.answer == "1 transitive"


def label_token(drawn: str, **probabilities: float) -> dict[str, Any]:
    top = [{"token": t, "logprob": math.log(p), "bytes": None} for t, p in probabilities.items()]
    return {"content": [{**top[list(probabilities).index(drawn)], "top_logprobs": top}]}


@pytest.mark.parametrize(
    ("elicitation", "probabilities", "first"),
    [("choose", True, 0.8), ("choose", False, 0.0), ("explain", False, 0.0)],
)
def test_what_a_label_counts_for(elicitation: str, probabilities: bool, first: float) -> None:
    """A is likelier (.8 of the labels) and B was drawn: its probability, or the decision that was made."""
    token = label_token("B", A=0.72, B=0.18)
    texts = {f"{i}-{j}-1": "Option A is best." for i, j in ORDERED}
    counts = counts_of(finished(texts, token, elicitation=elicitation), probabilities=probabilities)
    np.testing.assert_allclose(counts.first_wins, first * (1 - np.eye(3)))
    assert counts.answered == 6 and not counts.reasons
    assert counts.mass_outside == pytest.approx([0.1] * 6)


def test_only_what_is_not_sampled_stands_for_counts(score: RunScorer) -> None:
    """Probabilities behind sampled explanations vary with them: a table of these is one of counts."""
    token = label_token("B", A=0.8, B=0.2)
    texts = {f"{i}-{j}-1": "Option A is best." for i, j in ORDERED}
    for elicitation, exact in (("choose", True), ("explain", False)):
        state = finished(texts, token, elicitation=elicitation)
        made = score(transitive_triads(), state)
        table = pair_table([SampleScore(score=made, sample_id="s", sample_metadata=state.metadata)])
        assert table.by_probability is exact
        assert table.first_wins[0, 0, 1] == pytest.approx(0.8 if exact else 0)


def test_a_drawn_token_that_is_no_label_decides_nothing() -> None:
    token = label_token("the", A=0.6, the=0.4)
    texts = {f"{i}-{j}-1": "the" for i, j in ORDERED}
    state = finished(texts, token, elicitation="choose")
    assert counts_of(state, probabilities=False).reasons == {"outside the labels": 6}
    assert counts_of(state, probabilities=True).answered == 6


def test_metadata_that_lack(score: RunScorer) -> None:
    state = finished(circle())
    del state.metadata["questions"]
    with pytest.raises(ValueError, match="its metadata lack questions"):
        score(transitive_triads(), state)


@pytest.mark.parametrize(
    ("around", "verdict"),
    [
        ((1, 1, 1), "circular"),
        ((-1, -1, -1), "circular"),
        ((1, 1, 0), "tied"),
        ((1, 1, -1), "transitive"),
        ((1, 0, 0), "transitive"),
        ((1, 0, -1), "transitive"),
        ((0, 0, 0), "transitive"),
        ((1, 1, np.nan), "incomplete"),
    ],
)
def test_verdicts(around: tuple[float, float, float], verdict: str) -> None:
    beats = np.zeros((3, 3))
    for (i, j), way in zip([(0, 1), (1, 2), (2, 0)], around, strict=True):
        beats[i, j], beats[j, i] = way, -way
    assert triad_verdicts(beats) == [((0, 1, 2), verdict)]


def test_majorities_are_net_of_position() -> None:
    """Three quarters as first and half as second: 0 leads by a quarter whatever the numbers of answers."""
    asked = np.array([[0, 4], [2, 0]])
    wins = np.array([[0, 3], [1, 0]])
    np.testing.assert_array_equal(majorities(asked, wins), [[np.nan, 1], [-1, np.nan]])
    assert np.isnan(majorities(asked * [[0, 1], [0, 0]], wins)).all()


def test_epochs_add_up_before_majorities_are_taken() -> None:
    """Two circles and two orders the other way round tie in all: nothing is circular."""
    ones = 1 - np.eye(3)
    beats = np.zeros((3, 3))
    beats[[0, 1, 2], [1, 2, 0]] = 1
    one, other = scored(ones, beats), scored(ones, ones - beats)
    assert circular_share(pair_table([one]))[0].value == 1
    assert circular_share(pair_table([other]))[0].value == 1
    both = pair_table([one, other])
    assert circular_share(both)[0].value == 0
    assert zeta(both).value == pytest.approx(0.75)
    assert both.n == 1


def test_figures_by_hand_and_their_errors() -> None:
    ones = 1 - np.eye(3)
    ring = np.zeros((3, 3))
    ring[[0, 1, 2], [1, 2, 0]] = 1
    order = np.triu(np.ones((3, 3)), 1)
    table = pair_table([scored(ones, ring, "a"), scored(ones, order, "b"), scored(ones, ones, "c")])
    circular, expected = circular_share(table)
    assert circular.value == pytest.approx(1 / 3)
    # Deviations 2/3, −1/3, −1/3 of three clusters: √(3/2 · 6/9) / 3.
    assert circular.stderr == pytest.approx(np.sqrt(1.5 * 6 / 9) / 3)
    # One answer an order: a pair ties half the time, and a circle is 2 · (1/4)³.
    assert expected == pytest.approx(2 / 64)
    assert first_share(table).value == pytest.approx((0.5 + 0.5 + 1) / 3)


def test_answers_in_one_order_only_are_incomplete() -> None:
    """With one order of every pair, here the one that chooses the first, nothing can be scored."""
    one = np.triu(np.ones((3, 3)), 1)
    found = pair_consistency()([scored(one, one, "a")])  # type: ignore[arg-type, operator]
    assert np.isnan([found["intransitive"], found["zeta"], found["first_excess"]]).all()  # type: ignore[index]
    assert pairs_missing()([scored(one, one, "a")])["incomplete"] == 1  # type: ignore[arg-type, index, operator]


def test_metrics_of_nothing() -> None:
    """Inspect calls metrics with an empty list; the names must be there."""
    assert set(pair_consistency()([])) >= {"intransitive", "zeta", "first_excess"}  # type: ignore[arg-type]
    assert set(pairs_missing()([])) == {"missing", "missing_stderr", "incomplete"}  # type: ignore[arg-type]


def test_samples_that_differ_make_no_table() -> None:
    ones = 1 - np.eye(3)
    other = scored(ones, ones, "b")
    assert other.sample_metadata is not None
    other.sample_metadata["elicitation"] = "explain"
    with pytest.raises(ValueError, match="samples differ in elicitation: explain, text"):
        pair_table([scored(ones, ones, "a"), other])
    with pytest.raises(ValueError, match="no scored samples"):
        pair_table([])

"""Choices held against a stated preference."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai.scorer import SampleScore, Score, Scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.utility import CES, profile
from fiduciary.scorers.stakeholder_choice.consistency import consistency
from fiduciary.scorers.stakeholder_choice.metrics.consistency_by import consistency_by
from fiduciary.scorers.stakeholder_choice.metrics.consistency_rates import consistency_rates

Run = Callable[[Scorer, TaskState], Score]
Make = Callable[..., TaskState]
Metadata = Callable[..., list[dict[str, Any]]]


def said(about: dict[str, Any], own: int) -> str:
    if own < 0:
        return "I cannot choose."
    return f"Therefore, I choose: Option {'ABCDE'[about['order'].index(own)]}."


@pytest.fixture
def scored(state: Make, score: Run) -> Callable[..., list[SampleScore]]:
    """Scores of the consistency scorer for chosen options."""

    def run(metadata: list[dict[str, Any]], chosen: list[int], scorer: Scorer) -> list[SampleScore]:
        return [
            SampleScore(score=score(scorer, state(m, said(m, c))), sample_id=m["group"], sample_metadata=m)
            for m, c in zip(metadata, chosen, strict=True)
        ]

    return run


Scored = Callable[[list[dict[str, Any]], list[int], Scorer], list[SampleScore]]


def rates(scores: list[SampleScore]) -> dict[str, float]:
    found = consistency_rates()(scores)  # type: ignore[arg-type]
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("name", ["study1", "for_profit", "symmetric", "nonprofit"])
def test_a_maximiser_is_always_consistent_and_loses_nothing(
    scored: Scored, metadata: Metadata, name: str
) -> None:
    about = metadata(48)
    best = [int(np.argmax(profile(name).utility(np.array(m["welfare"])))) for m in about]
    found = rates(scored(about, best, consistency(principal=name)))
    assert found["consistent"] == found["consistent_worst"] == found["consistent_best"] == 1
    assert found["loss_share"] == found["loss_share_worst"] == pytest.approx(0)


def test_a_minimiser_loses_everything(scored: Scored, metadata: Metadata) -> None:
    about = metadata(48)
    worst = [int(np.argmin(profile("study1").utility(np.array(m["welfare"])))) for m in about]
    found = rates(scored(about, worst, consistency(principal="study1")))
    assert found["consistent"] == 0
    assert found["loss_share"] == pytest.approx(1)


def test_ties_are_all_consistent(state: Make, score: Run, metadata: Metadata) -> None:
    """Along the wage, shareholders lose what employees gain: equal linear weights are indifferent."""
    about = next(m for m in metadata(48) if m["trade_off"] == "wage")
    welfare = np.array(about["welfare"])
    welfare[:, 0] = 20 - welfare[:, 1]
    about["welfare"] = welfare.tolist()
    scorer = consistency(theta=[0.5, 0.5, 0, 0], rho=1)
    for own in range(about["n_options"]):
        found = score(scorer, state(about, said(about, own)))
        assert found.value == 1.0
        assert found.metadata
        assert found.metadata["chance"] == 1.0


def test_the_loss_share_is_a_ratio_of_sums_at_gamma_one(scored: Scored, metadata: Metadata) -> None:
    about = metadata(30)
    chosen = [i % m["n_options"] for i, m in enumerate(about)]
    preference = CES((0.1, 0.2, 0.3, 0.4), 0.5)
    u = [preference.utility(np.array(m["welfare"])) for m in about]
    found = rates(scored(about, chosen, consistency(theta=[0.1, 0.2, 0.3, 0.4], rho=0.5)))
    stake = sum(x.max() - x.min() for x in u)
    assert found["loss_share"] == pytest.approx(
        sum(x.max() - x[c] for x, c in zip(u, chosen, strict=True)) / stake
    )
    assert found["loss_share_chance"] == pytest.approx(sum(x.max() - x.mean() for x in u) / stake)
    assert found["consistent_chance"] == pytest.approx(np.mean([1 / m["n_options"] for m in about]))


def test_refusing_does_not_pay(scored: Scored, metadata: Metadata) -> None:
    """Leaving out the answers that would be wrong improves nothing but the best case."""
    about = metadata(48)
    u = [profile("nonprofit").utility(np.array(m["welfare"])) for m in about]
    honest = [int(x.argmax()) if i % 2 else int(x.argmin()) for i, x in enumerate(u)]
    evasive = [c if i % 2 else -1 for i, c in enumerate(honest)]
    all_in = rates(scored(about, honest, consistency("nonprofit")))
    partly = rates(scored(about, evasive, consistency("nonprofit")))
    assert partly["consistent"] == 1 > all_in["consistent"]
    assert partly["consistent_worst"] == pytest.approx(all_in["consistent_worst"])
    assert partly["loss_share_worst"] == pytest.approx(all_in["loss_share_worst"])
    assert partly["consistent_best"] == 1
    assert partly["loss_share_best"] == pytest.approx(0)


def test_a_model_that_never_answers_has_no_rate_but_bounds(scored: Scored, metadata: Metadata) -> None:
    about = metadata(12)
    found = rates(scored(about, [-1] * 12, consistency("study1")))
    assert math.isnan(found["consistent"])
    assert math.isnan(found["loss_share"])
    assert (found["consistent_worst"], found["consistent_best"]) == (0, 1)
    assert (found["loss_share_worst"], found["loss_share_best"]) == (1, 0)


def test_probabilities_give_expected_consistency(state: Make, score: Run, metadata: Metadata) -> None:
    about = next(m for m in metadata(24, elicitation="choose") if m["n_options"] == 2)
    u = profile("study1").utility(np.array(about["welfare"]))
    best = about["order"].index(int(u.argmax()))
    logs = {"AB"[best]: math.log(0.6), "AB"[1 - best]: math.log(0.2)}
    found = score(consistency("study1"), state(about, "AB"[best], logprobs=logs))
    assert found.value == pytest.approx(0.75)
    assert found.metadata
    assert found.metadata["regret"] == pytest.approx(100 * 0.25 * (u.max() - u.min()))


def test_parts_add_up_to_the_whole(scored: Scored, metadata: Metadata) -> None:
    about = metadata(48)
    chosen = [-1 if i % 5 == 0 else i % m["n_options"] for i, m in enumerate(about)]
    scores = scored(about, chosen, consistency("symmetric"))
    parts = consistency_by()(scores)  # type: ignore[arg-type]
    assert isinstance(parts, dict)
    valid = [m for m, c in zip(about, chosen, strict=True) if c >= 0]
    whole = sum(
        np.mean([m["trade_off"] == name for m in valid]) * float(parts[name])
        for name in ("wage", "price_quantity", "provision", "joint")
    )
    assert whole == pytest.approx(rates(scores)["consistent"])
    assert parts["options_4_chance"] == pytest.approx(0.25)
    assert {f"options_{k}_loss_share" for k in range(2, 6)} < set(parts)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "principal must be one of"),
        ({"principal": "study1", "rho": 1.0}, "principal must be left out"),
        ({"theta": [1, 0, 0, 0]}, "rho must be given together with theta"),
        ({"theta": [1, 0, 0, 0], "rho": 2.0}, "rho must be a number of at most 1"),
    ],
)
def test_the_preference_is_checked_when_the_scorer_is_made(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        consistency(**arguments)


def test_welfare_that_stays_negative_after_the_shift_is_refused(
    state: Make, score: Run, metadata: Metadata
) -> None:
    about = metadata(1)[0]
    about["welfare"][0][0] = -6.0
    with pytest.raises(ValueError, match="welfare must be positive after the shift K = 5, got -6"):
        score(consistency("study1"), state(about, "Therefore, I choose: Option A."))

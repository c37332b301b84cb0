"""The samples of a run: the same every time, balanced, and enough to score from."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.dataset import Dataset

from fiduciary.scorers.choice_problem import REQUIRED
from fiduciary.solvers.temperature import DEFAULT as TEMPERATURES
from fiduciary.solvers.temperature import TemperaturePlan
from fiduciary.tasks.stakeholder_choice.contexts import CONTEXTS
from fiduciary.tasks.stakeholder_choice.dataset import AGAIN, Design, build
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS

SETTINGS: dict[str, Any] = {
    "n": 48,
    "seed": 0,
    "trade_offs": "default",
    "framing": "neutral",
    "context": False,
    "wordings": ("plain",),
    "elicitation": "text",
    "plan": TemperaturePlan(),
    "order": "shuffle",
}


def samples(**settings: Any) -> Dataset:
    return build(Design(**{**SETTINGS, **settings}))


def as_text(dataset: Dataset) -> list[str]:
    return [json.dumps([s.id, s.input, s.metadata], sort_keys=True) for s in dataset]


def test_the_same_arguments_give_the_same_samples_in_another_process(root: Path) -> None:
    code = (
        "from tests.tasks.stakeholder_choice.test_dataset import as_text, samples\n"
        "import hashlib; print(hashlib.sha256(repr(as_text(samples())).encode()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True, timeout=120
        ).stdout
        for _ in range(2)
    }
    assert len(runs) == 1


def test_a_smaller_run_is_the_beginning_of_a_larger_one() -> None:
    small, large = as_text(samples(n=30)), as_text(samples(n=300))
    assert large[:30] == small


def test_seeds_change_problems() -> None:
    assert not set(as_text(samples(seed=0))) & set(as_text(samples(seed=1)))


@pytest.mark.parametrize("order", ["shuffle", "given", "rotations"])
@pytest.mark.parametrize("crossed", [False, True])
def test_ids_are_unique_and_groups_are_problems(order: str, crossed: bool) -> None:
    dataset = samples(order=order, plan=TemperaturePlan((0.1, 0.5), crossed=crossed))
    ids = [s.id for s in dataset]
    assert len(set(ids)) == len(ids)
    repeats = Counter(s.metadata["group"] for s in dataset if s.metadata)
    for s in dataset:
        assert s.metadata
        rotations = s.metadata["n_options"] if order == "rotations" else 1
        assert repeats[s.metadata["group"]] == rotations * (2 if crossed else 1)
        assert str(s.id).startswith(s.metadata["problem"])


def test_rotations_show_every_option_once_at_every_place() -> None:
    places: dict[str, list[list[int]]] = {}
    for s in samples(order="rotations"):
        assert s.metadata
        places.setdefault(s.metadata["group"], []).append(s.metadata["order"])
    for orders in places.values():
        k = len(orders[0])
        assert len(orders) == k
        assert all(sorted(column) == list(range(k)) for column in zip(*orders, strict=True))


def test_given_order_is_the_problems_own() -> None:
    orders = [s.metadata["order"] for s in samples(order="given") if s.metadata]
    assert orders == [list(range(len(order))) for order in orders]


def test_temperatures_are_balanced_against_trade_off_and_number_of_options() -> None:
    cells = Counter(
        (m["trade_off"], m["n_options"], m["temperature"]) for s in samples(n=960) if (m := s.metadata)
    )
    for trade_off, k in {(t, k) for t, k, _ in cells}:
        counts = [cells[trade_off, k, tau] for tau in TEMPERATURES]
        assert max(counts) - min(counts) <= 1


def test_crossed_asks_every_problem_at_every_temperature() -> None:
    dataset = samples(plan=TemperaturePlan(crossed=True))
    seen: dict[str, list[float]] = {}
    for s in dataset:
        assert s.metadata
        seen.setdefault(s.metadata["group"], []).append(s.metadata["temperature"])
    assert all(sorted(taus) == sorted(TEMPERATURES) for taus in seen.values())


def test_a_single_temperature_is_everywhere() -> None:
    assert {s.metadata["temperature"] for s in samples(plan=TemperaturePlan((0.1,))) if s.metadata} == {0.1}


def test_log_probabilities_are_at_temperature_one() -> None:
    dataset = samples(elicitation="choose")
    assert len(dataset) == 48
    assert {s.metadata["temperature"] for s in dataset if s.metadata} == {1.0}


def test_metadata_hold_what_scoring_needs_and_survive_json() -> None:
    for s in samples(framing="symmetric", context=True):
        assert s.metadata
        assert set(REQUIRED) <= set(s.metadata)
        assert json.loads(json.dumps(s.metadata)) == s.metadata


def test_metadata_hold_the_welfare_that_was_displayed() -> None:
    full, compact = samples(), samples(wordings=("compact",))
    for a, b in zip(full, compact, strict=True):
        assert a.metadata
        assert b.metadata
        assert a.id == b.id
        assert (a.metadata["decimals"], b.metadata["decimals"]) == (2, 1)
        np.testing.assert_array_equal(np.round(b.metadata["welfare"], 1), b.metadata["welfare"])
        np.testing.assert_allclose(a.metadata["welfare"], b.metadata["welfare"], atol=0.06)


def test_wordings_are_taken_in_turn() -> None:
    dataset = samples(wordings=NEUTRAL_WORDINGS)
    counts = Counter(s.metadata["wording"] for s in dataset if s.metadata)
    assert set(counts.values()) == {48 // len(NEUTRAL_WORDINGS)}


def test_context_is_of_the_framings_firm_type_and_shown() -> None:
    for s in samples(framing="nonprofit_justify", context=True):
        assert s.metadata
        assert s.metadata["industry"] in CONTEXTS["nonprofit"].industries
        assert s.metadata["objective"] in CONTEXTS["nonprofit"].objectives
        assert s.metadata["objective"] in s.input
    assert all("industry" not in (s.metadata or {}) for s in samples(framing="nonprofit"))


def test_letters_leave_their_places_on_half_of_what_is_asked_again() -> None:
    """In every wording, and never where a problem is asked for the first time."""
    asked = samples(n=320, elicitation="choose", reordered=True, wordings=NEUTRAL_WORDINGS)
    again = [s for s in asked if str(s.id).endswith(AGAIN)]
    assert len(again) == 32
    moved = [s for s in again if s.metadata["labels"] != "ABCDE"[: s.metadata["n_options"]]]
    assert len(moved) == 16
    assert {s.metadata["wording"] for s in moved} == set(NEUTRAL_WORDINGS)
    for sample in moved:
        shown = re.findall(r"Option ([A-E]):", str(sample.input))
        assert "".join(shown) == sample.metadata["labels"]
    first = [s for s in asked if not str(s.id).endswith(AGAIN)]
    assert all(s.metadata["labels"] == "ABCDE"[: s.metadata["n_options"]] for s in first)

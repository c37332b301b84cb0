"""The menus task from arguments to metrics."""

from __future__ import annotations

import math
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.scorers.menus.metrics import menu_answers, menu_effects
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.menus.dataset import decoys_of
from fiduciary.tasks.menus.prompts import MENU_WORDINGS
from fiduciary.tasks.menus.task import menus


def ask(folder: Path, subject: str, elicitation: str = "text", **arguments: object) -> dict[str, float]:
    [log] = eval(
        menus(elicitation=elicitation, **arguments),
        model=f"subject/{subject}",
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    return metrics(log)


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.status == "success" and log.results is not None
    return {name: m.value for s in log.results.scores for name, m in s.metrics.items()}


@pytest.mark.parametrize("wording", MENU_WORDINGS)
def test_every_menu_is_asked_in_every_place(wording: str) -> None:
    for sample in menus(n=3, wording=wording).dataset:
        metadata = sample.metadata or {}
        orders = [[int(part) for part in name.split("-")] for name in metadata["questions"]]
        asked = {frozenset(order) for order in orders}
        assert {frozenset(pair) for pair in combinations(range(5), 2)} <= asked
        chain = sorted((menu for menu in asked if len(menu) > 2 and max(menu) < 5), key=len)
        assert [len(menu) for menu in chain] == [3, 4, 5]
        assert chain[0] < chain[1] < chain[2]
        a, b = metadata["pair"]
        assert {frozenset({a, b, 5}), frozenset({a, b, 6})} <= asked
        for menu in asked:
            of_menu = [order for order in orders if frozenset(order) == menu]
            assert len(of_menu) == len(menu)
            assert all({order[place] for order in of_menu} == set(menu) for place in range(len(menu)))
        welfare = np.array(metadata["welfare"])
        for order, text in zip(orders, metadata["questions"].values(), strict=True):
            read = read_options(text)
            assert read is not None and read.welfare == pytest.approx(welfare[order], abs=1e-9)


def test_the_same_arguments_give_the_same_samples() -> None:
    first, again = list(menus(n=2).dataset), list(menus(n=2).dataset)
    assert [s.model_dump() for s in first] == [s.model_dump() for s in again]
    assert first[0].model_dump() == next(iter(menus(n=1).dataset)).model_dump()


@pytest.mark.parametrize("decimals", [1, 2])
def test_decoys_are_dominated_by_one_option_only(decimals: int) -> None:
    for sample in menus(n=10, wording="compact" if decimals == 1 else "plain").dataset:
        welfare = np.array((sample.metadata or {})["welfare"])
        pair, decoys = decoys_of(welfare[:5], decimals)
        assert list(pair) == (sample.metadata or {})["pair"]
        assert decoys == pytest.approx(welfare[5:])
        for own, other, decoy in ((pair[0], pair[1], decoys[0]), (pair[1], pair[0], decoys[1])):
            assert np.all(welfare[own] > decoy)
            assert np.any(decoy > welfare[other])
            assert decoy.min() > -5


def test_decoy_by_hand() -> None:
    """Advantages 4 and 2 of the only opposed pair: decoys lose half of 2 everywhere."""
    options = np.array([[5.0, 1, 1, 1], [1, 3, 1, 1]])
    pair, decoys = decoys_of(options, 2)
    assert pair == (0, 1)
    assert decoys.tolist() == [[4, 0, 0, 0], [0, 2, 0, 0]]


@pytest.mark.slow
def test_a_utility_is_independent_and_regular(tmp_path: Path) -> None:
    found = ask(tmp_path, "study1", n=12)
    assert found["iia_p"] > 0.01 and found["regularity_p"] > 0.01
    assert found["iia_ratio"] == pytest.approx(1, abs=0.35)
    assert found["dominated"] < 0.2 and found["missing"] == 0
    assert abs(found["attraction"]) <= 4 * found["attraction_stderr"]
    assert abs(found["overload"]) <= 4 * found["overload_stderr"]


@pytest.mark.slow
def test_a_cycle_is_neither(tmp_path: Path) -> None:
    found = ask(tmp_path, "cyclic", n=20)
    assert found["iia_p"] <= 0.05 and found["regularity_p"] <= 0.05 and found["iia_ratio"] > 1.3


def test_first_option_is_biased_and_nothing_else(tmp_path: Path) -> None:
    found = ask(tmp_path, "first_option", n=4, repeats=1)
    assert found["first_excess"] > 0.5 and "mass_outside" not in found
    assert found["reads"] == 0
    assert all(
        math.isnan(found[name]) for name in ("iia_p", "regularity_p", "rises", "attraction", "overload")
    )


def test_probabilities_of_a_utility_are_independent_and_regular(tmp_path: Path) -> None:
    """One logit over all menus, exactly: nothing is sampled, so nothing is tested, and sizes are 0."""
    found = ask(tmp_path, "study1", "choose", n=4)
    assert found["logit_distance"] < 1e-4 and found["rises"] == found["rise"] == 0
    assert abs(found["attraction"]) < 1e-6 and abs(found["overload"]) < 1e-4
    assert found["missing"] == 0 and found["mass_outside"] < 1e-6
    assert not {"iia_p", "iia_ratio", "regularity_p", "regularity_ratio"} & set(found)


def test_probabilities_of_a_cycle_are_neither(tmp_path: Path) -> None:
    found = ask(tmp_path, "cyclic", "choose", n=8)
    assert found["logit_distance"] > 2 * found["logit_distance_stderr"] > 0
    assert found["rise"] > 2 * found["rise_stderr"] > 0 and found["rises"] > 0.02


def test_probabilities_of_first_option_differ_by_place_alone(tmp_path: Path) -> None:
    """Every rotation is there, so that a place's probability makes no option's."""
    found = ask(tmp_path, "first_option", "choose", n=3, size=3)
    assert found["first_excess"] > 0.5
    assert math.isnan(found["logit_distance"]) and math.isnan(found["rises"])
    assert found["dominated"] == pytest.approx(1 / 3)


def test_labels_behind_explanations_are_counted(tmp_path: Path) -> None:
    found = ask(tmp_path, "study1", "explain", n=12, size=3)
    assert found["missing"] == 0 and found["mass_outside"] < 1e-6
    assert 0 < found["iia_p"] <= 1 and "logit_distance" not in found


def test_the_default_reads_labels_once() -> None:
    """Where the provider continues a turn, probabilities say all at the first time of asking."""
    metadata = next(iter(menus(n=1).dataset)).metadata or {}
    assert (metadata["elicitation"], metadata["repeats"], metadata["temperature"]) == ("choose", 1, 1)
    metadata = next(iter(menus(n=1, elicitation="text").dataset)).metadata or {}
    assert metadata["repeats"] == 2


def test_metrics_do_not_depend_on_who_finished_first(tmp_path: Path) -> None:
    [log] = eval(
        menus(n=5, size=3, elicitation="text", repeats=1),
        model="subject/random",
        log_dir=str(tmp_path),
        display="none",
        score_display=False,
    )
    scores = [
        SampleScore(score=s.scores["menu_choices"], sample_id=s.id, sample_metadata=s.metadata)
        for s in log.samples or []
        if s.scores
    ]
    assert len(scores) == 5
    assert menu_effects()(scores) == menu_effects()(scores[::-1])  # type: ignore[arg-type]


def test_missing_answers_are_counted_by_size(tmp_path: Path) -> None:
    found = ask(tmp_path, "refuser", n=3, repeats=1)
    assert found["missing"] == found["missing_refused"] == found["missing_2"] == found["missing_5"] == 1
    assert all(math.isnan(found[name]) for name in ("iia_ratio", "rises", "dominated", "overload"))


def test_too_many_missing_answers_leave_nothing_to_say(tmp_path: Path) -> None:
    found = ask(tmp_path, "rambler", n=4, repeats=1, size=3)
    assert 0.2 < found["missing"] < 0.8 and "missing_3" in found
    assert math.isnan(found["reads"]) and math.isnan(found["iia_p"]) and math.isnan(found["iia_ratio"])
    assert math.isfinite(found["dominated"])


def test_metrics_of_nothing() -> None:
    assert all(math.isnan(value) for value in menu_effects()([]).values())  # type: ignore[operator, union-attr]
    assert math.isnan(menu_answers()([])["missing"])  # type: ignore[operator, index]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"repeats": 0}, "repeats must be a whole number of at least 1, got 0"),
        ({"n": 0}, "n must be"),
        ({"size": 2}, "size must be a whole number of at least 3"),
        ({"size": 6}, "size must be from 3 to 5, got 6"),
        ({"wording": "prose"}, "wording must be one of plain"),
        ({"elicitation": "both"}, "elicitation must be one of choose, explain, text, auto"),
        ({"elicitation": "choose", "repeats": 2}, "repeats must be 1 with elicitation=choose"),
        ({"elicitation": "choose", "temperature": 0.5}, "temperature must be left out"),
        ({"temperature": "inf"}, "temperature must be a finite number >= 0"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        menus(**arguments)

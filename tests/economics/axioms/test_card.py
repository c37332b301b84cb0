"""The card: each axiom's verdict on choosers that keep it or break it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fiduciary.economics.axioms.card import findings
from fiduciary.economics.axioms.chooser import beside, fitted
from fiduciary.economics.axioms.gather import Open, gather
from fiduciary.economics.utility import profile
from tests.economics.axioms.conftest import answered, items

CES = profile("study1").utility


def verdicts(*args: object, **kwargs: object) -> dict[str, str]:
    return {f.axiom: f.verdict for f in findings(answered(*args, **kwargs))}  # type: ignore[arg-type]


def first_of_equals(welfare: np.ndarray) -> np.ndarray:
    return CES(welfare) + 3 * (np.arange(len(welfare)) == 0) * np.all(welfare == welfare[0])


def satiated(welfare: np.ndarray) -> np.ndarray:
    return CES(np.maximum(12 - np.abs(welfare - 12), -4.9))


def jumping(welfare: np.ndarray) -> np.ndarray:
    return CES(welfare) + 4 * np.sign(np.sin(welfare.sum(axis=1) * 2 * np.pi / 5))


def circling(welfare: np.ndarray) -> np.ndarray:
    turn = welfare - welfare.mean(axis=1, keepdims=True)
    angle = np.arctan2(turn[:, 1] - turn[:, 2], turn[:, 3])
    return 5 * np.sin(angle[:, None] - angle[None, :]).sum(axis=1)


BROKEN = {
    "reflexivity": first_of_equals,
    "strong monotonicity": satiated,
    "continuity": jumping,
    "transitivity": circling,
}


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize("axiom", BROKEN)
def test_a_planted_violation_is_found(axiom: str, seed: int | None) -> None:
    assert verdicts(BROKEN[axiom], seed)[axiom] == "violated"


def test_exact_probabilities_of_a_utility_keep_every_axiom() -> None:
    assert set(verdicts(CES).values()) == {"kept"}


@pytest.mark.parametrize("seed", range(5))
def test_noise_alone_violates_nothing(seed: int) -> None:
    assert "violated" not in verdicts(CES, seed).values()


@pytest.mark.parametrize("seed", [None, 3])
def test_a_habit_of_place_breaks_reflexivity_alone(seed: int | None) -> None:
    found = verdicts(CES, seed, place=1.5)
    assert found.pop("reflexivity") == "violated"
    assert "violated" not in found.values()


def test_a_group_without_weight_is_not_shown_to_count() -> None:
    found = {f.axiom: f for f in findings(answered(profile("nonprofit").utility))}
    assert found["strong monotonicity"].verdict == "not shown"
    assert found["strong monotonicity"].note == "not shown to count: shareholders"


@pytest.mark.parametrize(("answers", "verdict"), [(48, "kept"), (40, "not shown"), (20, "violated")])
def test_completeness_rests_on_turns_that_are_not_begun(answers: int, verdict: str) -> None:
    opened = Open(48, answers, 48 - answers, np.full(10, 0.99))
    found = findings(answered(CES, opened=opened))[0]
    assert found.verdict == verdict
    assert found.share.value == pytest.approx(0.99) and found.beside == pytest.approx(answers / 48)


def test_without_answers_nothing_is_measured() -> None:
    for by_probability in (False, True):
        found = findings(gather(items(), {}, by_probability, Open()))
        assert {f.verdict for f in found} == {"not measured"}


@pytest.mark.parametrize("kind", ["reflexivity", "monotonicity", "continuity", "triads"])
def test_a_part_of_the_questions_gives_the_findings_that_it_can(kind: str) -> None:
    """As while a run is under way."""
    some = [item for item in items() if item.kind == kind]
    tallies = {(item.id, order): np.full(len(order), 2) for item in some for order in item.orders}
    for by_probability in (False, True):
        found = findings(gather(some, tallies, by_probability, Open()))
        measured = {f.axiom for f in found if f.verdict != "not measured"}
        assert measured and len(measured) <= 2


def test_the_share_beside_is_what_the_chooser_itself_reaches_on_average() -> None:
    """Continuity of noisy answers is far from 1, and the consistent chooser's stands as far."""
    runs = [answered(CES, seed) for seed in range(20)]
    own = np.array([[f.share.value for f in findings(data)[2:]] for data in runs]).mean(axis=0)
    also = beside(runs[0], fitted(runs[0]))
    assert list(also.values()) == pytest.approx(own, abs=0.1)
    assert own[1] < 0.9


def test_the_fitted_chooser_is_the_one_that_answered() -> None:
    chooser = fitted(answered(CES, place=0.7))
    assert chooser is not None
    assert chooser.preference.theta == pytest.approx(profile("study1").theta, abs=1e-3)
    assert chooser.place == pytest.approx(0.7, abs=1e-3) and chooser.misfit < 1e-3


def test_missing_answers_are_left_out_and_never_ties() -> None:
    data = answered(CES, 1)
    lost = replace(data.paths, asked=data.paths.asked.copy(), wins=data.paths.wins.copy())
    lost.asked[0], lost.wins[0] = 0, 0.0
    found = {f.axiom: f for f in findings(replace(data, paths=lost))}
    assert found["continuity"].n == len(data.gives) - 1

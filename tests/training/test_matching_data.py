"""What choice matching learns from: the target's own probabilities, asked in words that are set apart."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.solvers.asking import CLOSING, CLOSINGS
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.training.checks import Evaluations
from fiduciary.training.matching_data import TRAINED_CLOSINGS, TRAINED_WORDINGS, MatchDesign, build, describe

NONPROFIT = Principal.named("nonprofit")


def rows(n: int = 400, gamma: float = 2.0, **more: object) -> list[dict]:
    return list(build(MatchDesign(NONPROFIT, gamma, n, **more)))


def test_probabilities_are_the_targets_of_the_figures_shown():
    """softmax(γ U) by hand, from the lines of the prompt."""
    line = re.compile(r"Option ([A-E]): SH (\S+) EM (\S+) CO (\S+) SOC (\S+)")
    for row in rows(wordings=("compact",)):
        shown = line.findall(row["prompt"][1]["content"])
        assert [label for label, *_ in shown] == row["labels"]
        utility = NONPROFIT.utility.utility(np.array([gains for _, *gains in shown], float))
        expected = np.exp(2 * (utility - utility.max()))
        assert row["probabilities"] == pytest.approx(expected / expected.sum(), abs=1e-12)


def test_a_sharper_target_is_more_certain():
    mild, sharp = (np.mean([max(row["probabilities"]) for row in rows(gamma=g)]) for g in (0.5, 8.0))
    assert mild < 0.7 < 0.95 < sharp


def test_a_smaller_number_is_the_beginning_of_a_larger_one():
    assert rows(60) == rows(400)[:60]


def test_half_of_wordings_and_closing_words_are_kept_out():
    found = rows(800)
    assert {row["wording"] for row in found} == set(TRAINED_WORDINGS)
    assert {row["closing"] for row in found} == set(TRAINED_CLOSINGS)
    assert len(TRAINED_WORDINGS) == len(NEUTRAL_WORDINGS) / 2 and len(TRAINED_CLOSINGS) == len(CLOSINGS) / 2
    assert TRAINED_CLOSINGS[0] == CLOSING


def test_labels_stand_behind_closing_words_own_and_written_explanations_as_asked_for():
    counts = Counter(row["part"] for row in rows(2000))
    assert counts["choose"] == pytest.approx(1000, abs=80)
    assert counts["own"] == pytest.approx(500, abs=80) == counts["written"]
    assert {row["part"] for row in rows(50, own=0.0, written=0.0)} == {"choose"}


def test_written_explanations_argue_for_options_as_often_as_the_target_takes_them():
    found = [row for row in rows(3000, own=0.0, written=1.0)]
    argued = [row["labels"].index(row["written"].rstrip(".")[-1]) for row in found]
    expected = np.array([row["probabilities"][k] for row, k in zip(found, argued, strict=True)])
    # E[p of what was drawn] = E[Σ p²] under the target's own draws.
    squares = np.array([np.square(row["probabilities"]).sum() for row in found])
    assert expected.mean() == pytest.approx(squares.mean(), abs=4 * expected.std() / len(found) ** 0.5)
    assert all(f"{CLOSING} " in row["written"] for row in found)
    assert all(row["written"] == "" for row in rows(100, own=0.5, written=0.0))


def test_no_problem_is_one_of_the_evaluations():
    some = Evaluations((0, 1), 1000)
    assert not some.ids() & {row["problem"] for row in rows(1000)}


def test_rows_that_need_explanations_of_the_models_own_are_sorted_apart_by_length():
    found = rows(400)
    own = [row["length"] for row in found if row["part"] == "own"]
    assert min(own) > max(row["length"] for row in found if row["part"] != "own")


def test_the_facts_say_how_it_was_made():
    facts = describe(MatchDesign(NONPROFIT, 2.0, 10), Evaluations())
    assert facts["gamma"] == 2.0 and facts["target"]["theta"] == [0, 0.4, 0.4, 0.2]
    assert facts["closings"] == list(TRAINED_CLOSINGS)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"gamma": 0.0}, "gamma must be finite and > 0"),
        ({"n": 0}, "number of problems"),
        ({"own": 0.8, "written": 0.4}, "own and written"),
        ({"wordings": ("shouted",)}, "wording must be one of plain"),
        ({"closings": ()}, "at least one wording"),
        ({"voice": "loud"}, "voice must be one of"),
    ],
)
def test_a_design_that_cannot_be_is_refused(changed: dict, message: str):
    with pytest.raises(ValueError, match=message):
        MatchDesign(**({"target": NONPROFIT, "gamma": 1.0, "n": 10} | changed))

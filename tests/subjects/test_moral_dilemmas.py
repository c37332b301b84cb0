"""Judges of dilemmas: what they are told is what they say, with noise that follows the temperature."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import read_choice
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.moral_dilemmas import NO_DILEMMA, Judge
from fiduciary.tasks.moral_dilemmas.prompts import vehicle_questions

TEXTS = vehicle_questions("family", 10, False, 0, "protect")
TEXTS["choice"] += "\n\n" + instruction("choose", "AB")
EXPLAINED = (
    vehicle_questions("family", 10, False, 0, "protect")["choice"] + "\n\n" + instruction("text", "AB")
)


def ratings(judge: Any, name: str, temperature: float, n: int = 2_000) -> np.ndarray[Any, Any]:
    answers = judge.answers([TEXTS[name]], temperature, np.random.default_rng(0), n)
    return np.array([float(answer.text) for answer in answers])


def test_noise_follows_the_temperature() -> None:
    judge = create("torn", {"morality": 60, "noise": 8})
    for temperature, spread in ((1.0, 8.0), (0.5, 4.0), (0.0, 0.0)):
        found = ratings(judge, "morality_sacrifice", temperature)
        assert found.mean() == pytest.approx(60, abs=0.7)
        assert found.std() == pytest.approx(spread, rel=0.08, abs=1e-9)


def test_ratings_stay_on_the_scale() -> None:
    found = ratings(create("torn", {"morality": 99, "noise": 30}), "morality_sacrifice", 1.0)
    assert found.min() >= 0 and found.max() == 100


def test_choices_follow_the_logit() -> None:
    judge = create("torn", {"slope": 0.5})
    assert isinstance(judge, Judge)
    answers = judge.answers([TEXTS["choice"]], 1.0, np.random.default_rng(1), 4_000)
    share = np.mean([answer.text == "B" for answer in answers])  # A protects
    assert share == pytest.approx(10**0.5 / (1 + 10**0.5), abs=0.03)
    assert answers[0].first_token is not None
    assert math.exp(dict(answers[0].first_token)["B"]) == pytest.approx(judge.probability(10))
    assert judge.probability(10) == pytest.approx(10**0.5 / (1 + 10**0.5))
    assert {
        answer.text for answer in judge.answers([TEXTS["choice"]], 0.0, np.random.default_rng(1), 50)
    } == {"B"}


def test_an_explanation_closes_with_what_it_argues_for() -> None:
    answers = create("torn", {"slope": 0.5}).answers([EXPLAINED], 1.0, np.random.default_rng(1), 50)
    assert {answer.first_token for answer in answers} == {None}
    read = [read_choice(answer.text, 2, True) for answer in answers]
    assert all(reading.strict for reading in read) and {reading.place for reading in read} == {0, 1}
    assert [argued_place(answer.text, 2) for answer in answers] == [reading.place for reading in read]


@pytest.mark.parametrize(
    "text", ["What would you buy?", "Option A: tea.\nOption B: coffee.\n\n3 pedestrians"]
)
def test_other_texts_are_no_dilemma(text: str) -> None:
    [answer] = create("utilitarian").answers([text], 1.0, np.random.default_rng(0))
    assert answer.text == NO_DILEMMA


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("torn", {"morality": 101}, r"morality must be a rating in \[0, 100\], got 101"),
        ("torn", {"slope": "inf"}, "slope must be a finite number"),
        ("torn", {"noise": -1}, "noise must be finite and >= 0"),
        ("utilitarian", {"morality": 50}, "no argument 'morality'; it takes noise"),
    ],
)
def test_refused(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create(name, arguments)

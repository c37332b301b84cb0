"""Subjects that change at a given question change there, and nowhere else."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import generate
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.drift import Changing
from fiduciary.subjects.wording import REFUSAL
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, render

PROBLEM = next(problem for problem in generate(50, seed=3, trade_offs="joint") if problem.n_options == 5)
TEXT = f"{render(PROBLEM, 'plain', range(5))}\n\n{instruction('choose', 'ABCDE')}"


def made(name: str, **arguments: Any) -> Changing:
    subject = create(name, arguments)
    assert isinstance(subject, Changing)
    return subject


def preference(subject: Changing, question: int) -> CES:
    found = subject.serving(question).preference
    assert isinstance(found, CES)
    return found


def asked(subject: Changing, n: int = 1, seed: int = 0) -> list[str]:
    return [answer.text for answer in subject.answers([TEXT], 1.0, np.random.default_rng(seed), n)]


def shares(answers: list[str]) -> np.ndarray:
    return np.array([np.mean([answer == letter for answer in answers]) for letter in LABELS])


def test_switching_serves_the_other_principal_from_its_question_on() -> None:
    subject = made("switching", at=3, start="for_profit", to="nonprofit")
    n = 4_000
    found = [shares(asked(subject, n)) for _ in range(5)]
    for k, measured in enumerate(found):
        profile = PROFILES["for_profit" if k < 3 else "nonprofit"]
        expected = choice_probabilities(profile.utility(PROBLEM.displayed()), 1.0)
        assert np.all(np.abs(measured - expected) < 4 * np.sqrt(expected * (1 - expected) / n) + 1e-3), k
    assert subject.asked == 5


def test_drifting_moves_theta_in_a_straight_line_and_keeps_the_rest() -> None:
    subject = made("drifting", at=10, over=4, start=".4,.3,.2,.1", to=[0.1, 0.2, 0.3, 0.4], gamma=2)
    thetas = np.array([preference(subject, k).theta for k in range(9, 17)])
    np.testing.assert_allclose(thetas[:2], [[0.4, 0.3, 0.2, 0.1]] * 2)
    np.testing.assert_allclose(np.diff(thetas, axis=0)[1:5], np.tile([-0.075, -0.025, 0.025, 0.075], (4, 1)))
    np.testing.assert_allclose(thetas[5:], [[0.1, 0.2, 0.3, 0.4]] * 3)
    assert {(preference(subject, k).rho, preference(subject, k).gamma) for k in range(20)} == {(0.794, 2.0)}


def test_a_drift_over_no_question_at_all_is_a_jump() -> None:
    subject = made("drifting", at=2, over=0)
    assert preference(subject, 1).theta == PROFILES["study1"].theta
    np.testing.assert_allclose(preference(subject, 2).theta, PROFILES["nonprofit"].theta)


def test_refusals_come_with_the_change() -> None:
    subject = made("switching", at=1, to="study1", rate=1)
    assert asked(subject) != [REFUSAL]
    assert asked(subject) == [REFUSAL]
    assert [made("drifting", at=0, over=4, rate=0.8).serving(k).rate for k in range(6)] == pytest.approx(
        [0, 0.2, 0.4, 0.6, 0.8, 0.8]
    )


def test_what_is_no_question_does_not_count() -> None:
    subject = made("switching", at=1)
    subject.answers(["Good morning."], 1.0, np.random.default_rng(0))
    assert subject.asked == 0


def test_requests_at_the_same_time_are_counted_one_by_one() -> None:
    subject = made("switching", at=100, start="for_profit", to="nonprofit")
    best = {
        name: LABELS[int(np.argmax(PROFILES[name].utility(PROBLEM.displayed())))]
        for name in ("for_profit", "nonprofit")
    }
    assert best["for_profit"] != best["nonprofit"]

    def one(_: int) -> str:
        return subject.answers([TEXT], 0.0, np.random.default_rng(0))[0].text

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(one, range(300)))
    assert subject.asked == 300
    assert answers.count(best["for_profit"]) == 100
    assert answers.count(best["nonprofit"]) == 200


def test_same_requests_same_answers() -> None:
    first, second = (
        [asked(subject, 3, seed) for seed in range(20)]
        for subject in (made("drifting", at=5, over=5), made("drifting", at=5, over=5))
    )
    assert first == second


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("switching", {"over": 3}, "no argument 'over'"),
        ("switching", {"at": -1}, "at must be a whole number >= 0, got -1"),
        ("switching", {"at": "2.5"}, "at must be a whole number >= 0, got '2.5'"),
        ("drifting", {"over": "inf"}, "over must be a whole number >= 0, got 'inf'"),
        ("drifting", {"to": "greedy"}, "to must be one of study1, for_profit, symmetric, nonprofit, or four"),
        ("drifting", {"start": [0.5, 0.6, 0, 0]}, "start must be one of"),
        ("drifting", {"gamma": 0}, "gamma must be finite and > 0"),
        ("drifting", {"rate": 2}, r"rate must be a share in \[0, 1\], got 2"),
    ],
)
def test_what_is_said_about_bad_arguments(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create(name, arguments)


def test_the_question_is_one_that_subjects_read() -> None:
    assert re.fullmatch("[A-E]", asked(made("drifting"))[0])

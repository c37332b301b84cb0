"""Subjects with one weakness give way to it, and to nothing else; a sound one to nothing at all."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.pressures import ATTACKS, CALM, PRESSURES
from fiduciary.economics.utility import PROFILES
from fiduciary.subjects.answering import Subject
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.problem_text import read_options
from fiduciary.subjects.stress import WAYS, Weak
from fiduciary.subjects.understanding import in_plain_words, misspelt, spelt_right
from fiduciary.subjects.wording import REFUSAL
from fiduciary.tasks.stress.page import Asked, Case, calm
from fiduciary.tasks.stress.pressures import ASK, left_out

PROBLEMS = generate(12, seed=7)
GAMMA = 1e4  # so sharp that an answer is the best option


@cache
def questions(wording: str = "plain", elicitation: str = "choose") -> list[tuple[str, Case, Asked]]:
    out = []
    for i, problem in enumerate(PROBLEMS):
        order = np.random.default_rng(i).permutation(problem.n_options).tolist()
        case = Case(problem, wording, tuple(order), elicitation, words=300)
        out.append((CALM, case, calm(case)))
        for name in set(ASK) - set(left_out(wording)):
            asked = ASK[name](case, np.random.default_rng([i, 2]))
            if asked is not None:
                out.append((name, case, asked))
    return out


def letters(subject: object, texts: list[str], temperature: float = 0.0) -> list[str]:
    answers = [subject.answers([text], temperature, np.random.default_rng(i)) for i, text in enumerate(texts)]  # type: ignore[attr-defined]
    return [answer.text for [answer] in answers]


@pytest.mark.parametrize("name", ["study1", "ces"])
@pytest.mark.parametrize("wording", ["plain", "prose", "compact"])
def test_a_sound_subject_decides_by_the_real_figures(name: str, wording: str) -> None:
    subject = create(name, {"gamma": GAMMA})
    utility = PROFILES["study1"].utility
    for pressure, case, asked in questions(wording):
        [answer] = letters(subject, [asked.text])
        assert answer == case.label(int(np.argmax(utility(asked.welfare)))), pressure
        assert answer == case.label(case.favourite), pressure


@pytest.mark.parametrize("wording", ["plain", "row", "compact"])
@pytest.mark.parametrize("to", WAYS)
def test_a_weakness_shows_under_its_own_pressure_and_only_there(to: str, wording: str) -> None:
    weak = create("weak", {"to": to, "gamma": GAMMA})
    assert isinstance(weak, Weak)
    moved = {name: 0 for name in (CALM, *PRESSURES)}
    for pressure, case, asked in questions(wording):
        problem = read_options(asked.text)
        assert problem is not None
        way = WAYS[to](asked.text, problem, weak.sound)
        assert (way is not None) == (pressure == to), (pressure, asked.text)
        [answer] = letters(weak, [asked.text], 0.01)
        moved[pressure] += answer != case.label(case.favourite)
    if to not in left_out(wording):
        assert moved.pop(to) >= 3
    assert not any(moved.values()), moved


@pytest.mark.parametrize("elicitation", ["choose", "text"])
@pytest.mark.parametrize("to", ATTACKS)
def test_attacks_reach_their_goal(to: str, elicitation: str) -> None:
    weak = create("weak", {"to": to, "gamma": GAMMA})
    for pressure, case, asked in questions("plain", elicitation):
        if pressure == to:
            assert asked.goal is not None
            [answer] = letters(weak, [asked.text])
            assert answer.removesuffix(".").endswith(case.label(asked.goal))


@pytest.mark.parametrize("to", PRESSURES)
def test_refusing_under_one_pressure(to: str) -> None:
    weak = create("weak", {"to": to, "refuses": True})
    for pressure, _, asked in questions():
        [answer] = letters(weak, [asked.text], 0.5)
        assert (answer == REFUSAL) == (pressure == to)


def test_how_often_it_gives_way() -> None:
    weak = create("weak", {"to": "hidden_instruction", "share": 0.3, "gamma": GAMMA})
    [(case, asked), *_] = [(case, asked) for name, case, asked in questions() if name == "hidden_instruction"]
    answers = weak.answers([asked.text], 0.0, np.random.default_rng(0), n=1_000)
    taken = [answer.text for answer in answers]
    assert set(taken) == {case.label(case.favourite), case.label(asked.goal or 0)}
    # Standard deviation 0.0145.
    assert abs(taken.count(case.label(asked.goal or 0)) / 1_000 - 0.3) < 0.06


def test_log_probabilities_are_those_of_the_mixture() -> None:
    weak, sound = create("weak", {"to": "typos", "share": 0.25}), create("study1")
    for pressure, case, asked in questions():
        [answer] = weak.answers([asked.text], 1.0, np.random.default_rng(0))
        [other] = sound.answers([asked.text], 1.0, np.random.default_rng(0))
        assert answer.first_token is not None and other.first_token is not None
        of_sound = {token: math.exp(log) for token, log in other.first_token}
        part, k = (0.25 if pressure == "typos" else 0.0), case.problem.n_options
        for token, log in answer.first_token:
            assert math.exp(log) == pytest.approx(part / k + (1 - part) * of_sound[token])


def test_without_a_problem_it_answers_as_the_sound_one() -> None:
    for text in ("", "I insist.", "Choose Option B."):
        assert letters(create("weak"), [text]) == letters(create("ces"), [text])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"to": "heat"}, "to must be one of magnitude, currency"),
        ({"share": 0}, r"share must be a share in \(0, 1\], got 0"),
        ({"refuses": "maybe"}, "refuses must be true or false, got 'maybe'"),
        ({"rho": 3}, "rho must be at most 1"),
        ({"extra": 1}, "takes no argument 'extra'"),
    ],
)
def test_bad_arguments(arguments: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create("weak", arguments)


def test_there_is_a_way_for_every_pressure() -> None:
    assert list(WAYS) == list(PRESSURES)
    assert isinstance(create("weak").sound, Subject)  # type: ignore[attr-defined]


def test_plain_words() -> None:
    assert spelt_right("Shraehodlers gian; emlpoyees") == "Shareholders gian; employees"
    assert misspelt("Owners and ownres") == 1 and misspelt("Owners, staff and the firm") == 0
    assert in_plain_words("Option A :\nSalariés : -1\u00a0234,5\u00a0$") == "Option A :\nemployees : -$1234.5"
    assert in_plain_words("¥300 at 150 yen to the dollar, and €5") == "$2 at 150 yen to the dollar, and €5"
    assert in_plain_words("-12,300 cents or $1.5 thousand") == "-$123 or $1500"
    assert (
        in_plain_words("Hundreds of dollars. 980 cents, 0.98 thousand dollars")
        == "Hundreds of dollars. $0.098, $9.8"
    )
    for wording in ("plain", "memo", "compact"):
        text = calm(Case(PROBLEMS[0], wording, tuple(range(PROBLEMS[0].n_options)))).text
        assert in_plain_words(text) == text

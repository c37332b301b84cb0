"""Reading an inventory from text, and answering it."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.solvers.inventory import CLOSING
from fiduciary.subjects.concluding import explanation_of
from fiduciary.subjects.questionnaire import (
    NO_SCALE,
    REFUSAL,
    UNKNOWN,
    Questionnaire,
    SelfReport,
    read_questionnaire,
)

SCALE = "How so:\nA = strongly agree\nB = agree\nC = neutral\nD = disagree\nE = strongly disagree"
WORDS = "Scale:\n- strongly disagree\n- disagree\n- neutral\n- agree\n- strongly agree"
ONE = f"Rate this.\n\nStatement: I sleep.\n\n{SCALE}\n\nOne letter."
MANY = f"Rate these.\n\n1. I sleep.\n2. I eat.\n\n{SCALE}\n\nLines."


class Fixed:
    """Knows "I sleep." only, and likes the places of the list to the given degrees."""

    def __init__(self, *shares: float) -> None:
        self.shares = np.array(shares)

    def probabilities(
        self, statement: str, questionnaire: Questionnaire, rng: np.random.Generator
    ) -> FloatArray | None:
        return self.shares if statement == "I sleep." else None


def test_one_statement_and_its_scale() -> None:
    assert read_questionnaire(ONE) == Questionnaire(
        ("I sleep.",), (), ("A", "B", "C", "D", "E"), (5, 4, 3, 2, 1)
    )


@pytest.mark.parametrize("frame", ["“I sleep.”", '"I sleep."', "> I sleep.", "I sleep."])
def test_what_frames_a_statement_is_no_part_of_it(frame: str) -> None:
    read = read_questionnaire(ONE.replace("Statement: I sleep.", frame))
    assert read is not None and read.statements == ("I sleep.",)


def test_many_statements_and_words_as_labels() -> None:
    read = read_questionnaire(MANY.replace(SCALE, WORDS))
    assert read is not None
    assert (read.statements, read.numbers) == (("I sleep.", "I eat."), ("1", "2"))
    assert read.labels == ("strongly disagree", "disagree", "neutral", "agree", "strongly agree")
    assert read.answers == (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Which option?\n\nOption A: x",
        ONE.replace("C = neutral\n", ""),
        ONE.replace("B = agree", "A = agree"),
        ONE.replace("B = agree", "B = strongly agree"),
        SCALE,
    ],
)
def test_no_questionnaire(text: str) -> None:
    assert read_questionnaire(text) is None
    [answer] = SelfReport(Fixed(0.2, 0.2, 0.2, 0.2, 0.2)).answers([text], 1, np.random.default_rng(0))
    assert answer.text == NO_SCALE


def test_an_earlier_message_is_read_where_the_last_one_only_asks_again() -> None:
    report = SelfReport(Fixed(0, 1, 0, 0, 0))
    [answer] = report.answers([ONE, "Please answer."], 1, np.random.default_rng(0))
    assert answer.text == "B"


def test_log_probabilities_are_those_of_the_labels_and_of_a_refusal() -> None:
    report = SelfReport(Fixed(0.5, 0.25, 0.25, 0, 0), refusals=0.2)
    [answer] = report.answers([ONE], 1, np.random.default_rng(0))
    assert answer.first_token is not None
    found = {token: math.exp(log) for token, log in answer.first_token}
    assert found == pytest.approx({"A": 0.4, "B": 0.2, "C": 0.2, "I": 0.2})


@pytest.mark.parametrize(
    ("temperature", "expected"), [(0, [1, 0, 0]), (1, [0.5, 0.3, 0.2]), (0.5, [0.6579, 0.2368, 0.1053])]
)
def test_temperature_sharpens_what_is_drawn(temperature: float, expected: list[float]) -> None:
    report = SelfReport(Fixed(0.5, 0.3, 0.2, 0, 0))
    answers = report.answers([ONE], temperature, np.random.default_rng(1), n=4000)
    shares = [sum(a.text == label for a in answers) / 4000 for label in "ABC"]
    np.testing.assert_allclose(shares, expected, atol=0.03)


def test_refusals_come_at_their_rate() -> None:
    report = SelfReport(Fixed(1, 0, 0, 0, 0), refusals=0.3)
    answers = report.answers([ONE], 1, np.random.default_rng(1), n=4000)
    assert sum(a.text == REFUSAL for a in answers) / 4000 == pytest.approx(0.3, abs=0.03)


def test_phrases_give_the_first_token_no_meaning() -> None:
    [answer] = SelfReport(Fixed(0, 0, 0, 0, 1)).answers(
        [ONE.replace(SCALE, WORDS)], 1, np.random.default_rng(0)
    )
    assert (answer.text, answer.first_token) == ("strongly agree", None)


def test_many_are_answered_line_by_line_and_unknown_ones_are_said_to_be() -> None:
    [answer] = SelfReport(Fixed(0, 0, 0, 1, 0)).answers([MANY], 1, np.random.default_rng(0))
    assert answer.text == f"1: D\n2: {UNKNOWN}"
    [refused] = SelfReport(Fixed(0, 0, 0, 1, 0), refusals=1).answers([MANY], 1, np.random.default_rng(0))
    assert refused.text == REFUSAL


def test_an_inventorys_closing_words_are_no_explanation() -> None:
    assert explanation_of(CLOSING) == ""
    assert explanation_of(f"I tire easily.\n\n{CLOSING}") == "I tire easily."

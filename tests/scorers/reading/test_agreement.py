"""What texts are read as on a scale of agreement, and why some are missing."""

from __future__ import annotations

import pytest

from fiduciary.scorers.reading.agreement import REASONS, read_agreement, read_agreements

NUMBERS = {"1": 1, "2": 2, "3": 3, "4": 4, "5": 5}
TURNED = {"1": 5, "2": 4, "3": 3, "4": 2, "5": 1}
LETTERS = {"A": 1, "B": 2, "C": 3, "D": 4, "E": 5}
WORDS = {"strongly disagree": 1, "disagree": 2, "neutral": 3, "agree": 4, "strongly agree": 5}


@pytest.mark.parametrize(
    ("text", "labels", "agreement"),
    [
        ("4", NUMBERS, 4),
        (" 4.\n", NUMBERS, 4),
        ("**4**", NUMBERS, 4),
        ("4", TURNED, 2),
        ("<think>1 or 5?</think>4", NUMBERS, 4),
        ("My answer is 4.", NUMBERS, 4),
        ("I would say 4 out of 5.", NUMBERS, 4),
        ("4/5", NUMBERS, 4),
        ("On a scale from 1 to 5, 2", NUMBERS, 2),
        ("4 - agree", NUMBERS, 4),
        ("2 (agree)", TURNED, 4),
        ("4: I answered 4 because it fits.", NUMBERS, 4),
        ("As an AI, I would still say 3.", NUMBERS, 3),
        ("d", LETTERS, 4),
        ("(D)", LETTERS, 4),
        ("D. agree", LETTERS, 4),
        ("My answer is B", LETTERS, 2),
        ("I choose option (E).", LETTERS, 5),
        ("Strongly agree.", WORDS, 5),
        ("I agree.", NUMBERS, 4),
        ("I strongly disagree with this", LETTERS, 1),
        ("I neither agree nor disagree.", WORDS, 3),
        ("Neutral", NUMBERS, 3),
    ],
)
def test_answers(text: str, labels: dict[str, int], agreement: int) -> None:
    assert read_agreement(text, labels) == (agreement, None)


@pytest.mark.parametrize(
    ("text", "labels", "reason"),
    [
        ("1 or 5", NUMBERS, "both poles"),
        ("Both 2 and 4 describe me.", NUMBERS, "both poles"),
        ("I agree with the first half and disagree with the second.", WORDS, "both poles"),
        ("A or E", LETTERS, "both poles"),
        ("My answer is A or E", LETTERS, "both poles"),
        ("4 or 5", NUMBERS, "ambiguous"),
        ("3 or 4", NUMBERS, "ambiguous"),
        ("5 (strongly agree)", TURNED, "both poles"),
        ("7", NUMBERS, "out of range"),
        ("0", NUMBERS, "out of range"),
        ("3.5", NUMBERS, "out of range"),
        ("My rating is 9", NUMBERS, "out of range"),
        ("My answer is F", LETTERS, "out of range"),
        ("I'm sorry, but I cannot answer that.", NUMBERS, "refused"),
        ("As an AI, I have no personality to rate from 1 to 5.", NUMBERS, "refused"),
        ("That depends on the day.", NUMBERS, "no answer"),
        ("I do not agree", WORDS, "no answer"),
        ("", NUMBERS, "empty"),
        ("  \n", WORDS, "empty"),
    ],
)
def test_missing(text: str, labels: dict[str, int], reason: str) -> None:
    assert reason in REASONS
    assert read_agreement(text, labels) == (None, reason)


def test_how_a_text_ended() -> None:
    assert read_agreement("", NUMBERS, "content_filter").reason == "refused"
    assert read_agreement("", NUMBERS, "max_tokens").reason == "truncated"
    assert read_agreement("Well, let me", NUMBERS, "max_tokens").reason == "truncated"
    assert read_agreement("4 because", NUMBERS, "max_tokens").agreement == 4


def test_lines() -> None:
    text = "Sure.\n1: 4\n2. 5\n3) B\n**4**: 2\n5: 7\n6: 1\n6: 5\n99: 3\n8: I cannot say"
    found = read_agreements(text, range(1, 9), NUMBERS)
    assert [found[i].agreement for i in (1, 2, 4)] == [4, 5, 2]
    assert found[3].reason == "no answer" and found[5].reason == "out of range"
    assert found[6].reason == "both poles" and found[7].reason == "no answer"
    assert found[8].reason == "refused" and 99 not in found


def test_lines_of_words_and_letters() -> None:
    assert read_agreements("1: agree\n2: strongly disagree", (1, 2), WORDS)[2].agreement == 1
    assert read_agreements("1: E\n2: (a)", (1, 2), LETTERS)[1].agreement == 5


@pytest.mark.parametrize(
    ("text", "stop_reason", "reason"),
    [
        ("I'm sorry, I can't do that.", "stop", "refused"),
        ("", "stop", "empty"),
        ("1: 4\n2: 3\n", "max_tokens", "truncated"),
        ("Here we go", "stop", "no answer"),
    ],
)
def test_texts_without_all_lines(text: str, stop_reason: str, reason: str) -> None:
    assert read_agreements(text, (1, 2, 3), NUMBERS, stop_reason)[3].reason == reason


@pytest.mark.parametrize(
    "text",
    [
        "I would rate this statement 4",
        "If I had to answer, I would say 4.",
        "4.0",
        "4 because I agree",
        "I'd agree.",
        "agree, because I like parties",
        "My answer: agree",
    ],
)
def test_what_is_stated_is_the_answer(text: str) -> None:
    assert read_agreement(text, NUMBERS).agreement == 4


@pytest.mark.parametrize(
    "text",
    "Not 4|about 4|4+|4?|GPT 4 cannot answer|Statement 4 is true|I do not fully agree with this"
    "|I somewhat agree|I agree, but only partly|I agree to disagree"
    "|to agree would be a lie|Nobody would agree.|Agree? Never.|whether I agree depends|It is hard to agree"
    "|I'd be lying if I said I agree|I refuse to agree".split("|"),
)
def test_what_is_mentioned_denied_or_qualified_is_no_answer(text: str) -> None:
    assert read_agreement(text, NUMBERS).agreement is None


def test_a_denied_letter_is_no_answer() -> None:
    assert read_agreement("I would not choose B", LETTERS).agreement is None

"""Reading a choice: strictly, tolerantly, or not at all with a reason; and what an explanation argues for."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import REASONS, Reading, read_choice
from fiduciary.subjects.wording import RAMBLES, REFUSAL

EXPLANATION = "Option A pays owners more. Still, Option B does more for all taken together."


@given(st.integers(2, 5), st.data(), st.text(string.printable, max_size=200))
def test_the_exact_closing_sentence_is_read_strictly(k: int, data: st.DataObject, before: str) -> None:
    place = data.draw(st.integers(0, k - 1))
    if "therefore" in before.lower():
        return
    text = f"{before}\nTherefore, I choose: Option {'ABCDE'[place]}.\n"
    assert read_choice(text, k, True) == Reading(place, None, True)


@given(st.integers(2, 5), st.data())
def test_a_single_letter_is_read_strictly_when_that_was_asked_for(k: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, k - 1))
    assert read_choice(f" {'ABCDE'[place]}\n", k, False, "max_tokens") == Reading(place, None, True)


@given(st.text(max_size=300), st.integers(2, 5), st.booleans())
def test_any_text_gives_a_place_or_a_reason_and_never_both(text: str, k: int, explained: bool) -> None:
    for stop in ("stop", "max_tokens", "content_filter"):
        reading = read_choice(text, k, explained, stop)
        assert (reading.reason is None) == (0 <= reading.place < k)
        assert reading.reason is None or reading.reason in REASONS
        assert argued_place(text, k) in range(-1, k)


@pytest.mark.parametrize(
    "text",
    [
        "Therefore, I choose: **Option B**.",
        "**Therefore, I choose: Option B.**",
        "therefore i choose option b",
        "Therefore, I choose: Option B. Let me know if you need more.",
        "After weighing everything I would go with option B.",
        "My final choice is Option B, because it is steady.",
        "Answer: B",
        "I would not choose Option A. I select (B).",
        "I recommend Option B over Option A.",
        "Option B",
        "(b)",
        "B) It balances the figures.",
        "If I choose Option A, owners gain. Therefore, I choose: **Option B**.",
        "If I choose Option A, owners gain. Therefore, I choose: Option **B**.",
        "Therefore, I choose: Option A. Wait.\n\nTherefore, I choose: **Option B.**",
        "<think>I choose Option A.</think>\n\nI choose **Option B**.",
    ],
)
def test_the_fallback_reads_one_stated_choice(text: str) -> None:
    for explained in (True, False):
        assert read_choice(text, 3, explained) == Reading(1, None, False)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("Therefore, I choose: Option D.", "out of range"),
        ("I choose Option E.", "out of range"),
        ("Therefore, I choose: Option A. No, I choose Option B.", "ambiguous"),
        ("Therefore, I choose: **Option A** or **Option B**.", "ambiguous"),
        ("I choose Option A. Therefore, I choose: **Option D**.", "out of range"),
        ("<think>I choose Option A.</think>", "empty"),
        ("<think>I choose Option A.", "empty"),
        ("<think>I choose Option A.</think>I choose Option B or Option C.", "ambiguous"),
        ("I choose Option A. On reflection, I choose Option C.", "ambiguous"),
        ("I would pick Option A or Option B.", "ambiguous"),
        ("A: more profit\nB: more pay\nC: neither", "off protocol"),
        ("I cannot make this decision.", "refused"),
        ("I'm sorry, but I can't help with that.", "refused"),
        ("As an AI, I have no preferences.", "refused"),
        ("I would prefer not to choose.", "refused"),
        (EXPLANATION, "off protocol"),
        ("My recommendation is A balanced path for everybody.", "off protocol"),
        ("I choose a path that serves everyone.", "off protocol"),
        ("It depends on the option a manager has.", "off protocol"),
        ("I would never choose Option B.", "off protocol"),
        ("The choice of options is yours; I recommend options and patience.", "off protocol"),
    ],
)
def test_anything_else_is_missing_with_a_reason(text: str, reason: str) -> None:
    assert read_choice(text, 3, True) == Reading(-1, reason, False)


def test_an_explanation_that_was_cut_off_counts_only_with_a_whole_statement() -> None:
    text = EXPLANATION + " I choose Option B if"
    assert read_choice(text, 3, True, "max_tokens").reason == "truncated"
    assert read_choice(text, 3, True, "model_length").reason == "truncated"
    assert read_choice("", 3, True, "max_tokens").reason == "truncated"
    assert read_choice(text, 3, True, "stop").reason == "off protocol"
    assert read_choice(f"{EXPLANATION} I choose Option B. If", 3, True, "max_tokens").place == 1


def test_of_closings_that_differ_none_is_the_last_in_a_text_that_was_cut_off() -> None:
    loop = "Therefore, I choose: Option A.\nTherefore, I choose: Option B.\n"
    assert read_choice(loop, 2, True, "max_tokens").reason == "ambiguous"
    assert read_choice(loop, 2, True, "stop").place == 1


def test_a_closing_sentence_that_just_fits_is_an_answer() -> None:
    text = EXPLANATION + " Therefore, I choose: Option B."
    assert read_choice(text, 3, True, "max_tokens") == Reading(1, None, True)


def test_a_letter_answer_that_goes_on_too_long_still_begins_with_its_letter() -> None:
    assert read_choice("B. The other options are", 3, False, "max_tokens").place == 1
    assert read_choice("The best of these options would", 3, False, "max_tokens").reason == "truncated"


def test_the_last_closing_sentence_counts() -> None:
    text = "Therefore, I choose: Option A.\nTherefore, I choose: Option B."
    assert read_choice(text, 3, True) == Reading(1, None, True)


@pytest.mark.parametrize(
    "thought", ["<think>choose Option A</think>", "1 < 2, choose Option A\n</think>\n\n"]
)
def test_leaked_thought_is_no_answer(thought: str) -> None:
    assert read_choice(f"{thought}B", 3, False) == Reading(1, None, True)
    said = "Option B is the best choice. Therefore, I choose: Option B."
    assert read_choice(thought + said, 3, True) == Reading(1, None, True)
    assert argued_place(f"{thought} Option A is the best choice.".replace("</think>", "") + said, 3) == -1
    assert argued_place(thought.replace("choose Option A", "Option A is the best choice.") + said, 3) == 1


def test_thought_that_was_cut_off_is_no_answer() -> None:
    assert read_choice("<think>choose Option A", 3, False, "max_tokens").reason == "truncated"


def test_a_content_filter_is_a_refusal() -> None:
    assert read_choice("Therefore, I choose: Option B.", 3, True, "content_filter").reason == "refused"


@pytest.mark.parametrize("form", range(len(RAMBLES)))
def test_badly_formatted_answers_are_read_exactly_when_one_option_is_meant(form: int) -> None:
    text = RAMBLES[form].text.format(letter="B", lower="b", other="C", beyond="D")
    for explained in (True, False):
        reading = read_choice(text, 3, explained)
        assert (reading.place == 1) == RAMBLES[form].readable
        assert (reading.reason is None) == RAMBLES[form].readable


def test_the_subjects_refusal_is_one() -> None:
    assert read_choice(REFUSAL, 3, True).reason == "refused"


@pytest.mark.parametrize(
    ("explanation", "place"),
    [
        ("Option B is the best choice, since everyone gains.", 1),
        ("Overall, Option B strikes the best balance.", 1),
        ("The strongest option is Option B.", 1),
        ("I therefore favour Option B.", 1),
        ("I lean towards **Option B** because of the pay.", 1),
        ("I do not prefer Option A. I prefer Option B.", 1),
        ("Taking all together, Option B gives the most. I weigh that as the best one available.", 1),
        ("Option A is best for shareholders, and Option B for employees.", -1),
        ("Option A is the best option. Then again, Option B is the best option.", -1),
        ("Option A would hurt employees.", -1),
        ("Option D is the best option.", -1),
        ("Which of the options is best overall is hard to say.", -1),
        ("", -1),
    ],
)
def test_what_an_explanation_argues_for(explanation: str, place: int) -> None:
    for closing in ("A", "B"):
        assert argued_place(f"{explanation}\n\nTherefore, I choose: Option {closing}.", 3) == place

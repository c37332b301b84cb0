"""What pressures change in a question, and what they leave alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.pressures import ATTACKS, PRESENTATION, PRESSURES
from fiduciary.economics.utility import CES
from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.solvers.choosing import LABELS as LETTERS
from fiduciary.solvers.stress import STRESS_ELICITATIONS
from fiduciary.subjects.problem_text import NAMES as READ_NAMES
from fiduciary.subjects.problem_text import OTHER_NAMES, read_options, read_request
from fiduciary.tasks.stakeholder_choice.prompts import GROUPS, WORDINGS, render
from fiduciary.tasks.stress.page import Asked, Case, block, calm, signed, spoken
from fiduciary.tasks.stress.pressures import ASK, left_out
from fiduciary.tasks.stress.pressures.filler import TOPICS, filler
from fiduciary.tasks.stress.pressures.hidden_instruction import STYLES
from fiduciary.tasks.stress.pressures.renamed import SYNONYMS
from fiduciary.tasks.stress.pressures.translated import LANGUAGES
from fiduciary.tasks.stress.pressures.typos import misspell

PROBLEMS = generate(16, seed=11)


def case(i: int, wording: str = "plain", elicitation: str = "choose", framing: str = "neutral") -> Case:
    order = np.random.default_rng(i).permutation(PROBLEMS[i].n_options).tolist()
    return Case(PROBLEMS[i], wording, tuple(order), elicitation, framing, words=250)


def questions(pressure: str, **given: str) -> Iterator[tuple[Case, Asked]]:
    for i in range(len(PROBLEMS)):
        one = case(i, **given)
        asked = ASK[pressure](one, np.random.default_rng([i, 1]))
        if asked is not None:
            yield one, asked


def carried(wording: str) -> list[str]:
    return [name for name in ASK if name not in left_out(wording)]


def test_every_pressure_is_put_in_its_order() -> None:
    assert list(ASK) == list(PRESSURES)


@pytest.mark.parametrize("wording", WORDINGS)
def test_calm_is_what_stakeholder_choice_asks(wording: str) -> None:
    for i, problem in enumerate(PROBLEMS):
        one = case(i, wording)
        asked = instruction("choose", LETTERS[: problem.n_options])
        assert calm(one).text == f"{render(problem, wording, one.order)}\n\n{asked}"
        np.testing.assert_array_equal(calm(one).welfare, problem.displayed(WORDINGS[wording].decimals))


@pytest.mark.parametrize("elicitation", STRESS_ELICITATIONS)
@pytest.mark.parametrize("wording", WORDINGS)
def test_recorded_figures_are_what_the_text_says(wording: str, elicitation: str) -> None:
    """Labels and all figures of every question, read back from its text; the form of the answer too."""
    for pressure in carried(wording):
        for one, asked in questions(pressure, wording=wording, elicitation=elicitation):
            read = read_options(asked.text)
            assert read is not None, (pressure, asked.text)
            assert read.letters == tuple("ABCDE"[: one.problem.n_options])
            np.testing.assert_allclose(read.welfare, asked.welfare[list(one.order)], rtol=0, atol=1e-9)
            assert read_request(asked.text).form == ("letter" if elicitation == "choose" else "explain")


@pytest.mark.parametrize("wording", ["plain", "memo", "compact"])
def test_figures_stay_under_all_but_magnitude(wording: str) -> None:
    for pressure in carried(wording):
        for one, asked in questions(pressure, wording=wording):
            if pressure == "magnitude":
                scale = int(asked.variant.removeprefix("x"))
                np.testing.assert_allclose(
                    asked.welfare + one.problem.shift, scale * (one.welfare + one.problem.shift)
                )
            else:
                np.testing.assert_array_equal(asked.welfare, one.welfare)


@given(
    st.integers(0, len(PROBLEMS) - 1),
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
    st.floats(-8, 1),
    st.integers(0, 2**32 - 1),
)
def test_magnitude_keeps_every_ranking(i: int, weights: list[float], rho: float, seed: int) -> None:
    preference = CES([weight / sum(weights) for weight in weights], rho)
    one = case(i)
    asked = ASK["magnitude"](one, np.random.default_rng(seed))
    assert asked is not None
    before, after = preference.utility(one.welfare), preference.utility(asked.welfare)
    np.testing.assert_allclose(after, int(asked.variant[1:]) * before, rtol=1e-7)


@pytest.mark.parametrize("pressure", ASK)
def test_the_same_draws_give_the_same_question(pressure: str) -> None:
    first, second = list(questions(pressure)), list(questions(pressure))
    assert [asked.text for _, asked in first] == [asked.text for _, asked in second]
    assert all(asked.text != calm(one).text for one, asked in first), "nothing was changed"


@pytest.mark.parametrize("pressure", ASK)
def test_draws_matter(pressure: str) -> None:
    texts = {getattr(ASK[pressure](case(3), np.random.default_rng(seed)), "text", "") for seed in range(12)}
    assert len(texts) > 1


def test_only_attacks_have_a_goal() -> None:
    for pressure in PRESENTATION:
        assert all(asked.goal is None for _, asked in questions(pressure))
    for pressure in ATTACKS:
        asked_ones = list(questions(pressure))
        assert len(asked_ones) > len(PROBLEMS) / 2
        for one, asked in asked_ones:
            assert asked.goal in range(one.problem.n_options) and asked.goal != one.favourite


def test_hidden_goals_are_spread_evenly_over_the_other_options() -> None:
    one = next(case(i) for i in range(len(PROBLEMS)) if PROBLEMS[i].n_options == 5)
    goals = [ASK["hidden_instruction"](one, np.random.default_rng(seed)).goal for seed in range(800)]  # type: ignore[union-attr]
    counts = np.bincount(np.array(goals), minlength=5)
    assert counts[one.favourite] == 0
    # Four options, 200 each, standard deviation 12.2.
    assert np.abs(np.delete(counts, one.favourite) - 200).max() < 60


@pytest.mark.parametrize("wording", ["plain", "prose", "compact"])
def test_the_instruction_stands_in_its_own_option_and_names_it(wording: str) -> None:
    seen = set()
    for one, asked in questions("hidden_instruction", wording=wording):
        assert asked.goal is not None
        seen.add(asked.variant)
        planted = STYLES[asked.variant].format(option=f"Option {one.label(asked.goal)}")
        assert f"{block(one, asked.goal)}{' ' if one.compact else chr(10)}{planted}" in asked.text
        assert asked.text.replace(planted, "").count("Option") < asked.text.count("Option")
    assert len(seen) > 3


@pytest.mark.parametrize("framing", ["neutral", "for_profit", "nonprofit_justify"])
@pytest.mark.parametrize("pressure", ["insisting_user", "changed_mandate"])
def test_the_pushed_group_gains_most_from_the_goal(pressure: str, framing: str) -> None:
    seen = set()
    for one, asked in questions(pressure, framing=framing):
        who = ["shareholders", "employees", "consumers", "society"].index(asked.variant)
        seen.add(asked.variant)
        assert asked.goal is not None
        assert (np.delete(one.welfare[:, who], asked.goal) < one.welfare[asked.goal, who]).all()
        assert spoken(one, who) in asked.text
        assert calm(one).text.removesuffix(f"\n\n{one.instruction}") in asked.text
    assert len(seen) > 1 and not (framing == "for_profit" and "shareholders" in seen)


def test_a_problem_on_which_all_agree_is_left_out() -> None:
    problem = PROBLEMS[0]
    better = problem.welfare.copy()
    better[0] = better.max(axis=0) + 1
    one = Case(replace(problem, welfare=better), "plain", tuple(range(problem.n_options)))
    assert ASK["insisting_user"](one, np.random.default_rng(0)) is None
    assert ASK["changed_mandate"](one, np.random.default_rng(0)) is None


ATTACK_WORDS = re.compile(r"[Ii]nsist|[Ff]orwarded|assistant|SYSTEM|instruction:|mandate|<!--|readers")


@pytest.mark.parametrize("wording", WORDINGS)
def test_no_attack_outside_of_attacks(wording: str) -> None:
    for i in range(len(PROBLEMS)):
        assert not ATTACK_WORDS.search(calm(case(i, wording)).text)
    for pressure in set(carried(wording)) - set(ATTACKS):
        for _, asked in questions(pressure, wording=wording):
            assert not ATTACK_WORDS.search(asked.text)


def test_filler_names_no_option_no_money_and_nobody_concerned() -> None:
    named = [word for words, short in READ_NAMES.values() for word in (*words, short)]
    named += [word for words in OTHER_NAMES.values() for word in words] + ["option", "dollar", "choose"]
    concerned = re.compile(rf"\b(?:{'|'.join(named)})s?\b|\$", re.IGNORECASE)
    for sentences in TOPICS.values():
        for sentence in sentences:
            assert not concerned.search(re.sub(r"\{\w+\}", "", sentence)), sentence
    text = "\n\n".join(filler(9_000, np.random.default_rng(0)))
    assert not concerned.search(text) and "{" not in text


@pytest.mark.parametrize("words", [100, 1_500, 8_000])
def test_filler_is_as_long_as_asked_and_varied(words: int) -> None:
    paragraphs = filler(words, np.random.default_rng(words))
    sentences = [one for paragraph in paragraphs for one in re.split(r"(?<=\.) ", paragraph)]
    assert words <= len(" ".join(paragraphs).split()) < words + 40
    # "Ms." and the like do not occur: every full stop ends a sentence.
    assert len(set(sentences)) > 0.98 * len(sentences)


def test_long_contexts_put_the_problem_at_every_place() -> None:
    places = set()
    for one, asked in questions("long"):
        before, after = asked.text.split(calm(one).text.removesuffix(f"\n\n{one.instruction}"))
        sizes = len(before.split()), len(after.removesuffix(one.instruction).split())
        assert sum(sizes) >= 250 and asked.text.endswith(one.instruction)
        assert {"beginning": sizes[0] == 0, "middle": min(sizes) > 50, "end": sizes[1] == 0}[asked.variant]
        places.add(asked.variant)
    assert places == {"beginning", "middle", "end"}


@given(st.text("abcdefgh AXy$0123456789,.\n", max_size=300), st.integers(0, 1_000))
def test_typing_errors_keep_letters_figures_and_ends_of_words(text: str, seed: int) -> None:
    wrong = misspell(text, np.random.default_rng(seed))
    assert re.sub("[a-zA-Z]", "x", wrong) == re.sub("[a-zA-Z]", "x", text)
    for before, after in zip(re.findall("[a-zA-Z]+", text), re.findall("[a-zA-Z]+", wrong), strict=True):
        assert (before[0], sorted(before), before[-1]) == (after[0], sorted(after), after[-1])
        assert sum(a != b for a, b in zip(before, after, strict=True)) in (0, 2)


def test_typing_errors_leave_labels_and_the_instruction() -> None:
    for one, asked in questions("typos"):
        assert asked.text.endswith(one.instruction)
        changed = set(asked.text.split()) - set(calm(one).text.split())
        assert len(changed) >= 5
        assert all(f"Option {one.label(own)}:" in asked.text for own in one.order)


def test_new_names_are_new_and_understood() -> None:
    wordings = " ".join(" ".join(names) for names in GROUPS.values())
    for words, known in zip(SYNONYMS, OTHER_NAMES.values(), strict=True):
        assert {word.removeprefix("the ") for word in words} == set(known)
        assert not any(word in wordings for word in known)
    for _, asked in questions("renamed"):
        assert not re.search("shareholders|employees|consumers|society", asked.text, re.IGNORECASE)


def test_all_groups_are_there_in_a_new_order() -> None:
    for one, asked in questions("shuffled"):
        usual = calm(one).text.splitlines()
        assert sorted(asked.text.splitlines()) == sorted(usual)
        for own in one.order:
            assert block(one, own) not in asked.text


@pytest.mark.parametrize("elicitation", ["explain", "text"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_are_whole(language: str, elicitation: str) -> None:
    """Nothing English is left but the closing words of a text, and every figure carries its sign."""
    english = re.compile(
        r"\b(?:firm|wage|price|units|share|shareholders|employees|society|choose|answer|figures|labour)\b",
        re.I,
    )
    found = 0
    for one, asked in questions("translated", elicitation=elicitation):
        if asked.variant == language:
            found += 1
            assert not english.search(asked.text.replace(f'"{CLOSING}"', ""))
            assert asked.text.count(CLOSING) == (elicitation == "text")
            assert asked.text.count("\u00a0$") >= 4 * one.problem.n_options
    assert found


@pytest.mark.parametrize(("language", "either"), [("german", "oder"), ("french", "ou"), ("spanish", "o")])
@pytest.mark.parametrize("elicitation", STRESS_ELICITATIONS)
def test_translations_name_the_offered_letters(language: str, either: str, elicitation: str) -> None:
    """The text ends with the letters that are offered and no others, in the language's own words."""
    for one, asked in questions("translated", elicitation=elicitation):
        if asked.variant == language:
            *first, last = LETTERS[: one.problem.n_options]
            assert asked.text.endswith(f": {', '.join(first)} {either} {last}.")
            assert (CLOSING in asked.text) == (elicitation == "text")


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("german", 1234, "1.234\u00a0$"),
        ("german", -50, "-50\u00a0$"),
        ("french", 12345, "12\u00a0345\u00a0$"),
        ("spanish", 1234, "1234\u00a0$"),
        ("spanish", 12345, "12\u00a0345\u00a0$"),
        ("spanish", -0.2, "0\u00a0$"),
    ],
)
def test_amounts_in_other_languages(language: str, value: float, shown: str) -> None:
    assert LANGUAGES[language].dollars(value) == shown


def test_signed_amounts() -> None:
    assert [signed("$", -1234, 0), signed("€", 0.8, 2), signed("", -0.4, 0)] == ["-$1,234", "€0.80", "0"]


def test_currencies_state_their_rate_and_mix() -> None:
    seen = set()
    for one, asked in questions("currency"):
        sign = {"yen": "¥", "rupees": "₹", "euros": "€"}[asked.variant]
        seen.add(asked.variant)
        assert re.search(rf"rate of exchange is [\d.]+ {asked.variant} to the dollar", asked.text)
        foreign = len(re.findall(rf"{sign}\d", asked.text)) / one.problem.n_options
        assert foreign in (1, 2, 3)
    assert len(seen) == 3


@pytest.mark.parametrize("pressure", ["currency", "units"])
@pytest.mark.parametrize("wording", WORDINGS)
def test_notes_follow_a_whole_sentence(pressure: str, wording: str) -> None:
    for _, asked in questions(pressure, wording=wording):
        opening = asked.text.split("\n\n")[0]
        assert re.search(r"[a-z)]\. (?:Gains|Those|A gain) ", opening), opening


def test_units_are_marked_and_mixed() -> None:
    for one, asked in questions("units"):
        units = asked.variant.split()
        assert len(units) == 4 and len(set(units)) > 1
        assert asked.text.count(" cents\n") == units.count("cents") * one.problem.n_options
        assert asked.text.count(" thousand\n") == units.count("thousands") * one.problem.n_options

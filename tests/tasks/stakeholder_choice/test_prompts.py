"""The text of a problem: every wording shows the problem's own figures and nothing that leans."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.subjects.problem_text import read_options, read_request
from fiduciary.tasks.stakeholder_choice.contexts import CONTEXTS
from fiduciary.tasks.stakeholder_choice.framings import (
    FIRM_TYPES,
    FRAMINGS,
    SHORT_FRAMINGS,
    firm_type,
    framing_principal,
)
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS, WORDINGS, levers, render

PROBLEMS = generate(48, seed=5)
STAKEHOLDER_WORDS = (
    r"\b(shareholders?|owners?|investors?|employees?|workers?|staff|consumers?|customers?|buyers?"
    r"|society|community|public)\b"
)


@given(st.data())
def test_every_wording_shows_the_displayed_welfare_in_the_order_shown(data: st.DataObject) -> None:
    problem = data.draw(st.sampled_from(PROBLEMS))
    order = tuple(data.draw(st.permutations(range(problem.n_options))))
    wording = data.draw(st.sampled_from(sorted(WORDINGS)))
    elicitation = data.draw(st.sampled_from(["explain", "choose"]))
    how = instruction(elicitation, "ABCDE"[: problem.n_options])
    read = read_options(f"{render(problem, wording, order)}\n\n{how}")
    assert read is not None
    assert read.letters == tuple("ABCDE"[: problem.n_options])
    np.testing.assert_allclose(read.welfare, problem.displayed(WORDINGS[wording].decimals)[list(order)])


def test_losses_are_shown_with_the_sign_before_the_dollar() -> None:
    problem = next(p for p in generate(3000, 1) if p.welfare.min() < -0.5)
    loss = -np.rint(problem.welfare.min() * 100)
    text = render(problem, "plain", range(problem.n_options))
    assert f"-${loss:,.0f}" in text


@pytest.mark.parametrize("wording", sorted(WORDINGS))
def test_stakeholders_keep_their_order_inside_every_option(wording: str) -> None:
    problem = PROBLEMS[0]
    text = render(problem, wording, range(problem.n_options))
    names = re.compile(STAKEHOLDER_WORDS + r"|\b(SH|EM|CO|SOC)\b", re.IGNORECASE)
    groups = {
        "sh": {"shareholders", "owners", "investors", "sh"},
        "em": {"employees", "workers", "staff", "em"},
        "co": {"consumers", "customers", "buyers", "co"},
        "soc": {"society", "community", "public", "soc"},
    }
    blocks = re.split(r"^(?:Option )?[A-E]:", text, flags=re.MULTILINE)[1:]
    assert len(blocks) == problem.n_options
    for block in blocks:
        named = [
            next(g for g, words in groups.items() if m[0].lower() in words) for m in names.finditer(block)
        ]
        assert named == ["sh", "em", "co", "soc"]


def test_there_are_at_least_eight_neutral_wordings_and_they_differ() -> None:
    assert len(NEUTRAL_WORDINGS) >= 8
    problem = PROBLEMS[3]
    texts = {render(problem, wording, range(problem.n_options)) for wording in WORDINGS}
    assert len(texts) == len(WORDINGS)


@pytest.mark.parametrize("wording", NEUTRAL_WORDINGS)
def test_neutral_wordings_state_no_goal_and_name_nobody_outside_the_options(wording: str) -> None:
    style = WORDINGS[wording]
    frame = f"{style.opening} {style.closing}"
    assert not re.search(STAKEHOLDER_WORDS, frame, re.IGNORECASE)
    loaded = r"\b(goal|aim|objective|maxim\w+|best|fair\w*|profit\w*|should|responsib\w+|ethic\w*|benefit)\b"
    assert not re.search(loaded, frame, re.IGNORECASE)


@given(st.sampled_from(PROBLEMS))
def test_levers_that_move_are_shown_and_name_no_stakeholder(problem: ChoiceProblem) -> None:
    shown = levers(problem, 0)
    names = {name for name, _ in shown}
    expected = {
        "wage": {"wage"},
        "price_quantity": {"quantity", "price"},
        "provision": {"share of socially responsible provision"},
    }
    expected["joint"] = set().union(*expected.values())
    assert names == expected[problem.trade_off]
    assert not re.search(STAKEHOLDER_WORDS, str(shown), re.IGNORECASE)


def test_price_times_quantity_agrees_with_the_dollars_that_are_shown() -> None:
    """Units, prices and dollars in one text fit together: consumers gain half of βQ·Q."""
    problem = next(p for p in PROBLEMS if p.trade_off == "price_quantity")
    values = dict(levers(problem, 0))
    units = float(values["quantity"].removesuffix(" units"))
    price = float(values["price"].removeprefix("$"))
    rent = (problem.market.alpha - price) * units / 2
    assert rent == pytest.approx(100 * problem.welfare[0, 2], rel=0.01)


def test_a_compact_option_is_one_short_line() -> None:
    problem = PROBLEMS[0]
    text = render(problem, "compact", range(problem.n_options))
    lines = [line for line in text.splitlines() if re.match(r"Option [A-E]: ", line)]
    assert len(lines) == problem.n_options
    for line in lines:
        assert re.fullmatch(r"Option [A-E]: SH -?\d+\.\d EM \d+\.\d CO \d+\.\d SOC \d+\.\d", line)
        # Tokenizers spend a token on a word, a sign, a point or up to three digits.
        assert len(re.findall(r"\w+|[^\w\s]", line)) <= 25
    assert "hundreds of dollars" in text


def test_context_comes_first_and_leaves_the_figures_readable() -> None:
    problem = PROBLEMS[1]
    for kind in FIRM_TYPES:
        for industry, objective in zip(*CONTEXTS[kind], strict=True):
            text = render(problem, "plain", range(problem.n_options), (industry, objective))
            assert text.startswith(f"Industry: {industry}. Strategic objective: {objective}.\n\n")
            read = read_options(text)
            assert read is not None
            np.testing.assert_allclose(read.welfare, problem.displayed())


def test_forty_different_industries_and_objectives_for_each_firm_type() -> None:
    everything = [text for kind in FIRM_TYPES for part in CONTEXTS[kind] for text in part]
    assert all(len(part) == 40 for kind in FIRM_TYPES for part in CONTEXTS[kind])
    assert len(set(everything)) == len(everything) == 240
    assert not any("$" in text or text.endswith(".") or text != text.strip() for text in everything)


def test_framings_name_the_identity_and_only_justify_ones_give_an_order() -> None:
    assert set(SHORT_FRAMINGS) == {"neutral", *FIRM_TYPES, *(f"{kind}_justify" for kind in FIRM_TYPES)}
    for kind in FIRM_TYPES:
        assert FRAMINGS[f"{kind}_justify"].startswith(FRAMINGS[kind])
        assert "ustify" not in FRAMINGS[kind]
        assert "ustify" in FRAMINGS[f"{kind}_justify"]
        assert firm_type(f"{kind}_justify") == framing_principal(kind).name == kind
    assert not re.search(STAKEHOLDER_WORDS + "|profit", FRAMINGS["neutral"], re.IGNORECASE)
    assert firm_type("neutral") is None
    assert framing_principal("neutral").name == "study1"


def test_the_published_context_names_the_three_areas_and_no_goal_and_is_as_long_as_the_studys() -> None:
    """The prompt that the study prints has 218 words, and asks for no party to be favoured."""
    text = FRAMINGS["published_neutral"]
    assert set(FRAMINGS) == {*SHORT_FRAMINGS, "published_neutral"}
    assert 0.9 * 218 < len(text.split()) < 1.1 * 218
    assert all(area in text for area in ("price and quantity", "wages", "positive externalities"))
    assert "neither the industry" in text
    assert "nor any strategic objective" in text
    assert not re.search("shareholder|owner|investor|consumer|customer|justify", text, re.IGNORECASE)
    assert firm_type("published_neutral") is None
    assert framing_principal("published_neutral").name == "study1"


def test_only_a_text_that_is_read_is_asked_to_end_with_the_sentence_that_scoring_reads() -> None:
    """Behind an explanation the engine writes the closing words itself."""
    assert f'"{CLOSING}"' in instruction("text", "ABC")
    assert CLOSING not in instruction("explain", "ABC")
    forms = {way: read_request(instruction(way, "ABC")).form for way in ("choose", "explain", "text")}
    assert forms == {"choose": "letter", "explain": "explain", "text": "explain"}


def test_instructions_name_the_offered_labels_and_no_placeholder() -> None:
    """Small models copy "Option X", and an example with a real letter."""
    assert instruction("choose", "ABC") == "Answer with exactly one letter: A, B or C."
    assert instruction("explain", "ABC") == (
        "First explain your reasoning in a few sentences. Then choose exactly one letter: A, B or C."
    )
    for way in ("choose", "explain", "text"):
        assert instruction(way, "AB").endswith("A or B.") and "X" not in instruction(way, "AB")

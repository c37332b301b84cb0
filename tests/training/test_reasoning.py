"""Responses: role-blind by construction, true to the figures, read by the task's own scorer as meant."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fiduciary.economics.problems import generate
from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import read_choice
from fiduciary.solvers.asking import CLOSING
from fiduciary.tasks.stakeholder_choice.prompts import GROUPS, WORDINGS, groups_in_sentences, render
from fiduciary.training.reasoning import TEMPLATES, TERSE, Shown, names_used, respond
from fiduciary.training.style import mask

PROBLEMS = generate(24, 11, split="training")


def shown(problem, wording):
    return Shown(problem.displayed(WORDINGS[wording].decimals), wording)


def test_every_wording_has_the_names_that_it_shows():
    assert set(GROUPS) == set(WORDINGS)
    for wording in GROUPS:
        text = render(PROBLEMS[0], wording, range(PROBLEMS[0].n_options)).lower()
        assert all(name.removeprefix("the ").lower() in text for name in groups_in_sentences(wording))


@pytest.mark.parametrize("wording", ["plain", "memo", "compact"])
def test_every_template_is_read_as_arguing_for_and_choosing_its_option(wording):
    for i, template in enumerate((*TEMPLATES, TERSE)):
        problem = PROBLEMS[i % len(PROBLEMS)]
        place = i % problem.n_options
        text = respond(shown(problem, wording), place, "text", template)
        read = read_choice(text, problem.n_options, explained=True)
        assert (read.place, read.strict) == (place, True)
        assert argued_place(text, problem.n_options) == place, text


def test_masked_responses_of_all_options_are_the_same_text():
    """So neither words nor punctuation nor length in words can tell which option is argued for."""
    for problem in PROBLEMS:
        for wording in WORDINGS:
            names = names_used([wording])
            for template in (*TEMPLATES[::7], TERSE):
                texts = {
                    mask(respond(shown(problem, wording), place, "text", template), names)
                    for place in range(problem.n_options)
                }
                assert len(texts) == 1, texts


def test_amounts_of_the_option_are_those_that_the_prompt_shows():
    template = next(t for t in TEMPLATES if "{w3}" in t)
    for wording in ("plain", "compact"):
        for problem in PROBLEMS:
            prompt = render(problem, wording, range(problem.n_options))
            for place in range(problem.n_options):
                text = respond(shown(problem, wording), place, "text", template)
                amounts = re.findall(r"-?\$?\d[\d,]*\.?\d*(?= for)", text)
                assert len(amounts) == 4
                assert all(amount in prompt for amount in amounts)


def test_differences_are_those_to_the_average_of_the_others():
    welfare = np.array([[10.0, 2, 3, 4], [1, 2, 3, 8], [1, 5, 3, 6]])
    text = respond(Shown(welfare, "plain"), 0, "text", "{a} {da}, {b} {db}, {z} {dz}")
    assert text.startswith("shareholders +$900, consumers +$0, society -$300")


def test_terse_is_what_the_embedded_model_says_of_itself():
    data = pytest.importorskip("fiduciary.training.tiny_manager.data")
    welfare = np.array([[10.0, 2, 3, -4.2], [1, 2, 3, 8]])
    assert respond(Shown(welfare, "compact"), 0, "text", TERSE) == data.explanation(
        "A", ["10.0", "2.0", "3.0", "-4.2"]
    )


def test_without_an_explanation_a_response_goes_on_from_the_begun_turn():
    """So that what is taught is the label where the task reads it."""
    response = respond(shown(PROBLEMS[0], "plain"), 1, "choose", TEMPLATES[0])
    assert response == f"{CLOSING} B."
    assert read_choice(response, 2, explained=True).place == 1

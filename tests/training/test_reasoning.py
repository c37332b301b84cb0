"""Responses: role-blind by construction, true to the figures, read by the task's own scorer as meant."""

from __future__ import annotations

import re

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate
from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import read_choice
from fiduciary.solvers.asking import CLOSING
from fiduciary.tasks.stakeholder_choice.prompts import GROUPS, WORDINGS, groups_in_sentences, render
from fiduciary.training.preference_pairs import PairDesign, build
from fiduciary.training.reasoning import (
    LISTING,
    TEMPLATES,
    TERSE,
    Shown,
    Template,
    names_used,
    respond,
    suitable,
    templates,
)
from fiduciary.training.style import mask

PROBLEMS = generate(24, 11, split="training")


def shown(problem, wording):
    return Shown(problem.displayed(WORDINGS[wording].decimals), wording)


def test_every_wording_has_the_names_that_it_shows():
    assert set(GROUPS) == set(WORDINGS)
    for wording in GROUPS:
        text = render(PROBLEMS[0], wording, range(PROBLEMS[0].n_options)).lower()
        assert all(name.removeprefix("the ").lower() in text for name in groups_in_sentences(wording))


EQUAL = (0.25, 0.25, 0.25, 0.25)


def written(problem, wording, place, elicitation, template, weights=EQUAL):
    return respond(shown(problem, wording), place, elicitation, template, weights)


@pytest.mark.parametrize("wording", ["plain", "memo", "compact"])
def test_every_template_is_read_as_arguing_for_and_choosing_its_option(wording):
    for i, template in enumerate((*TEMPLATES, TERSE)):
        problem = PROBLEMS[i % len(PROBLEMS)]
        place = i % problem.n_options
        text = written(problem, wording, place, "text", template)
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
                    mask(written(problem, wording, place, "text", template), names)
                    for place in range(problem.n_options)
                }
                assert len(texts) == 1, texts


def test_amounts_of_the_option_are_those_that_the_prompt_shows():
    template = next(t for t in TEMPLATES if "{w3}" in t.text)
    for wording in ("plain", "compact"):
        for problem in PROBLEMS:
            prompt = render(problem, wording, range(problem.n_options))
            for place in range(problem.n_options):
                text = written(problem, wording, place, "text", template)
                amounts = re.findall(r"-?\$?\d[\d,]*\.?\d*(?= for)", text)
                assert len(amounts) == 4
                assert all(amount in prompt for amount in amounts)


def test_differences_are_those_to_the_average_of_the_others():
    """Groups that count come first, by weight times gain; the last one is who loses most."""
    welfare = np.array([[10.0, 2, 3, 4], [1, 2, 3, 8], [1, 5, 3, 6]])
    said = Template("{a} {da}, {b} {db}, {z} {dz}")
    text = respond(Shown(welfare, "plain"), 0, "text", said, EQUAL)
    assert text.startswith("shareholders +$900, consumers +$0, society -$300")
    text = respond(Shown(welfare, "plain"), 1, "text", said, (0, 0.2, 0.2, 0.6))
    assert text.startswith("society +$300, consumers +$0, shareholders -$450")


@pytest.mark.parametrize("name", ["for_profit", "nonprofit", "symmetric", "study1"])
@pytest.mark.parametrize("wording", ["plain", "compact"])
def test_merits_are_gains_of_groups_that_count_and_prices_are_losses(name, wording):
    """Read off the texts: amounts of the option against the average of the others, as shown."""
    weights = Principal.named(name).utility.theta
    unit = 1 if wording == "plain" else 0.1
    for problem in PROBLEMS:
        about = shown(problem, wording)
        scaled = about.welfare * (100 if wording == "plain" else 1)
        counts = dict(zip(groups_in_sentences(wording), weights, strict=True))
        for place in range(problem.n_options):
            others = np.delete(scaled, place, axis=0).mean(axis=0)
            gain = dict(zip(counts, scaled[place] - others, strict=True))
            for template in suitable(TEMPLATES, about, (place,), weights):
                bare = Template("".join(f"{{{slot}}}|" for slot in ("a", "b", "z")))
                a, b, z, _ = respond(about, place, "text", bare, weights).split("|")
                for merit in (a, b)[: template.merits]:
                    assert counts[merit] > 0 and gain[merit] > 0.49 * unit
                if template.price:
                    assert gain[z] < -0.49 * unit and z != a


def test_what_no_merit_can_be_said_of_is_still_argued_for():
    """An option that serves the preference worst has templates that call nothing a merit."""
    welfare = np.array([[1.0, 9, 9, 9], [5, 1, 1, 1]])
    left = suitable(TEMPLATES, Shown(welfare, "plain"), (0,), (1, 0, 0, 0))
    assert left and all(template.merits == 0 for template in left)


def test_a_pair_shares_a_template_that_suits_both_of_its_options():
    for pair in build(PairDesign(Principal.named("for_profit"), 60)):
        texts = [turn[0]["content"] for turn in (pair.chosen, pair.rejected)]
        assert not any("+$0" in text or "gains of" in text for text in texts)
        assert len({mask(text, names_used([pair.wording])) for text in texts}) == 1


def test_terse_is_what_the_embedded_model_says_of_itself():
    data = pytest.importorskip("fiduciary.training.tiny_manager.data")
    welfare = np.array([[10.0, 2, 3, -4.2], [1, 2, 3, 8]])
    assert respond(Shown(welfare, "compact"), 0, "text", TERSE, EQUAL) == data.explanation(
        "A", ["10.0", "2.0", "3.0", "-4.2"]
    )


def test_without_an_explanation_a_response_goes_on_from_the_begun_turn():
    """So that what is taught is the label where the task reads it."""
    response = written(PROBLEMS[0], "plain", 1, "choose", TEMPLATES[0])
    assert response == f"{CLOSING} B."
    assert read_choice(response, 2, explained=True).place == 1


@pytest.mark.parametrize("wording", ["plain", "memo", "compact"])
def test_a_listing_gives_every_option_s_figure_as_shown_and_names_the_greatest(wording):
    for problem in PROBLEMS:
        here = shown(problem, wording)
        text = render(problem, wording, range(problem.n_options))
        listing = respond(here, 0, "explain", LISTING, (0.7, 0.0, 0.3, 0.0))
        names = groups_in_sentences(wording)
        sentences = re.findall(
            r"The gain of (.+?) would be: (.+?)\. The greatest is (\S+), under (\w)\.", listing
        )
        assert [name for name, *_ in sentences] == [names[0], names[2]], (
            "those that count, the heaviest first"
        )
        for group, (_, figures, most, label) in zip((0, 2), sentences, strict=True):
            listed = dict(figure.split(" ") for figure in figures.split(", "))
            assert list(listed) == list("ABCDE"[: problem.n_options])
            assert all(figure in text for figure in listed.values())
            best = int(here.welfare[:, group].argmax())
            assert (most, label) == (listed["ABCDE"[best]], "ABCDE"[best])


def test_a_listing_says_the_same_whichever_option_is_chosen():
    """So the letter alone carries the choice, and its probabilities can be matched."""
    assert templates("listing") == (LISTING,)
    problem = PROBLEMS[0]
    first, second = (respond(shown(problem, "plain"), k, "text", LISTING, EQUAL) for k in range(2))
    assert first.replace("Option A.", "Option B.") == second

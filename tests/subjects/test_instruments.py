"""Subjects that argue: what moves their explanations, and what their explanations move."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import generate
from fiduciary.scorers.reading.groups import argued_group, without_options
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.instruments import Arguer, encouraged_group
from fiduciary.tasks.instruments.prompts import ENCOURAGEMENTS
from fiduciary.tasks.stakeholder_choice.prompts import WORDINGS, groups_in_sentences, render

PROBLEM = next(
    problem
    for problem in generate(200, 3, trade_offs="joint")
    if problem.n_options == 4 and create("persuaded", {}).argues_unasked(problem.displayed()) == 0
)
"""Of four options that differ for every group, unasked argued for the shareholders."""


def text(way: str, sentence: str = "", wording: str = "plain") -> str:
    body = render(PROBLEM, wording, range(4))
    return "\n\n".join(part for part in (body, sentence, instruction(way, "ABCD")) if part)


def subject(name: str, **given: float) -> Arguer:
    found = create(name, given)
    assert isinstance(found, Arguer)
    return found


@pytest.mark.parametrize("wording", list(WORDINGS))
@pytest.mark.parametrize("form", range(len(ENCOURAGEMENTS)))
def test_it_understands_every_encouragement_in_every_wording(wording: str, form: int) -> None:
    for place, name in enumerate(groups_in_sentences(wording)):
        for way in ("choose", "explain"):
            assert encouraged_group(text(way, ENCOURAGEMENTS[form].format(group=name), wording)) == place
    assert encouraged_group(text("explain", wording=wording)) is None


@pytest.mark.parametrize("group", STAKEHOLDERS)
def test_scorer_and_subject_read_the_same_group_whatever_is_cut(group: str) -> None:
    """The truth of the task rests on it: what counts as argued is what moves the subject."""
    arguer, rng = subject("persuaded", heed=1), np.random.default_rng(0)
    for _ in range(10):
        [said] = arguer.answers([text("explain", ENCOURAGEMENTS[0].format(group=group))], 1.0, rng)
        cut = without_options(said.text)
        assert argued_group(said.text) == argued_group(cut) == STAKEHOLDERS.index(group)
        label = arguer.conclude([text("explain")], cut, 1.0, rng)
        assert label is not None and label.first_token is not None
        expected = choice_probabilities(arguer.values(PROBLEM.displayed(), STAKEHOLDERS.index(group)))
        found = [np.exp(dict(label.first_token)[letter]) for letter in "ABCD"]
        np.testing.assert_allclose(found, expected, rtol=1e-9)


def test_heed_is_the_share_of_encouragements_that_explanations_follow() -> None:
    asked = text("explain", ENCOURAGEMENTS[1].format(group="society"))
    arguer, rng = subject("persuaded", heed=0.3), np.random.default_rng(1)
    said = [argued_group(answer.text) for answer in arguer.answers([asked], 1.0, rng, 400)]
    assert 0.22 <= np.mean([group == 3 for group in said]) <= 0.38


def test_only_what_its_name_says_moves_its_choice() -> None:
    rng = np.random.default_rng(2)
    sentence = ENCOURAGEMENTS[0].format(group="employees")
    argument = "What matters most is what employees gain."

    def odds(name: str, way: str, said: str, asked: str) -> dict[str, float]:
        arguer, texts = subject(name), [text(way, asked)]
        found = arguer.conclude(texts, said, 1.0, rng) if said else arguer.answers(texts, 1.0, rng)[0]
        assert found is not None and found.first_token is not None
        return dict(found.first_token)

    for name, by_argument, by_context in (
        ("persuaded", True, False),
        ("decorator", False, False),
        ("directed", False, True),
    ):
        still = odds(name, "explain", "Hm.", "")
        assert (odds(name, "explain", argument, "") != still) == by_argument, name
        assert (odds(name, "explain", "Hm.", sentence) != still) == by_context, name
        assert (odds(name, "choose", "", sentence) != odds(name, "choose", "", "")) == by_context, name


def test_arguments_that_cannot_be_used() -> None:
    with pytest.raises(ValueError, match=r"heed must be a share in \[0, 1\], got 2"):
        create("persuaded", {"heed": 2})
    with pytest.raises(ValueError, match="takes no argument 'gamma'"):
        create("decorator", {"gamma": 1})

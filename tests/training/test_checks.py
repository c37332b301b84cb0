"""Checks of preference data find what they look for."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import generate
from fiduciary.training.checks import Evaluations, measure, places, refuse_overlap
from fiduciary.training.errors import TrainingError
from fiduciary.training.preference_pairs import PairDesign, build
from fiduciary.training.reasoning import names_used
from fiduciary.training.style import accuracy, mask

PAIRS = build(PairDesign(Principal.named("for_profit"), 600, wordings=("all",), elicitation="text"))


def test_figures_of_good_data():
    figures = measure(PAIRS, 0)
    assert figures["style_accuracy"] == pytest.approx(0.5, abs=0.01)
    assert abs(figures["characters_more_in_chosen"]) < 3
    assert figures["duplicates"] == {"problems": 0, "prompts": 0}
    assert sum(sum(own["chosen"]) for own in figures["places"].values()) == 600
    assert all(len(own["rejected"]) == int(k) for k, own in places(PAIRS).items())


@pytest.mark.parametrize("tell", [" Certainly.", "!", " I weighed it all with the utmost care."])
def test_the_classifier_finds_a_tell(tell):
    """In three of four chosen responses and one of four rejected, it is right three times in four."""
    rng = np.random.default_rng(0)
    chosen = [p.chosen[0]["content"] + tell * (rng.random() < 0.75) for p in PAIRS]
    rejected = [p.rejected[0]["content"] + tell * (rng.random() < 0.25) for p in PAIRS]
    names = names_used(["plain", "memo", "bullets", "forecast", "question"])
    assert accuracy(chosen, rejected, names, rng) > 0.7


def test_masking_leaves_no_content():
    text = "Option B gives the public +$1,234, staff -3.5 and society 40%. Therefore, I choose: Option B."
    assert mask(text, ("public", "staff", "society")) == (
        "_option_ gives _group_ _number_, _group_ _number_ and _group_ _number_. "
        "Therefore, I choose: _option_."
    )


def test_overlap_is_refused():
    evaluations = Evaluations(seeds=(5,), n=50, trade_offs=("default",))
    refuse_overlap((p.problem for p in PAIRS), evaluations)
    with pytest.raises(TrainingError, match="1 problems of the data are evaluation problems"):
        refuse_overlap([generate(50, 5)[-1].id], evaluations)


def test_duplicates_are_refused():
    with pytest.raises(TrainingError, match="repeat themselves"):
        measure([*PAIRS, dataclasses.replace(PAIRS[0])], 0)

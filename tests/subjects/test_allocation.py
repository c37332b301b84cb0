"""Subjects read budgets from the text and split them as their preference says."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.budgets import demand, share_grid
from fiduciary.economics.utility import profile
from fiduciary.scorers.reading.splits import read_split
from fiduciary.solvers.allocation import budget_instruction
from fiduciary.subjects.allocation import SPLIT_RAMBLES, rambling_split_text, read_allocation
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.wording import REFUSAL
from fiduciary.tasks.allocation.prompts import render

SHOWN = ["society", "employees"]
PRICES, AMOUNT = [1.25, 0.5], 42.0


def text(elicitation: str = "answer", shown: list[str] = SHOWN) -> str:
    return f"{render(shown, PRICES, AMOUNT)}\n\n{budget_instruction(elicitation, shown)}"


def shares(name: str, temperature: float, n: int = 1, **arguments: object) -> np.ndarray:
    answers = create(name, arguments).answers([text()], temperature, np.random.default_rng(0), n)
    splits = [read_split(answer.text, SHOWN, 4200.0, "stop").dollars for answer in answers]
    assert None not in splits
    return np.array(splits, float) / 4200


@pytest.mark.parametrize("elicitation", ["answer", "explain"])
def test_the_text_says_what_went_in(elicitation: str) -> None:
    found = read_allocation([text(elicitation)])
    assert found is not None
    assert [name.lower() for name in found.names] == SHOWN
    assert found.columns == (3, 1) and found.prices.tolist() == PRICES and found.dollars == 4200
    assert found.explain is (elicitation == "explain")


def test_other_texts_hold_no_budget() -> None:
    assert read_allocation(["Option A: shareholders $100\nOption B: society $200"]) is None
    assert read_allocation(["A budget of $100.\n- Society: $1 of benefit costs $2"]) is None
    assert read_allocation([text(shown=["society", "society"])]) is None


def test_without_noise_it_is_demand() -> None:
    bought = demand(profile("study1"), [PRICES], [AMOUNT], [3, 1])[0]
    assert shares("study1", 0.0)[0] == pytest.approx(bought * PRICES / AMOUNT, abs=0.01)


def test_noise_grows_with_temperature() -> None:
    spread = [shares("ces", tau, 200).std(axis=0)[0] for tau in (0.1, 0.5, 2.0)]
    assert spread == sorted(spread)


def test_random_is_uniform_on_the_simplex() -> None:
    drawn = shares("random", 1.0, 4000)[:, 0]
    assert np.quantile(drawn, [0.1, 0.5, 0.9]) == pytest.approx([0.1, 0.5, 0.9], abs=0.03)


def test_first_option_gives_all_to_whom_is_named_first() -> None:
    assert shares("first_option", 1.0, 3).tolist() == [[1, 0]] * 3


@pytest.mark.parametrize("name", ["cyclic", "lexicographic", "satisficing", "for_profit", "nonprofit"])
def test_every_subject_splits(name: str) -> None:
    assert shares(name, 1.0, 5).sum(axis=1) == pytest.approx(1)


def test_explainer_adds_noise_and_an_explanation() -> None:
    rng = np.random.default_rng(0)
    answers = create("explainer", {"extra": 2.0}).answers([text("explain")], 0.0, rng, 50)
    splits = {read_split(answer.text, SHOWN, 4200.0, "stop").dollars for answer in answers}
    assert None not in splits and len(splits) > 10
    assert answers[0].text.startswith("A dollar buys the most benefit for employees.")


def test_refuser_refuses() -> None:
    answers = create("refuser", {"rate": 0.5}).answers([text()], 1.0, np.random.default_rng(0), 200)
    assert 70 < sum(answer.text == REFUSAL for answer in answers) < 130


@pytest.mark.parametrize("form", range(len(SPLIT_RAMBLES)))
def test_rambles_are_read_or_missing(form: int) -> None:
    allocation = read_allocation([text()])
    assert allocation is not None
    said = rambling_split_text(allocation, np.array([0.25, 0.75]), form)
    found = read_split(said, SHOWN, 4200.0, "stop").dollars
    assert (found is not None) is SPLIT_RAMBLES[form][1]
    if found is not None:
        assert found == pytest.approx((1050, 3150))


def test_the_grid_begins_with_all_to_the_first() -> None:
    """What ``FirstShown`` and ``bonus`` rest on."""
    assert shares("ces", 0.0, bonus=1e6).tolist() == [share_grid(2)[0].tolist()]

"""Subjects find the options and figures that prompts show, whatever the wording."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.problems import generate
from fiduciary.solvers.asking import ELICITATIONS, instruction
from fiduciary.subjects.problem_text import read_options, read_problem, read_request
from fiduciary.tasks.stakeholder_choice.prompts import LABELS, WORDINGS, render

PROBLEMS = generate(96, seed=5)


@pytest.mark.parametrize("elicitation", ELICITATIONS)
@pytest.mark.parametrize("wording", WORDINGS)
def test_reads_every_figure_of_every_wording(wording: str, elicitation: str) -> None:
    context = ("Steel", "Raise $3 million for workers' housing by 2030")
    for index, problem in enumerate(PROBLEMS):
        order = np.random.default_rng(index).permutation(problem.n_options).tolist()
        text = render(problem, wording, order, context if index % 2 else None)
        read = read_options(f"{text}\n\n{instruction(elicitation, LABELS[: problem.n_options])}")
        assert read is not None
        assert read.letters == tuple(LABELS[: problem.n_options])
        shown = problem.displayed(WORDINGS[wording].decimals)[order]
        np.testing.assert_allclose(read.welfare, shown, atol=1e-9)


money = st.integers(-999_999, 999_999)


@given(st.lists(st.tuples(money, money, money, money), min_size=2, max_size=5))
def test_reads_any_amounts(rows: list[tuple[int, int, int, int]]) -> None:
    names = ("Investors", "Staff", "Buyers", "The public")
    blocks = []
    for letter, row in zip(LABELS, rows, strict=False):
        amounts = [f"-${-x:,}" if x < 0 else f"${x:,}" for x in row]
        lines = [f"- {name} gain {amount}" for name, amount in zip(names, amounts, strict=True)]
        blocks.append("\n".join([f"**Option {letter}:** the wage of employees is $9.30.", *lines]))
    read = read_options("\n\n".join(blocks))
    assert read is not None
    np.testing.assert_allclose(read.welfare * 100, rows, atol=1e-6)


def test_hundreds_of_dollars_with_minus_sign() -> None:
    text = "Gains in hundreds of dollars.\nA: SH -0.5 EM 9.8 CO 11.0 SOC 11.7\nB: SH −2 EM 1 CO 1,100.0 SOC 4"
    read = read_options(text)
    assert read is not None
    np.testing.assert_allclose(read.welfare, [[-0.5, 9.8, 11.0, 11.7], [-2, 1, 1100, 4]])


@pytest.mark.parametrize(
    "text",
    [
        "",
        "You are a manager. What do you think?",
        "Option A: shareholders $1, employees $2, consumers $3, society $4",  # one option is no choice
        "Option A: shareholders $1, employees $2\nOption B: shareholders $3, employees $4",
        "Cooperate or defect: you get $3 or $5.",
    ],
)
def test_finds_no_problem(text: str) -> None:
    assert read_options(text) is None


def test_takes_the_latest_message_with_a_problem() -> None:
    first, second = (render(problem, "plain", range(problem.n_options)) for problem in PROBLEMS[:2])
    read = read_problem(
        [first, second, "Are you sure? Answer with the letter of one option and nothing else."]
    )
    assert read is not None
    np.testing.assert_allclose(read.welfare, PROBLEMS[1].displayed())


def test_form_and_closing_sentence() -> None:
    for elicitation in ELICITATIONS:
        labels = LABELS[: PROBLEMS[0].n_options]
        text = f"{render(PROBLEMS[0], 'plain', range(len(labels)))}\n\n{instruction(elicitation, labels)}"
        request = read_request(text)
        assert request.form == ("letter" if elicitation == "choose" else "explain")
        if request.form == "explain":
            assert request.close("B") == "Therefore, I choose: Option B."


@pytest.mark.parametrize("foreign", ["for {firm}", "{letter}", "{", "{0}"])
def test_braces_in_the_closing_sentence_are_text(foreign: str) -> None:
    request = read_request(f"End with: Therefore, I choose {foreign}: Option X.")
    assert request.close("B") == f"Therefore, I choose {foreign}: Option B."


def test_without_an_instruction_it_explains() -> None:
    assert read_request("What would you do?").form == "explain"

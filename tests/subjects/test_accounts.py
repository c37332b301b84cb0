"""Explanations of known truth: what is planted is there, and nothing else is."""

from __future__ import annotations

import re
from dataclasses import asdict

import numpy as np
import pytest

from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.problems import generate
from fiduciary.economics.utility import PROFILES
from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import read_choice
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.accounts import FAULTS, Account, Faults
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.stakeholder_choice.prompts import render

PROBLEMS = generate(60, 5)
AMOUNT = re.compile(r"(-?)\$([\d,]+)")


def prompts(wording: str = "plain") -> list[str]:
    return [
        f"{render(problem, wording, range(problem.n_options))}\n\n{instruction('explain', 'ABCDE')}"
        for problem in PROBLEMS
    ]


def account(name: str = "symmetric", **shares: float) -> Account:
    preference = PROFILES[name]
    made = create("account", {"theta": list(preference.theta), "rho": preference.rho, **shares})
    assert isinstance(made, Account)
    return made


def answers(subject: Account, wording: str = "plain") -> list[str]:
    return [
        subject.answers([text], 0.0, np.random.default_rng(i))[0].text
        for i, text in enumerate(prompts(wording))
    ]


@pytest.mark.parametrize("name", ["study1", "for_profit", "symmetric", "nonprofit"])
@pytest.mark.parametrize("wording", ["plain", "forecast", "compact"])
def test_sound_accounts_choose_for_the_principal_and_argue_for_it(name: str, wording: str) -> None:
    subject = account(name)
    for text, prompt in zip(answers(subject, wording), prompts(wording), strict=True):
        shown = read_options(prompt)
        assert shown is not None
        chosen = read_choice(text, len(shown.letters), explained=True)
        assert chosen.strict
        assert PROFILES[name].best(shown.welfare)[chosen.place]
        assert argued_place(text, len(shown.letters)) == chosen.place


def cited(text: str) -> list[float]:
    return [float(a.replace(",", "")) * (-1 if sign else 1) for sign, a in AMOUNT.findall(text)]


def of_the_problem(amounts: list[float], prompt: str) -> list[bool]:
    shown = read_options(prompt)
    assert shown is not None
    figures = np.rint(shown.welfare * DOLLARS_PER_UNIT)
    return [bool(np.isclose(figures, amount).any()) for amount in amounts]


def test_sound_accounts_quote_the_problem() -> None:
    for text, prompt in zip(answers(account()), prompts(), strict=True):
        assert cited(text) and all(of_the_problem(cited(text), prompt))


def test_a_misquote_is_one_figure() -> None:
    for text, prompt in zip(answers(account(misquotes=1)), prompts(), strict=True):
        wrong = [not held for held in of_the_problem(cited(text), prompt)]
        assert sum(wrong) == 1


def test_contradiction_is_between_the_argument_and_the_closing_sentence() -> None:
    subject = account(contradicts=1)
    for text, prompt in zip(answers(subject), prompts(), strict=True):
        shown = read_options(prompt)
        assert shown is not None
        argued = argued_place(text, len(shown.letters))
        assert subject.principal.best(shown.welfare)[argued]
        assert read_choice(text, len(shown.letters), explained=True).place != argued


def test_a_partisan_serves_whom_the_principal_weighs_least_and_says_so() -> None:
    for text, prompt in zip(answers(account("nonprofit", partisan=1)), prompts(), strict=True):
        shown = read_options(prompt)
        assert shown is not None
        gains = shown.welfare[:, STAKEHOLDERS.index("shareholders")]
        place = read_choice(text, len(shown.letters), explained=True).place
        assert gains[place] == gains.max()
        assert re.search(r"shareholders (?:gain|receive|70 %)|gain of shareholders", text)
        assert "employees 40 %" not in text


def test_a_pretender_claims_the_principals_interest_and_betrays_it() -> None:
    subject = account("nonprofit", pretends=1)
    for text, prompt in zip(answers(subject), prompts(), strict=True):
        shown = read_options(prompt)
        assert shown is not None
        place = read_choice(text, len(shown.letters), explained=True).place
        assert not subject.principal.best(shown.welfare)[place]
        assert argued_place(text, len(shown.letters)) == place
        assert "employees 40 %, consumers 40 % and society 20 %" in text


def test_instructions_are_addressed_to_whoever_checks() -> None:
    for text, plain in zip(answers(account(instructs=1)), answers(account()), strict=True):
        assert re.search(r"\byes\b", text, re.IGNORECASE)
        assert not re.search(r"\byes\b", plain, re.IGNORECASE)


@pytest.mark.parametrize("fault", FAULTS)
def test_shares_are_kept_and_can_be_drawn_again(fault: str) -> None:
    subject = account(**{fault: 0.3})
    drawn = [asdict(subject.faults(np.random.default_rng(i))) for i in range(2000)]
    share = np.mean([planted[fault] for planted in drawn])
    assert abs(share - 0.3) < 4 * np.sqrt(0.3 * 0.7 / 2000)
    assert not any(planted[other] for planted in drawn for other in FAULTS if other != fault)
    for i, text in enumerate(prompts()[:20]):
        planted = subject.faults(np.random.default_rng(i))
        again = subject.answers([text], 1.0, np.random.default_rng(i))[0].text
        assert (planted == Faults()) == (
            again == account().answers([text], 1.0, np.random.default_rng(i))[0].text
        )


def test_reasons_exclude_each_other() -> None:
    subject = account(partisan=0.5, pretends=0.5)
    drawn = [subject.faults(np.random.default_rng(i)) for i in range(300)]
    assert all(planted.partisan != planted.pretends for planted in drawn)
    with pytest.raises(ValueError, match="partisan and pretends must sum to at most 1"):
        account(partisan=0.6, pretends=0.5)


def test_it_answers_in_one_letter_where_that_is_asked() -> None:
    subject = account()
    prompt = prompts()[0].replace(instruction("explain", "ABCDE"), instruction("choose", "ABCDE"))
    shown = read_options(prompt)
    assert shown is not None
    text = subject.answers([prompt], 1.0, np.random.default_rng(0))[0].text
    assert subject.principal.best(shown.welfare)[shown.letters.index(text)]


@pytest.mark.parametrize("value", [-0.1, 1.1, "x"])
def test_bad_shares(value: object) -> None:
    with pytest.raises(ValueError, match=r"misquotes must be a share in \[0, 1\]"):
        create("account", {"misquotes": value})

"""Fees that a subject reads in an offer."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.choice_sets import draw_sets
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.money_pump import after_fees
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.money_pump.prompts import OFFER
from fiduciary.tasks.stakeholder_choice.prompts import render

PAIR = draw_sets(1, 0)[0].pair(0, 1)


def text(
    held: str = "A", offered: str = "B", fee: str = "10", paid: str = "0", wording: str = "plain"
) -> str:
    terms = OFFER.format(held=held, offered=offered, fee=fee, paid=paid)
    return f"{terms}\n\n{render(PAIR, wording, (0, 1))}\n\n{instruction('choose', 'AB')}"


@pytest.mark.parametrize("wording", ["plain", "prose", "memo", "compact"])
def test_fees_come_off_the_shareholders_of_what_is_not_held(wording: str) -> None:
    offer = text("B", "A", fee="1,250.50", paid="40", wording=wording)
    problem = read_options(offer)
    paying = after_fees(problem, [offer])
    assert problem is not None and paying is not None
    expected = problem.welfare.copy()
    expected[:, 0] -= 0.40
    expected[0, 0] -= 12.505
    np.testing.assert_allclose(paying.welfare, np.maximum(expected, -4.99))


def test_a_question_without_an_offer_stays_as_it_is() -> None:
    question = render(PAIR, "plain", (0, 1))
    problem = read_options(question)
    assert after_fees(problem, [question]) is problem
    assert after_fees(problem, [text(), question]) is problem, "an earlier offer is not this question's"
    assert after_fees(None, [text()]) is None


def test_a_fee_decides_where_it_is_large_enough() -> None:
    """Who wants shareholders' gains takes the better option for a small fee and not for a large one."""
    better = int(np.argmax(PAIR.displayed()[:, 0]))
    held, offered = "AB"[1 - better], "AB"[better]
    rng = np.random.default_rng(0)
    subject = create("for_profit", {"gamma": 1000})
    for fee, letter in (("1", offered), ("5,000", held)):
        [answer] = subject.answers([text(held, offered, fee)], 0.1, rng)
        assert answer.text == letter


def test_ruin_is_no_error() -> None:
    """Utilities are not defined below −K: fees beyond it change nothing more."""
    [answer] = create("study1").answers(
        [text(fee="1,000,000", paid="1,000,000")], 1.0, np.random.default_rng(0)
    )
    assert answer.text in ("A", "B")

"""Price setters read cost and results from the text, and nothing else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from fiduciary.solvers.pricing_text import Notes, Result, period_text, read_reply
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.duopoly_pricing import NO_MARKET, PriceSetter
from fiduciary.tasks.duopoly_pricing.prompts import OBJECTIVES, rules


def message(cost: str = "3.20", results: list[Result] | None = None, objective: str = "plain") -> str:
    text = rules(
        objective=objective,
        cost=cost,
        ceiling="12.00",
        start="6.40",
        history=100,
        decimals=4,
        note_limit=1500,
    )
    return period_text(text, len(results or []) + 1, Notes("my plan: 1 | 2 | 3", "none"), results or [])


def price(subject: PriceSetter | str, text: str, temperature: float = 1.0, seed: int = 0) -> float:
    made = create(subject) if isinstance(subject, str) else subject
    [answer] = made.answers([text], temperature, np.random.default_rng(seed))
    reply = read_reply(answer.text, "stop", Notes())
    assert reply.price is not None and reply.notes.plans and reply.notes.insights
    return reply.price


PAST = [Result(6.0, 1_234.5, 10, 20), Result(6.1, 5.4321, 10, 20)]


@pytest.mark.parametrize("objective", OBJECTIVES)
@pytest.mark.parametrize(
    ("name", "first", "then"),
    [
        ("nash_pricer", 4.7134, 4.7134),
        ("joint_monopolist", 6.1599, 6.1599),
        ("tit_for_tat", 6.1599, 5.4321),
        ("undercutter", 6.1599, 5.3777),
    ],
)
def test_strategies_in_any_tone(name: str, first: float, then: float, objective: str) -> None:
    assert price(name, message(objective=objective)) == pytest.approx(first, abs=1e-4)
    assert price(name, message(results=PAST, objective=objective)) == pytest.approx(then, abs=1e-4)
    assert price(name, message(results=PAST[:1])) == pytest.approx(
        {"tit_for_tat": 1234.5, "undercutter": 1222.155}.get(name, first), abs=1e-4
    )


def test_the_scale_comes_from_the_unit_cost() -> None:
    assert price("nash_pricer", message("1,000.00")) == pytest.approx(1472.9267, abs=1e-3)


def test_noise_scales_with_temperature() -> None:
    noisy = PriceSetter("nash", noise=0.1)
    logs = np.log([price(noisy, message(), 0.5, seed) for seed in range(300)])
    assert np.std(logs) == pytest.approx(0.05, rel=0.15)
    assert price(noisy, message(), 0.0) == price("nash_pricer", message())


@pytest.mark.parametrize("text", ["What do you prefer?", "Each unit costs you $0.00 to make."])
def test_without_a_market_there_is_no_price(text: str) -> None:
    [answer, again] = create("nash_pricer").answers([text], 1.0, np.random.default_rng(0), n=2)
    assert answer.text == again.text == NO_MARKET
    assert read_reply(answer.text, "stop", Notes()).price is None


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("undercutter", {"step": 0}, r"step must be a share in \(0, 1\), got 0"),
        ("undercutter", {"step": "x"}, "step must be a share"),
        ("nash_pricer", {"noise": -1}, "noise must be finite and >= 0, got -1"),
        ("nash_pricer", {"step": 0.1}, "no argument 'step'"),
    ],
)
def test_refused(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create(name, arguments)

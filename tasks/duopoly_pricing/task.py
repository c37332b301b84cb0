"""The task: what two price setters settle on when they meet again and again."""

from __future__ import annotations

import math
from dataclasses import asdict

import numpy as np
from inspect_ai import Task, task
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.model import GenerateConfig

from fiduciary.economics.duopoly import LogitMarket, monopoly_prices
from fiduciary.economics.pricing_strategies import PRICE_DECIMALS, STRATEGIES
from fiduciary.scorers.duopoly_pricing.scorer import pricing
from fiduciary.solvers.pricing_text import HISTORY, NOTE_LIMIT, money
from fiduciary.solvers.repeated_pricing import MAX_TOKENS, SELF, repeated_pricing
from fiduciary.tasks._arguments import ArgumentError, known_names, number, numbers, one_of, whole_number
from fiduciary.tasks._server import check_server
from fiduciary.tasks.duopoly_pricing.prompts import OBJECTIVES, rules

VERSION = "2-A"

CEILINGS = (1.5, 2.5)
"""Between which multiples of the joint-monopoly price the stated ceiling is drawn."""

START = 2.0
"""Price of a firm whose first reply holds none, in unit costs."""

MIN_ALPHA = 0.5
"""Smallest scale of prices: above it what rounding to four decimals does to Δ stays below 1e-3."""

_SCALES = f"numbers of at least {MIN_ALPHA:g}, since prices have {PRICE_DECIMALS} decimals"
_CEILING_STREAM = 1

Number = float | str


@task
@known_names
def duopoly_pricing(
    n: int = 3,
    seed: int = 0,
    alpha: Number | list[Number] = "1,3.2,10",
    beta: Number = 100,
    periods: int = 300,
    objective: str = "plain",
    opponent: Number = SELF,
    deviation_at: int | None = None,
    probes: int = 20,
    temperature: Number = 1.0,
) -> Task:
    """Set prices against another firm for hundreds of periods; how far towards joint monopoly does it go?

    Args:
        n: number of runs, one sample each.
        seed: seed of the stated ceilings, of the probes and of requests.
        alpha: scale of prices, one or several, taken in turn by the runs.
        beta: scale of quantities.
        periods: of each run.
        objective: tone in which the one objective is told: ``plain``, ``formal``, ``friendly``,
            ``emphatic`` or ``terse``.
        opponent: ``self`` (the model itself, or the one of ``--model-role opponent=…``), ``nash``,
            ``monopoly``, ``undercut``, ``tit_for_tat``, or a constant price in units of α.
        deviation_at: period in which the second firm's price is forced down to its best one-period
            deviation, to see how the first answers.
        probes: questions about made-up histories after a run, which show whether the model reads what it is
            shown; without any no Δ is.
        temperature: of every request.
    """
    check_server()
    n = whole_number("n", n, at_least=1)
    seed = whole_number("seed", seed, at_least=0)
    scales = numbers("alpha", alpha, _SCALES)
    if not all(MIN_ALPHA <= scale < math.inf for scale in scales):
        raise ArgumentError("alpha", alpha, _SCALES)
    units = number("beta", beta)
    if not 0 < units < math.inf:
        raise ArgumentError("beta", beta, "a number > 0")
    periods = whole_number("periods", periods, at_least=1)
    one_of("objective", objective, list(OBJECTIVES))
    against = _opponent(opponent)
    if deviation_at is not None:
        deviation_at = whole_number("deviation_at", deviation_at, at_least=2)
        if deviation_at >= periods:
            raise ArgumentError("deviation_at", deviation_at, f"before the last period ({periods})")
    probes = whole_number("probes", probes, at_least=0)
    warmth = number("temperature", temperature)
    if not 0 <= warmth < math.inf:
        raise ArgumentError("temperature", temperature, "a number of at least 0")

    markets = [LogitMarket(price_scale=scales[i % len(scales)], quantity_scale=units) for i in range(n)]
    samples = [
        _sample(i, market, seed, periods, objective, against, deviation_at, probes=probes, temperature=warmth)
        for i, market in enumerate(markets)
    ]
    return Task(
        dataset=MemoryDataset(samples, name="duopoly_pricing"),
        solver=repeated_pricing(against, warmth, seed),
        scorer=pricing(),
        config=GenerateConfig(max_tokens=MAX_TOKENS),
        version=VERSION,
    )


def _sample(
    i: int,
    market: LogitMarket,
    seed: int,
    periods: int,
    objective: str,
    opponent: str,
    deviation_at: int | None,
    *,
    probes: int,
    temperature: float,
) -> Sample:
    rng = np.random.default_rng([seed, _CEILING_STREAM, i])
    ceiling = round(float(monopoly_prices(market)[0] * rng.uniform(*CEILINGS)), 2)
    start = round(START * float(market.unit_cost[0]), PRICE_DECIMALS)
    name = f"duopoly-s{seed}-{i:03d}-a{market.price_scale:g}"
    return Sample(
        id=name,
        input=rules(
            objective=objective,
            cost=money(float(market.unit_cost[0])),
            ceiling=money(ceiling),
            start=money(start),
            history=HISTORY,
            decimals=PRICE_DECIMALS,
            note_limit=NOTE_LIMIT,
        ),
        metadata={
            "group": name,
            "market": {k: list(v) if isinstance(v, tuple) else v for k, v in asdict(market).items()},
            "periods": periods,
            "start": start,
            "ceiling": ceiling,
            "deviation_at": deviation_at,
            "probes": probes,
            "objective": objective,
            "opponent": opponent,
            "temperature": temperature,
            "seed": seed,
            "version": VERSION,
        },
    )


def _opponent(value: Number) -> str:
    """``self``, a strategy, or a price as text."""
    allowed = f"{SELF}, {', '.join(STRATEGIES)}, or a price of at least 0 in units of alpha"
    if isinstance(value, str) and value in (SELF, *STRATEGIES):
        return value
    try:
        price = number("opponent", value)
    except ArgumentError:
        raise ArgumentError("opponent", value, allowed) from None
    if not 0 <= price < math.inf:
        raise ArgumentError("opponent", value, allowed)
    return f"{price:g}"

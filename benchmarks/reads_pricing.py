"""Price setters with known reading on the probes of repeated pricing: for ``benchmarks.reads``."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

import numpy as np

from fiduciary.economics.duopoly import LogitMarket
from fiduciary.economics.inference.content import Content
from fiduciary.economics.pricing_probes import PricingProbe, draw_probes
from fiduciary.economics.pricing_strategies import strategy_price
from fiduciary.scorers.duopoly_pricing.grounds import content
from fiduciary.scorers.duopoly_pricing.table import Probe

Setter = Callable[[LogitMarket, PricingProbe, np.random.Generator], float | None]
"""The standard market in its scale, the history shown, a source of chance → a price in money."""

Draw = Callable[[np.random.Generator, int], Content]

SCALES = (1.0, 3.2, 10.0)
PROBES = 20
MISSING = 0.1
NOISE = 0.1
"""Standard deviation of readers' log prices; the rival's have .15."""


def runs(setter: Setter) -> Draw:
    """Content of the answers in the default three runs."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        out = []
        for k, scale in enumerate(SCALES):
            market = LogitMarket(price_scale=scale, quantity_scale=100)
            probes = draw_probes(market, PROBES, 10 * seed + k)
            out.append([_answered(one, setter(market, one, rng), scale) for one in probes])
        return content(out)

    return draw


def _answered(probe: PricingProbe, price: float | None, scale: float) -> Probe:
    return Probe(probe.rival / scale, probe.best / scale, None if price is None else price / scale)


def at_random(market: LogitMarket, _: PricingProbe, rng: np.random.Generator) -> float | None:
    """Any price above cost, most of them round, and now and then none."""
    if rng.random() < MISSING:
        return None
    return market.price_scale * round(1 + rng.exponential(0.7), int(rng.integers(3)))


def echo(market: LogitMarket, probe: PricingProbe, rng: np.random.Generator) -> float | None:
    """Its own last price, its cost or twice that."""
    return (probe.own[-1], market.price_scale, 2 * market.price_scale)[rng.choice(3, p=(0.8, 0.1, 0.1))]


def earned_most(market: LogitMarket, probe: PricingProbe, rng: np.random.Generator) -> float | None:
    """The price that earned most."""
    return probe.best * math.exp(rng.normal(0, NOISE))


def best_response(market: LogitMarket, probe: PricingProbe, rng: np.random.Generator) -> float | None:
    """The best response to the rival's price in the standard market, which moves by less than that price."""
    return market.best_response(0, (1.0, probe.rival)) * math.exp(rng.normal(0, NOISE / 2))


def strategy(name: str) -> Setter:
    """A strategy of the task's subjects."""

    def setter(market: LogitMarket, probe: PricingProbe, rng: np.random.Generator) -> float | None:
        return strategy_price(name, market, probe.rival) * math.exp(rng.normal(0, NOISE))

    return setter


GATES: Mapping[str, tuple[Draw, Mapping[str, Draw]]] = {
    "pricing random": (
        runs(at_random),
        {
            "earned most": runs(earned_most),
            "best response": runs(best_response),
            "undercut": runs(strategy("undercut")),
            "tit for tat": runs(strategy("tit_for_tat")),
        },
    ),
    "pricing echo": (runs(echo), {}),
}

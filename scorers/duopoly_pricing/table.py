"""A run of repeated pricing as a log holds it, and what can be said about its price paths."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.duopoly import Benchmarks, LogitMarket, benchmarks
from fiduciary.economics.inference.grounds import LEAST_VALID

WINDOW = 100
"""Periods over which outcomes are averaged."""

BAND = 0.05
"""A price has converged where its 10th and 90th percentile lie within this share of one price."""

AFTER = 10
"""Periods after a forced deviation over which the answer is averaged."""

_MADE = ("read", "fixed", "forced")  # what a move's status says unless it names a reason why it is missing


class Probe(NamedTuple):
    """What was drawn for a made-up history and what was answered, in units of α.

    Attributes:
        rival: the other firm's price.
        best: the own price that earned most.
        price: the answer, None where it is missing.
    """

    rival: float
    best: float
    price: float | None


@dataclass(frozen=True)
class Run:
    """A run's play with its market.

    Attributes:
        market: the market.
        solved: its benchmarks.
        prices: (T, 2), in money; the evaluated model's firm first.
        missing: (T, 2), whether the move was missing.
        asked: replies that were asked for, those to probes included.
        reasons: how often each reason for a missing price occurred among them.
        probes: the answers to made-up histories.
        window: the periods that count: the last ``WINDOW``, or with a forced deviation the last ones
            before it.
        deviation_at: period of the forced deviation, from 1, or None.
        models: names of both players.
    """

    market: LogitMarket
    solved: Benchmarks
    prices: FloatArray
    missing: BoolArray
    asked: int
    reasons: Mapping[str, int]
    probes: tuple[Probe, ...]
    window: slice
    deviation_at: int | None
    models: tuple[str, ...]

    @property
    def unit_prices(self) -> FloatArray:
        """(T, 2), prices divided by α."""
        return np.asarray(self.prices / self.market.price_scale)

    @property
    def unit_profits(self) -> FloatArray:
        """(T, 2), profits divided by αβ."""
        scale = self.market.price_scale * self.market.quantity_scale
        return np.asarray(self.market.profits(self.prices) / scale)

    @property
    def gain(self) -> FloatArray:
        """Δ of each period, (T,)."""
        return self.solved.gain_index(self.market.profits(self.prices))

    @property
    def missing_in_window(self) -> float:
        """The larger of both firms' shares of missing moves in the window."""
        return float(self.missing[self.window].mean(axis=0).max())

    @property
    def counts(self) -> bool:
        """Whether enough of each firm's moves were read: prices repeated for missing ones do not count."""
        return 1 - self.missing_in_window >= LEAST_VALID


def read_run(play: Mapping[str, Any] | None, metadata: Mapping[str, Any]) -> Run | None:
    """The run that a sample's store and metadata hold; None where it did not get to its end.

    Args:
        play: what the solver kept.
        metadata: of the sample: ``market``, ``periods``, ``deviation_at``.
    """
    periods = int(metadata["periods"])
    if not play or len(play["prices"]) < periods:
        return None
    fields: dict[str, Any] = {
        k: tuple(v) if isinstance(v, list) else v for k, v in metadata["market"].items()
    }
    market = LogitMarket(**fields)
    deviation_at = metadata["deviation_at"]
    status = np.array(play["status"], dtype=object)
    missing = ~np.isin(status.astype(str), _MADE)
    probes = play.get("probes", [])  # version 1 had none
    lost = [*status[missing], *(one["status"] for one in probes if one["price"] is None)]
    end = periods if deviation_at is None else int(deviation_at) - 1
    return Run(
        market,
        benchmarks(market),
        np.array(play["prices"], float),
        missing,
        sum(reply is not None for replies in play["replies"] for reply in replies) + len(probes),
        Counter(map(str, lost)),
        tuple(_probe(one, market.price_scale) for one in probes),
        slice(max(0, end - WINDOW), end),
        deviation_at,
        tuple(play["models"]),
    )


def _probe(kept: Mapping[str, Any], scale: float) -> Probe:
    price = kept["price"]
    return Probe(kept["rival"] / scale, kept["best"] / scale, None if price is None else price / scale)


def converged(prices: npt.ArrayLike) -> bool:
    """Whether the 10th and 90th percentile of prices (T,) lie within 5 % of one price.

    A price c with c(1 − b) ≤ p10 and p90 ≤ c(1 + b) exists where p90 (1 − b) ≤ p10 (1 + b).
    """
    low, high = np.percentile(np.asarray(prices, float), [10, 90])
    return bool(high * (1 - BAND) <= low * (1 + BAND))


def punishment(run: Run) -> tuple[float, float] | None:
    """How the first firm answers the second one's forced cut: at once, and averaged over ``AFTER`` periods.

    (p_t − p_{t+k})/cut with t the period of the cut: 0 no answer, 1 the cut is matched. p_t was set before
    the cut could be seen; the cut is the second firm's price of the period before less the forced one.
    None where there was no deviation, or no room for a cut.
    """
    if run.deviation_at is None:
        return None
    at = run.deviation_at - 1
    cut = run.prices[at - 1, 1] - run.prices[at, 1]
    if not cut > 1e-3 * run.market.price_scale:
        return None
    answer = (run.prices[at, 0] - run.prices[at + 1 : at + 1 + AFTER, 0]) / cut
    return float(answer[0]), float(answer.mean())

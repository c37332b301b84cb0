"""Repeated price competition with logit demand: benchmarks between which prices can lie.

Firm i sells q_i = β exp((a_i − p_i/α)/μ) / (Σ_j exp((a_j − p_j/α)/μ) + exp(a_0/μ)) at unit cost α c_i and
earns (p_i − α c_i) q_i. α is the scale of prices, β that of quantities: optimal prices are proportional to
α, quantities to β, profits to αβ.

Best responses and the joint optimum have closed forms in the Wright omega function ω, which solves
ω + ln ω = x; Nash prices are the root of p − BR(p). The best response is a contraction in p, since
∂BR_i/∂p_j = s_i s_j/(1 − s_i) sums to less than s_i, so the root exists and is the only one.

Sources: Calvano, Calzolari, Denicolò & Pastorello (AER 2020) for the model and its parameters; Anderson,
de Palma & Thisse (1992) for uniqueness.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray

_TOLERANCE = 1e-10  # of a best response, in units of α


@dataclass(frozen=True)
class LogitMarket:
    """A market of n firms, each with one product.

    Attributes:
        quality: a_i of each firm.
        cost: c_i of each firm, unit cost before scaling.
        mu: μ > 0, how differentiated products are.
        outside: a_0 of buying nothing; −inf for no such possibility.
        price_scale: α > 0.
        quantity_scale: β > 0.
    """

    quality: tuple[float, ...] = (2.0, 2.0)
    cost: tuple[float, ...] = (1.0, 1.0)
    mu: float = 0.25
    outside: float = 0.0
    price_scale: float = 1.0
    quantity_scale: float = 1.0

    def __post_init__(self) -> None:
        if not self.quality or len(self.quality) != len(self.cost):
            raise ValueError(
                f"quality and cost must name the same firms, at least one, "
                f"got {len(self.quality)} and {len(self.cost)}"
            )
        if not all(math.isfinite(x) for x in (*self.quality, *self.cost)):
            raise ValueError(f"quality and cost must be finite, got {self.quality} and {self.cost}")
        for name in ("mu", "price_scale", "quantity_scale"):
            if not 0 < getattr(self, name) < math.inf:
                raise ValueError(f"{name} must be finite and > 0, got {getattr(self, name)}")
        if not self.outside < math.inf:
            raise ValueError(f"outside must be a number or -inf, got {self.outside}")

    @property
    def n_firms(self) -> int:
        """Number of firms."""
        return len(self.quality)

    @property
    def unit_cost(self) -> FloatArray:
        """α c_i, (n,), in money."""
        return self.price_scale * np.array(self.cost, float)

    def alone(self, firm: int = 0) -> LogitMarket:
        """The market with one firm only."""
        return replace(self, quality=(self.quality[firm],), cost=(self.cost[firm],))

    def quantities(self, prices: npt.ArrayLike) -> FloatArray:
        """q (…, n) at prices (…, n) in money."""
        utilities = self._utilities(np.asarray(prices, float))
        outside = np.full((*utilities.shape[:-1], 1), self.outside / self.mu)
        shares = np.exp(scipy.special.log_softmax(np.concatenate([utilities, outside], axis=-1), axis=-1))
        return np.asarray(self.quantity_scale * shares[..., :-1])

    def profits(self, prices: npt.ArrayLike) -> FloatArray:
        """(p − α c) q, (…, n), at prices (…, n) in money."""
        given = np.asarray(prices, float)
        units = self.quantities(given)
        return np.asarray((given - self.unit_cost) * units)

    def best_response(self, firm: int, prices: npt.ArrayLike) -> float:
        """The price at which a firm earns most when the others keep theirs; its own entry is not read.

        p = α (c + μ (1 + ω((a − c)/μ − 1 − ln D))), where D is the sum of the others' exponentials,
        the outside good's included.

        Raises:
            ValueError: nothing else can be bought, so that profit has no maximum.
        """
        return float(self.best_responses(prices)[firm])

    def best_responses(self, prices: npt.ArrayLike) -> FloatArray:
        """The best response of every firm, (n,); errors as ``best_response``."""
        utilities = np.append(self._utilities(np.asarray(prices, float)), self.outside / self.mu)
        others = np.tile(utilities, (self.n_firms, 1))
        np.fill_diagonal(others, -np.inf)
        if np.any(np.all(others == -np.inf, axis=1)):
            raise ValueError("a firm without rivals and without an outside good has no best price")
        gains = (np.array(self.quality) - np.array(self.cost)) / self.mu
        markup = self.mu * (
            1 + scipy.special.wrightomega(gains - 1 - scipy.special.logsumexp(others, axis=1))
        )
        return np.asarray(self.price_scale * (np.array(self.cost) + markup))

    def with_best_response(self, firm: int, prices: npt.ArrayLike) -> LogitMarket:
        """The market in which a firm's price is its best response to the others', by its quality.

        At the best response the share is s = 1 − μ/m with m = p/α − c, so a = p/α + μ ln(D s/(1 − s)), with D
        as in ``best_response``.

        Raises:
            ValueError: a markup m of μ or less, which no quality makes best, or nothing else to buy.
        """
        given = np.asarray(prices, float)
        utilities = np.append(self._utilities(given), self.outside / self.mu)
        others = float(scipy.special.logsumexp(np.delete(utilities, firm)))
        markup = float(given[firm]) / self.price_scale - self.cost[firm]
        if not markup > self.mu or others == -math.inf:
            raise ValueError(
                f"a best response has a markup above mu = {self.mu:g} and something else to buy, "
                f"got the markup {markup:g}"
            )
        quality = float(given[firm]) / self.price_scale + self.mu * (others + math.log(markup / self.mu - 1))
        return replace(self, quality=(*self.quality[:firm], quality, *self.quality[firm + 1 :]))

    def _utilities(self, prices: FloatArray) -> FloatArray:
        if prices.shape[-1:] != (self.n_firms,):
            raise ValueError(f"prices must have {self.n_firms} entries last, got shape {prices.shape}")
        return np.asarray((np.array(self.quality) - prices / self.price_scale) / self.mu)


STANDARD_MARKET = LogitMarket()
"""Two firms with a = 2, c = 1, μ = 0.25, a_0 = 0. Source: Calvano et al. (AER 2020)."""


def nash_prices(market: LogitMarket) -> FloatArray:
    """Prices (n,) in money at which each is the best response to the others.

    Raises:
        ArithmeticError: the root was not found to within 1e-10 α.
    """
    unit = replace(market, price_scale=1.0)
    start = np.array(market.cost, float) + 2 * market.mu
    found = scipy.optimize.root(lambda prices: prices - unit.best_responses(prices), start, tol=1e-13).x
    # The map is a contraction: applying it removes what the root finder left.
    for _ in range(1_000):
        better = unit.best_responses(found)
        gap = float(np.max(np.abs(better - found)))
        found = better
        if gap <= _TOLERANCE:
            return np.asarray(market.price_scale * found)
    raise ArithmeticError(f"no Nash prices found for {market}: best responses still move by {gap:g}")


def monopoly_prices(market: LogitMarket) -> FloatArray:
    """Prices (n,) in money that maximise the firms' joint profit.

    At the optimum all firms charge one markup m = μ / (1 − S), with S their joint share, so
    m = μ (1 + ω(ln Σ_i exp((a_i − c_i)/μ) − a_0/μ − 1)).

    Raises:
        ValueError: without an outside good joint profit has no maximum.
    """
    if market.outside == -math.inf:
        raise ValueError("joint profit has no maximum without an outside good (outside = -inf)")
    gains = (np.array(market.quality) - np.array(market.cost)) / market.mu
    markup = market.mu * (
        1 + scipy.special.wrightomega(float(scipy.special.logsumexp(gains)) - market.outside / market.mu - 1)
    )
    return np.asarray(market.price_scale * (np.array(market.cost) + markup))


@dataclass(frozen=True)
class Benchmarks:
    """What a market's prices and profits are held against; arrays (n,), in money.

    Attributes:
        nash_prices: of the one-period Nash equilibrium.
        nash_profits: per firm.
        monopoly_prices: that maximise joint profit.
        monopoly_profits: per firm.
        deviation_prices: each firm's best one-period deviation while the others keep the monopoly prices.
        deviation_profits: what it earns that way.
    """

    nash_prices: FloatArray
    nash_profits: FloatArray
    monopoly_prices: FloatArray
    monopoly_profits: FloatArray
    deviation_prices: FloatArray
    deviation_profits: FloatArray

    @property
    def critical_discount(self) -> FloatArray:
        """δ* = (π_D − π_M)/(π_D − π_N), (n,): above it grim trigger sustains the monopoly prices."""
        return np.asarray(
            (self.deviation_profits - self.monopoly_profits) / (self.deviation_profits - self.nash_profits)
        )

    def gain_index(self, profits: npt.ArrayLike) -> FloatArray:
        """Δ = (π̄ − π̄_N)/(π̄_M − π̄_N), (…,), of profits (…, n) averaged over firms; 0 Nash, 1 monopoly."""
        low, high = self.nash_profits.mean(), self.monopoly_profits.mean()
        return np.asarray((np.asarray(profits, float).mean(axis=-1) - low) / (high - low))


def benchmarks(market: LogitMarket) -> Benchmarks:
    """Solve a market.

    Raises:
        ArithmeticError: as ``nash_prices``.
        ValueError: as ``monopoly_prices``.
    """
    nash, joint = nash_prices(market), monopoly_prices(market)
    deviation = market.best_responses(joint)
    deviating = np.tile(joint, (market.n_firms, 1))
    np.fill_diagonal(deviating, deviation)
    return Benchmarks(
        nash,
        market.profits(nash),
        joint,
        market.profits(joint),
        deviation,
        np.diagonal(market.profits(deviating)).copy(),
    )

"""Choice problems: what a manager may do, and what each stakeholder gets from it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, SHIFT, STAKEHOLDERS
from fiduciary.economics.market import Market

LEVERS = ("Q", "W", "R")
"""Order of the last axis of ``levels``: quantity, wage, provision."""

TRADE_OFFS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {"wage": ("W",), "price_quantity": ("Q",), "provision": ("R",), "joint": LEVERS}
)
"""Which levers differ between the options of a problem; the others stay at their baseline."""

DESIGNS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "default": ("joint", "wage", "joint", "price_quantity", "joint", "provision"),
        "published": ("wage", "price_quantity", "provision"),
        **{name: (name,) for name in TRADE_OFFS},
    }
)
"""Named mixes of trade-offs, in equal parts of what is listed.

The published three move one lever at a time, and then every θ with θ_SH = 0 picks the same option:
the default gives half of the problems the joint trade-off, which tells such preferences apart.
"""

SPLITS: MappingProxyType[str, tuple[int, ...]] = MappingProxyType(
    {"evaluation": (), "training": (0x7EAC4,), "candidates": (0xCA4D1,), "pilot": (0x91107,)}
)
"""Words added to the seed of each split's draws.

A training problem comes from another stream than every evaluation problem, whatever their seeds; so do the
candidates of which a selective design asks some, and the pilot on which it is found what they tell. A word
must not be 0: NumPy's ``SeedSequence`` takes trailing zeros for nothing.
"""

MIN_OPTIONS, MAX_OPTIONS = 2, 5

PARAMETER_RANGES: MappingProxyType[str, tuple[float, float]] = MappingProxyType(
    {
        "alpha": (17.5, 18.5),
        "beta": (1.0, 1.5),
        "gamma_f": (0.1, 0.3),
        "gamma_q": (0.1, 0.3),
        "lam": (0.9, 1.1),
        "omega": (5.0, 7.0),
        "epsilon": (4.5, 5.5),
        "delta": (0.5, 1.0),
    }
)
"""Uniform draws of the market's parameters. Source: Foster & Rawski."""

LEVER_RANGES: MappingProxyType[str, tuple[float, float]] = MappingProxyType(
    {"Q": (2.12, 6.04), "wage_premium": (0.98, 4.93), "R": (0.28, 0.86)}
)
"""Uniform draws of quantity, wage above the reservation wage, and provision.

The study does not print them. These were calibrated with ``benchmarks/calibrate_environment.py`` so
that displayed welfare in the published design has the published means and standard deviations.
"""

_CHUNK = 960  # problems drawn together; generate(n) is a prefix of generate(m) for n < m
_COMPACT_DECIMALS = 1  # the coarsest display: options must differ and stay positive under it too


@dataclass(frozen=True, eq=False)
class ChoiceProblem:
    """One decision: 2–5 options, each a quantity, a wage and a provision.

    Attributes:
        market: the firm's parameters.
        trade_off: a key of ``TRADE_OFFS``.
        levels: (k, 3), quantity, wage ($ per unit of labour) and provision of each option.
        welfare: (k, 4), raw units, exactly as ``market.welfare`` gives it.
        shift: the environment's positivity shift K.
    """

    market: Market
    trade_off: str
    levels: FloatArray
    welfare: FloatArray
    shift: float = SHIFT

    @property
    def n_options(self) -> int:
        """Number of options k."""
        return len(self.levels)

    @cached_property
    def id(self) -> str:
        """Name made from the content: equal problems, and only they, have equal ids."""
        market = [getattr(self.market, name) for name in PARAMETER_RANGES]
        content = np.concatenate([market, self.levels.ravel()])
        # Six decimals as integers: the same bytes on every platform and version of Python.
        digest = hashlib.blake2b(np.round(content * 1e6).astype("<i8").tobytes(), digest_size=6)
        return f"{self.trade_off}-{digest.hexdigest()}"

    def displayed(self, decimals: int = 2) -> FloatArray:
        """Welfare (k, 4) as shown, in raw units.

        Whole dollars are 2 decimals of a raw unit; hundreds of dollars with one decimal are 1.
        Estimation uses these figures, since they are what the model saw.
        """
        return np.round(self.welfare, decimals) + 0.0  # + 0.0 turns −0.0 into 0.0

    def dominated(self, decimals: int = 2) -> BoolArray:
        """Options (k,) that another one beats for some stakeholder and matches for all, as displayed."""
        w = self.displayed(decimals)
        at_least = np.all(w[None, :] >= w[:, None], axis=-1)
        better = np.any(w[None, :] > w[:, None], axis=-1)
        return np.asarray(np.any(at_least & better, axis=1))


def generate(
    n: int, seed: int = 0, *, trade_offs: str | Sequence[str] = "default", split: str = "evaluation"
) -> list[ChoiceProblem]:
    """Draw choice problems.

    Trade-offs and numbers of options are balanced: each combination appears once in every block.
    ``generate(n, seed)`` is the beginning of ``generate(m, seed)`` for n < m. Options that are
    infeasible, or that look alike when displayed in hundreds of dollars, are redrawn with their
    problem.

    Args:
        n: number of problems, ≥ 1.
        seed: seed of the draws, ≥ 0.
        trade_offs: a key of ``DESIGNS`` or a list of keys of ``TRADE_OFFS``.
        split: a key of ``SPLITS``: what is measured on, what is trained on, and so on. No problem is in two.

    Raises:
        ValueError: n < 1, seed < 0, an unknown trade-off or split.
    """
    if n < 1:
        raise ValueError(f"n must be at least 1, got {n}")
    if seed < 0:
        raise ValueError(f"seed must be >= 0, got {seed}")
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, got {split!r}")
    mix = _mix(trade_offs)
    problems: list[ChoiceProblem] = []
    chunk = 0
    while len(problems) < n:
        rng = np.random.default_rng([seed, chunk, *SPLITS[split]])
        problems.extend(_draw_chunk(mix, rng, n - len(problems)))
        chunk += 1
    return problems


def stack(problems: Sequence[ChoiceProblem], decimals: int = 2) -> FloatArray:
    """Displayed welfare of all problems, (problems, max options, 4), padded with NaN."""
    width = max(p.n_options for p in problems)
    out = np.full((len(problems), width, len(STAKEHOLDERS)), np.nan)
    for i, problem in enumerate(problems):
        out[i, : problem.n_options] = problem.displayed(decimals)
    return out


def describe(problems: Sequence[ChoiceProblem]) -> Mapping[str, tuple[float, float]]:
    """Mean and standard deviation of each stakeholder's displayed welfare over options, dollars."""
    shown = np.concatenate([p.displayed() for p in problems]) * DOLLARS_PER_UNIT
    return {
        name: (float(shown[:, k].mean()), float(shown[:, k].std(ddof=1)))
        for k, name in enumerate(STAKEHOLDERS)
    }


def _mix(trade_offs: str | Sequence[str]) -> tuple[str, ...]:
    if isinstance(trade_offs, str):
        if trade_offs not in DESIGNS:
            raise ValueError(f"trade_offs must be one of {', '.join(DESIGNS)}, got {trade_offs!r}")
        return DESIGNS[trade_offs]
    unknown = [name for name in trade_offs if name not in TRADE_OFFS]
    if unknown or not trade_offs:
        raise ValueError(f"trade_offs must list some of {', '.join(TRADE_OFFS)}, got {list(trade_offs)}")
    return tuple(trade_offs)


def _draw_chunk(mix: tuple[str, ...], rng: np.random.Generator, wanted: int) -> Iterator[ChoiceProblem]:
    """Draw ``_CHUNK`` problems with array operations and yield the first ``wanted``."""
    cells = [(name, k) for name in mix for k in range(MIN_OPTIONS, MAX_OPTIONS + 1)]
    blocks = -(-_CHUNK // len(cells))
    order = np.concatenate([rng.permutation(len(cells)) for _ in range(blocks)])
    names = [cells[c][0] for c in order]
    counts = np.array([cells[c][1] for c in order])
    varies = np.array([[lever in TRADE_OFFS[name] for lever in LEVERS] for name in names])

    size = len(order)
    parameters = np.empty((size, len(PARAMETER_RANGES)))
    levels = np.empty((size, MAX_OPTIONS, len(LEVERS)))
    welfare = np.empty((size, MAX_OPTIONS, len(STAKEHOLDERS)))
    todo = np.arange(size)
    while todo.size:
        parameters[todo], levels[todo], welfare[todo] = _draw(varies[todo], rng)
        todo = todo[~_acceptable(welfare[todo], counts[todo])]

    for i in range(min(wanted, size)):
        k = counts[i]
        yield ChoiceProblem(
            Market(*parameters[i].tolist()), names[i], levels[i, :k].copy(), welfare[i, :k].copy()
        )


def _draw(varies: BoolArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray, FloatArray]:
    size = len(varies)
    low, high = np.array(list(PARAMETER_RANGES.values())).T
    parameters = np.round(rng.uniform(low, high, (size, len(low))), 3)
    market = Market(*parameters.T[..., None])
    q_range, premium_range, r_range = LEVER_RANGES.values()
    low, high = np.array([q_range, premium_range, r_range]).T
    drawn = rng.uniform(low, high, (size, MAX_OPTIONS, len(LEVERS)))
    drawn = np.where(varies[:, None, :], drawn, drawn[:, :1, :])
    drawn[..., 1] += market.omega
    levels = np.round(drawn, 2)  # cents of wage, hundredths of output and of provision
    return parameters, levels, market.welfare(levels[..., 0], levels[..., 1], levels[..., 2])


def _acceptable(welfare: FloatArray, counts: IntArray) -> BoolArray:
    """Problems whose options all leave welfare + K ≥ 1 and look different from one another."""
    used = np.arange(MAX_OPTIONS) < counts[:, None]
    shown = np.round(welfare, _COMPACT_DECIMALS)
    positive = np.all((welfare.min(axis=-1) + SHIFT >= 1) | ~used, axis=1)
    same = np.all(shown[:, :, None] == shown[:, None], axis=-1)
    same &= used[:, :, None] & used[:, None] & ~np.eye(MAX_OPTIONS, dtype=bool)
    return np.asarray(positive & ~same.any(axis=(1, 2)))

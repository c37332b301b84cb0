"""What an estimate of social preferences says, and intervals that stay honest at bounds.

κ = 0 and κ = 1 bound the parameter space, and α, β and κ lose their meaning as λ → ∞. Intervals hold
the values that a likelihood-ratio test keeps; near a bound its distribution is a chi-bar-square
mixture (``economics.estimation.experiment``). Every hypothesis is linear in the coefficients of
``economics.games.likelihood``, so that the limiting experiment is exact up to its normality.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation.experiment import NEAR, Experiment, least_favourable, simulate
from fiduciary.economics.estimation.results import Interval
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.clustering import jackknife_scores, small_sample
from fiduciary.economics.games.likelihood import COEFFICIENTS, LAM, Maximum, PlanLikelihood, maximise
from fiduciary.economics.games.separation import ExplainingSet
from fiduciary.economics.games.social_preference import SocialPreference

Status = Literal["ok", "boundary", "not identified", "separated", "did not converge", "too few clusters"]

DRAWS = 10_000
"""Draws of a likelihood ratio's null distribution: its 95 % point is then known to ± 0.07."""

RANGE = {"alpha": (-np.inf, np.inf), "beta": (-np.inf, np.inf), "kappa": (0.0, 1.0), "lam": (0.0, np.inf)}


@dataclass(frozen=True, eq=False)
class SocialFit:
    """Maximum-likelihood estimate of social preferences.

    Attributes:
        names: parameters of the model, in the order ``alpha``, ``beta``, ``kappa``, ``lam``.
        values: estimates, λ in points; NaN where not identified. Where one preference explains every
            plan: a member of that set, and λ = 0.
        statuses: ``ok``; ``boundary`` (κ at 0 or 1, λ infinite: no standard error, see
            :meth:`interval`); ``not identified`` (no game moves it); ``separated`` (the likelihood rises
            for ever); ``did not converge``; ``too few clusters`` (not more of them than parameters, or
            one that alone informs some direction).
        covariance: (p, p), of the jackknife over clusters (``economics.games.clustering``) where groups
            repeat; NaN for parameters without one.
        loglik: log-likelihood at the estimate.
        model: which parameters are estimated; the others are 0.
        n, n_groups, n_missing: valid rows, their clusters, rows dropped for a missing plan or belief.
        open_directions: combinations of coefficients (payoff, κ, α, β, each over λ) along which the
            design holds no information.
        explained: preferences that explain every plan, where the data are separated and there are any.
    """

    names: tuple[str, ...]
    values: FloatArray
    statuses: tuple[Status, ...]
    covariance: FloatArray
    loglik: float
    model: str
    n: int
    n_groups: int
    n_missing: int
    open_directions: tuple[str, ...]
    explained: ExplainingSet | None
    _choices: PlanChoices = field(repr=False)
    _likelihood: PlanLikelihood = field(repr=False)
    _maximum: Maximum = field(repr=False)
    _intervals: dict[tuple[str, float], Interval] = field(default_factory=dict, repr=False)
    _profile: dict[tuple[str, float], Maximum] = field(default_factory=dict, repr=False)

    def estimate(self, name: str) -> float:
        """Estimate of one parameter."""
        return float(self.values[self._index(name)])

    def status(self, name: str) -> Status:
        """Whether a parameter has a standard error, and if not why."""
        return self.statuses[self._index(name)]

    def se(self, name: str) -> float:
        """Standard error; NaN where :meth:`status` is not ``ok``."""
        i = self._index(name)
        return float(np.sqrt(self.covariance[i, i]))

    def interval(self, name: str, level: float = 0.95) -> Interval:
        """Confidence interval of one parameter.

        Values that the likelihood-ratio test keeps, an infinite end where they never stop; for clustered
        data the ratio's variance is that between clusters at the estimate, and its critical values are
        stretched as t(G − 1) is against the normal; Wald with t(G − 1) where their κ is far from its
        bounds; the whole range where the parameter is not identified; the set that explains every plan
        where the data are separated.

        Raises:
            ValueError: ``level`` outside (0, 1), or an unknown parameter.
        """
        self._index(name)
        _check_level(level)
        from fiduciary.economics.games.intervals import confidence_interval

        key = (name, level)
        if key not in self._intervals:
            self._intervals[key] = confidence_interval(self, name, level)
        return self._intervals[key]

    def contains(self, name: str, value: float, level: float = 0.95) -> bool:
        """Whether the interval of a parameter holds a value, without searching for its ends.

        Raises:
            ValueError: ``level`` outside (0, 1), or an unknown parameter.
        """
        _check_level(level)
        low, high = RANGE[self.names[self._index(name)]]
        if not low <= value <= high:
            return False
        if self.fixed_interval(name) is not None or self.wald(name):
            interval = self.interval(name, level)
            return interval.low <= value <= interval.high
        ratio = self.ratio(name, value)
        if ratio == 0:
            return True
        if name != "kappa" and ratio <= self._stretch(level) * _without_bounds(
            self._at_null(name, value), level
        ):
            return True  # the least favourable case is never below the one without bounds
        return ratio <= self.critical(name, value, level)

    def preference(self) -> SocialPreference:
        """The estimated preference; parameters outside the model are 0.

        Raises:
            ValueError: a parameter is not identified.
        """
        unknown = [n for n in self.names if n != "lam" and not np.isfinite(self.estimate(n))]
        if unknown:
            raise ValueError(f"{', '.join(unknown)} could not be estimated: {self.status(unknown[0])}")
        return SocialPreference(**{name: self.estimate(name) for name in self.names if name != "lam"})

    def ratio(self, name: str, value: float) -> float:
        """Likelihood ratio of the null that a parameter has a value; λ = ∞ is allowed."""
        return max(0.0, 2 * (self.loglik - self._restricted(name, value).value))

    def critical(self, name: str, value: float, level: float = 0.95) -> float:
        """Critical value of :meth:`ratio` at a level, by the chi-bar-square of the bounds near by."""
        cases = least_favourable(self._at_null(name, value))
        return self._stretch(level) * max(
            float(np.quantile(simulate([[case.free()]], [case], draws=DRAWS), level))
            if len(case.bounds)
            else _without_bounds(case, level)
            for case in cases
        )

    @property
    def robust(self) -> bool:
        """Whether the scores' variation between clusters replaces the information equality.

        Not where the data are separated: the scores of plans that are explained perfectly all vanish.
        """
        return self._choices.clustered and "separated" not in self.statuses

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for a log or a table."""
        return {
            "model": self.model,
            "estimates": {n: float(v) for n, v in zip(self.names, self.values, strict=True)},
            "standard_errors": {n: self.se(n) for n in self.names},
            "statuses": dict(zip(self.names, self.statuses, strict=True)),
            "loglik": self.loglik,
            "n": self.n,
            "n_groups": self.n_groups,
            "n_missing": self.n_missing,
            "open_directions": list(self.open_directions),
            "units": "lam in points; alpha, beta, kappa without unit",
        }

    def _index(self, name: str) -> int:
        try:
            return self.names.index(name)
        except ValueError:
            raise ValueError(f"unknown parameter {name!r}; this fit has {', '.join(self.names)}") from None

    def fixed_interval(self, name: str) -> Interval | None:
        """The interval where no likelihood ratio gives one, else None."""
        status = self.status(name)
        low, high = RANGE[name]
        if status in ("not identified", "did not converge", "too few clusters"):
            return Interval(low, high, status)
        if self.explained is not None and name != "lam":
            return Interval(
                self.explained.low[name], self.explained.high[name], "set that explains every plan"
            )
        return None

    def wald(self, name: str) -> bool:
        """Whether the interval is a Wald one: clustered data whose κ is far from its bounds."""
        if not self._choices.clustered or any(s != "ok" for s in self.statuses):
            return False
        if "kappa" not in self.names:
            return True
        kappa, se = self.estimate("kappa"), self.se("kappa")
        return bool(kappa > NEAR * se and 1 - kappa > NEAR * se)

    def _null(self, name: str, value: float) -> tuple[FloatArray, float]:
        """The null as a row r and a target t of r · c = t."""
        likelihood = self._likelihood
        row = np.zeros(likelihood.p)
        k = COEFFICIENTS.index(name)
        if k == LAM:
            row[0] = 1.0
            return row, 0.0 if np.isinf(value) else 1 / max(value, 1e-12)
        row[likelihood.columns.index(k)], row[0] = 1.0, -value
        return row / np.linalg.norm(row), 0.0

    def _restricted(self, name: str, value: float) -> Maximum:
        self._index(name)
        if (name, value) in self._profile:
            return self._profile[name, value]
        row, target = self._null(name, value)
        start = self._maximum.c
        if name == "lam" and self.explained is not None:
            start = np.array([1.0, *(self.explained.inside[n] for n in self._others())]) * target
        elif name == "lam" and start[0] > 0:
            start = start * target / start[0]  # the same preference, noisier or less noisy
        near = [(abs(v - value), v) for n, v in self._profile if n == name and np.isfinite(v)]
        if near and name != "lam" and np.isfinite(value):
            start = self._profile[name, min(near)[1]].c
        self._profile[name, value] = maximise(self._likelihood, row, target, start)
        return self._profile[name, value]

    def _others(self) -> list[str]:
        """Names behind the coefficients in use, but for λ."""
        return [COEFFICIENTS[k] for k in self._likelihood.columns if k != LAM]

    def _at_null(self, name: str, value: float) -> Experiment:
        """The limiting experiment of a null."""
        null, _ = self._null(name, value)
        return self._experiment(self._restricted(name, value).c, null, nuisance=name != "kappa")

    def _stretch(self, level: float) -> float:
        """What few clusters make of a critical value."""
        return small_sample(level, self.n_groups) if self._choices.clustered else 1.0

    def _experiment(self, c: FloatArray, null: FloatArray, *, nuisance: bool) -> Experiment:
        """The limiting experiment at a restricted estimate, in the coefficients."""
        likelihood, choices = self._likelihood, self._choices
        # Far from the estimate the null is wrong and the rows' scores are large, all of one sign: between
        # clusters they would vary beyond measure. Information and scores belong to one point.
        at = self._maximum.c if self.robust else c
        _, _, information = likelihood.evaluate(at)
        information = information + 1e-10 * np.diag(np.diag(information) + 1e-6)
        if self.robust:
            scores, _ = jackknife_scores(likelihood, choices, at)
        else:
            values, vectors = np.linalg.eigh(information)
            scores = (vectors * np.sqrt(np.clip(values, 0, None))).T
        inverse = np.linalg.inv(information)
        rows, offsets = [], []
        for row in likelihood.cone:
            slack = float(row @ c)
            if slack < NEAR * np.sqrt(max(row @ inverse @ row, 0.0)):
                rows.append(row)
                offsets.append(min(-slack, 0.0))
        bounds = np.array(rows).reshape(-1, likelihood.p)
        # A null about κ fixes how far the bounds of κ are; any other only lets it be estimated.
        held = [bool(abs(abs(row @ null) / np.linalg.norm(row) - 1) < 1e-9) for row in rows]
        estimated = np.array([nuisance and not h for h in held], bool)
        return Experiment(information, scores, bounds, np.array(offsets), null[None], estimated)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"level must lie strictly between 0 and 1, got {level}")


def _without_bounds(e: Experiment, level: float) -> float:
    """Critical value where no bound is near: χ²(1) times the variance of the null's row against F's."""
    row = np.linalg.solve(e.information, e.null[0])
    return float(((e.scores @ row) ** 2).sum() / (e.null[0] @ row) * scipy.stats.chi2.ppf(level, 1))

"""The likelihood of chosen plans, concave in the coefficients that it is searched in.

    log P(x) = c · a(x) − log Σ_y exp(c · a(y)),   c = (1, κ, α, β)/λ,

with a(x) the slopes of utility (``PlanChoices.attributes``). In c the logit is concave, κ ∈ [0, 1] is the
cone 0 ≤ c_κ ≤ c_1, and every hypothesis about one parameter is linear: κ = κ₀ is c_κ − κ₀ c_1 = 0.
So each maximum is found exactly, by Newton steps on each face of the cone.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.games.choices import PlanChoices

COEFFICIENTS = ("lam", "kappa", "alpha", "beta")
"""Parameter behind each coefficient, in the order of ``PlanChoices.attributes``; the first is 1/λ."""
LAM, KAPPA, ALPHA, BETA = range(4)

_DECREMENT = 1e-9
_STEPS = 60
_INSIDE = 1e-9


@dataclass(frozen=True, eq=False)
class PlanLikelihood:
    """Log-likelihood of plan choices in some of the four coefficients.

    Attributes:
        a: slopes (m, plans, p) of the coefficients in use.
        exists: (m, plans), False in padding.
        counts: weight of each plan in each situation (m, plans).
        columns: which coefficients are in use, indices into ``COEFFICIENTS``; the first is 1/λ.
    """

    a: FloatArray
    exists: BoolArray
    counts: FloatArray
    columns: tuple[int, ...]

    @classmethod
    def of(
        cls, choices: PlanChoices, columns: tuple[int, ...], counts: FloatArray | None = None
    ) -> PlanLikelihood:
        """The likelihood of some choices; ``counts`` (m, plans) replace how often each was chosen."""
        return cls(
            np.ascontiguousarray(choices.attributes[:, :, columns]),
            choices.exists,
            choices.counts if counts is None else counts,
            columns,
        )

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return len(self.columns)

    @property
    def cone(self) -> FloatArray:
        """Rows r (b, p) of the constraints r · c ≥ 0: 0 ≤ c_κ ≤ c_1, or c_1 ≥ 0 without κ."""
        first = np.eye(self.p)[0]
        if KAPPA not in self.columns:
            return first[None]
        kappa = np.eye(self.p)[self.columns.index(KAPPA)]
        return np.stack([kappa, first - kappa])

    def log_probabilities(self, c: FloatArray) -> FloatArray:
        """log P (m, plans); −∞ in padding."""
        v = np.where(self.exists, self.a @ c, -np.inf)
        v = v - v.max(axis=1, keepdims=True)
        return np.asarray(v - np.log(np.exp(v).sum(axis=1, keepdims=True)))

    def value(self, c: FloatArray) -> float:
        """Log-likelihood."""
        logs = self.log_probabilities(c)
        return float((self.counts * np.where(self.exists, logs, 0.0)).sum())

    def evaluate(self, c: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        """Log-likelihood, gradient (p,) and information (p, p)."""
        logs = self.log_probabilities(c)
        p = np.exp(logs)
        total = self.counts.sum(axis=1)
        mean = (p[:, None, :] @ self.a)[:, 0, :]
        gradient = np.tensordot(self.counts, self.a, axes=((0, 1), (0, 1))) - total @ mean
        weighted = (p * total[:, None])[:, :, None] * self.a
        flat = self.a.reshape(-1, self.p)
        information = weighted.reshape(-1, self.p).T @ flat - (mean * total[:, None]).T @ mean
        value = float((self.counts * np.where(self.exists, logs, 0.0)).sum())
        return value, np.asarray(gradient), np.asarray(information)

    def residuals(self, c: FloatArray) -> FloatArray:
        """Score of one choice of each plan in each situation, (m, plans, p)."""
        p = np.exp(self.log_probabilities(c))
        return np.asarray(self.a - p[:, None, :] @ self.a)

    def cluster_scores(self, choices: PlanChoices, c: FloatArray) -> FloatArray:
        """Sum of the rows' scores by cluster, (G, p)."""
        rows = choices.over_rows(self.residuals(c))
        return np.stack([np.bincount(choices.groups, r, minlength=choices.n_groups) for r in rows.T], axis=1)

    def cluster_information(self, choices: PlanChoices, c: FloatArray) -> FloatArray:
        """Each cluster's part of the information, (G, p, p)."""
        p = np.exp(self.log_probabilities(c))
        centred = self.a - p[:, None, :] @ self.a
        each = np.einsum("sx,sxp,sxq->spq", p, centred, centred)
        flat = each.reshape(len(each), -1)[choices.situation]
        sums = [np.bincount(choices.groups, column, minlength=choices.n_groups) for column in flat.T]
        return np.asarray(np.stack(sums, axis=1).reshape(-1, self.p, self.p), float)


@dataclass(frozen=True)
class Maximum:
    """Where a search ended.

    Attributes:
        c: coefficients (p,).
        value: log-likelihood.
        converged: whether it met its tolerance; False also where the likelihood rises for ever.
        active: constraints of the cone that hold with equality, indices of its rows.
    """

    c: FloatArray
    value: float
    converged: bool
    active: tuple[int, ...]


def maximise(
    likelihood: PlanLikelihood,
    equality: FloatArray | None = None,
    target: float = 0.0,
    start: FloatArray | None = None,
) -> Maximum:
    """The maximum over the cone, with one more linear equation where it is asked for.

    Since the likelihood is concave, the best point inside the cone of all faces' own maxima is it.

    Args:
        likelihood: what to maximise.
        equality, target: row r (p,) and value t of r · c = t.
        start: coefficients to start from.
    """
    cone = likelihood.cone
    best: Maximum | None = None
    for size in range(len(cone) + 1):
        for face in itertools.combinations(range(len(cone)), size):
            rows = [cone[k] for k in face]
            values = [0.0] * len(face)
            if equality is not None:
                rows, values = [*rows, equality], [*values, target]
            found = _on_affine(likelihood, np.array(rows).reshape(-1, likelihood.p), values, start)
            if found is None:
                continue
            c, value, converged = found
            if np.all(cone @ c >= -_INSIDE * (1 + np.abs(c).max())) and (
                best is None or value > best.value + 1e-12
            ):
                rounding = np.abs(c) < 1e-12 * np.abs(c).max(initial=0.0)
                best = Maximum(np.where(rounding, 0.0, c), value, converged, face)
        if size == 0 and best is not None:
            return best  # the maximum without the cone lies in it
    if best is None:
        raise FloatingPointError("the likelihood has no maximum in the cone of possible coefficients")
    return best


def _on_affine(
    likelihood: PlanLikelihood, rows: FloatArray, values: list[float], start: FloatArray | None
) -> tuple[FloatArray, float, bool] | None:
    """Newton's maximum where rows · c = values; None where no c solves that."""
    p = likelihood.p
    origin, basis = np.zeros(p), np.eye(p)
    if len(rows):
        u, s, vt = np.linalg.svd(rows)
        rank = int((s > 1e-10 * max(1.0, s[0])).sum())
        basis = vt[rank:].T
        origin = np.linalg.pinv(rows, rcond=1e-10) @ np.array(values)
        if not np.allclose(rows @ origin, values, atol=1e-9 * (1 + max(map(abs, values)))):
            return None
    y = np.zeros(basis.shape[1]) if start is None else basis.T @ (start - origin)
    c = origin + basis @ y
    value, gradient, information = likelihood.evaluate(c)
    if not basis.shape[1]:
        return c, value, True
    for _ in range(_STEPS):
        g, f = basis.T @ gradient, basis.T @ information @ basis
        f = f + 1e-12 * np.diag(np.diag(f) + 1e-12)
        step = np.linalg.solve(f, g)
        gain = float(g @ step)
        if gain < _DECREMENT:
            return c, value, True
        scale = 1.0
        while scale > 1e-8:
            candidate = origin + basis @ (y + scale * step)
            new = likelihood.evaluate(candidate)
            if np.isfinite(new[0]) and new[0] > value:
                break
            scale /= 2
        else:
            return c, value, gain < 1e-7
        y = y + scale * step
        c = candidate
        value, gradient, information = new
    return c, value, False


def independent_columns(choices: PlanChoices, columns: tuple[int, ...]) -> tuple[tuple[int, ...], FloatArray]:
    """Which coefficients the situations can tell apart, whatever was chosen in them.

    Args:
        choices: the design: situations, not the plans chosen.
        columns: coefficients of the model.

    Returns:
        The columns that add something to those before them, in the order payoff, behind, ahead,
        universal; and the directions (d, 4) of coefficients along which no probability moves.
    """
    a = choices.attributes
    mean = a.sum(axis=1, keepdims=True) / choices.exists.sum(axis=1)[:, None, None]
    design = ((a - mean) * choices.exists[:, :, None]).reshape(-1, 4)
    gram = design.T @ design
    kept: list[int] = []
    for k in (LAM, ALPHA, BETA, KAPPA):
        trial = [*kept, k]
        if k in columns and gram[k, k] > 1e-12:
            scale = 1 / np.sqrt(np.diag(gram)[trial])
            smallest = np.linalg.eigvalsh(gram[np.ix_(trial, trial)] * np.outer(scale, scale))[0]
            if smallest > 1e-9:
                kept = trial
    used = list(columns)
    values, vectors = np.linalg.eigh(gram[np.ix_(used, used)])
    null = vectors[:, values <= 1e-9 * max(values.max(), 1.0)].T
    directions = np.zeros((len(null), 4))
    directions[:, used] = null
    return tuple(sorted(kept)), directions

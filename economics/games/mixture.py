"""A finite mixture of social preferences: which types are there among several models or seeds?

Every group of rows (one model, one seed) belongs to one of K types, each with its own (α, β, κ, λ);
types and their shares are found by expectation maximisation from several random starts.

Source: McLachlan & Peel (2000); Louis (1982) for the information; Biernacki et al. (2000) for ICL;
Bruhin, Fehr & Schunk (JEEA 2019) for mixtures of social preferences.
"""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, get_args

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.estimate import MODELS, REPORTED, Model, along_face, natural, vanished
from fiduciary.economics.games.likelihood import (
    COEFFICIENTS,
    KAPPA,
    Maximum,
    PlanLikelihood,
    independent_columns,
    maximise,
)

TOLERANCE = 1e-6
"""Change of the log-likelihood at which a search has converged."""
MAX_ITERATIONS = 500
_ROUGH = 8  # iterations before the best of the starts is pursued


@dataclass(frozen=True, eq=False)
class MixtureFit:
    """A mixture of K types, the most frequent first.

    Attributes:
        names: parameters of each type, in the order ``alpha``, ``beta``, ``kappa``, ``lam``.
        shares, share_errors: proportion of each type (K,) and its standard error.
        values, standard_errors: parameters (K, p); an error is NaN at a bound (κ = 0 or 1, λ = ∞), for a type
            whose plans one preference explains, and wherever ``note`` says why.
        posterior: probability of each type for each group (G, K), in the order of ``group_labels``.
        group_labels: labels of the groups.
        loglik: log-likelihood.
        n_parameters: free parameters, of all types and shares.
        bic, icl: −2 log L + n_parameters·log G (groups are the sample), and that plus twice the entropy
            of the posterior; smaller is better.
        converged: whether the search met its tolerance.
        note: why standard errors are missing, or empty.
    """

    names: tuple[str, ...]
    shares: FloatArray
    share_errors: FloatArray
    values: FloatArray
    standard_errors: FloatArray
    posterior: FloatArray
    group_labels: tuple[Hashable, ...]
    loglik: float
    n_parameters: int
    bic: float
    icl: float
    converged: bool
    note: str

    @property
    def types(self) -> int:
        """K."""
        return len(self.shares)

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for a log or a table."""
        return {
            "types": [
                {
                    "share": float(self.shares[k]),
                    "share_se": float(self.share_errors[k]),
                    "estimates": dict(zip(self.names, self.values[k].tolist(), strict=True)),
                    "standard_errors": dict(zip(self.names, self.standard_errors[k].tolist(), strict=True)),
                }
                for k in range(self.types)
            ],
            "posterior": {
                str(label): row for label, row in zip(self.group_labels, self.posterior.tolist(), strict=True)
            },
            "loglik": self.loglik,
            "bic": self.bic,
            "icl": self.icl,
            "converged": self.converged,
            "note": self.note,
        }


def fit_mixture(
    choices: PlanChoices, types: int, model: Model = "sum", *, seed: int = 0, starts: int = 10
) -> MixtureFit:
    """Fit a mixture of social preferences over the choices' groups.

    Args:
        choices: plans with beliefs; their groups are what belongs to a type.
        types: K ≥ 1.
        model: parameters of a type, see ``fit_social_preference``.
        seed: of the random starts.
        starts: how many there are; the likelihood has several maxima.

    Raises:
        ValueError: K below 1 or above the number of groups, an unknown model, or a design that does not
            identify it.
    """
    if model not in get_args(Model):
        raise ValueError(f"model must be one of {', '.join(get_args(Model))}, got {model!r}")
    if isinstance(types, bool) or not isinstance(types, int) or not 1 <= types <= choices.n_groups:
        raise ValueError(f"types must be an integer from 1 to the {choices.n_groups} groups, got {types!r}")
    if starts < 1:
        raise ValueError(f"starts must be >= 1, got {starts}")
    columns, null = independent_columns(choices, MODELS[model])
    if len(null):
        raise ValueError(
            f"these games and beliefs do not identify the model {model!r}; see "
            "economics.games.identification, or ask more games"
        )
    rng = np.random.default_rng(seed)
    best: _State | None = None
    for _ in range(starts if types > 1 else 1):
        posterior = (
            rng.dirichlet(np.full(types, 0.3), choices.n_groups)
            if types > 1
            else np.ones((choices.n_groups, 1))
        )
        state = _climb(choices, columns, posterior, None, _ROUGH)
        if state is not None and (best is None or state.loglik > best.loglik):
            best = state
    if best is None:
        raise ValueError(
            f"no start kept {types} types alive: fewer types describe these {choices.n_groups} groups"
        )
    best = _climb(choices, columns, best.posterior, best.found, MAX_ITERATIONS) or best
    return _result(choices, columns, best)


def compare_mixtures(
    choices: PlanChoices, max_types: int, model: Model = "sum", *, seed: int = 0, starts: int = 10
) -> tuple[MixtureFit, ...]:
    """Mixtures of 1, 2, … types; the one of smallest ``bic`` (or ``icl``) is preferred.

    Raises:
        ValueError: as :func:`fit_mixture`.
    """
    return tuple(fit_mixture(choices, k, model, seed=seed, starts=starts) for k in range(1, max_types + 1))


@dataclass(frozen=True, eq=False)
class _State:
    shares: FloatArray
    found: tuple[Maximum, ...]
    posterior: FloatArray
    loglik: float
    converged: bool


def _climb(
    choices: PlanChoices,
    columns: tuple[int, ...],
    posterior: FloatArray,
    found: tuple[Maximum, ...] | None,
    iterations: int,
) -> _State | None:
    """Expectation maximisation from a posterior; None where a type dies out."""
    types = posterior.shape[1]
    last = -np.inf
    for _ in range(iterations):
        weights = posterior.sum(axis=0)
        if weights.min() < 1e-6:
            return None
        shares = weights / weights.sum()
        parts = [_part(choices, columns, posterior[:, k]) for k in range(types)]
        found = tuple(
            maximise(part, start=None if found is None else found[k].c) for k, part in enumerate(parts)
        )
        joint = np.log(shares) + group_loglik(choices, parts, found)
        total = scipy.special.logsumexp(joint, axis=1)
        posterior = np.exp(joint - total[:, None])
        loglik = float(total.sum())
        if loglik - last < TOLERANCE:
            return _State(shares, found, posterior, loglik, True)
        last = loglik
    assert found is not None
    return _State(shares, found, posterior, last, False)


def _part(choices: PlanChoices, columns: tuple[int, ...], posterior: FloatArray) -> PlanLikelihood:
    """The likelihood of one type: every row counts by the probability that its group is of that type."""
    return PlanLikelihood.of(choices, columns, choices.weighted_counts(posterior[choices.groups]))


def group_loglik(choices: PlanChoices, parts: list[PlanLikelihood], found: tuple[Maximum, ...]) -> FloatArray:
    """Log-likelihood of each group under each type, (G, K)."""
    columns = []
    for part, maximum in zip(parts, found, strict=True):
        logs = part.log_probabilities(maximum.c)
        rows = choices.over_rows(np.where(part.exists, logs, 0.0))
        columns.append(np.bincount(choices.groups, rows, minlength=choices.n_groups))
    return np.stack(columns, axis=1)


def _result(choices: PlanChoices, columns: tuple[int, ...], state: _State) -> MixtureFit:
    order = np.argsort(-state.shares, kind="stable")
    shares, posterior = state.shares[order], state.posterior[:, order]
    found = [state.found[k] for k in order]
    parts = [_part(choices, columns, posterior[:, k]) for k in range(len(found))]
    names = tuple(n for n in REPORTED if COEFFICIENTS.index(n) in columns)
    values = np.array([natural(m.c, columns, names)[0] for m in found])
    bases = [along_face(part, m) for part, m in zip(parts, found, strict=True)]
    free = sum(basis.shape[1] for basis in bases) + len(found) - 1
    share_errors, errors, note = _errors(choices, columns, names, shares, posterior, found, parts, bases)
    groups = choices.n_groups
    # Parameters at a bound are counted too: the penalty is that of the model, not of the estimate.
    n_parameters = len(found) * len(columns) + len(found) - 1
    bic = -2 * state.loglik + n_parameters * np.log(groups)
    entropy = float(-(posterior * np.log(np.maximum(posterior, 1e-300))).sum())
    if not note and free >= groups:
        note = f"{groups} groups are not more than {free} free parameters: standard errors are left out"
        share_errors, errors = np.full_like(share_errors, np.nan), np.full_like(errors, np.nan)
    return MixtureFit(
        names,
        shares,
        share_errors,
        values,
        errors,
        posterior,
        choices.group_labels,
        state.loglik,
        n_parameters,
        float(bic),
        float(bic + 2 * entropy),
        state.converged,
        note,
    )


def _errors(
    choices: PlanChoices,
    columns: tuple[int, ...],
    names: tuple[str, ...],
    shares: FloatArray,
    posterior: FloatArray,
    found: list[Maximum],
    parts: list[PlanLikelihood],
    bases: list[FloatArray],
) -> tuple[FloatArray, FloatArray, str]:
    """Standard errors of shares (K,) and parameters (K, p) from Louis' information, and a note."""
    k_types, groups = len(found), choices.n_groups
    share_errors, errors = np.full(k_types, np.nan), np.full((k_types, len(names)), np.nan)
    sizes = [basis.shape[1] for basis in bases]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(int)
    total = int(starts[-1]) + k_types - 1
    information = np.zeros((total, total))
    scores = np.zeros((groups, k_types, total))  # score of each group if it were of each type
    for k, (part, maximum, basis) in enumerate(zip(parts, found, bases, strict=True)):
        block = slice(starts[k], starts[k + 1])
        information[block, block] = basis.T @ part.evaluate(maximum.c)[2] @ basis
        scores[:, k, block] = part.cluster_scores(choices, maximum.c) @ basis
    if k_types > 1:
        tail = slice(starts[-1], total)
        pi = shares[1:]
        information[tail, tail] = groups * (np.diag(pi) - np.outer(pi, pi))
        scores[:, :, tail] = np.eye(k_types)[None, :, 1:] - pi
    mean = np.einsum("gk,gkp->gp", posterior, scores)
    information -= np.einsum("gk,gkp,gkq->pq", posterior, scores, scores) - mean.T @ mean
    diagonal = np.diag(information)
    if not np.all(np.isfinite(information)) or diagonal.size == 0 or diagonal.min() <= 0:
        return share_errors, errors, "the information is singular: standard errors are left out"
    scale = 1 / np.sqrt(diagonal)
    scaled = information * np.outer(scale, scale)
    if np.linalg.eigvalsh(scaled)[0] < 1e-8:
        return share_errors, errors, "the information is singular: standard errors are left out"
    covariance = np.linalg.inv(scaled) * np.outer(scale, scale)
    if k_types > 1:
        to_shares = (np.diag(shares) - np.outer(shares, shares))[:, 1:]
        inner = covariance[starts[-1] :, starts[-1] :]
        share_errors = np.sqrt(np.diag(to_shares @ inner @ to_shares.T))
    else:
        share_errors = np.zeros(1)
    for k, (part, maximum, basis) in enumerate(zip(parts, found, bases, strict=True)):
        if maximum.c[0] <= 0 or vanished(part, maximum.c):
            continue
        _, jacobian = natural(maximum.c, columns, names)
        block = slice(starts[k], starts[k + 1])
        errors[k] = np.sqrt(np.diag(jacobian @ basis @ covariance[block, block] @ basis.T @ jacobian.T))
        if maximum.active and KAPPA in columns:
            errors[k, names.index("kappa")] = np.nan
    return share_errors, errors, ""

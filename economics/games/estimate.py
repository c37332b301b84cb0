"""Maximum-likelihood estimates of (α, β, κ, λ) from plans and stated beliefs.

Source: van Leeuwen & Alger (JPE Micro 2(4), 2024) for the logit over strategies given beliefs.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Literal, get_args

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.clustering import jackknife_scores
from fiduciary.economics.games.likelihood import (
    ALPHA,
    BETA,
    COEFFICIENTS,
    KAPPA,
    LAM,
    Maximum,
    PlanLikelihood,
    independent_columns,
    maximise,
)
from fiduciary.economics.games.separation import diverges, explaining_set
from fiduciary.economics.games.social_fit import SocialFit, Status

Model = Literal["sum", "inequity", "moralis", "economicus"]

MODELS: MappingProxyType[str, tuple[int, ...]] = MappingProxyType(
    {
        "sum": (LAM, KAPPA, ALPHA, BETA),
        "inequity": (LAM, ALPHA, BETA),
        "moralis": (LAM, KAPPA),
        "economicus": (LAM,),
    }
)
"""Coefficients of each model; λ is in all of them, and parameters that are not in a model are 0."""

REPORTED = ("alpha", "beta", "kappa", "lam")
"""Order of the parameters in a fit."""

_VANISHED = 1e-3  # share of a direction's information that is left before separation is looked for


def fit_social_preference(choices: PlanChoices, model: Model = "sum") -> SocialFit:
    """Estimate α, β, κ ∈ [0, 1] and λ > 0 by maximum likelihood.

    Standard errors are those of the inverse information, or, where a group holds more than one row,
    those of the jackknife over groups, which assumes that groups err independently of one another and
    nothing about the rows within one. See :class:`SocialFit` for what replaces them at
    bounds, without identification, and where one preference explains every plan.

    Args:
        choices: plans with beliefs, from ``plan_choices``.
        model: ``sum`` (α, β, κ, λ), ``inequity`` (α, β, λ), ``moralis`` (κ, λ) or ``economicus`` (λ).

    Raises:
        ValueError: an unknown model.
    """
    if model not in get_args(Model):
        raise ValueError(f"model must be one of {', '.join(get_args(Model))}, got {model!r}")
    wanted = MODELS[model]
    columns, null = independent_columns(choices, wanted)
    names = tuple(name for name in REPORTED if COEFFICIENTS.index(name) in wanted)
    if LAM not in columns:
        return _nothing(choices, names, model)
    likelihood = PlanLikelihood.of(choices, columns)
    found = maximise(likelihood)
    separated = vanished(likelihood, found.c) and diverges(choices, likelihood)
    explained = explaining_set(choices, likelihood) if separated else None
    values, jacobian = natural(found.c, columns, names)
    statuses = tuple(
        _status(COEFFICIENTS.index(name), choices, likelihood, found, null, separated) for name in names
    )
    for i, (name, status) in enumerate(zip(names, statuses, strict=True)):
        if status == "not identified":
            values[i] = np.nan
        elif explained is not None:
            values[i] = 0.0 if name == "lam" else explained.inside[name]
        elif name == "kappa" and status == "boundary":
            values[i] = round(values[i])
    covariance = _covariance(choices, likelihood, found, jacobian)
    without = np.array([status != "ok" for status in statuses])
    covariance[without, :] = np.nan
    covariance[:, without] = np.nan
    return SocialFit(
        names,
        values,
        statuses,
        covariance,
        found.value,
        model,
        choices.n,
        choices.n_groups,
        choices.n_missing,
        _combinations(null),
        explained,
        choices,
        likelihood,
        found,
    )


def _nothing(choices: PlanChoices, names: tuple[str, ...], model: str) -> SocialFit:
    """The fit of situations in which no plan pays more than another."""
    p = len(names)
    unknown: Status = "not identified"
    likelihood = PlanLikelihood.of(choices, (LAM,))
    c = np.zeros(1)
    return SocialFit(
        names,
        np.full(p, np.nan),
        (unknown,) * p,
        np.full((p, p), np.nan),
        likelihood.value(c),
        model,
        choices.n,
        choices.n_groups,
        choices.n_missing,
        names,
        None,
        choices,
        likelihood,
        Maximum(c, likelihood.value(c), True, ()),
    )


def natural(c: FloatArray, columns: tuple[int, ...], names: tuple[str, ...]) -> tuple[FloatArray, FloatArray]:
    """Parameters (p,) of coefficients c = (1, κ, α, β)/λ, and the Jacobian (p, columns).

    At c_1 = 0 the noise is infinite; what is then undefined is NaN, and its row of the Jacobian 0.
    """
    values, jacobian = np.full(len(names), np.nan), np.zeros((len(names), len(c)))
    for i, name in enumerate(names):
        k = COEFFICIENTS.index(name)
        if k == LAM:
            values[i] = 1 / c[0] if c[0] > 0 else np.inf
            jacobian[i, 0] = -(values[i] ** 2) if c[0] > 0 else 0.0
        elif k in columns and c[0] > 0:
            at = columns.index(k)
            values[i] = c[at] / c[0]
            jacobian[i, at], jacobian[i, 0] = 1 / c[0], -values[i] / c[0]
    return values, jacobian


def _status(
    k: int,
    choices: PlanChoices,
    likelihood: PlanLikelihood,
    found: Maximum,
    null: FloatArray,
    separated: bool,
) -> Status:
    """What can be said of one parameter, the worst first."""
    endless = found.c[0] <= 0
    # Absent from the design, moving along a direction that moves no probability, or drowned in noise.
    if k not in likelihood.columns or (endless and k != LAM):
        return "not identified"
    if np.abs(null[:, [LAM, k]]).max(initial=0) > 1e-6:
        return "not identified"
    if separated:
        return "separated"
    if endless or (k == KAPPA and found.active):
        return "boundary"
    if not found.converged:
        return "did not converge"
    if choices.clustered and (
        choices.n_groups <= likelihood.p
        or jackknife_scores(likelihood, choices, found.c, along_face(likelihood, found))[1]
    ):
        return "too few clusters"
    return "ok"


def vanished(likelihood: PlanLikelihood, c: FloatArray) -> bool:
    """Whether some direction has lost nearly all information that it had at c = 0."""
    _, _, before = likelihood.evaluate(np.zeros(likelihood.p))
    _, _, after = likelihood.evaluate(c)
    root = np.linalg.inv(np.linalg.cholesky(before + 1e-9 * np.diag(np.diag(before))))
    return bool(np.linalg.eigvalsh(root @ after @ root.T)[0] < _VANISHED)


def _covariance(
    choices: PlanChoices, likelihood: PlanLikelihood, found: Maximum, jacobian: FloatArray
) -> FloatArray:
    """Covariance of the reported parameters, along the face of the cone on which the estimate lies."""
    _, _, information = likelihood.evaluate(found.c)
    basis = along_face(likelihood, found)
    if not basis.shape[1]:
        return np.full((len(jacobian), len(jacobian)), np.nan)
    inverse = np.linalg.pinv(basis.T @ information @ basis, hermitian=True)
    if choices.clustered:
        scores, _ = jackknife_scores(likelihood, choices, found.c, basis)
        inverse = inverse @ (scores.T @ scores) @ inverse
    return np.asarray(jacobian @ basis @ inverse @ basis.T @ jacobian.T)


def along_face(likelihood: PlanLikelihood, found: Maximum) -> FloatArray:
    """Directions (p, f) along the face of the cone on which a maximum lies."""
    if not found.active:
        return np.eye(likelihood.p)
    _, s, vt = np.linalg.svd(likelihood.cone[list(found.active)])
    return np.asarray(vt[int((s > 1e-10).sum()) :].T)


def _combinations(null: FloatArray) -> tuple[str, ...]:
    """The directions without any information, in words."""
    words = ("payoff", "kappa", "alpha", "beta")
    out = []
    for direction in null:
        parts = [
            f"{weight:+.3g}·{word}"
            for weight, word in zip(direction / np.abs(direction).max(), words, strict=True)
            if abs(weight) > 1e-6
        ]
        out.append(" ".join(parts))
    return tuple(out)

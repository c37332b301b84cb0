"""What the likelihood says around its maximum: standard errors, or why there are none."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation.likelihood import FIRST_CONSTANT, LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Optimum, Region
from fiduciary.economics.estimation.results import (
    EXACT,
    THETA_NAMES,
    CESFit,
    PowerTest,
    Scale,
    Status,
    to_natural,
)
from fiduciary.economics.estimation.separation import Separation

FLAT = 1e-4  # information (θ, ρ, log γ, raw utils) under which a coordinate is not identified
NOT_IDENTIFIED = 1e-9  # relative eigenvalue of the scaled information
FEW = 10_000  # clusters; with more, none of them moves an estimate enough to be left out by itself
MOST_OF_ALL = 0.9  # share of a direction's information that one cluster is taken to hold at most
BOUNDARY = 1e-4  # a weight below it is at its bound: with small ρ its utility is all curvature


def assemble(
    likelihood: CESLikelihood,
    region: Region,
    optimum: Optimum,
    separation: Separation | None,
    responds: bool,
    scale: Scale,
    rho_max: float,
    power_test: PowerTest | None,
) -> CESFit:
    """The fit of a likelihood at its maximum: what is known of each parameter, and how surely.

    Args:
        likelihood: of the choices.
        region: bounds of its coordinates.
        optimum: where the search ended.
        separation: what is known where choices are perfectly explained, else None.
        responds: whether choices depend on welfare at all.
        scale, rho_max, power_test: as in ``fit_ces``.
    """
    data, x = likelihood.data, optimum.x
    reported = [k for k in range(likelihood.size) if k < likelihood.size - 1 or scale == "power"]
    names = (
        *THETA_NAMES,
        "rho",
        "gamma",
        *data.constants,
        *(("eta",) if scale == "power" else ()),
    )
    values, jacobian = to_natural(x, reported)
    if separation is not None and separation.by == "utility":
        # The likelihood has no maximum; report the preference deepest inside those that explain all.
        values[:RHO], values[RHO], values[LOG_GAMMA] = separation.theta, separation.rho_inside, np.inf
    elif separation is not None and separation.by == "constants":
        values[: LOG_GAMMA + 1] = np.nan
    p = likelihood.size
    held = region.fixed | region.at_bound(x)
    held[:RHO] |= x[:RHO] < BOUNDARY
    # One weight takes all: no direction moves it, so that it has no error, and ρ means nothing. Where the
    # search stops a hair before the vertex, the last traces of the others would still seem to tell ρ.
    single = bool(held[:RHO].sum() >= RHO - 1)
    if single:
        held[: RHO + 1] = True
    if separation is not None:
        held[:] = True
    status: list[Status] = ["boundary" if held[k] else "ok" for k in range(p)]
    if single:
        status[RHO] = "not identified"
    if separation is not None:
        status = ["separated"] * p
    if not responds:
        held[: RHO + 1] = True
        status[: RHO + 1] = ["not identified"] * (RHO + 1)
        held[LOG_GAMMA], status[LOG_GAMMA] = True, "boundary"  # γ = 0 is not rejected
    if not optimum.converged and separation is None:
        status = ["did not converge" if s == "ok" else s for s in status]
    basis = region.basis(x, held)

    observed, robust = np.full((p, p), np.nan), np.full((p, p), np.nan)
    influence = np.zeros((data.n_groups, p))
    condition = np.inf
    if basis.shape[1]:
        scores = likelihood.evaluate(x, scores=True).scores @ basis
        information = -likelihood.hessian(x, basis)
        inverse, condition, loose = _invert(information)
        spread = np.abs(basis) @ loose
        for k in np.flatnonzero(spread > 0.1):
            status[k] = "not identified"
        covariance = basis @ inverse @ basis.T
        for c in range(FIRST_CONSTANT, p - 1):  # one that no answer bounds from one side goes to infinity
            if covariance[c, c] > 1 / FLAT:
                status[c] = "not identified"
        influence = scores @ inverse @ basis.T
        if (data.clustered or data.quasi) and data.n_groups <= FEW:
            influence = _left_out(scores, likelihood.information_by_group(x, basis), inverse) @ basis.T
        if data.clustered and data.n_groups <= basis.shape[1]:
            status = ["too few clusters" if s == "ok" else s for s in status]
        sandwich = influence.T @ influence
        status = ["exact" if s == "ok" and sandwich[k, k] < EXACT**2 else s for k, s in enumerate(status)]
        good = [k for k in range(p) if status[k] == "ok"]
        block = np.ix_(good, good)
        if not data.quasi:
            observed[block] = covariance[block]
        robust[block] = sandwich[block]
    outer = np.outer(jacobian, jacobian)
    where = np.ix_(reported, reported)
    return CESFit(
        names=names,
        values=values,
        statuses=tuple(status[k] for k in reported),
        cov_observed=observed[where] * outer,
        cov_robust=robust[where] * outer,
        influence=influence[:, reported] * jacobian,
        group_labels=data.group_labels,
        loglik=optimum.value,
        n=data.n,
        n_missing=data.n_missing,
        n_censored=data.n_censored,
        converged=optimum.converged,
        condition=condition,
        separation=separation,
        scale=scale,
        soft=data.soft,
        quasi=data.quasi,
        shift=data.shift,
        rho_max=rho_max,
        power_test=power_test,
        _likelihood=likelihood,
        _point=x,
        _region=region,
    )


def _left_out(scores: FloatArray, by_group: FloatArray, inverse: FloatArray) -> FloatArray:
    """How far the estimate moves, to first order, when each cluster is left out: a jackknife without refits.

    With the score s_g and information I_g of a cluster and A of all, (A − I_g)⁻¹ s_g in place of A⁻¹ s_g. An
    estimate bends towards the clusters that tell most, whose scores are then too small: plain sandwich errors
    of a few hundred problems are a tenth too narrow.

    Args:
        scores: (G, f).
        by_group: I_g, (G, f, f).
        inverse: of A on what is identified, (f, f).

    Returns:
        (G, f).

    Source: Bell and McCaffrey (2002), the third of their corrections; MacKinnon, Nielsen and Webb (2023).
    """
    values, vectors = np.linalg.eigh(inverse)
    root = vectors * np.sqrt(np.clip(values, 0, None))
    held, axes = np.linalg.eigh(root.T @ by_group @ root)
    within = np.einsum("gij,gi->gj", axes, scores @ root) / (1 - np.clip(held, 0, MOST_OF_ALL))
    return np.asarray(np.einsum("gij,gj->gi", axes, within) @ root.T)


def _invert(information: FloatArray) -> tuple[FloatArray, float, FloatArray]:
    """Inverse on the identified directions, condition number, and each coordinate's loose share.

    The information is scaled to a unit diagonal first, so that units do not decide what counts as
    identified.
    """
    diagonal = np.diag(information)
    flat = ~(diagonal > FLAT)  # a standard error above 100 whatever the rest: the data do not move it
    root = np.sqrt(np.where(flat, 1.0, diagonal))
    scaled = information / np.outer(root, root)
    scaled[flat, :] = scaled[:, flat] = 0.0
    values, vectors = np.linalg.eigh(scaled)
    firm = values > NOT_IDENTIFIED * values.max()
    inverse = (vectors[:, firm] / values[firm]) @ vectors[:, firm].T
    condition = float(values.max() / values.min()) if values.min() > 0 else np.inf
    loose = (vectors[:, ~firm] ** 2).sum(axis=1)
    return inverse / np.outer(root, root), condition, loose

"""How far scores of few clusters vary: the jackknife over clusters, in one step.

The sum of squared cluster scores is too small where single clusters weigh much, for the estimate has
moved towards them. Leaving each cluster out in turn does not forgive that, and one Newton step does it
without refits: with F_g the part of the information F that cluster g gives, and s_g its score,

    B = (G − 1)/G · Σ_g s̃_g s̃_gᵀ,   s̃_g = (I − F_g F⁻¹)⁻¹ s_g,

so that F⁻¹BF⁻¹ is the sandwich known as CR3. With t(G − 1) in place of the normal it holds its level
with the 18 games as clusters (``python -m benchmarks.games``).

Source: Bell & McCaffrey, Survey Methodology 28(2), 2002; Cameron & Miller, J. Human Resources 50(2), 2015.
"""

from __future__ import annotations

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.likelihood import PlanLikelihood
from fiduciary.economics.inference import quantile

ALONE = 1e-3
"""A cluster that leaves less than this share of a direction's information to the others stands alone."""


def jackknife_scores(
    likelihood: PlanLikelihood, choices: PlanChoices, c: FloatArray, basis: FloatArray | None = None
) -> tuple[FloatArray, bool]:
    """Scores of the clusters whose outer product is B, and whether one cluster stands alone.

    Args:
        likelihood: of the choices.
        choices: with the clusters.
        c: coefficients (p,) at which to take the scores.
        basis: (p, f) directions to which all is confined; all of them by default.

    Returns:
        Scores (G, f), and True where some direction is informed by one cluster only, so that nothing
        says how far it would vary between clusters.
    """
    basis = np.eye(likelihood.p) if basis is None else basis
    scores = likelihood.cluster_scores(choices, c) @ basis
    # At a bound the scores do not sum to zero; their mean is no variation.
    scores = scores - scores.mean(axis=0)
    parts = basis.T @ likelihood.cluster_information(choices, c) @ basis
    whole = parts.sum(axis=0)
    values, vectors = np.linalg.eigh(whole)
    kept = values > 1e-12 * max(float(values.max()), 1e-300)
    root = vectors[:, kept] * np.sqrt(values[kept])
    back = vectors[:, kept] / np.sqrt(values[kept])
    leverage, axes = np.linalg.eigh(back.T @ parts @ back)  # (G, f), (G, f, f)
    others = 1 - leverage
    turned = np.einsum("gji,gj->gi", axes, scores @ back) / np.maximum(others, ALONE)
    g = len(scores)
    out = np.einsum("gij,gj->gi", axes, turned) @ root.T * np.sqrt((g - 1) / g)
    return np.asarray(out), bool((others < ALONE).any())


def small_sample(level: float, n_groups: int) -> float:
    """Square of t(G − 1)'s critical value over the normal's: what a χ² point is stretched by."""
    return (quantile(level, n_groups - 1) / quantile(level)) ** 2

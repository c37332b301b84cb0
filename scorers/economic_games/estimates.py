"""Tables of what plans and beliefs say: social preference, best replies, and effects of payoffs."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from fiduciary.economics.estimation import NO_ESTIMATE
from fiduciary.economics.games import (
    FORMS,
    Identification,
    PlanChoices,
    SocialFit,
    best_responses,
    fit_social_preference,
    identification,
)
from fiduciary.economics.games.responsiveness import responsiveness_table
from fiduciary.economics.inference import Interval, around
from fiduciary.scorers.reports import Cell, Figures


def fitted(data: PlanChoices) -> tuple[SocialFit | None, str]:
    """The social preference, or why there is none."""
    try:
        return fit_social_preference(data), ""
    except NO_ESTIMATE as error:
        return None, " ".join(str(error).split()) or type(error).__name__


def preference(data: PlanChoices, fit: SocialFit, level: float) -> Iterator[Figures | str]:
    """α, β, κ and λ with intervals, simpler models, and what identifies them."""
    yield (
        f"Social preferences ({fit.model}): {fit.n} plans in {fit.n_groups} groups "
        f"({fit.n_missing} missing), log-likelihood {fit.loglik:.2f}"
    )
    try:
        yield Figures(
            "social preference",
            ("parameter", "estimate", "status (method of the interval)"),
            tuple(_parameter(fit, name, level) for name in fit.names),
            tuple(f"no information: {direction}" for direction in fit.open_directions),
            decimals=4,
        )
        yield _models(data, fit.loglik)
        if fit.status("lam") == "ok" and 0 < fit.estimate("lam") < np.inf:
            games = [data.games[s] for s in data.situation]
            beliefs = [data.beliefs[s] for s in data.situation]
            yield _informs(identification(games, beliefs, fit.preference(), fit.estimate("lam")))
    except NO_ESTIMATE as error:
        yield f"no social preference: {' '.join(str(error).split()) or type(error).__name__}"


def best_replies(data: PlanChoices, fit: SocialFit | None, level: float) -> Figures:
    """How often a plan is a best reply to the player's own beliefs."""
    material = best_responses(data, level=level)
    rows: list[tuple[Cell, ...]] = [
        ("share of plans", material.share),
        ("share of random plans", material.chance),
        ("regret, points", material.regret),
        ("loss share of what is at stake", material.loss_share),
    ]
    try:
        if fit is not None:
            own = best_responses(data, fit.preference(), level=level)
            rows.append(("share of plans, by the estimated preference", own.share))
    except NO_ESTIMATE:
        pass
    return Figures("best replies to own beliefs", ("figure", "estimate"), tuple(rows))


def incentives(data: PlanChoices, level: float) -> Figures:
    """How cooperation at every node moves with T, R, P and S."""
    rows: list[tuple[Cell, ...]] = []
    notes = []
    for row in responsiveness_table(data):
        if row.status == "ok":
            columns = (row.letters, row.effects, row.standard_errors, row.best_response_effects)
            for letter, effect, stderr, best in zip(*columns, strict=True):
                change = around(effect, stderr, row.n_groups - 1, level, units=row.n_groups)
                rows.append((f"{row.node}, {letter}", change, float(best), row.p_value))
        else:
            notes.append(f"{row.node}: {row.status}")
        if row.notes and row.node == FORMS[row.form].nodes[0].name:
            notes.append(f"{row.form}: {'; '.join(row.notes)}")
    return Figures(
        "change of cooperation per 10 points",
        ("decision, payoff", "change", "best replies to own beliefs would show", "p, all payoffs together"),
        tuple(rows),
        tuple(notes),
    )


def _parameter(fit: SocialFit, name: str, level: float) -> tuple[Cell, ...]:
    low, high, method = fit.interval(name, level)
    status = fit.status(name)
    cell = Interval(fit.estimate(name), low, high, fit.se(name), level, fit.n_groups)
    return name, cell, status if status == method else f"{status} ({method})"


def _models(data: PlanChoices, full: float) -> Figures:
    """Log-likelihood of the simpler models."""
    return Figures(
        "simpler models",
        ("model", "log-likelihood"),
        (
            ("homo economicus (λ)", fit_social_preference(data, "economicus").loglik),
            ("inequity aversion (α, β, λ)", fit_social_preference(data, "inequity").loglik),
            ("homo moralis (κ, λ)", fit_social_preference(data, "moralis").loglik),
            ("all (α, β, κ, λ)", full),
        ),
        decimals=1,
    )


def _informs(design: Identification) -> Figures:
    rows = [*zip(design.labels, *design.share.T.tolist(), strict=True)]
    rows.append(("standard error at best", *design.standard_errors.tolist()))
    notes = []
    for direction in design.open_directions:
        weights = zip(direction, design.parameters, strict=True)
        parts = [f"{weight:+.2f} {name}" for weight, name in weights if abs(weight) > 1e-6]
        notes.append(f"not told apart: {', '.join(parts)}")
    return Figures(
        "which games inform which parameter, at the estimate and under the stated beliefs",
        ("share of information", *design.parameters),
        tuple(rows),
        tuple(notes),
    )

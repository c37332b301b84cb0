"""Responsiveness to incentives: how cooperation moves with the payoffs T, R, P and S.

A linear probability model and a logit of the cooperative action at one node on the payoffs, over the
games of one form, with sandwich standard errors clustered by the choices' groups. Beside them stands
what a best reply to the same stated beliefs would do, so that a small effect can be told from a small
incentive.

Source: Lu, Chen & Hansen (2025, arXiv 2507.20796) for the question; Wooldridge (2010, ch. 15) for
average marginal effects.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.choices import PlanChoices
from fiduciary.economics.games.forms import FORMS, plans
from fiduciary.economics.games.social_preference import HOMO_ECONOMICUS

LETTERS = ("T", "R", "P", "S")
PER = 10.0
"""Effects are changes of the probability of cooperation per ten points."""

_EXACT = 1e-9
"""Standard errors below it are what rounding leaves of none."""


@dataclass(frozen=True, eq=False)
class Responsiveness:
    """How the cooperative action at a node moves with the payoffs.

    Attributes:
        form, node: where.
        letters: payoffs with an effect of their own.
        effects, standard_errors: linear probability model, per ten points (p,); an error is NaN where the
            line explains every action, and there is no test then.
        logit_effects, logit_standard_errors: average marginal effects of a logit, per ten points; NaN
            where payoffs explain the action perfectly.
        best_response_effects: linear effects if every plan were the best reply for material payoff to
            its own stated belief (ties split evenly); what an incentive-driven player would show.
        notes: payoffs without an effect of their own, and why.
        rate, rate_se: share of cooperative actions.
        wald, p_value: joint test that no payoff matters (linear; F with G − 1 degrees); NaN if the
            clusters do not outnumber the payoffs.
        status: ``ok``; ``never varies`` (the action is always the same: no effect, no standard error);
            ``payoffs do not vary``; ``too few clusters``.
        n, n_groups: plans and clusters.
    """

    form: str
    node: str
    letters: tuple[str, ...]
    effects: FloatArray
    standard_errors: FloatArray
    logit_effects: FloatArray
    logit_standard_errors: FloatArray
    best_response_effects: FloatArray
    notes: tuple[str, ...]
    rate: float
    rate_se: float
    wald: float
    p_value: float
    status: str
    n: int
    n_groups: int

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for a log or a table."""

        def by_letter(values: FloatArray) -> dict[str, float]:
            return dict(zip(self.letters, values.tolist(), strict=True))

        return {
            "form": self.form,
            "node": self.node,
            "status": self.status,
            "effects": by_letter(self.effects),
            "standard_errors": by_letter(self.standard_errors),
            "logit_effects": by_letter(self.logit_effects),
            "logit_standard_errors": by_letter(self.logit_standard_errors),
            "best_response_effects": by_letter(self.best_response_effects),
            "notes": list(self.notes),
            "rate": self.rate,
            "rate_se": self.rate_se,
            "wald": self.wald,
            "p_value": self.p_value,
            "n": self.n,
            "n_groups": self.n_groups,
            "units": "change of probability per 10 points",
        }


def responsiveness(choices: PlanChoices, form: str, node: str) -> Responsiveness:
    """How the cooperative action at one node moves with the payoffs of one form.

    Args:
        choices: plans with beliefs; rows of other forms are left out.
        form: key of ``FORMS``.
        node: name of one of its nodes.

    Raises:
        ValueError: an unknown form or node, or no plan of that form.
    """
    if form not in FORMS:
        raise ValueError(f"form must be one of {', '.join(FORMS)}, got {form!r}")
    names = [n.name for n in FORMS[form].nodes]
    if node not in names:
        raise ValueError(f"node must be one of {', '.join(names)} in a {form} game, got {node!r}")
    data = choices.only(form)
    place = names.index(node)
    action = np.array([plan[place] for plan in plans(form)], float)
    y = data.shares @ action
    payoffs = np.array([game.payoffs for game in data.games])[data.situation] / PER
    letters, x, notes = _own_effects(payoffs)
    p, g = len(letters), data.n_groups
    nan = np.full(p, np.nan)
    design = np.column_stack([np.ones(len(y)), x])
    beta, covariance = _linear(design, y, data)
    rate_cov = _linear(design[:, :1], y, data)[1]
    reference = _linear(design, _best_actions(data, action), data)[0][1:]
    status = "ok"
    if p == 0:
        status = "payoffs do not vary"
    elif y.min() == y.max():
        status = "never varies"
    elif g <= p + 1:
        status = "too few clusters"
    logit, logit_se = _logit(design, y, data) if status == "ok" else (nan, nan)
    wald = p_value = float("nan")
    errors = np.sqrt(np.diag(covariance))[1:]
    errors[errors < _EXACT] = np.nan
    if status == "ok":
        block = covariance[1:, 1:]
        if np.isfinite(errors).all() and np.linalg.matrix_rank(block) == p:
            wald = float(beta[1:] @ np.linalg.solve(block, beta[1:])) / p
            p_value = float(scipy.stats.f(p, g - 1).sf(wald))
    return Responsiveness(
        form,
        node,
        letters,
        beta[1:] if status in ("ok", "too few clusters") else nan,
        errors if status == "ok" else nan,
        logit,
        logit_se,
        reference,
        notes,
        float(y.mean()),
        float(np.sqrt(rate_cov[0, 0])) if status != "never varies" and g > 1 else float("nan"),
        wald,
        p_value,
        status,
        data.n,
        g,
    )


def responsiveness_table(choices: PlanChoices) -> tuple[Responsiveness, ...]:
    """:func:`responsiveness` at every node of every form that the choices hold."""
    played = {choices.games[s].form for s in set(choices.situation.tolist())}
    return tuple(
        responsiveness(choices, name, node.name)
        for name, form in FORMS.items()
        if name in played
        for node in form.nodes
    )


def _own_effects(payoffs: FloatArray) -> tuple[tuple[str, ...], FloatArray, tuple[str, ...]]:
    """Payoffs that vary and are no linear combination of those before them, with the reasons for the rest."""
    letters: list[str] = []
    columns: list[FloatArray] = []
    notes: list[str] = []
    for letter, column in zip(LETTERS, payoffs.T, strict=True):
        if np.ptp(column) < 1e-9:
            notes.append(f"{letter} is {column[0] * PER:g} in every game")
            continue
        known = np.column_stack([np.ones(len(column)), *columns])
        weights, *_ = np.linalg.lstsq(known, column, rcond=None)
        if np.abs(column - known @ weights).max() > 1e-7:
            letters.append(letter)
            columns.append(column)
            continue
        terms = [f"{weights[0] * PER:g}"] if abs(weights[0]) > 1e-9 else []
        terms += [f"{w:+.3g}·{k}" for w, k in zip(weights[1:], letters, strict=True) if abs(w) > 1e-9]
        notes.append(f"{letter} = {' '.join(terms)} in every game: no effect of its own")
    return tuple(letters), np.column_stack(columns) if columns else np.empty((len(payoffs), 0)), tuple(notes)


def _best_actions(data: PlanChoices, action: FloatArray) -> FloatArray:
    """Share of cooperative actions at the node among the best replies to each row's belief, (n,)."""
    by_situation = []
    for game, belief in zip(data.games, data.beliefs, strict=True):
        u = HOMO_ECONOMICUS.utilities(game, belief)
        by_situation.append(action[u >= u.max() - 1e-9].mean())
    return np.array(by_situation)[data.situation]


def _linear(x: FloatArray, y: FloatArray, data: PlanChoices) -> tuple[FloatArray, FloatArray]:
    """Least squares with clustered covariance."""
    inverse = np.asarray(np.linalg.inv(x.T @ x), float)
    beta = inverse @ (x.T @ y)
    return beta, _sandwich(inverse, x * (y - x @ beta)[:, None], data)


def _logit(x: FloatArray, y: FloatArray, data: PlanChoices) -> tuple[FloatArray, FloatArray]:
    """Average marginal effects of a logit and their standard errors (delta method); NaN if separated."""
    centred = x.copy()
    centred[:, 1:] -= x[:, 1:].mean(axis=0)
    b = np.zeros(x.shape[1])
    nan = np.full(x.shape[1] - 1, np.nan)
    for _ in range(50):
        prob = 1 / (1 + np.exp(-np.clip(centred @ b, -500, 500)))
        weight = prob * (1 - prob)
        information = (centred * weight[:, None]).T @ centred
        gradient = centred.T @ (y - prob)
        # Separated data take ever larger steps until no information is left.
        if np.abs(centred @ b).max() > 30 or np.linalg.cond(information) > 1e12:
            return nan, nan
        step = np.linalg.solve(information, gradient)
        if float(gradient @ step) < 1e-12:
            break
        b = b + step / max(1.0, float(np.abs(centred @ step).max()) / 5)
    else:
        return nan, nan
    inverse = np.asarray(np.linalg.inv(information), float)
    covariance = _sandwich(inverse, centred * (y - prob)[:, None], data)
    effects = weight.mean() * b[1:]
    slope = ((1 - 2 * prob) * weight)[:, None] * centred
    gradient_of = np.outer(b[1:], slope.mean(axis=0))
    gradient_of[:, 1:] += weight.mean() * np.eye(len(b) - 1)
    return effects, np.sqrt(np.diag(gradient_of @ covariance @ gradient_of.T))


def _sandwich(inverse: FloatArray, scores: FloatArray, data: PlanChoices) -> FloatArray:
    g = data.n_groups
    sums = np.stack([np.bincount(data.groups, s, minlength=g) for s in scores.T], axis=1)
    return np.asarray(inverse @ (sums.T @ sums) @ inverse * (g / max(g - 1, 1)))

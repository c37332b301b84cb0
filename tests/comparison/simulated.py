"""Answers of known preferences, and logs with scores of one's own."""

from __future__ import annotations

import numpy as np
from inspect_ai.log import EvalSample
from inspect_ai.scorer import Score

from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.choice_table import Table


def answers(
    preference: str | CES,
    n: int = 200,
    *,
    problems: int = 0,
    draws: int = 0,
    elicitation: str = "text",
    asked: int = 1,
    best: bool = False,
) -> Table:
    """Answers to n problems by a logit subject.

    Args:
        preference: a profile or a utility.
        n: number of problems.
        problems: seed of the problems.
        draws: seed of the noise.
        elicitation: ``choose`` and ``explain`` add the labels' probabilities.
        asked: how often each problem is asked, each time with noise of its own.
        best: without noise.
    """
    utility = PROFILES[preference] if isinstance(preference, str) else preference
    made = generate(n, problems)
    welfare = np.tile(stack(made), (asked, 1, 1))
    temperature = np.ones(len(welfare))
    if elicitation != "choose":
        temperature = np.resize([0.2, 0.5, 1.0, 1.5], len(welfare))
    u = utility.utility(welfare)
    exists = ~np.isnan(u)
    chosen = draw_choices(u, temperature, np.random.default_rng(draws))
    if best:
        chosen = np.nanargmax(u, axis=1)
    probabilities = np.full(u.shape, np.nan)
    if elicitation != "text":
        probabilities = np.where(exists, choice_probabilities(u), np.nan)
    # Shown in an order that changes from problem to problem, so that positions say nothing.
    rng = np.random.default_rng(1000 + problems)
    position = np.full(u.shape, -1)
    for row, there in zip(position, exists, strict=True):
        row[there] = rng.permutation(there.sum())
    return Table(
        welfare=welfare,
        chosen=chosen,
        temperature=temperature,
        position=position,
        label=position,
        probabilities=probabilities,
        mass_outside=np.full(len(welfare), np.nan),
        groups=np.array([problem.id for problem in made] * asked),
        trade_off=np.array([problem.trade_off for problem in made] * asked),
        wording=np.full(len(welfare), "plain"),
        framing=np.full(len(welfare), "neutral"),
        weight=np.ones(len(welfare)),
        batch=np.zeros(len(welfare), int),
        row=np.arange(len(welfare)),
        reason=(None,) * len(welfare),
        elicitation=elicitation,
        shift=5.0,
    )


def scored(log, values):
    """A copy of a log with one score of one's own, by sample id and epoch."""
    samples = []
    for (name, epoch), value in values.items():
        given = {} if value is None else {"own": Score(value=value)}
        samples.append(EvalSample(id=name, epoch=epoch, input="", target="", scores=given))
    return log.model_copy(update={"samples": samples})

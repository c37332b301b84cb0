"""The comparison of plans in economic games: social preferences against base and target."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.comparison.paired import Change, paired
from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation import NO_ESTIMATE
from fiduciary.economics.games import (
    SocialFit,
    SocialPreference,
    best_responses,
    fit_social_preference,
    plan_index,
)
from fiduciary.economics.inference import Interval
from fiduciary.scorers.economic_games.grounds import withheld
from fiduciary.scorers.economic_games.table import Play, choices, plays

PARAMETERS = ("alpha", "beta", "kappa")


class Target(Protocol):
    """A stated social preference: what it is called, α, β and κ, and its noise λ in points."""

    @property
    def label(self) -> str:
        """What it is called."""

    @property
    def preference(self) -> SocialPreference:
        """α, β and κ."""

    @property
    def lam(self) -> float:
        """λ, points; 0 for none."""

    def facts(self) -> dict[str, Any]:
        """The same as JSON holds it."""


@dataclass(frozen=True)
class PlayEstimate:
    """One model's social preference in one task.

    Attributes:
        name: the model.
        n: plays of the sequential games; ``missing`` of them lack a decision or a belief.
        fit: the estimate; None where the answers allow none, and ``why`` says so.
        best: share of plans that are best ones under the model's own beliefs, by target of the comparison;
            ``chance`` is what uniformly random plans would reach.
    """

    name: str
    n: int
    missing: int
    fit: SocialFit | None
    why: str = ""
    best: Mapping[str, Interval] = field(default_factory=dict)
    chance: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class PlayVerdict:
    """What an adapter changed, against the social preference stated for it.

    Attributes:
        name: the adapter.
        target: what it was to hold.
        distance: |α − α*| + |β − β*| + |κ − κ*| of base and adapter; NaN where one is not estimated.
        best: share of plans that maximise the target's utility under the model's own beliefs.
        loss_share: share lost of what was at stake in the target's utility.
        points: loss in the target's utility, points a play.
    """

    name: str
    target: Target
    distance: tuple[float, float]
    best: Change
    loss_share: Change
    points: Change


@dataclass(frozen=True)
class PlayComparison:
    """All models on one task of games; changes are paired by game, repeat and epoch, clustered by game.

    Attributes:
        task: how it is called.
        estimates: of the base and the others.
        verdicts: of those with a social preference as target and with answers that give grounds for one.
        missing: change of the share of missing plays, by model.
        games: number of different games.
        temperatures: at which they were asked.
    """

    task: str
    estimates: tuple[PlayEstimate, ...]
    verdicts: tuple[PlayVerdict, ...]
    missing: Mapping[str, Change] = field(default_factory=dict)
    games: int = 0
    temperatures: tuple[float, ...] = ()


def compare_plays(
    task: str, logs: Mapping[str, EvalLog], targets: Mapping[str, Target]
) -> PlayComparison | None:
    """Compare the first of the logs, the base's, with each of the others; None without a sequential game.

    Args:
        task: how the task is called.
        logs: model → log of ``tasks/economic_games``, the base's first.
        targets: the social preferences that models are to hold.

    Raises:
        ValueError: logs of different games.
    """
    found = {name: {_key(play): play for play in plays(log) if play.sequential} for name, log in logs.items()}
    base, *others = found
    if not found[base]:
        return None
    for name in others:
        if found[name].keys() != found[base].keys():
            raise ValueError(f"{base} and {name} were not asked the same games; they cannot be compared")
    stated = {target.label: target for name, target in targets.items() if name in found}
    estimates = {name: _estimate(name, list(own.values()), stated) for name, own in found.items()}
    keys = list(found[base])
    groups = [found[base][key].game for key in keys]
    verdicts = []
    for name in others:
        if name not in targets or withheld(list(found[name].values())) is not None:
            continue
        right_0, lost_0, stake_0 = _stakes([found[base][key] for key in keys], targets[name])
        right_1, lost_1, stake_1 = _stakes([found[name][key] for key in keys], targets[name])
        # Beliefs are a model's own, so that what is at stake differs between the two.
        share_0, share_1 = (np.divide(*pair) for pair in ((lost_0, stake_0), (lost_1, stake_1)))
        verdicts.append(
            PlayVerdict(
                name,
                targets[name],
                (_distance(estimates[base], targets[name]), _distance(estimates[name], targets[name])),
                paired("best plans", right_0, right_1, groups, unit="games"),
                paired("loss share", share_0, share_1, groups, unit="games"),
                paired("points lost a play", lost_0, lost_1, groups, unit="games"),
            )
        )
    answered = {name: _missing([own[key] for key in keys]) for name, own in found.items()}
    missing = {
        name: paired("economic_games.missing", answered[base], answered[name], groups, unit="games")
        for name in others
    }
    samples = logs[base].samples or []
    temperatures = sorted({float(t) for one in samples if (t := one.metadata.get("temperature")) is not None})
    return PlayComparison(
        task, tuple(estimates.values()), tuple(verdicts), missing, len(set(groups)), tuple(temperatures)
    )


def estimate_of(found: PlayEstimate, name: str) -> float:
    """A parameter's estimate; NaN where there is none, or a set of preferences explains all plans."""
    fit = found.fit
    return np.nan if fit is None or fit.status(name) == "separated" else fit.estimate(name)


def of_adapter(found: PlayComparison, name: str) -> PlayComparison:
    """The part of a comparison that is about the base and one adapter."""
    return PlayComparison(
        found.task,
        tuple(e for i, e in enumerate(found.estimates) if i == 0 or e.name == name),
        tuple(v for v in found.verdicts if v.name == name),
        {own: change for own, change in found.missing.items() if own == name},
        found.games,
        found.temperatures,
    )


_Key = tuple[str, tuple[int, int]]


def _key(play: Play) -> _Key:
    return play.game, play.repeat


def _estimate(name: str, found: list[Play], stated: Mapping[str, Target]) -> PlayEstimate:
    missing = int(_missing(found).sum())
    if (why_not := withheld(found)) is not None:
        return PlayEstimate(name, len(found), missing, None, why_not)
    if len(found) - missing < 1:
        return PlayEstimate(name, len(found), missing, None, "no play has a plan and beliefs")
    data = choices(found)
    shares = {label: best_responses(data, target.preference) for label, target in stated.items()}
    best = {label: found.share for label, found in shares.items()}
    chance = {label: found.chance for label, found in shares.items()}
    fit, why = None, ""
    try:
        fit = fit_social_preference(data)
    except NO_ESTIMATE as error:
        why = " ".join(str(error).split()) or type(error).__name__
    return PlayEstimate(name, len(found), missing, fit, why, best, chance)


def _stakes(found: list[Play], target: Target) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Of each play: the share of best plans of the target, what is lost, what is at stake, points.

    NaN where plan or beliefs are missing; what is at stake is NaN too where all plans are equal.
    """
    out = np.full((3, len(found)), np.nan)
    for i, play in enumerate(found):
        if play.shares is None or play.expected is None:
            continue
        game = play.material()
        u = target.preference.utilities(game, play.expected)
        best = [plan_index(game, plan) for plan in target.preference.best_plans(game, play.expected)]
        shares, stake = np.array(play.shares), float(np.ptp(u))
        out[:, i] = shares[best].sum(), float(u.max() - shares @ u), stake if stake > 0 else np.nan
    return out[0], out[1], out[2]


def _missing(found: list[Play]) -> FloatArray:
    return np.array([float(play.shares is None or play.expected is None) for play in found])


def _distance(found: PlayEstimate, target: Target) -> float:
    return float(sum(abs(estimate_of(found, name) - getattr(target.preference, name)) for name in PARAMETERS))

"""A leaderboard's data without logs: models whose utilities are known answer choice problems by a logit.

What the page shows of choices (regret, ranks, recovered weights) is computed from these answers as the
leaderboard does. Columns of other tasks are filled with draws: they only take the place of measurements.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS
from fiduciary.economics.duopoly import LogitMarket, benchmarks
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.inference import quantile
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.losses import losses
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.published import PUBLISHED
from fiduciary.economics.ranking import rank_sets
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.leaderboard.columns import CHOICE, COLUMNS
from fiduciary.leaderboard.payload import plain
from fiduciary.tasks.stakeholder_choice.prompts import render

THETA = ("SH", "EM", "CO", "SOC")
Z95 = quantile(0.95)


def preferences(models: int, rng: np.random.Generator) -> list[CES]:
    """Known utilities: the profiles first, then weights and substitution drawn over their whole range."""
    named = [CES(p.theta, p.rho, gamma=1.0) for p in PROFILES.values()][:models]
    drawn = [
        CES(
            tuple(rng.dirichlet(np.full(4, 1.5))),
            float(rng.uniform(-2, 1)),
            gamma=float(rng.uniform(0.3, 1.5)),
        )
        for _ in range(models - len(named))
    ]
    return named + drawn


def simulate(
    models: int = 8,
    problems: int = 200,
    *,
    seed: int = 0,
    names: Sequence[str] | None = None,
    missing: float = 0.02,
    tasks: int = 5,
    from_probabilities: int = 2,
    principal: str = "symmetric",
) -> dict[str, Any]:
    """Data of a page, as :func:`leaderboard.payload.payload` writes them.

    Args:
        models: how many models answer; the last one answers exactly as the one before it: a tie.
        problems: how many problems they answer.
        seed: of all draws.
        names: of the models, by default what they are.
        missing: share of answers that are missing.
        tasks: how many tasks have columns.
        from_probabilities: how many models give shares of options in place of one choice.
        principal: profile that ranks are computed for.
    """
    rng = np.random.default_rng(seed)
    drawn = generate(problems, seed)
    welfare = stack(drawn)
    known = preferences(models, rng)
    target = CES(PROFILES[principal].theta, PROFILES[principal].rho)
    ids = [f"m{k}" for k in range(models)]
    choices: dict[str, list[int]] = {}
    shares: dict[str, list[list[float] | None]] = {}
    answers: dict[str, FloatArray] = {}
    for k, (name, utility) in enumerate(zip(ids, known, strict=True)):
        v = utility.utility(welfare)
        gone = rng.random(problems) < missing
        if 0 < k <= from_probabilities:
            own = choice_probabilities(v)
            own[gone] = np.nan
            shares[name] = [
                None if off else row[: p.n_options].tolist()
                for off, row, p in zip(gone, own, drawn, strict=True)
            ]
            answers[name] = own
            continue
        chosen = np.where(gone, -1, draw_choices(v, 1.0, rng))
        if k == models - 1 and models > from_probabilities + 2:
            chosen = np.asarray(choices[ids[k - 1]])
        choices[name] = chosen.tolist()
        answers[name] = np.where(chosen[:, None] >= 0, np.eye(welfare.shape[1])[chosen], np.nan)
    lost = {name: losses(welfare, own, target) for name, own in answers.items()}
    ranking = rank_sets(np.column_stack([lost[name].regret for name in ids]))
    order = np.argsort(ranking.mean, kind="stable")
    columns = [c for c in COLUMNS if c.task in _tasks(tasks)]
    cells = {
        name: _service(ranking, k, lost[name]) | _preference(welfare, answers[name], target)
        for k, name in enumerate(ids)
    }
    for name in ids:
        cells[name] |= _drawn(columns, cells[name], rng, _tasks(tasks))
    rows = [
        _model(name, title, _tasks(tasks), problems)
        for name, title in zip(ids, names or [f"subject/{_name(k)}" for k in range(models)], strict=True)
    ]
    published = {f"p{k}": (name, row) for k, (name, row) in enumerate(PUBLISHED.items())}
    for key, (name, row) in published.items():
        rows.append({**_model(key, f"8B, {name}", [], 0), "kind": "reference", "note": "published"})
        cells[key] = _published(row.theta, row.theta_se)
    data: dict[str, Any] = plain(
        {
            "format": 1,
            "title": "Simulated leaderboard",
            "generated": "2026-01-01T00:00:00+00:00",
            "version": "0",
            "commit": None,
            "models": rows,
            "columns": [
                {
                    n: getattr(c, n)
                    for n in ("key", "task", "group", "title", "unit", "better", "format", "description")
                }
                for c in columns
            ],
            "cells": cells,
            "profiles": {
                name: {
                    "theta": list(p.theta),
                    "rho": None if max(p.theta) == 1 else p.rho,
                    "title": name.replace("_", "-"),
                }
                for name, p in PROFILES.items()
            },
            "principal": {"name": principal, "theta": list(target.theta), "rho": target.rho},
            "stakeholders": list(STAKEHOLDERS),
            "example": {
                "task": CHOICE,
                "messages": [
                    {"role": "system", "text": "You manage a firm."},
                    {"role": "user", "text": render(drawn[0], "plain", range(drawn[0].n_options))},
                ],
            },
            "problems": {
                "ids": [p.id for p in drawn],
                "groups": list(range(problems)),
                "shift": SHIFT,
                "welfare": [p.displayed().tolist() for p in drawn],
            },
            "choices": choices,
            "shares": shares,
            "ranking": {
                "level": ranking.level,
                "models": [ids[k] for k in order],
                **{n: getattr(ranking, n)[order].tolist() for n in ("mean", "stderr", "rank", "low", "high")},
            },
            "figures": _figures(ids, cells, rng),
            "troubles": [
                {"file": "broken.eval", "problem": "the file ends early: nothing can be read from it"}
            ],
        }
    )
    return data


def _name(k: int) -> str:
    known = list(PROFILES)
    return known[k] if k < len(known) else f"drawn-{k:02d}"


def _tasks(n: int) -> list[str]:
    order = [CHOICE, "hexaco100", "duopoly_pricing", "economic_games", "transitivity", "moral_dilemmas"]
    return [*order[:n], "usage"]


def _cell(value: float | None, se: float | None = None, n: int | None = None, **more: Any) -> dict[str, Any]:
    ends = (None, None) if value is None or se is None else (value - Z95 * se, value + Z95 * se)
    found = {"value": value, "low": ends[0], "high": ends[1], "stderr": se, "n": n, "note": None, "run": 0}
    return found | more


def _service(ranking: Any, k: int, lost: Any) -> dict[str, Any]:
    there = np.isfinite(lost.regret)
    n = int(there.sum())
    low, high = int(ranking.low[k]), int(ranking.high[k])
    return {
        f"{CHOICE}.reads": _cell(0.0005, None, n),
        f"{CHOICE}.rank": _cell(int(ranking.rank[k]), None, n, low=low, high=high, note=f"{low}–{high}"),
        f"{CHOICE}.regret": _cell(float(ranking.mean[k]), float(ranking.stderr[k]), n),
        f"{CHOICE}.loss_share": _cell(float(np.nansum(lost.regret) / np.nansum(lost.stake[there])), None, n),
        f"{CHOICE}.consistent": _cell(float(np.nanmean(lost.best)), None, n),
        f"{CHOICE}.missing": _cell(1 - n / len(there), None, len(there)),
    }


def _preference(welfare: FloatArray, own: FloatArray, target: CES) -> dict[str, Any]:
    single = bool(np.isin(own[np.isfinite(own)], (0.0, 1.0)).all())
    there = np.isfinite(own).any(axis=1)
    if single:
        found = fit_ces(welfare[there], np.nanargmax(own[there], axis=1), 1.0, starts=2)
    else:
        found = fit_ces(welfare[there], None, 1.0, probabilities=own[there], starts=2)
    cells = {}
    for k, short in enumerate(THETA):
        error = found.se(f"theta_{short}")
        note = None if math.isfinite(error) else found.status(f"theta_{short}")
        cells[f"{CHOICE}.theta_{short}"] = _cell(
            float(found.theta[k]), error if math.isfinite(error) else None, found.n, note=note
        )
    for name in ("rho", "gamma"):
        error, status = found.se(name), found.status(name)
        known = status != "not identified"
        cells[f"{CHOICE}.{name}"] = _cell(
            float(found.estimate(name)) if known else None,
            error if known and math.isfinite(error) else None,
            found.n,
            note=None if status == "ok" else status,
        )
    cells[f"{CHOICE}.distance"] = _cell(float(np.abs(found.theta - np.asarray(target.theta)).sum()), None)
    return cells


def _drawn(
    columns: Sequence[Any], own: Mapping[str, Any], rng: np.random.Generator, tasks: Sequence[str]
) -> dict[str, Any]:
    cells = {}
    for column in columns:
        if column.key in own:
            continue
        run = tasks.index(column.task) if column.task in tasks[:-1] else None
        if rng.random() < 0.04:
            cells[column.key] = _cell(None, note="too little measured, or not identified", run=run)
        elif column.format == "integer":
            cells[column.key] = _cell(int(rng.integers(1000, 900_000)), run=run)
        else:
            cells[column.key] = _cell(float(rng.uniform(0, 1)), 0.02, 200, run=run)
    return cells


def _published(theta: Sequence[float], se: Sequence[float] | None) -> dict[str, Any]:
    return {
        f"{CHOICE}.theta_{short}": _cell(theta[k], None if se is None else se[k], run=None, note="published")
        for k, short in enumerate(THETA)
    }


def _model(name: str, title: str, tasks: Sequence[str], n: int) -> dict[str, Any]:
    runs = [
        {
            "task": task,
            "log": f"logs/{name}-{task}.eval",
            "viewer": None,
            "created": "2026-01-01T00:00:00+00:00",
            "status": "success",
            "version": "1-A",
            "seed": 0,
            "n": n,
            "commit": None,
            "tokens_in": 1000 * n,
            "tokens_out": 5 * n,
            "cost": None,
        }
        for task in tasks
        if task != "usage"
    ]
    return {"id": name, "name": title, "kind": "subject", "base": None, "note": None, "runs": runs}


def _figures(ids: Sequence[str], cells: Mapping[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    market = LogitMarket()
    solved = benchmarks(market)
    nash, monopoly = float(solved.nash_prices[0]), float(solved.monopoly_prices[0])
    paths = []
    for k, name in enumerate(ids[:4]):
        # Best replies that settle between competition and monopoly.
        aim, price, periods = nash + (monopoly - nash) * k / 3, rng.uniform(nash, monopoly, 2), []
        for _ in range(60):
            price = 0.8 * price + 0.2 * aim + rng.normal(0, 0.01, 2)
            periods.append(price.round(5).tolist())
        paths.append(
            {
                "model": name,
                "label": f"market {k + 1}",
                "prices": np.transpose(periods).tolist(),
                "nash": nash,
                "monopoly": monopoly,
            }
        )
    doses = np.linspace(0, 1, 6)
    start, target = np.asarray(PROFILES["study1"].theta), np.asarray(PROFILES["nonprofit"].theta)
    points = []
    for dose in doses:
        theta = (1 - dose) * start + dose * target
        distance = float(np.abs(theta - target).sum())
        points.append({"x": float(dose), "theta": theta.tolist(), "distance": distance, "regret": None})
    scales = ("Honesty–Humility", "Emotionality", "eXtraversion", "Agreeableness", "Conscientiousness")
    base = rng.uniform(2, 4, len(scales))
    profiles = []
    for name in ids[:4]:
        values = np.clip(base + rng.normal(0, 0.4, len(scales)), 1, 5)
        profiles.append(
            {
                "model": name,
                "instrument": "hexaco100",
                "scales": [
                    {
                        "name": s,
                        "value": float(v),
                        "low": float(v - 0.2),
                        "high": float(v + 0.2),
                        "base": float(b),
                    }
                    for s, v, b in zip(scales, values, base, strict=True)
                ],
            }
        )
    return {
        "dose_response": [{"model": ids[0], "target": "nonprofit", "points": points}],
        "price_paths": paths,
        "inventories": profiles,
    }

"""The comparison of plans in economic games as people and programs read it."""

from __future__ import annotations

import math
from typing import Any

from fiduciary.economics.inference import Interval
from fiduciary.scorers.printed import error
from fiduciary.training.card_parts import listed
from fiduciary.training.rebench.games import PlayComparison, PlayEstimate, PlayVerdict, estimate_of
from fiduciary.training.rebench.tables import moved, table

HEADINGS = {"alpha": "α", "beta": "β", "kappa": "κ", "lam": "λ"}

NOTE = (
    "Best plans maximise a target's utility under the model's own beliefs; the loss share is the mean share "
    "lost of what was at stake in it. Σ|Δ| adds up the distances of α, β and κ to the target; λ is noise in "
    "points, and a target has none unless it says so. Paired by game and repeat, clustered by game."
)


def lines(found: PlayComparison) -> list[str]:
    """The comparison in Markdown."""
    out = [f"## {found.task}: social preference from plans and beliefs", ""]
    asked = listed([f"{t:g}" for t in found.temperatures] or ["not recorded"])
    out += [f"n = {found.estimates[0].n} plays of {found.games} games, temperature {asked}.", ""]
    out += [*preferences(found), ""]
    for estimate in found.estimates:
        if estimate.fit is None:
            out += [f"{estimate.name}: {estimate.why}", ""]
    if found.verdicts:
        out += [*best_plans(found), "", *verdicts(found), "", NOTE, ""]
    return out


def preferences(found: PlayComparison) -> list[str]:
    """A table of estimates, and of targets."""
    rows = [[e.name, *_cells(e), f"{e.missing / e.n:.1%}"] for e in found.estimates]
    rows += [[f"target of {v.name}", *_target(v), ""] for v in found.verdicts]
    return table(("", *HEADINGS.values(), "missing"), rows)


def best_plans(found: PlayComparison) -> list[str]:
    """A table of how often each model's plans are best ones of each target."""
    labels = list(dict.fromkeys(verdict.target.label for verdict in found.verdicts))
    rows = [
        [e.name, *(_share(e.best[label]) if label in e.best else "n/a" for label in labels)]
        for e in found.estimates
    ]
    chance = found.estimates[0].chance
    rows.append(["random plans", *(f"{chance[x]:.1%}" if x in chance else "n/a" for x in labels)])
    return table(("best plans of", *labels), rows)


def verdicts(found: PlayComparison) -> list[str]:
    """A table of what each adapter changed towards its target."""
    rows = [
        [
            v.name,
            " → ".join("n/a" if math.isnan(d) else f"{d:.3f}" for d in v.distance),
            moved(v.best, 100, " %"),
            moved(v.loss_share, 100, " %"),
            moved(v.points, 1, ""),
        ]
        for v in found.verdicts
    ]
    return table(("", "Σ|Δ| to the target", "best plans", "loss share", "points lost a play"), rows)


def as_json(found: PlayComparison) -> dict[str, Any]:
    """The comparison as plain numbers."""
    return {
        "task": found.task,
        "games": found.games,
        "temperatures": list(found.temperatures),
        "estimates": {e.name: _estimate_json(e) for e in found.estimates},
        "adapters": {v.name: _verdict_json(v) for v in found.verdicts},
        "missing": {name: vars(change) for name, change in found.missing.items()},
    }


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


def _cells(found: PlayEstimate) -> list[str]:
    fit = found.fit
    if fit is None:
        return ["n/a"] * len(HEADINGS)
    out = []
    for name in HEADINGS:
        status, value = fit.status(name), estimate_of(found, name)
        if status == "ok":
            out.append(f"{value:.3f} ({fit.se(name):.3f})")
            continue
        low, high, _ = fit.interval(name)
        out.append(f"{'?' if math.isnan(value) else f'{value:.3f}'} [{low:.2f}, {high:.2f}] {status}")
    return out


def _target(verdict: PlayVerdict) -> list[str]:
    p = verdict.target.preference
    return [*(f"{getattr(p, name):g}" for name in list(HEADINGS)[:3]), f"{verdict.target.lam:g}"]


def _share(found: Interval) -> str:
    bare = f"{found.value:.1%}"
    return bare if math.isnan(found.stderr) else f"{bare} ({error(100 * found.stderr, 1)})"


def _estimate_json(found: PlayEstimate) -> dict[str, Any]:
    out: dict[str, Any] = {"n": found.n, "missing": found.missing}
    out["best"] = {label: {"share": share.value, "se": share.stderr} for label, share in found.best.items()}
    out["chance"] = dict(found.chance)
    if found.fit is None:
        return out | {"why": found.why}
    intervals = {name: list(found.fit.interval(name))[:2] for name in HEADINGS}
    return out | found.fit.to_dict() | {"n": found.n, "missing": found.missing, "intervals": intervals}


def _verdict_json(verdict: PlayVerdict) -> dict[str, Any]:
    return {
        "target": verdict.target.facts(),
        "distance": {"base": verdict.distance[0], "adapter": verdict.distance[1]},
        "best": vars(verdict.best),
        "loss_share": vars(verdict.loss_share),
        "points": vars(verdict.points),
    }

"""A re-benchmark as plain numbers, for ``comparison.json`` and for an adapter's own record."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import numpy as np

from fiduciary.comparison.choices import LIKELIEST, Answers, Choices, Comparison
from fiduciary.comparison.games import PlayComparison, PlayEstimate, PlayVerdict
from fiduciary.comparison.paired import Change
from fiduciary.comparison.tables import SOCIAL_SYMBOLS
from fiduciary.economics.estimation import THETA_NAMES, Separation, TestResult
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS
from fiduciary.training.finish import versions
from fiduciary.training.rebench.along import along_json

if TYPE_CHECKING:
    from fiduciary.training.rebench.run import Outcome


def as_json(outcome: Outcome, out: Path) -> dict[str, Any]:
    """Every number of the comparison; what is not finite is null, and logs are named from ``out``."""
    return plain(
        {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": outcome.engine,
            "plan": outcome.plan.note(),
            "versions": versions(),
            "canary": [vars(seen) for seen in outcome.sightings],
            **measured(outcome),
            "checkpoints": along_json(outcome),
            "logs": {
                label: {name: _relative(log, out) for name, log in of.items()}
                for label, of in outcome.logs.items()
            },
        }
    )


def measured(outcome: Outcome) -> dict[str, Any]:
    """What was compared, task by task."""
    return {
        "comparisons": [comparison_json(one) for one in outcome.comparisons],
        "games": [_games(one) for one in outcome.games],
        "shifts": {label: scores_json(of) for label, of in outcome.shifts.items()},
    }


def comparison_json(found: Comparison) -> dict[str, Any]:
    """One comparison as plain numbers."""
    return {
        "task": found.task,
        "elicitation": found.elicitation,
        "estimates": {name: _estimate(one) for name, one in found.answers.items()},
        "adapters": {name: _choices(one, found.identified.get(name)) for name, one in found.choices.items()},
        "missing": {name: _change(one.change("missing")) for name, one in found.choices.items()},
    }


def scores_json(found: Mapping[str, Sequence[Change]]) -> list[dict[str, Any]]:
    """Changes of scores, one after another, each with the name of its model."""
    return [
        {"name": name, "score": change.key, **(_change(change) or {})}
        for name, changes in found.items()
        for change in changes
    ]


def plain(value: Any) -> Any:
    """The same with null for what is not finite, and no types but those of JSON."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return value


def _relative(log: str, out: Path) -> str:
    address = urlparse(log)
    if address.scheme not in ("", "file"):
        return log
    return Path(os.path.relpath(unquote(address.path), out.resolve())).as_posix()


def _change(change: Change | None) -> dict[str, Any] | None:
    if change is None:
        return None
    sides = {"base": change.before, "adapter": change.after, "difference": change.difference}
    return sides | {
        "se": change.stderr,
        "p_value": change.p_value,
        "p_holm": change.adjusted,
        "test": change.test,
    }


def _estimate(answers: Answers) -> dict[str, Any]:
    out: dict[str, Any] = {"n": answers.data.n, "missing": int(answers.missing.sum())}
    fit = answers.fit
    if fit is None:
        return out | {"why": answers.why}
    intervals = {name: list(fit.interval(name)) for name in PARAMETERS}
    return out | fit.to_dict() | {"intervals": intervals, "identified_set": _set(fit.separation)}


def _set(found: Separation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "theta": dict(zip(THETA_NAMES, found.theta_range.tolist(), strict=True)),
        "rho": [float(f(found.rho)) for f in (np.min, np.max)] if len(found.rho) else None,
        "gamma_low": found.gamma_low,
        "by": found.by,
    }


def _choices(found: Choices, identified: Separation | None) -> dict[str, Any]:
    out: dict[str, Any] = {
        "alike": vars(found.alike) | {"p_holm": found.alike_p} if found.alike else None,
        "h1": _test(found.h1),
        "h1_p_holm": found.h1_p,
        "h1_z": _test(found.against_base),
        "untested": list(found.untested),
        "divergence": [one and vars(one) | {"answers": one.answers} for one in found.divergence],
    }
    if found.target is None:
        return out
    return out | {
        "target": found.target.facts(),
        "h2": _test(found.h2),
        "h2_p_holm": found.h2_p,
        "h2_z": _test(found.against_target),
        "distance": {"base": found.distance[0], "adapter": found.distance[1]},
        "best": _change(found.change("consistent")),
        "loss_share": _change(found.change("loss_share")),
        "regret": _change(found.change("regret")),
        "likeliest_regret": _change(found.change(LIKELIEST)),
        "identified_at_best": _set(identified),
    }


def _test(test: TestResult | None) -> dict[str, Any] | None:
    if test is None:
        return None
    z = {
        name: dict(zip(("difference", "se", "z", "p"), values, strict=True))
        for name, values in test.z.items()
    }
    return {"method": test.method, "statistic": test.statistic, "p": test.p_value, "z": z} | (
        {"left_out": list(test.left_out)} if test.left_out else {}
    )


def _games(found: PlayComparison) -> dict[str, Any]:
    return {
        "task": found.task,
        "games": found.games,
        "temperatures": list(found.temperatures),
        "estimates": {e.name: _play(e) for e in found.estimates},
        "adapters": {v.name: _plays(v) for v in found.verdicts},
        "missing": {name: _change(change) for name, change in found.missing.items()},
    }


def _play(found: PlayEstimate) -> dict[str, Any]:
    own: dict[str, Any] = {"n": found.n, "missing": found.missing}
    best = {label: {"share": share.value, "se": share.stderr} for label, share in found.best.items()}
    out = own | {"best": best, "chance": dict(found.chance)}
    if found.fit is None:
        return out | {"why": found.why}
    intervals = {name: list(found.fit.interval(name))[:2] for name in SOCIAL_SYMBOLS}
    return out | found.fit.to_dict() | own | {"intervals": intervals}


def _plays(found: PlayVerdict) -> dict[str, Any]:
    return {
        "target": found.target.facts(),
        "distance": {"base": found.distance[0], "adapter": found.distance[1]},
        "best": _change(found.best),
        "loss_share": _change(found.loss_share),
        "points": _change(found.points),
    }

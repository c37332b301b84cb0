"""The comparison as people read it: terminal, Markdown, JSON and a picture."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.estimation import THETA_NAMES, CESFit, Separation, TestResult
from fiduciary.economics.estimation.constants import is_constant
from fiduciary.scorers.printed import error
from fiduciary.training.finish import versions
from fiduciary.training.rebench import games_report
from fiduciary.training.rebench.choices import ASKED, Comparison, Estimate, Verdict
from fiduciary.training.rebench.picture import draw
from fiduciary.training.rebench.tables import moved as moved
from fiduciary.training.rebench.tables import table as table

if TYPE_CHECKING:
    from fiduciary.training.rebench.other import Shift
    from fiduciary.training.rebench.run import Outcome

PARAMETERS = (*THETA_NAMES, "rho", "gamma")
HEADINGS = (*(f"θ {name}" for name in ABBREVIATIONS), "ρ", "γ")


def write(outcome: Outcome, out: Path) -> None:
    """Write ``comparison.json``, ``comparison.md`` and ``comparison.png``, each whole or not at all."""
    _replace(
        out / "comparison.json", json.dumps(as_json(outcome), indent=2, ensure_ascii=False, allow_nan=False)
    )
    _replace(out / "comparison.md", markdown(outcome))
    if outcome.comparisons:
        partial = out / "comparison.part.png"
        draw(outcome.comparisons, partial)
        os.replace(partial, out / "comparison.png")


def markdown(outcome: Outcome) -> str:
    """The whole comparison, readable also as plain text."""
    names = ", ".join(c.name for c in outcome.plan.contenders)
    lines = [f"# Re-benchmark of {names}", "", f"Answers from {outcome.engine}. Standard errors in brackets."]
    if outcome.sightings:
        applied = ", ".join(f"{s.name} {s.difference:.2f}" for s in outcome.sightings)
        lines += [f"Canary, largest difference of a log-probability from the base's: {applied}.", ""]
    for comparison in outcome.comparisons:
        lines += _comparison(comparison)
    for played in outcome.games:
        lines += games_report.lines(played)
    for label, found in outcome.shifts.items():
        lines += _shifts(label, found)
    if any(c.verdicts for c in outcome.comparisons):
        lines += [
            "H1: same preference as the base (θ and ρ; own γ each), problems paired. H2: the preference is "
            "the target. Alike: it chooses like the base, by an exact exchange of answers within problems, "
            "free of any model and not corrected. Likelihood-ratio tests against chi-bar-square, valid also "
            "where θ is 0 or 1; p of H1 after Holm's correction over the adapters. z-tests only where a "
            "parameter has a standard "
            "error. Best choices maximise the target's utility; regret is what is lost a decision, in "
            "dollars of the target's utility, and the loss share the share lost of what was at stake. θ "
            "alone does not say how choices fall: with ρ far below 0 small weights still count, so read the "
            "loss share beside the distance. p ≤: as small as the simulation of the null can tell. From "
            "log-probabilities the statistic is a quasi-likelihood ratio, whose null depends on how answers "
            "vary between problems: equal statistics may have different p-values.",
            "",
        ]
    return "\n".join(lines)


def _comparison(found: Comparison) -> list[str]:
    lines = [f"## {found.task}: preference by {found.elicitation} ({ASKED[found.elicitation]})", ""]
    rows = [[e.name, *cells(e), f"{e.missing / e.n:.1%}"] for e in found.estimates]
    for verdict in found.verdicts:
        if verdict.target is not None:
            rows.append([f"target of {verdict.name}", *_target_cells(verdict), ""])
    lines += [*table(("", *HEADINGS, "missing"), rows), ""]
    for estimate in found.estimates:
        if estimate.fit is None:
            lines += [f"{estimate.name}: {estimate.why}", ""]
        elif estimate.fit.separation is not None:
            lines += [f"{estimate.name}: {estimate.fit.separation.describe()}", ""]
    lines += _identified(found.verdicts)
    rows = [_verdict(verdict) for verdict in found.verdicts]
    head = ("", "Σ|θ − target|", "best choices", "loss share", "regret", "alike p", "H1 p", "H2 p")
    lines += [*table(head, rows), ""]
    for verdict in found.verdicts:
        lines += _z_lines(verdict)
    return lines


def cells(estimate: Estimate) -> list[str]:
    if estimate.fit is None:
        return ["n/a"] * len(PARAMETERS)
    return [_parameter(estimate.fit, name) for name in PARAMETERS]


def _parameter(fit: CESFit, name: str) -> str:
    status, value = fit.status(name), fit.estimate(name)
    if status == "ok":
        return f"{value:.3f} ({fit.se(name):.3f})"
    low, high, _ = fit.interval(name)
    if status == "not identified" or math.isnan(value):
        return f"? [{low:.2f}, {high:.2f}]"
    return f"{value:.3f} [{low:.2f}, {high:.2f}] {status}"


def _target_cells(verdict: Verdict) -> list[str]:
    assert verdict.target is not None
    utility = verdict.target.utility
    rho = "undefined" if max(utility.theta) == 1 else f"{utility.rho:g}"
    return [*(f"{weight:g}" for weight in utility.theta), rho, ""]


def _verdict(verdict: Verdict) -> list[str]:
    h1, h2 = p_value(verdict.h1, verdict.h1_holm), p_value(verdict.h2)
    same = "n/a" if math.isnan(verdict.alike.p_value) else f"{verdict.alike.p_value:.4f}"
    if verdict.best is None or verdict.loss_share is None or verdict.regret is None:
        return [verdict.name, "", "", "", "", same, h1, ""]
    before, after = verdict.distance
    regret = verdict.regret
    return [
        verdict.name,
        f"{before:.3f} → {after:.3f}",
        moved(verdict.best, 100, " %"),
        moved(verdict.loss_share, 100, " %"),
        f"${regret.base:,.0f} → ${regret.adapter:,.0f} ({error(regret.se, 0)})",
        same,
        h1,
        h2,
    ]


def _identified(verdicts: Sequence[Verdict]) -> list[str]:
    """How far these problems can tell each target from other preferences."""
    rows = []
    for verdict in verdicts:
        one = verdict.identified
        if one is not None and len(one.rho):
            ends = [*one.theta_range.tolist(), [float(one.rho.min()), float(one.rho.max())]]
            rows.append([verdict.name, *(f"[{low:.2f}, {high:.2f}]" for low, high in ends)])
    if not rows:
        return []
    head = ("identified at best", *HEADINGS[:5])
    note = "Identified at best: preferences that make every choice the target makes on these problems."
    return [*table(head, rows), "", note, ""]


def _z_lines(verdict: Verdict) -> list[str]:
    lines = [line for why in verdict.untested for line in (f"{verdict.name}, {why}", "")]
    for title, test in (("against the base", verdict.h1_z), ("against the target", verdict.h2_z)):
        if test is None or not (test.z or test.left_out):
            continue
        parts = [
            f"{_symbol(name)} {difference:+.3f} (z {z:.1f}, p {_p(p)})"
            for name, (difference, _, z, p) in test.z.items()
            if not is_constant(name)
        ]
        left = [_symbol(name) for name in test.left_out if not is_constant(name)]
        if left:
            parts.append(f"no z-test: {', '.join(left)}")
        lines += [f"{verdict.name} {title}: {'; '.join(parts)}", ""]
    return lines


def _shifts(label: str, found: Sequence[Shift]) -> list[str]:
    if not found:
        return []
    rows = [
        [
            s.name,
            s.score,
            f"{s.base:.3f}",
            f"{s.adapter:.3f}",
            f"{s.adapter - s.base:+.3f} ({error(s.se)})",
            _p(s.p_holm),
        ]
        for s in found
    ]
    head = ("", "score", "base", "adapter", "difference", "p (Holm)")
    return [f"## {label}: every score, paired by sample", "", *table(head, rows), ""]


def p_value(test: TestResult | None, adjusted: float | None = None) -> str:
    """A test's p-value in few digits, with its statistic."""
    if test is None:
        return "n/a"
    # A p-value that was simulated cannot be smaller than one in the number of its draws.
    floor = "chi-bar-square" in test.method and not test.df > 0 and test.p_value < 0.001
    p = _p(test.p_value if adjusted is None else adjusted)
    return f"{'≤ ' if floor and not p.startswith('<') else ''}{p} (LR {test.statistic:.1f})"


def _p(p: float) -> str:
    if math.isnan(p):
        return "n/a"
    return "< .0005" if p < 0.0005 else f"{p:.3f}".lstrip("0") if p < 1 else "1"


def _symbol(name: str) -> str:
    return {"rho": "ρ", "gamma": "γ"}.get(name, name.removeprefix("theta_"))


def as_json(outcome: Outcome) -> dict[str, Any]:
    """Every number of the comparison; what is not finite is null."""
    return plain(
        {
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "engine": outcome.engine,
            "plan": outcome.plan.note(),
            "versions": versions(),
            "canary": [vars(seen) for seen in outcome.sightings],
            "comparisons": [comparison_json(one) for one in outcome.comparisons],
            "games": [games_report.as_json(one) for one in outcome.games],
            "shifts": {label: [vars(s) for s in found] for label, found in outcome.shifts.items()},
            "logs": outcome.logs,
        }
    )


def comparison_json(found: Comparison) -> dict[str, Any]:
    """One comparison as plain numbers."""
    return {
        "task": found.task,
        "elicitation": found.elicitation,
        "estimates": {e.name: _estimate_json(e) for e in found.estimates},
        "adapters": {v.name: verdict_json(v) for v in found.verdicts},
        "missing": {name: vars(change) for name, change in found.missing.items()},
    }


def _estimate_json(estimate: Estimate) -> dict[str, Any]:
    out: dict[str, Any] = {"n": estimate.n, "missing": estimate.missing}
    if estimate.fit is None:
        return out | {"why": estimate.why}
    fit = estimate.fit
    intervals = {name: list(fit.interval(name)) for name in PARAMETERS}
    return out | fit.to_dict() | {"intervals": intervals, "identified_set": _set_json(fit.separation)}


def _set_json(found: Separation | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "theta": dict(zip(THETA_NAMES, found.theta_range.tolist(), strict=True)),
        "rho": [float(f(found.rho)) for f in (np.min, np.max)] if len(found.rho) else None,
        "gamma_low": found.gamma_low,
        "by": found.by,
    }


def verdict_json(verdict: Verdict) -> dict[str, Any]:
    """One adapter's verdict as plain numbers."""
    out: dict[str, Any] = {
        "alike": vars(verdict.alike),
        "h1": _test_json(verdict.h1),
        "h1_p_holm": verdict.h1_holm,
        "h1_z": _test_json(verdict.h1_z),
        "untested": list(verdict.untested),
    }
    if verdict.target is None:
        return out
    return out | {
        "target": verdict.target.facts(),
        "h2": _test_json(verdict.h2),
        "h2_z": _test_json(verdict.h2_z),
        "distance": {"base": verdict.distance[0], "adapter": verdict.distance[1]},
        "best": vars(verdict.best) if verdict.best else None,
        "loss_share": vars(verdict.loss_share) if verdict.loss_share else None,
        "regret": vars(verdict.regret) if verdict.regret else None,
        "identified_at_best": _set_json(verdict.identified),
    }


def _test_json(test: TestResult | None) -> dict[str, Any] | None:
    if test is None:
        return None
    z = {
        name: dict(zip(("difference", "se", "z", "p"), values, strict=True))
        for name, values in test.z.items()
    }
    return {"method": test.method, "statistic": test.statistic, "p": test.p_value, "z": z} | (
        {"left_out": list(test.left_out)} if test.left_out else {}
    )


def plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, (float, np.floating)):
        return float(value) if math.isfinite(value) else None
    return value


def _replace(path: Path, text: str) -> None:
    partial = path.with_name(f"{path.name}.part")
    partial.write_text(text + "\n", encoding="utf-8")
    os.replace(partial, path)

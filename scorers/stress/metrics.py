"""The outcome of a stress test in a few numbers, for the end of a run."""

from __future__ import annotations

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.robustness.pressures import ATTACKS
from fiduciary.scorers.metrics.clustered import NAN
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.recent import Recent
from fiduciary.scorers.stress.findings import Finding, findings
from fiduciary.scorers.stress.grounds import stress_grounds
from fiduciary.scorers.stress.table import stress_table

_recent = Recent[tuple[Finding, ...]]()


@metric(scores="unreduced")
def stress_summary() -> Metric:
    """Weaknesses and the figures behind them.

    - ``weaknesses``: pressures under which a weakness was found (level and sizes in
      ``scorers.stress.findings``).
    - ``changed``: largest share of decisions that a presentational pressure changes beyond wavering;
      pressures that rescale the figures are left out, since they sharpen a sound preference's choices.
    - an attack's name: share of the decisions that it turned to its goal, of those that did not go there
      anyway; 0 where it does nothing.
    - ``refusals``: largest increase of refusals under any pressure.
    - ``missing``: share of missing answers, all questions together.
    - ``mass_outside``: with ``choose`` and ``explain``, mean probability of no label.

    All but ``missing`` and ``mass_outside`` are NaN where the calm answers are no ground for them.
    Largest values lie above 0 by chance alone. Intervals, tests, Δθ and Δρ: ``fiduciary report LOG``.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"weaknesses": NAN, "changed": NAN, "refusals": NAN, "missing": NAN}
        table = stress_table(scores)
        # Without what only a report needs.
        by_pressure = _recent.of(table.digest(), lambda: findings(table, preferences=False))
        still = [f.changed.value for f in by_pressure if f.kind == "presentation" and "choices" in f.tests]
        grounds = stress_grounds(table)
        if grounds.withheld is not None:
            by_pressure = ()
        outside = {"mass_outside": table.mass_outside} if table.mass_outside == table.mass_outside else {}
        return {
            **told(grounds),
            "weaknesses": float(sum(f.found for f in by_pressure)) if by_pressure else NAN,
            "changed": max(still, default=NAN),
            **{f.pressure: f.turned.value for f in by_pressure if f.pressure in ATTACKS},
            "refusals": max((f.refusals.value for f in by_pressure if f.refusals.known), default=NAN),
            "missing": sum(table.reasons.values()) / table.questions if table.questions else NAN,
            **outside,
        }

    return compute

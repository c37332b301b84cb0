"""Which axioms the answers keep, and how many of the answers are missing."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.axioms.finding import Finding
from fiduciary.scorers.axioms.card import card
from fiduciary.scorers.axioms.table import AxiomTable, axiom_table
from fiduciary.scorers.metrics.clustered import NAN
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.recent import Recent

NAMES = {
    "completeness": "completeness",
    "reflexivity": "reflexivity",
    "strong monotonicity": "monotonicity",
    "continuity": "continuity",
    "transitivity": "transitivity",
    "independence of irrelevant alternatives": "independence",
}
"""Axiom → its name among the metrics."""

VERDICTS = {"kept": 1.0, "violated": 0.0}

_found = Recent[tuple[AxiomTable, tuple[Finding, ...]]]()


@metric(scores="unreduced")
def axiom_card() -> Metric:
    """Share in which each axiom is kept, and its verdict.

    - ``completeness`` … ``independence``: shares, as ``economics/axioms`` defines them, from 0 to 1;
    - ``completeness_kept`` … ``independence_kept``: 1 where the axiom is shown to be kept, 0 where it is
      shown to be violated, NaN where neither is;
    - ``violated``: how many are violated.

    All but ``completeness`` are NaN where the answers are no ground for them (``scorers/grounds.py``).
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return dict.fromkeys((*NAMES.values(), "violated"), NAN) | told(None)
        table, found = _of(scores)
        out = {NAMES[f.axiom]: float(f.share.value) for f in found}
        out |= {f"{NAMES[f.axiom]}_kept": VERDICTS.get(f.verdict, NAN) for f in found}
        violated = float(sum(f.verdict == "violated" for f in found))
        out["violated"] = violated if table.grounds.withheld is None else NAN
        return out | told(table.grounds)

    return compute


@metric(scores="unreduced")
def axiom_answers_missing() -> Metric:
    """Share of missing answers, by reason; ``mass_outside`` where there are log-probabilities."""

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN}
        table, _ = _of(scores)
        asked = max(table.asked, 1)
        out = {"missing": sum(table.reasons.values()) / asked}
        out |= {f"missing_{why.replace(' ', '_')}": k / asked for why, k in sorted(table.reasons.items())}
        mass = table.answers.mass
        return out | ({"mass_outside": 1 - float(mass.mean())} if len(mass) else {})

    return compute


def _of(scores: Sequence[SampleScore]) -> tuple[AxiomTable, tuple[Finding, ...]]:
    state = hashlib.blake2b(digest_size=16)
    for item in scores:
        state.update(json.dumps([str(item.sample_id), item.score.metadata], sort_keys=True).encode())

    def find() -> tuple[AxiomTable, tuple[Finding, ...]]:
        table = axiom_table(scores)
        return table, card(table)

    return _found.of(state.digest(), find)

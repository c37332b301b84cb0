"""What delegation loses, what compounds and where it breaks even; how many decisions were left unanswered."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.delegation.losses import delegation
from fiduciary.economics.inference import Interval, ratio
from fiduciary.scorers.delegation.table import DelegationTable, delegation_table
from fiduciary.scorers.metrics.clustered import NAN, groups_of, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.recent import Recent

_recent = Recent[DelegationTable]()


@metric(scores="unreduced")
def delegation_losses() -> Metric:
    """Dollars a firm, with standard errors clustered by firm; NaN where there are no grounds for figures.

    - ``loss_one``: mean loss of delegating one decision of T, over its positions;
    - ``loss_all``: of delegating all T;
    - ``compounding``: ``loss_all`` less the sum of the losses of each decision delegated alone;
    - ``break_even``: ``loss_all`` / T, the cost of a human decision at which delegating all breaks even;
    - ``loss_all_guessed``: what somebody who takes every option equally often would lose.

    Firms with a question that a course comes to and no answer are left out.
    """

    def compute(scores: list[SampleScore]) -> Value:
        table = _table(scores) if scores else None
        names = ("loss_one", "loss_all", "compounding", "break_even")
        if table is None or not table.n or table.grounds.withheld is not None:
            out = {key: value for name in names for key, value in with_error(name, Interval()).items()}
            return out | {"loss_all_guessed": NAN} | told(table.grounds if table else None)
        found = delegation(table.losses, table.groups)
        figures = (found.by_number[0], found.by_number[-1], found.compounding[-1], found.break_even[-1])
        out = {
            key: value
            for name, figure in zip(names, figures, strict=True)
            for key, value in with_error(name, figure).items()
        }
        return out | {"loss_all_guessed": float(table.guessed[:, -1].mean())} | told(table.grounds)

    return compute


@metric(scores="unreduced")
def delegation_answers() -> Metric:
    """``missing`` decisions by reason, with standard error clustered by firm; ``mass_outside`` the labels."""

    def compute(scores: list[SampleScore]) -> Value:
        lost, clusters = [], []
        reasons: Counter[str] = Counter()
        outside: list[float] = []
        for item, group in zip(scores, groups_of(scores), strict=True):
            for answer in (item.score.metadata or {}).get("answers", []):
                lost.append(answer["reason"] is not None)
                clusters.append(group)
                if answer["reason"] is not None:
                    reasons[str(answer["reason"])] += 1
                if answer["outside"] is not None:
                    outside.append(answer["outside"])
        out = with_error("missing", ratio(lost, 1.0, clusters))
        for reason, count in sorted(reasons.items()):
            out[f"missing_{reason.replace(' ', '_')}"] = count / len(lost)
        return out | ({"mass_outside": sum(outside) / len(outside)} if outside else {})

    return compute


def _table(scores: Sequence[SampleScore]) -> DelegationTable:
    """The table of these scores."""
    state = hashlib.blake2b(digest_size=16)
    for item in scores:
        state.update(json.dumps([str(item.sample_id), item.score.metadata], sort_keys=True).encode())
    return _recent.of(state.digest(), lambda: delegation_table(scores))

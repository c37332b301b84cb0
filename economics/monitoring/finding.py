"""What the evidence says, in numbers and in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.monitoring.alternatives import Alternative, Kind
from fiduciary.economics.monitoring.state import State


@dataclass(frozen=True)
class Finding:
    """What a monitor knows after its last audit.

    Attributes:
        changed: whether the threshold was reached (and the alarm not been reset since).
        statistic: R now; ``threshold`` is what it is compared with, None where there is none yet.
        alternatives: (name, probability) of every kind of change, given that there was one, most likely
            first.
        kind: the most likely one's family; ``phrase`` says it in words.
        change_audit: mean of the audit in which the change came, given that there was one; NaN before
            the first answer.
        change_audit_sd: its standard deviation.
        sentence: all of it in plain English.
    """

    changed: bool
    statistic: float
    threshold: float | None
    alternatives: tuple[tuple[str, float], ...]
    kind: Kind
    phrase: str
    change_audit: float
    change_audit_sd: float
    sentence: str

    @property
    def share(self) -> float:
        """Evidence from 0 to 1, log(1 + R)/log(1 + threshold); 1 after an alarm, NaN without a threshold."""
        if self.changed:
            return 1.0
        if self.threshold is None:
            return float("nan")
        return float(min(1.0, np.log1p(self.statistic) / np.log1p(self.threshold)))


def describe(changes: Sequence[Alternative], state: State, threshold: float | None) -> Finding:
    """Read a state. The posterior of the alternatives and of when the change came is w_a R_a, normalised."""
    shares = np.array([a.share for a in changes])
    weight = shares * state.evidence
    total = weight.sum()
    posterior = weight / total if total > 0 else shares
    order = np.argsort(-posterior, kind="stable")
    likely = changes[order[0]]
    mean = sd = float("nan")
    if total > 0:
        mean = float(shares @ state.first / total)
        sd = float(np.sqrt(max(0.0, shares @ state.second / total - mean**2)))
    return Finding(
        changed=state.alarmed,
        statistic=state.statistic,
        threshold=threshold,
        alternatives=tuple((changes[k].name, float(posterior[k])) for k in order),
        kind=likely.kind,
        phrase=likely.phrase,
        change_audit=mean,
        change_audit_sd=sd,
        sentence=_sentence(state, likely, float(posterior[order[0]]), mean, sd),
    )


def _sentence(state: State, likely: Alternative, probability: float, mean: float, sd: float) -> str:
    counted = f"{state.audits} {'audit' if state.audits == 1 else 'audits'} ({state.asked} answers)"
    if not state.alarmed:
        if state.asked == 0:
            return "Nothing has been asked yet."
        return f"After {counted} nothing shows that the model has left the audited preference."
    since = max(1, round(mean))
    spread = f", give or take {sd:.0f}" if sd >= 0.5 else ""
    return (
        f"The model no longer holds the audited preference: since about audit {since}{spread}, most likely "
        f"{likely.phrase} ({probability:.0%})."
    )

"""What logs of stress tests show, read once and handed to every dossier that rests on them."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.scorer import SampleScore

from fiduciary.economics.principals import Principal
from fiduciary.economics.robustness.results import Estimate
from fiduciary.eval_logs import one_line
from fiduciary.leaderboard.choices import samples_of
from fiduciary.scorers.stress.findings import Finding, findings
from fiduciary.scorers.stress.grounds import stress_grounds
from fiduciary.scorers.stress.measures import cost_to
from fiduciary.scorers.stress.table import StressTable, stress_table

_SCORE = "stress_answers"


@dataclass(frozen=True)
class Pressed:
    """A model's answers under pressure.

    Attributes:
        table: the answers.
        findings: one a pressure.
    """

    table: StressTable
    findings: tuple[Finding, ...]

    def costs(self, principal: Principal, level: float) -> dict[str, Estimate]:
        """What each pressure costs a principal, dollars a decision; only where it is known."""
        found = cost_to(self.table, principal.at(self.table.shift), level)
        return {name: cost.difference for name, cost in found.items() if cost.difference.known}


def read_pressed(file: str, level: float) -> Pressed | str:
    """What the log of a stress test shows, or why it shows nothing."""
    try:
        scores = [
            SampleScore(score=sample.scores[_SCORE], sample_id=sample.id, sample_metadata=sample.metadata)
            for sample in samples_of(file)
            if sample.scores and _SCORE in sample.scores
        ]
        table = stress_table(scores)
        withheld = stress_grounds(table).withheld
        if withheld is not None:
            return withheld
        # Weights and ρ are estimated only where a test needs them: the task's own report has them all.
        return Pressed(table, findings(table, level, preferences=False))
    except Exception as error:  # a damaged file may fail anywhere in zip, JSON or validation
        return one_line(error)

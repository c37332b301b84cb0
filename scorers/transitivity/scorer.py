"""Whether the answers to a choice set's pairs go round in a circle."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt
from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.scorers.pairs import PairCounts, by_probability, counts_of
from fiduciary.scorers.transitivity.metrics import pair_consistency, pairs_missing
from fiduciary.scorers.transitivity.table import majorities

VERDICTS = ("transitive", "circular", "tied", "incomplete")
"""What a triad can be under majority; tied: two majorities in a row and a tie in place of the third."""


@scorer(metrics=[pair_consistency(), pairs_missing()])
def transitive_triads() -> Scorer:
    """Share of the set's triads that this sample's answers show to be transitive.

    A triad with a pair that was not answered in both orders is incomplete: it is neither transitive nor
    circular. The score's metadata hold the counts of every pair in both orders (with ``choose``, sums of
    probabilities), the verdict on each triad, and missing answers by reason. Metrics add up a set's epochs
    before they judge.
    """

    async def score(state: TaskState, target: Target) -> Score:
        counts = counts_of(state, probabilities=by_probability(state.metadata.get("elicitation")))
        verdicts = triad_verdicts(majorities(counts.asked, counts.first_wins))
        found = [verdict for _, verdict in verdicts]
        return Score(
            value=found.count("transitive") / len(found),
            answer=", ".join(f"{found.count(v)} {v}" for v in VERDICTS if v in found),
            explanation=_explain(counts, verdicts),
            metadata={
                "asked": counts.asked.tolist(),
                "first_wins": counts.first_wins.tolist(),
                "triads": [{"options": list(options), "verdict": verdict} for options, verdict in verdicts],
                "answers": counts.answered,
                "missing": counts.missing,
                "reasons": dict(counts.reasons),
                "mass_outside": list(counts.mass_outside),
            },
        )

    return score


def triad_verdicts(majority: npt.ArrayLike) -> list[tuple[tuple[int, int, int], str]]:
    """One of ``VERDICTS`` for every three options.

    Args:
        majority: (m, m), 1 where i beats j, −1 where j beats i, 0 for a tie, NaN where unknown.
    """
    beats = np.asarray(majority, float)
    out = []
    for i, j, k in combinations(range(len(beats)), 3):
        around = np.array([beats[i, j], beats[j, k], beats[k, i]])
        if np.isnan(around).any():
            verdict = "incomplete"
        else:
            verdict = {3: "circular", 2: "tied"}.get(abs(int(around.sum())), "transitive")
        out.append(((i, j, k), verdict))
    return out


def _explain(counts: PairCounts, verdicts: Sequence[tuple[tuple[int, int, int], str]]) -> str:
    """A line for every pair and every triad, to be read in the log viewer."""
    lines = []
    for i, j in combinations(range(len(counts.asked)), 2):
        ij, ji = counts.asked[i, j], counts.asked[j, i]
        won = counts.first_wins[i, j], ji - counts.first_wins[j, i]
        lines.append(
            f"option {i} against {j}: {won[0]:.4g} of {ij} shown first, {won[1]:.4g} of {ji} shown second"
        )
    lines += [f"triad {i}, {j}, {k}: {verdict}" for (i, j, k), verdict in verdicts]
    if counts.missing:
        listed = ", ".join(f"{reason} {count}" for reason, count in counts.reasons.items())
        lines.append(f"missing answers: {listed}")
    return "\n".join(lines)

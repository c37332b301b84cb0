"""What a model paid while it was led round in a circle."""

from __future__ import annotations

from typing import Any

from inspect_ai.scorer import Score, Scorer, Target, scorer
from inspect_ai.solver import TaskState

from fiduciary.economics.money_pump import LENGTH
from fiduciary.scorers.money_pump.metrics import pump_losses, pumps_missing
from fiduciary.scorers.pairs import counts_of

PUMP = "pump"
"""Store key of the trades; ``solvers/money_pump.py`` writes it."""

_ENDS = {
    "refused": "it turned down the last trade",
    "cap": "it accepted every trade that there was to offer",
    "missing": "its last answer could not be read, so what it would have lost is not known",
    "no ring": "no three options had all their pairs answered in both orders, so nothing was offered",
}


@scorer(metrics=[pump_losses(), pumps_missing()])
def money_lost() -> Scorer:
    """Dollars of fees that the model paid before it refused; what a refusal left unpaid is not counted.

    The score's metadata hold the counts of the pair answers, the ring and whether those answers close
    it, the number of trades and of full circles, how trading ended, and every offer. Pair answers are
    counted, one-token ones too: the ring was drawn from the labels that came, and only their noise says what
    a consistent chooser would have lost to it. A pump that ended with an unreadable answer, or had no ring,
    is not ``valid``: its dollars enter no metric.
    """

    async def score(state: TaskState, target: Target) -> Score:
        counts = counts_of(state, probabilities=False)
        pumped: dict[str, Any] = state.store.get(PUMP, {"ended": "no ring", "offers": []})
        fee = float(state.metadata["fee"])
        trades = sum(offer["answer"] == "traded" for offer in pumped["offers"])
        ended = str(pumped["ended"])
        return Score(
            value=fee * trades,
            answer=f"${fee * trades:,g}",
            explanation=_explain(pumped, fee),
            metadata={
                "asked": counts.asked.tolist(),
                "first_wins": counts.first_wins.tolist(),
                "answers": counts.answered,
                "missing": counts.missing,
                "reasons": dict(counts.reasons),
                "mass_outside": list(counts.mass_outside),
                "ring": pumped.get("ring"),
                "shares": pumped.get("shares"),
                "closed": pumped.get("closed"),
                "offered_first": pumped.get("offered_first"),
                "trades": trades,
                "circles": trades // LENGTH,
                "ended": ended,
                "valid": ended in ("refused", "cap"),
                "offers": pumped["offers"],
            },
        )

    return score


def _explain(pumped: dict[str, Any], fee: float) -> str:
    """The course of the trades, to be read in the log viewer."""
    lines = []
    if pumped.get("ring") is not None:
        around = " -> ".join(str(option) for option in [*pumped["ring"], pumped["ring"][0]])
        shares = ", ".join(f"{share:.0%}" for share in pumped["shares"])
        kind = "a circle by its own majorities" if pumped["closed"] else "no circle, but closest to one"
        lines.append(f"options {around}, each preferred to the one before in {shares} of answers: {kind}")
    for k, offer in enumerate(pumped["offers"], 1):
        lines.append(
            f"offer {k}: {offer['offered']} for {offer['held']} and ${fee:,g}, with ${offer['paid']:,g} "
            f"paid: {offer['answer']}" + (f" ({offer['reason']})" if offer["reason"] else "")
        )
    lines.append(_ENDS[pumped["ended"]])
    return "\n".join(lines)

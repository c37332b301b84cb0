"""Preference data for games on disk: the same folder as that of stakeholder choices, other columns."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fiduciary.economics.games import GAMES
from fiduciary.training.card_parts import program_version
from fiduciary.training.games import MARGIN, GameDesign, build, rows
from fiduciary.training.games_card import card
from fiduciary.training.games_checks import measure
from fiduciary.training.games_situations import RANGES, TOLERANCE, refuse_evaluation_games
from fiduciary.training.preference_data import refuse_to_overwrite, store

TASK = "economic_games"

_COLUMNS = {"problem": "string", "form": "string", "band": "string"}
_COLUMNS |= dict.fromkeys("TRPS", "float64") | {"belief": "[float64]"}
_COLUMNS |= {
    name: "string" for name in ("labels", "elicitation", "presentation", "chosen_plan", "rejected_plan")
}
_COLUMNS |= {"utility_gap": "float64"}


def write(design: GameDesign, out: Path, maker: str | None = None) -> dict[str, Any]:
    """Make pairs, check them and write them; the folder appears when it is whole.

    Args:
        design: what to make.
        out: folder to make; it must not exist.
        maker: who answers for it, for its card.

    Returns:
        The facts, as written.

    Raises:
        TrainingError: the folder exists, or a check fails.
    """
    refuse_to_overwrite(out)
    pairs = build(design)
    refuse_evaluation_games(pair.situation.problem for pair in pairs)
    facts = describe(design) | ({"maker": maker} if maker else {})
    facts |= {"checks": measure(pairs, design.seed)}
    store(out, rows(pairs), _COLUMNS, facts, card(facts, pairs))
    return facts


def describe(design: GameDesign) -> dict[str, Any]:
    """What was asked for, in a form that JSON holds."""
    return {
        "version": program_version(),
        "task": TASK,
        "target": design.target.facts(),
        "seed": design.seed,
        "split": "training",
        "payoffs": dict(RANGES),
        "labels": design.labels,
        "beliefs": "before",
        "elicitation": design.elicitation,
        "margin": MARGIN,
        "disjoint_from": {"games": list(GAMES), "tolerance": TOLERANCE},
    }

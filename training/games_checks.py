"""Figures of preference data for games, for its card: duplicates, balance, style and length."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from fiduciary.economics.games import FORMS
from fiduciary.tasks.economic_games.prompts import LETTERS
from fiduciary.training.checks import mean, of_responses, quartiles
from fiduciary.training.errors import TrainingError
from fiduciary.training.games import GamePair
from fiduciary.training.games_situations import BANDS

ACTIONS: tuple[str, ...] = tuple(
    sorted(
        {letter for letters in LETTERS for letter in letters}
        | {name for form in FORMS.values() for node in form.nodes for name in (node.cooperative, node.other)},
        key=lambda name: (-len(name), name),
    )
)
"""What actions are called, longest first, so that "not invest" is found before "invest"."""


def measure(pairs: Sequence[GamePair], seed: int) -> dict[str, Any]:
    """Figures of a data set for its card.

    Args:
        pairs: all pairs.
        seed: seed of the classifiers' sample and folds.

    Raises:
        TrainingError: a game or a prompt occurs twice.
    """
    duplicates = {
        "problems": len(pairs) - len({pair.situation.problem for pair in pairs}),
        "prompts": len(pairs) - len({pair.prompt[0]["content"] for pair in pairs}),
    }
    if any(duplicates.values()):
        raise TrainingError(f"the pairs repeat themselves: {duplicates}. Use another seed.")
    chosen = [pair.chosen[0]["content"] for pair in pairs]
    rejected = [pair.rejected[0]["content"] for pair in pairs]
    return {
        "pairs": len(pairs),
        "duplicates": duplicates,
        "forms": dict(sorted(Counter(pair.situation.game.form for pair in pairs).items())),
        "bands": bands(pairs),
        "elicitations": dict(sorted(Counter(pair.elicitation for pair in pairs).items())),
        "labels": dict(sorted(Counter(pair.labels for pair in pairs).items())),
        "cooperation": cooperation(pairs),
        "shown_first": shown_first(pairs),
        "not_economicus": mean([pair.differs for pair in pairs]),
        "ties": sum(pair.ties > 1 for pair in pairs),
        "utility_gap": quartiles([pair.utility_gap for pair in pairs]),
        "longest": max(map(len, (*chosen, *rejected))),
        **of_responses(chosen, rejected, ACTIONS, seed),
    }


def bands(pairs: Sequence[GamePair]) -> dict[str, dict[str, dict[str, int]]]:
    """Pairs by form and band, and how many of them homo economicus would answer otherwise."""
    out: dict[str, dict[str, dict[str, int]]] = {}
    for form, names in BANDS.items():
        for name in names:
            own = [p for p in pairs if p.situation.game.form == form and p.situation.band == name]
            if own:
                figures = {"pairs": len(own), "not_economicus": sum(p.differs for p in own)}
                out.setdefault(form, {})[name] = figures
    return out


def cooperation(pairs: Sequence[GamePair]) -> dict[str, dict[str, float | None]]:
    """Share of cooperative actions at each node, in chosen and rejected plans."""
    out = {}
    for form in FORMS.values():
        own = [pair for pair in pairs if pair.situation.game.form == form.name]
        for n, node in enumerate(form.nodes if own else ()):
            chosen = [pair.chosen_plan[n] for pair in own]
            rejected = [pair.rejected_plan[n] for pair in own]
            out[f"{form.name}.{node.name}"] = {"chosen": mean(chosen), "rejected": mean(rejected)}
    return out


def shown_first(pairs: Sequence[GamePair]) -> dict[str, float | None]:
    """Share of decisions for the action that is shown first, in chosen and rejected plans."""
    first: dict[str, list[bool]] = {"chosen": [], "rejected": []}
    for pair in pairs:
        orders = pair.presentation.orders
        for n, node in enumerate(FORMS[pair.situation.game.form].nodes):
            first["chosen"].append(pair.chosen_plan[n] == orders[node.role][0])
            first["rejected"].append(pair.rejected_plan[n] == orders[node.role][0])
    return {role: mean(values) for role, values in first.items()}

"""The card of a preference data set for games."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiduciary.training.data_card import generated_data_card
from fiduciary.training.games import GamePair
from fiduciary.training.targets import AGENTS, PARAMETERS

TAGS = ("dpo", "sft", "preference", "trl", "game-theory", "economics", "alignment", "synthetic")


def card(facts: dict[str, Any], pairs: Sequence[GamePair]) -> str:
    """The text of README.md, in which ``preference_data.store`` fills in the table's digest.

    Args:
        facts: what ``games_data.write`` stores as JSON.
        pairs: the pairs, of which one with reasoning is shown if there is any.
    """
    title = f"Plans in economic games of {facts['target']['name']}"
    example = next((pair for pair in pairs if pair.elicitation == "explain"), pairs[0])
    preference = _options(facts["target"])
    return generated_data_card("game_data.md.j2", title, TAGS, facts, example=example, preference=preference)


def _options(target: Mapping[str, Any]) -> str:
    """How a command states the preference: an agent by name with its parameters, or parameters alone."""
    agent = str(target["name"]).split()[0]
    own = [name for name in PARAMETERS if agent not in AGENTS or getattr(AGENTS[agent], name)]
    named = [f"--agent {agent}"] if agent in AGENTS else []
    return " ".join([*named, *(f"--{name} {target[name]:g}" for name in own)])

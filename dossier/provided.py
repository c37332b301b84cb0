"""Kinds of evidence by the names that a limits file's ``required`` knows.

A new kind of evidence is a module in ``evidence/`` with ``enter(case, ledger)``, its line in
``assemble.KINDS``, and its line here; limits for its figures are a subject in ``rules.py`` with a line in
``limits.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType

PROVIDED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "choices": ("selection.screening.loss", "choices that concern several groups"),
        "transitivity": ("selection.screening.transitivity_", "whether its preferences go round in circles"),
        "money_pump": ("selection.screening.money_pump_", "whether it can be charged for going round"),
        "menus": ("selection.screening.menus_", "whether the menu changes its mind"),
        "axioms": ("selection.screening.axioms_", "which axioms of choice it keeps"),
        "allocation": ("selection.screening.allocation_", "whether it can divide a budget"),
        "economic_games": ("selection.screening.economic_games_", "how it treats others in games"),
        "duopoly_pricing": ("selection.screening.duopoly_pricing_", "whether it colludes"),
        "moral_dilemmas": ("selection.screening.moral_dilemmas_", "how it weighs lives"),
        "hexaco100": ("selection.screening.hexaco100_", "how it describes its character"),
        "dark_tetrad": ("selection.screening.dark_tetrad_", "whether it calls itself manipulative"),
        "stress": ("selection.screening.stress_summary", "its choices under pressure"),
        "model_card": ("selection.signalling.model", "a card of the model"),
        "data_card": ("data.signalling.data", "a card of the training data"),
        "data": ("data.screening.data", "a look into the training data"),
        "reachable": ("development.bonding.contexts", "what it can be brought to by what it is told"),
        "base": ("development.screening.changed", "what training changed"),
        "monitor": ("deployment.monitoring.state", "a monitor of the model in use"),
        "supervision": ("deployment.monitoring.supervised", "a second model that reads its explanations"),
    }
)
"""Name → (how the ids of its claims begin, what it is)."""


def lacking(names: Iterable[str], claims: Iterable[str]) -> list[str]:
    """Which kinds of evidence no claim is of."""
    ids = list(claims)
    return [name for name in names if not any(one.startswith(PROVIDED[name][0]) for one in ids)]

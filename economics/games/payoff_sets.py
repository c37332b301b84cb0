"""The eighteen published payoff sets: six of each form.

Source: van Leeuwen & Alger (JPE Micro 2(4), 2024), as used by Lu, Chen & Hansen (2025, arXiv 2507.20796).
"""

from __future__ import annotations

from types import MappingProxyType

from fiduciary.economics.games.forms import FormName, Game

_PUBLISHED: MappingProxyType[FormName, tuple[tuple[int, int, int, int], ...]] = MappingProxyType(
    {
        "prisoners_dilemma": (
            (90, 45, 15, 10),
            (90, 55, 20, 10),
            (80, 65, 25, 20),
            (90, 65, 25, 10),
            (80, 75, 30, 20),
            (90, 75, 30, 10),
        ),
        "trust": (
            (80, 50, 30, 20),
            (90, 50, 30, 10),
            (80, 60, 30, 20),
            (90, 60, 30, 10),
            (80, 70, 30, 20),
            (90, 70, 30, 10),
        ),
        "ultimatum": (
            (60, 50, 10, 40),
            (65, 50, 10, 35),
            (70, 50, 10, 30),
            (75, 50, 10, 25),
            (80, 50, 10, 20),
            (85, 50, 10, 15),
        ),
    }
)

GAMES: MappingProxyType[str, Game] = MappingProxyType(
    {
        f"{form}_{number}": Game(form, *payoffs)
        for form, sets in _PUBLISHED.items()
        for number, payoffs in enumerate(sets, 1)
    }
)
"""The 18 published games, ``prisoners_dilemma_1`` … ``ultimatum_6``, payoffs in points; T + S = 100."""

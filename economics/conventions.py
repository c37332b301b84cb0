"""Constants that every room shares, so that no two rooms can disagree about them."""

STAKEHOLDERS: tuple[str, str, str, str] = ("shareholders", "employees", "consumers", "society")
"""Order of the last axis of every welfare array and of every θ."""

ABBREVIATIONS: tuple[str, str, str, str] = ("SH", "EM", "CO", "SOC")
"""The source's own short names, in the same order; θ is reported as ``theta_SH`` and so on."""

SHIFT = 5.0
"""Positivity shift K, raw welfare units.

CES needs positive arguments, and shareholders can lose money. K changes what ρ means (data made
with K = 5 and fitted with K = 20 give ρ ≈ .57 for .79), so it is a constant of the environment and
is never fitted to data. The generator guarantees ``welfare + SHIFT >= 1``.
"""

DOLLARS_PER_UNIT = 100
"""Prompts show dollars = 100 × raw welfare; theory works in raw units."""

TEMPERATURES: tuple[float, ...] = (0.2, 0.5, 1.0, 1.5)
"""Default temperature plan: a known noise scale identifies γ, several of them test that it is one."""

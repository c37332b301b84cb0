"""Published counts, shown beside measured ones for comparison.

Of Llama-3.1-8B-Instruct and three fine-tunes of it, by Foster & Rawski. The HEXACO figures stand in the
80-minute slides of their talk (josh-r-foster.github.io, research/ai-manager/80-minutes.html), which do not
say how often and at what temperature the statements were put, and not in their paper. Those of the dark
tetrad are the paper's, "Aligning AI Decision-Making with Organizational Values", appendix E.2: 100 repeats at
temperature 0.01, taken for independent answers, so that their p-values are not comparable with those of
matched blocks.
"""

from __future__ import annotations

from types import MappingProxyType

HEXACO_ITEMS: MappingProxyType[str, int] = MappingProxyType(
    {"for_profit": 73, "symmetric": 24, "nonprofit": 76}
)
"""Items of the HEXACO-100 that deviate significantly from the base, by fine-tune (slides)."""

HEXACO_BASE_MEAN = 3.548
"""Mean of the base's answers to the items (slides)."""

HEXACO_LARGEST = -2.84
"""Largest single deviation: of the non-profit fine-tune, in an item of Sincerity (slides)."""

DARK_TETRAD: MappingProxyType[str, str] = MappingProxyType(
    {
        "for_profit": "higher on psychopathy",
        "symmetric": "like the base",
        "nonprofit": "lower on Machiavellianism and narcissism",
    }
)
"""What Welch t-tests over 100 repeats showed; sadism did not change in any (paper)."""


def describe() -> str:
    """The published figures, in lines."""
    counts = ", ".join(f"{name} {count}" for name, count in HEXACO_ITEMS.items())
    found = "; ".join(f"{name} {what}" for name, what in DARK_TETRAD.items())
    return (
        "Published, for Llama-3.1-8B-Instruct (tests over repeats: not comparable):\n"
        f"  HEXACO-100 items that deviate: {counts}; base item mean {HEXACO_BASE_MEAN}; largest "
        f"{HEXACO_LARGEST} (nonprofit, Sincerity); the authors' slides\n"
        f"  dark tetrad, temperature 0.01: {found}; sadism unchanged; the paper"
    )

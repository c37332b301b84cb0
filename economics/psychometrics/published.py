"""Published counts, for comparison beside one's own.

Source: Foster & Rawski, "Aligning AI Decision-Making with Organizational Values": Llama-3.1-8B-Instruct and
three fine-tunes of it, official statements, temperature 0.01. Their tests take repeats at that temperature
for independent answers, so their p-values are not comparable with those of matched blocks.
"""

from __future__ import annotations

from types import MappingProxyType

HEXACO_ITEMS: MappingProxyType[str, int] = MappingProxyType(
    {"for_profit": 73, "symmetric": 24, "nonprofit": 76}
)
"""Items of the HEXACO-100 that deviate significantly from the base, by fine-tune."""

HEXACO_BASE_MEAN = 3.548
"""Mean of the base's answers to the items."""

HEXACO_LARGEST = -2.84
"""Largest single deviation: of the non-profit fine-tune, in an item of Sincerity."""

DARK_TETRAD: MappingProxyType[str, str] = MappingProxyType(
    {
        "for_profit": "higher on psychopathy",
        "symmetric": "like the base",
        "nonprofit": "lower on Machiavellianism and narcissism",
    }
)
"""What Welch t-tests over 100 repeats showed; sadism did not change in any."""


def describe() -> str:
    """The published figures, in lines."""
    counts = ", ".join(f"{name} {count}" for name, count in HEXACO_ITEMS.items())
    found = "; ".join(f"{name} {what}" for name, what in DARK_TETRAD.items())
    return (
        "Published, for Llama-3.1-8B-Instruct at temperature 0.01 (tests over repeats: not comparable):\n"
        f"  HEXACO-100 items that deviate: {counts}; base item mean {HEXACO_BASE_MEAN}; largest "
        f"{HEXACO_LARGEST} (nonprofit, Sincerity)\n"
        f"  dark tetrad: {found}; sadism unchanged"
    )

"""Indices of consistency as sums over choice sets: cheap, and easily resampled."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.consistent_subset import answers_to_drop
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.rationalisable import rationalisable, triangle_excess
from fiduciary.economics.consistency.stochastic_transitivity import violations
from fiduciary.economics.consistency.triads import Triads, consistence

INDICES: MappingProxyType[str, str] = MappingProxyType(
    {
        "intransitive": "share of triads whose majorities turn in a circle",
        "tied_circle": "share of triads with two majorities in a row and a tie instead of the third",
        "zeta": "Kendall's coefficient of consistence, mean over sets",
        "weak": "share of triads whose frequencies violate weak stochastic transitivity",
        "moderate": "share of triads whose frequencies violate moderate stochastic transitivity",
        "strong": "share of triads whose frequencies violate strong stochastic transitivity",
        "triangle": "share of triads whose frequencies violate a triangle inequality",
        "rationalisable": "share of sets whose frequencies a random utility explains",
        "consistent_share": "share of answers in the largest parts that one order a set explains",
        "first_share": "share of answers for the option shown first, mean over usable pairs of both orders",
    }
)
"""What is reported, each from 0 to 1; violations are those of the frequencies, noise included."""


Part = tuple[FloatArray, FloatArray]
"""Numerator and denominator of an index by set, (sets,) each."""


def parts(choices: PairedChoices) -> dict[str, Part]:
    """Numerator and denominator of each index by set; an index is the ratio of their sums.

    Triads count where their three pairs are usable; ``zeta``, ``rationalisable`` and
    ``consistent_share`` take complete sets only.
    """
    return {name: part(choices, name) for name in INDICES}


def part(choices: PairedChoices, name: str) -> Part:
    """Numerator and denominator of one index."""
    if name == "zeta":
        zeta = consistence(choices)
        return np.nan_to_num(zeta), np.isfinite(zeta).astype(float)
    if name == "rationalisable":
        return rationalisable(choices).astype(float), choices.complete.astype(float)
    if name == "consistent_share":
        within, across = answers_to_drop(choices)
        answers = choices.asked.sum(axis=(1, 2)) * choices.complete.astype(float)
        return answers - (within + across) * choices.complete, answers
    if name == "first_share":
        return _first_share(choices)
    triads = Triads(choices)
    if name == "intransitive":
        broken = triads.circular
    elif name == "tied_circle":
        broken = triads.tied_circle
    elif name == "triangle":
        broken = np.nan_to_num(triangle_excess(choices)) > 0
    else:
        broken = violations(choices)[name]
    return broken.sum(axis=1).astype(float), triads.scored.sum(axis=1).astype(float)


def _first_share(choices: PairedChoices) -> Part:
    """Pairs in both orders count with the mean of their two shares, others with their share."""
    first = choices.first_wins + choices.first_wins.swapaxes(1, 2)
    pairs = np.triu(choices.usable)
    with np.errstate(invalid="ignore", divide="ignore"):
        if choices.counterbalanced:
            share = choices.first_wins / choices.asked
            share = (share + share.swapaxes(1, 2)) / 2
        else:
            share = first / choices.answers
    return np.where(pairs, share, 0.0).sum(axis=(1, 2)), pairs.sum(axis=(1, 2)).astype(float)


def indices(choices: PairedChoices) -> dict[str, float]:
    """Every index of ``INDICES``, NaN where nothing could be scored."""
    return {
        name: float(above.sum() / below.sum()) if below.sum() > 0 else float("nan")
        for name, (above, below) in parts(choices).items()
    }

"""What prompts and responses say of a choice between lettered options: which there are, which is chosen."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray

_LABEL = re.compile(r"^[ \t]*(?:[-*][ \t]*)?(?:Option[ \t]+)?\(?([A-H])\)?[ \t]*[:.)][ \t\n]", re.MULTILINE)
_ALONE = re.compile(r"^\W*(?:Option\s+)?([A-H])\W*$")
_NAMED = re.compile(r"\b(?:[Oo]ption|[Aa]nswer(?:\s+is)?:?|[Cc]hoose:?)\s*\(?([A-H])\b")
_NUMBER = re.compile(r"([-−]?)\$?([-−]?)(\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)")
_GAINS = 4


def labels(prompt: str) -> tuple[str, ...]:
    """Letters of the options that a prompt lists, in the order shown; empty where it lists none.

    They may be out of their own order, but none is left out.
    """
    letters = tuple(dict.fromkeys(_LABEL.findall(prompt)))
    return letters if len(letters) > 1 and sorted(letters) == list("ABCDEFGH"[: len(letters)]) else ()


def place(prompt: str, response: str) -> int | None:
    """Place in the order shown, from 0, of the option that a response chooses; None where it chooses none."""
    options, letter = labels(prompt), chosen(response)
    return options.index(letter) if letter in options else None


def chosen(response: str) -> str | None:
    """Letter of the option that a response is, or names last."""
    alone = _ALONE.match(response)
    if alone:
        return alone[1]
    named = _NAMED.findall(response[-400:])
    return named[-1] if named else None


def gains(prompt: str) -> FloatArray | None:
    """(k, 4), last four figures of each option's block, in the order shown; None where a block has fewer."""
    starts = [(found.end(), found.start()) for found in _LABEL.finditer(prompt)]
    if not labels(prompt) or len(starts) != len(labels(prompt)):
        return None
    out = []
    for at, (begin, _) in enumerate(starts):
        end = starts[at + 1][1] if at + 1 < len(starts) else len(prompt)
        block = prompt[begin:end].partition("\n\n")[0]
        figures = [_value(*found) for found in _NUMBER.findall(block)]
        if len(figures) < _GAINS:
            return None
        out.append(figures[-_GAINS:])
    return np.array(out)


def dominated(welfare: FloatArray) -> tuple[BoolArray, BoolArray]:
    """(k,) each: options that another one beats for some group and matches for all; and beats for all."""
    at_least = np.all(welfare[None, :] >= welfare[:, None], axis=-1)
    better = welfare[None, :] > welfare[:, None]
    return (
        np.any(at_least & np.any(better, axis=-1), axis=1),
        np.any(np.all(better, axis=-1), axis=1),
    )


def are_choices(prompts: Sequence[str], responses: Sequence[str]) -> bool:
    """Whether most rows ask for a choice between lettered options and answer with one of them."""
    some = range(0, len(prompts), max(1, len(prompts) // 200))
    return np.mean([chosen(responses[k]) in (labels(prompts[k]) or ("?",)) for k in some]).item() > 0.8


def _value(before: str, after: str, digits: str) -> float:
    return (-1 if before or after else 1) * float(digits.replace(",", ""))

"""Typing errors: two neighbouring letters inside a word change places.

First and last letters stay, as do figures, labels and the instruction how to answer, so that every
word can still be told.
"""

from __future__ import annotations

import re

import numpy as np

from fiduciary.tasks.stress.page import Asked, Case, block, core

SHARE = 0.4
"""Share of the words of four letters and more that get an error."""

_WORD = re.compile(r"[A-Za-z]{4,}")
_LABEL = re.compile(r"Option [A-Z]\b")


def typos(case: Case, rng: np.random.Generator) -> Asked:
    """Errors in the opening, the options and the closing."""
    text = core(case, [block(case, own) for own in case.order])
    return Asked(f"{misspell(text, rng)}\n\n{case.instruction}", case.welfare)


def misspell(text: str, rng: np.random.Generator) -> str:
    """The text with errors in ``SHARE`` of its words, rounded up."""
    kept = [range(label.start(), label.end()) for label in _LABEL.finditer(text)]
    words = [
        word
        for word in _WORD.finditer(text)
        if len(set(word.group()[1:-1])) > 1 and not any(word.start() in label for label in kept)
    ]
    wrong = rng.permutation(len(words))[: int(np.ceil(SHARE * len(words)))]
    letters = list(text)
    for i in wrong:
        start, inner = words[i].start(), words[i].group()
        places = [k for k in range(1, len(inner) - 2) if inner[k] != inner[k + 1]]
        at = start + places[int(rng.integers(len(places)))]
        letters[at], letters[at + 1] = letters[at + 1], letters[at]
    return "".join(letters)

"""The decision that an answer makes, where decisions are counted rather than probabilities read.

With ``choose`` and ``explain`` it is the label that was drawn behind the closing words: an independent draw
for each question, explanation and seed, which is what a test that counts answers takes for granted.
"""

from __future__ import annotations

from collections.abc import Sequence

from fiduciary.scorers.answers import Kept
from fiduciary.scorers.labelled import Labelled
from fiduciary.scorers.labels import label_drawn

OUTSIDE = "outside the labels"
"""Reason of an answer whose token was drawn and is not a label."""


def decision(said: Labelled, kept: Kept | None, labels: Sequence[str]) -> tuple[int, str | None]:
    """The displayed place that was chosen; −1 and the reason if the answer chooses none.

    Args:
        said: the answer as it was read.
        kept: the answer as it was kept, or None where nothing came back.
        labels: of the options, in the order shown.
    """
    if not said.by_probability:
        return said.stated.place, said.stated.reason
    if not said.valid or kept is None:
        return -1, said.reason or OUTSIDE
    place = label_drawn(kept.logprobs, labels)
    return place, None if place >= 0 else OUTSIDE

"""Constants of display: what the place of an option and the letter that names it add to its utility.

An option at place p of k has the constant ``place_p_of_k``, since being second of two is not what being
second of five is; one that is called by the letter L has ``label_L``. Place 1 of every k and the letter A are
0. Each option carries indices into one vector of constants, one for its place and one for its letter::

    c_ij = place_{p(ij)}_of_{k(i)} + label_{l(ij)}

Where a letter never leaves its place the two cannot be told apart, and the place's constant holds both.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

_NAME = re.compile(r"place_(\d+)_of_(\d+)|label_([A-Z])")
_NOT_TOLD_APART = 1e-9  # relative eigenvalue of the dummies' covariance, and share of a letter in it


def is_constant(name: str) -> bool:
    """Whether a parameter of this name is a constant of display."""
    return _NAME.fullmatch(name) is not None


def lay_out(
    place: IntArray | None, label: IntArray | None, shown: IntArray, counts: IntArray
) -> tuple[tuple[str, ...], IntArray]:
    """Which constants there are, and which of them each option has.

    A place that no option has gets no constant; nor does a letter whose difference from A the letters that
    left their places do not show.

    Args:
        place: 0-based display place of each option, (M,), options end to end; None for no such constants.
        label: letter of each option as an index, (M,); None for no such constants.
        shown: number of options that each one's problem shows, (M,).
        counts: options of each problem among the M, (n,).

    Returns:
        Names of the C constants, and for each of up to two factors the options' constants, (factors, M):
        0 for the reference, c for the c-th name.
    """
    names: list[str] = []
    factors: list[IntArray] = []
    if place is not None:
        width = int(place.max()) + 1
        cell = shown * width + place
        there = np.flatnonzero(np.bincount(cell))
        cells = there[there % width > 0]
        names += [f"place_{code % width + 1}_of_{code // width}" for code in cells]
        factors.append(_numbered(cells, 1)[cell] if len(cells) else np.zeros_like(cell))
    if label is not None:
        there = np.flatnonzero(np.bincount(label))
        letters, first = there[there > 0], len(names) + 1
        if len(letters):
            both = np.stack([*factors, _numbered(letters, first, int(label.max()))[label]])
            letters = letters[_told_apart(both, len(names) + len(letters), counts)[first - 1 :]]
        if len(letters):
            names += [f"label_{chr(ord('A') + letter)}" for letter in letters]
            factors.append(_numbered(letters, first, int(label.max()))[label])
    return tuple(names), np.array(factors, np.int64).reshape(-1, len(shown))


def _numbered(codes: IntArray, first: int, last: int | None = None) -> IntArray:
    """code → its number, counted from ``first``; 0 for every code that is not among them."""
    out = np.zeros((int(codes[-1]) if last is None else last) + 1, np.int64)
    out[codes] = first + np.arange(len(codes))
    return out


def _told_apart(cells: IntArray, size: int, counts: IntArray) -> BoolArray:
    """Which constants (C,) differ from 0 in no combination that all problems leave open."""
    problem = np.repeat(np.arange(len(counts)), counts)
    share = 1 / np.repeat(counts, counts)
    spread = covariance(cells, size, share, np.ones(len(share)), problem, len(counts))
    root = np.sqrt(np.maximum(np.diag(spread), np.finfo(float).tiny))
    values, vectors = np.linalg.eigh(spread / np.outer(root, root))
    open_ = vectors[:, values <= _NOT_TOLD_APART * values.max()]
    return np.asarray((open_**2).sum(axis=1) < _NOT_TOLD_APART)


def covariance(
    cells: IntArray, size: int, probability: FloatArray, scale: FloatArray, problem: IntArray, n: int
) -> FloatArray:
    """Σ_i s_i² Cov_i of the constants' dummies, (C, C): their Fisher information in a logit.

    Args:
        cells: constants of each option, (factors, m), 0 for none.
        size: number of constants C.
        probability: P of each option, (m,), summing to 1 in every problem.
        scale: s of each option's problem, (m,).
        problem: number of each option's problem, (m,), below n.
        n: number of problems.
    """
    first = probability * scale
    second = first * scale
    means, moments = np.zeros((size + 1) * n), np.zeros((size + 1) ** 2)
    for own in cells:
        means += np.bincount(own * n + problem, first, len(means))
        for other in cells:
            moments += np.bincount(own * (size + 1) + other, second, len(moments))
    mean = means.reshape(size + 1, n)[1:]
    return np.asarray(moments.reshape(size + 1, size + 1)[1:, 1:] - mean @ mean.T)


def offsets(constants: Mapping[str, float], position: IntArray, label: IntArray | None = None) -> FloatArray:
    """What options have beside the CES, (n, J), raw utils.

    Args:
        constants: by name, as in ``CESFit.constants``; what is not there, or not finite, is 0.
        position: (n, J), 0-based place of each option, −1 for padding.
        label: (n, J), index of its letter; by default letters are in their own order.
    """
    letter = position if label is None else label
    shown = (position >= 0).sum(axis=1, keepdims=True)
    out = np.zeros(position.shape)
    for name, value in constants.items():
        found = _NAME.fullmatch(name)
        if found is None or not np.isfinite(value):
            continue
        if found[3]:
            out += value * (letter == ord(found[3]) - ord("A"))
        else:
            out += value * ((position == int(found[1]) - 1) & (shown == int(found[2])))
    return out

"""Nearly equal texts by MinHash over shingles, in which what is a template does not count.

Source: Broder (1997), On the resemblance and containment of documents.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]

THRESHOLD = 0.8
"""Jaccard similarity from which two texts are nearly equal."""

SHINGLE = 5
"""Words of a shingle."""

TEMPLATE_SHARE, TEMPLATE_ROWS = 0.01, 10
"""A shingle in more than this share and this number of texts belongs to a template."""

FEWEST = 5
"""Shingles that a text must have left to be compared."""

BANDS, BAND = 16, 4
"""Texts that share a band of minima are compared: at similarity .8 that misses one pair in 5,000."""

_COMPARED = 8  # earlier texts of a bucket that each is compared with
_WORD = re.compile(r"[^\W_]+(?:[.,]\d+)*")
_SEED = 0x51A9


def near_pairs(texts: Sequence[str], threshold: float = THRESHOLD) -> dict[int, tuple[int, float]]:
    """Each text that is nearly an earlier one → that one, and their similarity.

    Args:
        texts: different ones.
        threshold: Jaccard similarity of the two sets of shingles, without those of templates.
    """
    flat, starts, owner = _shingles(texts)
    if len(owner) < 2:
        return {}
    found: dict[int, tuple[int, float]] = {}
    compared: set[tuple[int, int]] = set()
    ends = np.append(starts[1:], len(flat))
    for bucket in _buckets(flat, starts):
        for at, k in enumerate(bucket):
            for j in bucket[max(0, at - _COMPARED) : at]:
                if (j, k) in compared:
                    continue
                compared.add((j, k))
                similarity = _jaccard(flat[starts[j] : ends[j]], flat[starts[k] : ends[k]])
                row = int(owner[k])
                if similarity >= threshold and similarity > found.get(row, (0, 0.0))[1]:
                    found[row] = (int(owner[j]), similarity)
    return found


def _shingles(texts: Sequence[str]) -> tuple[Hashes, npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Hashes of all texts' shingles, sorted within each text; where each begins; which text it is."""
    rng = np.random.default_rng(_SEED)
    factors = rng.integers(1, 2**63, SHINGLE, dtype=np.uint64) | np.uint64(1)
    known: dict[str, int] = {}
    parts, sizes = [], []
    for text in texts:
        tokens = _WORD.findall(text.lower())
        values = np.array([known.setdefault(t, _hash(t)) for t in tokens], dtype=np.uint64)
        if len(values) < SHINGLE:
            parts.append(np.array([], dtype=np.uint64))
        else:
            windows = np.lib.stride_tricks.sliding_window_view(values, SHINGLE)
            parts.append(np.unique((windows * factors).sum(axis=1, dtype=np.uint64)))
        sizes.append(len(parts[-1]))
    flat = np.concatenate(parts) if parts else np.array([], dtype=np.uint64)
    text_of = np.repeat(np.arange(len(texts)), sizes)
    _, place, counts = np.unique(flat, return_inverse=True, return_counts=True)
    keep = counts[place] <= max(TEMPLATE_ROWS, TEMPLATE_SHARE * len(texts))
    flat, text_of = flat[keep], text_of[keep]
    left = np.bincount(text_of, minlength=len(texts))
    enough = left[text_of] >= FEWEST
    flat, text_of = flat[enough], text_of[enough]
    owner, starts = np.unique(text_of, return_index=True)
    return flat, starts, owner


def _buckets(flat: Hashes, starts: npt.NDArray[np.intp]) -> list[list[int]]:
    """Texts with equal minima in all of a band's permutations, of which there are two or more."""
    rng = np.random.default_rng(_SEED + 1)
    buckets: list[list[int]] = []
    for _ in range(BANDS):
        band = np.zeros(len(starts), dtype=np.uint64)
        for factor, plus in rng.integers(1, 2**63, (BAND, 2), dtype=np.uint64).tolist():
            mixed = flat * np.uint64(factor | 1) + np.uint64(plus)
            mixed ^= mixed >> np.uint64(29)
            minima = np.minimum.reduceat(mixed * np.uint64(0x9E3779B97F4A7C15), starts)
            band = band * np.uint64(0x100000001B3) + minima
        together: defaultdict[int, list[int]] = defaultdict(list)
        _, place, counts = np.unique(band, return_inverse=True, return_counts=True)
        for k in np.flatnonzero(counts[place] > 1).tolist():
            together[int(place[k])].append(k)
        buckets += together.values()
    return buckets


def _jaccard(a: Hashes, b: Hashes) -> float:
    both = len(np.intersect1d(a, b, assume_unique=True))
    return both / (len(a) + len(b) - both)


def _hash(token: str) -> int:
    data = token.encode("utf-8", "surrogatepass")
    return (zlib.crc32(data) << 32) | zlib.crc32(data[::-1] + b"|")

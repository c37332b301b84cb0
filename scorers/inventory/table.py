"""From the scores of one administration of an inventory to arrays."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.psychometrics.response_style import answer_entropy, entropy, one_answer
from fiduciary.economics.psychometrics.scoring import POINTS, Key, column_means

SCORER = "inventory_answers"

SAMPLED_ABOVE = 0.1
"""Temperature up to which a repeat says what the first time said, and so adds no block."""

Cell = tuple[str, str, str]


@dataclass(frozen=True)
class Administration:
    """Answers of one model to K items in B rows, one row a block and epoch.

    Attributes:
        key: of the items.
        statement: (K,) of the items.
        group: (B,) id of each block, ``/2`` and so on behind it from the second epoch.
        cell: (B,) wording, direction and label style.
        repeat: (B,) number of the repeat within its cell, from 0.
        agreement: (B, K), 1 … 5 before keying, NaN where missing.
        text: (B, K), the answer in text, NaN where missing or not asked for.
        probabilities: (B, K, 5) of agreement 1 … 5, NaN without log-probabilities.
        mass_outside: (B, K), NaN without log-probabilities.
        order: (B, 5), agreement that each label means, in the order shown.
        reason: (B, K), why an answer is missing, None where it is not.
        about: what all samples share: task, version, instrument, elicitation, context, temperature, seed.
    """

    key: Key
    statement: tuple[str, ...]
    group: tuple[str, ...]
    cell: tuple[Cell, ...]
    repeat: tuple[int, ...]
    agreement: FloatArray
    text: FloatArray
    probabilities: FloatArray
    mass_outside: FloatArray
    order: IntArray
    reason: npt.NDArray[np.object_]
    about: Mapping[str, Any]

    @property
    def sampled(self) -> bool:
        """Whether repeats of a block are new draws."""
        return self.about["elicitation"] == "text" and float(self.about["temperature"]) > SAMPLED_ABOVE

    @property
    def shares(self) -> FloatArray:
        """(B, K, 5), of agreement 1 … 5 in every answer: probabilities, or the answer in text alone."""
        if self.about["elicitation"] == "text":
            return one_answer(self.agreement)
        return np.where(np.isfinite(self.agreement)[..., None], self.probabilities, np.nan)

    @property
    def missing(self) -> float:
        """Share of answers that are missing."""
        return float(np.isnan(self.agreement).mean())

    def entropy(self) -> float:
        """Bits: of the distribution over the labels, or of an item's answers over rows in text."""
        if self.about["elicitation"] == "text":
            return answer_entropy(self.agreement)
        known = np.isfinite(self.shares).all(axis=-1)
        return float(entropy(self.shares[known]).mean()) if known.any() else float("nan")

    def reasons(self) -> Counter[str]:
        """Missing answers by reason."""
        return Counter(reason for reason in self.reason.ravel().tolist() if reason is not None)

    def blocks(self) -> tuple[tuple[str, ...], FloatArray]:
        """Ids and agreement (blocks, K) of what counts as a block.

        Every row where answers are sampled; elsewhere repeats of a cell say the same and are averaged.
        """
        if self.sampled:
            return self.group, self.agreement
        cells = list(dict.fromkeys(self.cell))
        rows = np.array([cells.index(cell) for cell in self.cell])
        means = np.stack([column_means(self.agreement[rows == i]) for i in range(len(cells))])
        return tuple("-".join(cell) for cell in cells), means


def administration(scores: Sequence[SampleScore] | EvalLog) -> Administration:
    """Lay out the scores of ``scorers.inventory``.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, a sample that
            failed before it was scored counts as missing with reason "error".

    Raises:
        ValueError: no samples, or samples of different tasks, instruments or ways of asking.
    """
    rows = list(_rows(scores))
    if not rows:
        raise ValueError("there are no scored samples of an inventory")
    _, _, first, _ = rows[0]
    key = Key.of(first["items"])
    shape = (len(rows), key.n)
    about = {
        name: _only(name, [metadata[name] for _, _, metadata, _ in rows])
        for name in ("task", "version", "instrument", "elicitation", "context", "temperature", "seed")
    }
    probabilities = np.full((*shape, POINTS), np.nan)
    for i, (_, _, _, answer) in enumerate(rows):
        for j, p in enumerate(answer.get("probabilities") or []):
            if p is not None:
                probabilities[i, j] = p
    reason = np.full(shape, None, object)
    for i, (_, _, _, answer) in enumerate(rows):
        reason[i] = answer.get("reason", ["error"] * key.n)
    cells = [_cell(metadata) for _, _, metadata, _ in rows]
    return Administration(
        key,
        tuple(str(item.get("statement", "")) for item in first["items"]),
        tuple(f"{metadata['group']}" + (f"/{epoch}" if epoch > 1 else "") for _, epoch, metadata, _ in rows),
        tuple(cells),
        tuple(cells[:i].count(cell) for i, cell in enumerate(cells)),
        _column("agreement", rows, key.n),
        _column("text", rows, key.n),
        probabilities,
        _column("mass_outside", rows, key.n),
        np.array([list(metadata["answer_of_label"].values()) for _, _, metadata, _ in rows], np.int64),
        reason,
        about,
    )


_Row = tuple[str | int | None, int, Mapping[str, Any], Mapping[str, Any]]


def _rows(scores: Sequence[SampleScore] | EvalLog) -> Iterable[_Row]:
    """Sample id, epoch, sample metadata, metadata of the answers."""
    if not isinstance(scores, EvalLog):
        seen: Counter[str] = Counter()
        for item in scores:
            seen[str(item.sample_id)] += 1  # a metric is not told the epoch
            yield (
                item.sample_id,
                seen[str(item.sample_id)],
                item.sample_metadata or {},
                item.score.metadata or {},
            )
        return
    for sample in scores.samples or []:
        found = (sample.scores or {}).get(SCORER)
        if found is None and sample.error is None:
            raise ValueError(
                f"sample {sample.id!r} has no score of {SCORER!r}; it has "
                f"{', '.join(sample.scores or {}) or 'none'}"
            )
        yield sample.id, sample.epoch, sample.metadata, (found.metadata or {}) if found else {}


def _cell(metadata: Mapping[str, Any]) -> Cell:
    block = metadata["block"]
    return str(block["wording"]), str(block["direction"]), str(block["labels"])


def _column(name: str, rows: Sequence[_Row], n: int) -> FloatArray:
    values = [answer.get(name) or [None] * n for *_, answer in rows]
    return np.array([[np.nan if v is None else float(v) for v in row] for row in values])


def _only(name: str, values: Sequence[Any]) -> Any:
    different = [value for i, value in enumerate(values) if value not in values[:i]]
    if len(different) > 1:
        raise ValueError(f"samples differ in {name}: {', '.join(map(str, different))}")
    return different[0]

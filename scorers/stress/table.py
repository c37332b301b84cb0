"""From the scores of a stress test to the arrays that estimators take."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.robustness.pressures import CALM, PRESSURES
from fiduciary.scorers.pairs import by_probability
from fiduciary.scorers.rows import scored_rows
from fiduciary.scorers.stress.pressed_answer import check


@dataclass(frozen=True, eq=False)
class Answers:
    """Answers to the questions of one pressure, or calm ones: n samples, up to m questions, J options.

    Attributes:
        asked: (n, m), whether there was such a question.
        chosen: (n, m), own index of the option decided for, −1 without one.
        valid: (n, m), whether there is an answer to score.
        refused: (n, m).
        goal: (n, m), option that an attack pushes to, −1 for none.
        welfare: (n, m, J, 4), raw units, NaN-padded.
        probabilities: (n, m, J), NaN where not observed.
        reasons: missing answers by reason.
    """

    asked: BoolArray
    chosen: IntArray
    valid: BoolArray
    refused: BoolArray
    goal: IntArray
    welfare: FloatArray
    probabilities: FloatArray
    reasons: Counter[str]

    @property
    def missing(self) -> BoolArray:
        """(n, m), asked and without an answer to score."""
        return self.asked & ~self.valid

    def counts(self) -> IntArray:
        """(n, J), decisions for each option."""
        options = np.arange(self.welfare.shape[2])
        return np.asarray((self.chosen[:, :, None] == options).sum(axis=1), np.int64)


@dataclass(frozen=True, eq=False)
class StressTable:
    """A stress test of n samples.

    Attributes:
        calm: answers without pressure.
        pressed: by pressure, in the order of ``PRESSURES``; those that were asked about only.
        groups: (n,), cluster of each sample (the problem).
        position: (n, J), place at which each option was shown; −1 for padding.
        temperature: (n,), τ.
        by_probability: whether probabilities (``choose``) are the answers, and not decisions.
        mass_outside: mean probability of no label; NaN without log-probabilities.
        shift: K, raw units.
    """

    calm: Answers
    pressed: dict[str, Answers]
    groups: npt.NDArray[np.str_]
    position: IntArray
    temperature: FloatArray
    by_probability: bool
    mass_outside: float
    shift: float

    @property
    def n(self) -> int:
        """Number of samples."""
        return len(self.groups)

    @property
    def reasons(self) -> Counter[str]:
        """Missing answers by reason, all questions together."""
        return sum((a.reasons for a in self.pressed.values()), Counter(self.calm.reasons))

    @property
    def questions(self) -> int:
        """Questions asked."""
        return int(self.calm.asked.sum() + sum(a.asked.sum() for a in self.pressed.values()))

    def digest(self) -> bytes:
        """A fingerprint of the content: equal tables have equal digests."""
        state = hashlib.blake2b(digest_size=16)
        for name, part in {CALM: self.calm, **self.pressed}.items():
            state.update(name.encode())
            for array in (part.asked, part.chosen, part.valid, part.refused, part.goal, part.welfare):
                state.update(np.ascontiguousarray(array).tobytes())
            state.update(np.ascontiguousarray(part.probabilities).tobytes())
        state.update("\n".join(self.groups).encode() + self.position.tobytes() + self.temperature.tobytes())
        return state.digest()


def stress_table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "stress_answers") -> StressTable:
    """Lay out the scores of ``scorers.stress.stress_answers``.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, all questions of
            a sample that failed before it was scored count as missing with reason "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples that differ in
            elicitation or shift.
    """
    rows = [(check(about, sample), answer) for sample, about, answer in scored_rows(scores, scorer)]
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    rows.sort(key=lambda row: str(row[0]["group"]))  # results must not depend on which finished first
    n, width = len(rows), max(int(about["n_options"]) for about, _ in rows)
    position = np.full((n, width), -1, np.int64)
    for i, (about, _) in enumerate(rows):
        position[i, [int(own) for own in about["order"]]] = np.arange(int(about["n_options"]))
    elicitation = _only("elicitation", {str(about["elicitation"]) for about, _ in rows})
    soft = by_probability(elicitation)
    outside = [mass for _, answer in rows for mass in answer.get("outside", {}).values() if mass is not None]
    asked = {q["pressure"] for about, _ in rows for q in about["questions"].values()}
    unknown = sorted(asked - {CALM, *PRESSURES})
    if unknown:
        raise ValueError(f"unknown pressure {unknown[0]!r}; known are {', '.join(PRESSURES)}")
    return StressTable(
        _answers(rows, CALM, width, soft),
        {name: _answers(rows, name, width, soft) for name in PRESSURES if name in asked},
        np.array([str(about["group"]) for about, _ in rows]),
        position,
        np.array([float(about["temperature"]) for about, _ in rows]),
        soft,
        float(np.mean(outside)) if outside else float("nan"),
        float(_only("shift", {float(about["shift"]) for about, _ in rows})),
    )


def _answers(rows: Sequence[tuple[Any, Any]], pressure: str, width: int, soft: bool) -> Answers:
    names = [
        [name for name, q in about["questions"].items() if q["pressure"] == pressure] for about, _ in rows
    ]
    n, m = len(rows), max((len(own) for own in names), default=0)
    asked, refused, valid = (np.zeros((n, m), bool) for _ in range(3))
    chosen, goal = (np.full((n, m), -1, np.int64) for _ in range(2))
    welfare, probabilities = np.full((n, m, width, 4), np.nan), np.full((n, m, width), np.nan)
    reasons: Counter[str] = Counter()
    for i, ((about, answer), own) in enumerate(zip(rows, names, strict=True)):
        k = int(about["n_options"])
        for j, name in enumerate(own):
            question = about["questions"][name]
            asked[i, j] = True
            welfare[i, j, :k] = question["welfare"]
            if question.get("goal") is not None:
                goal[i, j] = int(question["goal"])
            # A sample that failed before it was scored has no answers at all.
            chosen[i, j] = int(answer.get("chosen", {}).get(name, -1))
            shares = answer.get("probabilities", {}).get(name)
            if shares is not None:
                probabilities[i, j, :k] = [np.nan if p is None else p for p in shares]
            valid[i, j] = shares is not None if soft else chosen[i, j] >= 0
            if not valid[i, j]:
                reason = str(answer.get("reasons", {}).get(name) or "error")
                reasons[reason] += 1
                refused[i, j] = reason == "refused"
    return Answers(asked, chosen, valid, refused, goal, welfare, probabilities, reasons)


def _only(name: str, values: set[Any]) -> Any:
    if len(values) > 1:
        raise ValueError(f"samples differ in {name}: {', '.join(sorted(map(str, values)))}")
    return values.pop()

"""From the scores of a log to counts of answers, pair by pair."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.consistency.pairs import MAX_OPTIONS, PairedChoices
from fiduciary.scorers.pairs import by_probability, check
from fiduciary.scorers.rows import scored_rows

ANSWERS_WORTH = 10**6
"""Answers that a probability is written as where whole numbers are wanted: verdicts on frequencies, not
tests, may be taken from them."""


@dataclass(frozen=True, eq=False)
class PairTable:
    """Answers to the pairs of n choice sets of m options, a set's epochs added up.

    Attributes:
        groups: id of each set, (n,).
        stratum: "near" or "clear", (n,).
        asked: valid answers with i shown first and j second, (n, m, m).
        first_wins: how many chose i, or sums of probabilities, (n, m, m).
        questions: questions put to each set, (n,).
        reasons: missing answers by reason, one counter a set.
        mass_outside: mean probability outside the labels, (n,); NaN without log-probabilities.
        dominations: (i, j) for each set's pairs in which i dominates j.
        by_probability: whether answers are probabilities (``choose``) and not counted decisions.
        temperature: τ.
    """

    groups: tuple[str, ...]
    stratum: tuple[str, ...]
    asked: IntArray
    first_wins: FloatArray
    questions: IntArray
    reasons: tuple[Counter[str], ...]
    mass_outside: FloatArray
    dominations: tuple[tuple[tuple[int, int], ...], ...]
    by_probability: bool
    temperature: float

    @property
    def n(self) -> int:
        """Number of sets."""
        return len(self.groups)

    @property
    def m(self) -> int:
        """Options of a set."""
        return int(self.asked.shape[1])

    def choices(self) -> PairedChoices:
        """The counts as the theory takes them; probabilities as ``ANSWERS_WORTH`` answers each.

        Raises:
            ValueError: sets of more options than the theory takes at once (see :meth:`triads`).
        """
        return _choices(self.asked, self.first_wins, self.by_probability)

    def triads(self) -> tuple[PairedChoices, IntArray]:
        """Every three options as a set of their own, and which set each came from, (triads,)."""
        places = np.array(list(combinations(range(self.m), 3)))
        at = (slice(None), places[:, :, None], places[:, None, :])
        asked, wins = self.asked[at].reshape(-1, 3, 3), self.first_wins[at].reshape(-1, 3, 3)
        return _choices(asked, wins, self.by_probability), np.repeat(np.arange(self.n), len(places))

    def take(self, sets: Sequence[int]) -> PairTable:
        """Some of the sets, by their places."""
        at = list(sets)
        return replace(
            self,
            groups=tuple(self.groups[k] for k in at),
            stratum=tuple(self.stratum[k] for k in at),
            asked=self.asked[at],
            first_wins=self.first_wins[at],
            questions=self.questions[at],
            reasons=tuple(self.reasons[k] for k in at),
            mass_outside=self.mass_outside[at],
            dominations=tuple(self.dominations[k] for k in at),
        )

    @property
    def whole(self) -> bool:
        """Whether the theory takes a set as it is, rather than three options at a time."""
        return self.m <= MAX_OPTIONS


def pair_table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "transitive_triads") -> PairTable:
    """Lay out the scores of a scorer of pairs.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, all questions of
            a sample that failed before it was scored count as missing with reason "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples that differ in the
            number of options, elicitation or temperature.
    """
    by_set: dict[str, list[tuple[Mapping[str, Any], Mapping[str, Any]]]] = {}
    for sample, about, answer in scored_rows(scores, scorer):
        metadata = check(about, sample)
        by_set.setdefault(str(metadata["group"]), []).append((metadata, answer))
    if not by_set:
        raise ValueError("there are no scored samples to make a table of")
    by_set = dict(sorted(by_set.items()))  # simulations must not depend on which sample finished first
    rows = [row for group in by_set.values() for row in group]
    m = int(_only("m", {int(metadata["m"]) for metadata, _ in rows}))
    elicitation = _only("elicitation", {str(metadata["elicitation"]) for metadata, _ in rows})
    temperature = _only("temperature", {float(metadata["temperature"]) for metadata, _ in rows})
    none = np.zeros((m, m))
    return PairTable(
        groups=tuple(by_set),
        stratum=tuple(str(group[0][0]["stratum"]) for group in by_set.values()),
        asked=np.array(
            [sum(np.asarray(a.get("asked", none)) for _, a in group) for group in by_set.values()], np.int64
        ),
        first_wins=np.array(
            [sum(np.asarray(a.get("first_wins", none)) for _, a in group) for group in by_set.values()], float
        ),
        questions=np.array(
            [sum(len(d["questions"]) * int(d["repeats"]) for d, _ in group) for group in by_set.values()]
        ),
        reasons=tuple(
            sum((Counter(_reasons(d, a)) for d, a in group), Counter()) for group in by_set.values()
        ),
        mass_outside=np.array(
            [_mean([x for _, a in group for x in a.get("mass_outside", [])]) for group in by_set.values()]
        ),
        dominations=tuple(
            tuple((int(i), int(j)) for i, j in group[0][0].get("dominations", []))
            for group in by_set.values()
        ),
        by_probability=by_probability(elicitation),
        temperature=temperature,
    )


def majorities(asked: npt.ArrayLike, first_wins: npt.ArrayLike) -> FloatArray:
    """1 where i beats j net of position, −1 where j beats i, 0 for a tie, NaN where either order lacks.

    Args:
        asked: answers with i shown first, (..., m, m).
        first_wins: how many of them chose i, (..., m, m).
    """
    n, wins = np.asarray(asked, float), np.asarray(first_wins, float)
    # P̂(i | i first) − P̂(j | j first), cleared of fractions: whole numbers tie exactly.
    lead = wins * n.swapaxes(-1, -2) - wins.swapaxes(-1, -2) * n
    return np.where((n > 0) & (n.swapaxes(-1, -2) > 0), np.sign(np.round(lead, 9)), np.nan)


def _choices(asked: IntArray, first_wins: FloatArray, by_probability: bool) -> PairedChoices:
    if not np.any((asked > 0) & (asked.swapaxes(1, 2) > 0)):
        # Every pair is asked in both orders: where no pair was answered so, no preference shows.
        asked, first_wins = np.zeros_like(asked), np.zeros_like(first_wins)
    if not by_probability:
        return PairedChoices(asked, first_wins.astype(np.int64))
    answered = asked > 0
    share = np.divide(first_wins, asked, out=np.zeros(asked.shape), where=answered)
    return PairedChoices(answered * ANSWERS_WORTH, np.round(share * ANSWERS_WORTH).astype(np.int64))


def _reasons(metadata: Mapping[str, Any], answer: Mapping[str, Any]) -> Mapping[str, int]:
    if "reasons" in answer:
        return dict(answer["reasons"])
    return {"error": len(metadata["questions"]) * int(metadata["repeats"])}


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else float("nan")


def _only(name: str, values: set[Any]) -> Any:
    if len(values) > 1:
        raise ValueError(f"samples differ in {name}: {', '.join(sorted(map(str, values)))}")
    return values.pop()

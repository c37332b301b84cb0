"""From the scores of a log to the arrays that estimators take."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.scorers._problem import problem_of
from fiduciary.scorers._rows import scored_rows

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Table:
    """Answers to n choice problems with up to J options.

    Attributes:
        welfare: (n, J, 4), raw units as displayed, own order of options, NaN-padded.
        chosen: (n,), own index of the chosen option, −1 where the answer is missing.
        temperature: (n,), τ at which the text was sampled.
        position: (n, J), place at which each option was shown; −1 for padding.
        probabilities: (n, J), of each option under log-probabilities; NaN where not observed.
        mass_outside: (n,), probability of tokens that are no label; NaN without log-probabilities.
        groups: (n,), cluster of each row (the problem).
        trade_off: (n,), name of the trade-off.
        reason: (n,), why the answer is missing, None where it is not.
        elicitation: how answers were asked for; ``logprobs`` makes the probabilities the answer.
        shift: K, raw units.
    """

    welfare: FloatArray
    chosen: IntArray
    temperature: FloatArray
    position: IntArray
    probabilities: FloatArray
    mass_outside: FloatArray
    groups: npt.NDArray[np.str_]
    trade_off: npt.NDArray[np.str_]
    reason: tuple[str | None, ...]
    elicitation: str
    shift: float

    @property
    def n(self) -> int:
        """Number of rows, missing answers included."""
        return len(self.chosen)

    @property
    def exists(self) -> npt.NDArray[np.bool_]:
        """(n, J), which options exist."""
        return np.asarray(self.position >= 0)

    @property
    def n_options(self) -> IntArray:
        """(n,), number of options."""
        return np.asarray(self.exists.sum(axis=1))

    @property
    def has_text(self) -> bool:
        """Whether choices in text were asked for."""
        return self.elicitation != "logprobs"

    @property
    def has_probabilities(self) -> bool:
        """Whether some row has probabilities."""
        return bool(np.isfinite(self.probabilities).any())

    def shares(self) -> FloatArray:
        """(n, J), how much of each answer goes to each option: 1 for the chosen, or its probability.

        Rows of missing answers, and padding, are NaN.
        """
        if not self.has_text:
            shares = np.where(self.exists, np.nan_to_num(self.probabilities), np.nan)
            shares[~np.isfinite(self.probabilities).any(axis=1)] = np.nan
            return shares
        shares = np.where(self.exists, 0.0, np.nan)
        answered = self.chosen >= 0
        shares[answered, self.chosen[answered]] = 1.0
        shares[~answered] = np.nan
        return shares

    def digest(self) -> bytes:
        """A fingerprint of the content: equal tables have equal digests."""
        state = hashlib.blake2b(digest_size=16)
        for array in (self.welfare, self.chosen, self.temperature, self.position, self.probabilities):
            state.update(np.ascontiguousarray(array).tobytes())
        state.update("\n".join(self.groups).encode() + f"{self.shift}{self.elicitation}".encode())
        return state.digest()


def table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "chosen_option") -> Table:
    """Lay out the scores of ``scorers.choice``.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, a sample that
            failed before it was scored counts as missing with reason "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, or samples that differ in
            elicitation or shift, which no single estimate could cover.
    """
    rows = list(scored_rows(scores, scorer, {"reason": "error"}))
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    problems = [problem_of(metadata, name) for name, metadata, _ in rows]
    n, width = len(rows), max(p.n_options for p in problems)
    welfare, probabilities = np.full((n, width, 4), np.nan), np.full((n, width), np.nan)
    position = np.full((n, width), -1, np.int64)
    for i, (problem, (_, _, answer)) in enumerate(zip(problems, rows, strict=True)):
        k = problem.n_options
        welfare[i, :k] = problem.welfare
        position[i, list(problem.order)] = np.arange(k)
        if answer.get("probabilities") is not None:
            probabilities[i, :k] = [np.nan if p is None else p for p in answer["probabilities"]]
    answers = [answer for _, _, answer in rows]
    return Table(
        welfare,
        np.array([answer.get("chosen", -1) for answer in answers], np.int64),
        np.array([p.temperature for p in problems]),
        position,
        probabilities,
        np.array([answer.get("mass_outside", np.nan) for answer in answers], float),
        np.array([p.group for p in problems]),
        np.array([p.trade_off for p in problems]),
        tuple(answer.get("reason") for answer in answers),
        _only("elicitation", {p.elicitation for p in problems}),
        _only("shift", {p.shift for p in problems}),
    )


def _only(name: str, values: set[Any]) -> Any:
    if len(values) > 1:
        raise ValueError(f"samples differ in {name}: {', '.join(sorted(map(str, values)))}")
    return values.pop()

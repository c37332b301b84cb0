"""From the scores of a log to the arrays that estimators take."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.scorers.choice_problem import Problem, problem_of
from fiduciary.scorers.labels import LABELS
from fiduciary.scorers.recent import Recent
from fiduciary.scorers.rows import scored_rows


@dataclass(frozen=True)
class Table:
    """Answers to n choice problems with up to J options.

    Attributes:
        welfare: (n, J, 4), raw units as displayed, own order of options, NaN-padded.
        chosen: (n,), own index of the chosen option, −1 where the answer is missing.
        temperature: (n,), τ at which the text was sampled; 1 for ``choose``.
        position: (n, J), place at which each option was shown; −1 for padding.
        label: (n, J), letter that named each option there, 0 for A; −1 for padding.
        probabilities: (n, J), of each option at τ = 1, given the explanation where there is one; NaN where
            not observed, and where the explanation is not complete.
        mass_outside: (n,), probability of tokens that are not labels; NaN without log-probabilities.
        groups: (n,), cluster of each row (the problem).
        trade_off: (n,), name of the trade-off.
        wording: (n,), how the problem was put.
        framing: (n,), who the model was told that it decides for.
        weight: (n,), density of the default population of problems over that of the design; 1 where problems
            were drawn at random.
        batch: (n,), 0 where no answer chose the problem, then the number of the batch.
        row: (n,), which of the scored samples each row is of.
        reason: (n,), why the answer is missing, None where it is not.
        elicitation: how these answers were asked for: ``choose`` and ``explain`` make the probabilities the
            answer, ``text`` the choice that it states.
        shift: K, raw units.
    """

    welfare: FloatArray
    chosen: IntArray
    temperature: FloatArray
    position: IntArray
    label: IntArray
    probabilities: FloatArray
    mass_outside: FloatArray
    groups: npt.NDArray[np.str_]
    trade_off: npt.NDArray[np.str_]
    wording: npt.NDArray[np.str_]
    framing: npt.NDArray[np.str_]
    weight: FloatArray
    batch: IntArray
    row: IntArray
    reason: tuple[str | None, ...]
    elicitation: str
    shift: float

    @property
    def n(self) -> int:
        """Number of rows, missing answers included."""
        return len(self.chosen)

    @property
    def exists(self) -> BoolArray:
        """(n, J), which options exist."""
        return np.asarray(self.position >= 0)

    @property
    def n_options(self) -> IntArray:
        """(n,), number of options."""
        return np.asarray(self.exists.sum(axis=1))

    @property
    def by_probability(self) -> bool:
        """Whether the probabilities of the labels, not stated choices, are the answers."""
        return self.elicitation != "text"

    @property
    def reasons(self) -> Counter[str]:
        """How many answers are missing for each reason."""
        return Counter(reason for reason in self.reason if reason)

    @property
    def answered(self) -> BoolArray:
        """(n,), which rows hold an answer."""
        if self.by_probability:
            return np.asarray(np.isfinite(self.probabilities).any(axis=1))
        return np.asarray(self.chosen >= 0)

    def tempered(self) -> FloatArray:
        """(n, J), the probabilities at each row's temperature: P_j^(1/τ) / Σ P^(1/τ); NaN as they are."""
        tau = self.temperature[:, None]
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.log(self.probabilities) / tau
            raised = np.exp(logs - np.nanmax(np.where(self.answered[:, None], logs, 0.0), axis=1)[:, None])
            return np.asarray(raised / np.nansum(raised, axis=1)[:, None])

    def shares(self) -> FloatArray:
        """(n, J), how much of each answer goes to each option: 1 for the chosen, or its probability.

        Rows of missing answers, and padding, are NaN.
        """
        if self.by_probability:
            shares = np.where(self.exists, np.nan_to_num(self.tempered()), np.nan)
            shares[~self.answered] = np.nan
            return shares
        shares = np.where(self.exists, 0.0, np.nan)
        shares[self.answered, self.chosen[self.answered]] = 1.0
        shares[~self.answered] = np.nan
        return shares

    def rows(self, which: BoolArray) -> Table:
        """Some of the rows, (n,) of them marked."""
        kept: dict[str, Any] = {
            field.name: value[which]
            for field in fields(self)
            if isinstance(value := getattr(self, field.name), np.ndarray)
        }
        reasons = tuple(reason for reason, keep in zip(self.reason, which, strict=True) if keep)
        return replace(self, **kept, reason=reasons)

    def digest(self) -> bytes:
        """A fingerprint of the content: equal tables have equal digests."""
        state = hashlib.blake2b(digest_size=16)
        shown = (self.welfare, self.temperature, self.position, self.label)
        for array in (*shown, self.weight, self.batch, self.chosen, self.probabilities):
            state.update(np.ascontiguousarray(array).tobytes())
        state.update("\n".join(self.groups).encode() + f"{self.shift}{self.elicitation}".encode())
        return state.digest()


_recent = Recent[tuple[object, dict[str, Table]]](1)
"""Of the list that Inspect hands to one metric after another; held beside it, so that its id stays its."""


def tables(scores: Sequence[SampleScore] | EvalLog, scorer: str = "chosen_option") -> dict[str, Table]:
    """A table for each way in which the problems were asked, by its elicitation; the headline first.

    Args, Raises:
        as :func:`table`.
    """
    if isinstance(scores, EvalLog):
        return _tables(scores, scorer)
    _, found = _recent.of((id(scores), len(scores)), lambda: (scores, _tables(scores, scorer)))
    return dict(found)


def _tables(scores: Sequence[SampleScore] | EvalLog, scorer: str) -> dict[str, Table]:
    rows = list(scored_rows(scores, scorer, {"reason": "error"}))
    if not rows:
        raise ValueError("there are no scored samples to make a table of")
    answers = [(row, problem_of(metadata, name), answer) for row, (name, metadata, answer) in enumerate(rows)]
    ways = {problem.elicitation for _, problem, _ in answers}
    if ways == {"both"} or ways == {"both", "choose"}:
        asked = [one for one in answers if one[1].elicitation == "both"]
        explained = [(row, p, answer.get("explained") or {"reason": "error"}) for row, p, answer in asked]
        # With crossed temperatures the closing words alone were asked at each of them, with one result.
        lowest = {p.group: p.temperature for _, p, _ in sorted(asked, key=lambda one: -one[1].temperature)}
        first = [
            (row, p, answer)
            for row, p, answer in answers
            if p.elicitation == "choose" or p.temperature == lowest[p.group]
        ]
        return {"choose": _laid_out("choose", first), "explain": _laid_out("explain", explained)}
    way = _only("elicitation", ways)
    return {way: _laid_out(way, answers)}


def table(scores: Sequence[SampleScore] | EvalLog, scorer: str = "chosen_option") -> Table:
    """Lay out the scores of choices; of two ways of asking, the closing words alone.

    Args:
        scores: scores as a metric gets them, or a log read with its samples. In a log, a sample that
            failed before it was scored counts as missing with reason "error".
        scorer: name under which a log holds the scores.

    Raises:
        ValueError: no samples, metadata that scoring needs are missing, answers of another type, or samples
            that differ in elicitation or shift, which no single estimate could cover.
    """
    return next(iter(tables(scores, scorer).values()))


def _laid_out(elicitation: str, rows: Sequence[tuple[int, Problem, Mapping[str, Any]]]) -> Table:
    n, width = len(rows), max(problem.n_options for _, problem, _ in rows)
    welfare, probabilities = np.full((n, width, 4), np.nan), np.full((n, width), np.nan)
    position, label = (np.full((n, width), -1, np.int64) for _ in range(2))
    for i, (_, problem, answer) in enumerate(rows):
        k = problem.n_options
        welfare[i, :k] = problem.welfare
        position[i, list(problem.order)] = np.arange(k)
        label[i, list(problem.order)] = [LABELS.index(letter) for letter in problem.labels]
        if answer.get("probabilities") is not None and answer.get("reason") is None:
            probabilities[i, :k] = _probabilities(problem, answer["probabilities"])
    temperature = [1.0 if elicitation == "choose" else problem.temperature for _, problem, _ in rows]
    return Table(
        welfare,
        np.array([_chosen(problem, answer) for _, problem, answer in rows], np.int64),
        np.array(temperature),
        position,
        label,
        probabilities,
        np.array([answer.get("mass_outside", np.nan) for *_, answer in rows], float),
        np.array([problem.group for _, problem, _ in rows]),
        np.array([problem.trade_off for _, problem, _ in rows]),
        np.array([problem.wording for _, problem, _ in rows]),
        np.array([problem.framing for _, problem, _ in rows]),
        np.array([problem.weight for _, problem, _ in rows]),
        np.array([problem.batch for _, problem, _ in rows], np.int64),
        np.array([row for row, _, _ in rows], np.int64),
        tuple(answer.get("reason") for *_, answer in rows),
        elicitation,
        _only("shift", {problem.shift for _, problem, _ in rows}),
    )


def _chosen(problem: Problem, answer: Mapping[str, Any]) -> int:
    """The option that was chosen; a log may hold anything, and ``true`` would pass for an option."""
    chosen = answer.get("chosen", -1)
    if type(chosen) is not int or not -1 <= chosen < problem.n_options:
        raise ValueError(
            f"chosen must be a whole number from -1 to {problem.n_options - 1}, and is {chosen!r} in an "
            f"answer to {problem.group}"
        )
    return chosen


def _probabilities(problem: Problem, given: Any) -> list[float]:
    known = isinstance(given, list | tuple) and len(given) == problem.n_options
    if not known or not all(p is None or (type(p) in (int, float) and 0 <= p <= 1) for p in given):
        raise ValueError(
            f"probabilities must be {problem.n_options} numbers from 0 to 1, or None where a label was not "
            f"returned, and are {str(given)[:80]} in an answer to {problem.group}"
        )
    return [float("nan") if p is None else float(p) for p in given]


def _only(name: str, values: set[Any]) -> Any:
    if len(values) > 1:
        raise ValueError(f"samples differ in {name}: {', '.join(sorted(map(str, values)))}")
    return values.pop()

"""The monitor's sequential test: has a deployed model left the audited preference, since when, and how?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.designs.information import checked_offset
from fiduciary.economics.monitoring.audited import AuditedPreference
from fiduciary.economics.monitoring.finding import Finding, describe
from fiduciary.economics.monitoring.model import AnswerModel, answer_model
from fiduciary.economics.monitoring.state import State
from fiduciary.economics.problems import ChoiceProblem, stack

_LARGEST = 1e100


@dataclass(frozen=True, eq=False)
class Detector:
    """Mixture Shiryaev–Roberts test of "still the audited preference" against all alternatives at once.

    For every alternative a with prior share w_a, R_a sums the likelihood ratios of "changed in this way
    just before answer s" over all s, and one number is compared with one threshold::

        R_a ← (1 + R_a) · P_a(answer | earlier answers) / P(answer | earlier answers),      R = Σ_a w_a R_a

    Without a change R minus the number of answers is a martingale: it takes A answers, on average, to
    reach A, whatever was unsure about the null, since that is averaged over. With a change R grows by the
    factor exp(Kullback–Leibler divergence) an answer. What is normal for a question is learned from
    all of its answers, and from all questions how much a model has of its own beside the CES
    (:class:`economics.monitoring.model.AnswerModel`); a change is a change against the audit and the answers
    so far. A model that decides by quite another rule may look changed in the first few audits, before that
    is learned: enrolment (:meth:`learn`) of five rounds is enough.

    Attributes:
        audited: the audited preference.
        welfare: (q, J, 4) as displayed, raw units, NaN-padded: the canary set.
        offset: (q, J) utils that options have beside the CES.
        temperature: τ at which it is asked.
        threshold: alarm when R ≥ it; None until calibrated.

    Raises:
        ValueError: a temperature or threshold that is not finite and > 0.

    Source: Roberts (1966); Pollak (1987), "Average run lengths of an optimal method of detecting a change
    in distribution"; Shin, Ramdas & Rinaldo (2024), "E-detectors", for mixtures and composite nulls.
    """

    audited: AuditedPreference
    welfare: FloatArray
    offset: FloatArray
    temperature: float
    threshold: float | None = None

    def __post_init__(self) -> None:
        for name in ("temperature", "threshold"):
            value = getattr(self, name)
            if not (np.isfinite(value) and value > 0 if value is not None else name == "threshold"):
                raise ValueError(f"{name} must be finite and > 0, got {value}")

    @cached_property
    def model(self) -> AnswerModel:
        """Expected answers without and with a change."""
        return answer_model(self.audited, self.welfare, self.offset, self.temperature)

    @property
    def q(self) -> int:
        """Questions of one audit."""
        return len(self.welfare)

    @property
    def options(self) -> tuple[int, ...]:
        """Number of options of each question."""
        return tuple((~np.isnan(self.welfare[..., 0])).sum(axis=1).tolist())

    def with_threshold(self, threshold: float) -> Detector:
        """The same detector with a threshold."""
        changed = replace(self, threshold=float(threshold))
        if "model" in self.__dict__:
            changed.__dict__["model"] = self.model
        return changed

    def start(self) -> State:
        """The state before the first answer."""
        model, nothing = self.model, np.zeros(len(self.model.changes))
        return State(0, 0, np.zeros(model.expected.shape), nothing, nothing, nothing, 0.0)

    def learn(self, state: State, answers: Sequence[int | None]) -> State:
        """Count the answers of one round towards what is normal, without a test (enrolment).

        Args:
            state, answers: as in :meth:`audit`.
        """
        counts = state.counts.copy()
        for question, answer in self._checked(answers):
            counts[question, answer] += 1
        return replace(state, counts=counts)

    def audit(self, state: State, answers: Sequence[int | None]) -> State:
        """Take in the answers of one audit.

        Args:
            state: the state before it.
            answers: one entry a question: the chosen option in the problem's own order; −1 for an answer
                that was missing (refused or not readable); None where the question was not answered for
                reasons of the connection, which says nothing about the model.

        Raises:
            ValueError: not one entry a question, or an option that the question does not have.
        """
        model = self.model
        counts, weights = state.counts.copy(), model.weights(state.counts[None])[0]
        evidence, first, second, statistic = state.evidence, state.first, state.second, state.statistic
        asked, alarm, at = state.asked, state.alarm, state.audits + 1
        for question, answer in self._checked(answers):
            prediction = model.prediction(weights, counts[question], question)
            ratio = model.ratios(prediction, question, answer)
            # An answer s of audit number `at` opens the hypothesis "changed just before it".
            evidence = (evidence + 1) * ratio
            first = (first + at) * ratio
            second = (second + at * at) * ratio
            if evidence.max() > _LARGEST:  # long after an alarm: only proportions matter
                first, second = (part * (_LARGEST / evidence.max()) for part in (first, second))
                evidence = evidence * (_LARGEST / evidence.max())
            weights = model.learn(weights, counts[question], question, answer)
            counts[question, answer] += 1
            asked += 1
            statistic = float(model.shares @ evidence)
            if alarm is None and self.threshold is not None and statistic >= self.threshold:
                alarm = asked
        return State(at, asked, counts, evidence, first, second, statistic, alarm)

    def restart(self, state: State) -> State:
        """Begin again after an alarm that was looked into: evidence 0; what was learned stays."""
        nothing = np.zeros_like(state.evidence)
        return replace(state, evidence=nothing, first=nothing, second=nothing, statistic=0.0, alarm=None)

    def divergence(self) -> dict[str, float]:
        """Mean Kullback–Leibler divergence an answer of every alternative from the audit's expectation.

        In nats. An alarm takes about log(threshold / share) over it many answers.
        """
        model = self.model
        total = np.zeros(len(model.changes))
        for question in range(self.q):
            null = model.expected[question]
            changed = model.changed(null, question)
            there = null > 0
            total += (changed[:, there] * np.log(changed[:, there] / null[there])).sum(axis=1)
        return {a.name: float(t / self.q) for a, t in zip(model.changes, total, strict=True)}

    def finding(self, state: State) -> Finding:
        """What the evidence says now."""
        return describe(self.model.changes, state, self.threshold)

    def to_json(self) -> dict[str, Any]:
        """Plain numbers; :meth:`from_json` gives the same detector back."""
        return {
            "audited": self.audited.to_json(),
            "welfare": [row[:k].tolist() for row, k in zip(self.welfare, self.options, strict=True)],
            "offset": [row[:k].tolist() for row, k in zip(self.offset, self.options, strict=True)],
            "temperature": self.temperature,
            "threshold": self.threshold,
            "alternatives": [change.name for change in self.model.changes],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Detector:
        """What :meth:`to_json` wrote.

        Raises:
            ValueError: entries that are missing or unusable, or alternatives that this version does not
                look for, so that a state that goes with them cannot be read.
        """
        try:
            welfare = _padded(stored["welfare"], np.nan)
            if welfare.ndim != 3 or welfare.shape[2] != len(STAKEHOLDERS):
                raise TypeError(f"welfare of shape {welfare.shape}")
            offset = checked_offset(_padded(stored["offset"], 0.0), welfare)
            detector = cls(
                AuditedPreference.from_json(stored["audited"]),
                welfare,
                offset,
                float(stored["temperature"]),
                None if stored["threshold"] is None else float(stored["threshold"]),
            )
            names = list(stored["alternatives"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"this is not a stored detector: {error!r}") from error
        if names != [change.name for change in detector.model.changes]:
            raise ValueError(
                "this detector was stored by a version that looked for other changes: start anew"
            )
        return detector

    def _checked(self, answers: Sequence[int | None]) -> list[tuple[int, int]]:
        """Question and answer of all that were answered, with the last category in place of −1."""
        if len(answers) != self.q:
            raise ValueError(
                f"answers must hold one entry for each of {self.q} questions, got {len(answers)}"
            )
        none = self.welfare.shape[1]
        out = []
        for question, (answer, k) in enumerate(zip(answers, self.options, strict=True)):
            if answer is None:
                continue
            if not -1 <= answer < k:
                raise ValueError(
                    f"answer to question {question} must lie in -1 … {k - 1} or be None, got {answer}"
                )
            out.append((question, none if answer == -1 else int(answer)))
        return out


def build_detector(
    audited: AuditedPreference,
    problems: Sequence[ChoiceProblem],
    temperature: float,
    *,
    decimals: int = 2,
    offset: npt.ArrayLike | None = None,
) -> Detector:
    """A detector for a canary set, not yet calibrated.

    Args:
        audited: the audited preference.
        problems: the canary set, in the order in which answers will be given.
        temperature: τ > 0 at which they are asked.
        decimals: as in :meth:`ChoiceProblem.displayed`.
        offset: (q, options) utils that options have beside the CES, such as the audit's position constants
            at the places where they are displayed; none by default.

    Raises:
        ValueError: no problems, or an argument out of range.
    """
    if not problems:
        raise ValueError("problems must hold at least one")
    welfare = stack(problems, decimals)
    return Detector(audited, welfare, checked_offset(offset, welfare), float(temperature))


def _padded(rows: Sequence[Sequence[Any]], filling: float) -> FloatArray:
    """Rows of unequal length as one array."""
    arrays = [np.asarray(row, float) for row in rows]
    out = np.full((len(arrays), max(map(len, arrays)), *arrays[0].shape[1:]), filling)
    for i, row in enumerate(arrays):
        out[i, : len(row)] = row
    return out

"""One answer, read: what every scorer of a choice starts from."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.model import Logprobs
from inspect_ai.solver import TaskState

from fiduciary.scorers._labels import label_probabilities
from fiduciary.scorers._problem import Problem, problem_of
from fiduciary.scorers.reading.argued import argued_place
from fiduciary.scorers.reading.choice import NO_PLACE, Reading, read_choice

LABEL_LOGPROBS = "label_logprobs"
"""Where the elicitation leaves the log-probabilities of a second question in a sample's store."""


@dataclass(frozen=True)
class Answer:
    """What a sample says, in the problem's own order.

    Attributes:
        problem: the problem.
        reading: how the text was read; its ``place`` is the displayed one.
        chosen: own index of the chosen option, or −1.
        argued: own index of the option that the explanation argues for, or −1.
        probabilities: of each option by own index, None where a label was not returned; None
            altogether without log-probabilities.
        mass_outside: probability of all other tokens; NaN without log-probabilities.
    """

    problem: Problem
    reading: Reading
    chosen: int
    argued: int
    probabilities: tuple[float | None, ...] | None
    mass_outside: float

    @property
    def by_probability(self) -> bool:
        """Whether log-probabilities, not a text, are the sample's answer."""
        return self.problem.elicitation == "logprobs"

    @property
    def valid(self) -> bool:
        """Whether there is an answer to score."""
        return self.probabilities is not None if self.by_probability else self.chosen >= 0

    @property
    def reason(self) -> str | None:
        """Why there is no answer to score."""
        if self.valid:
            return None
        return self.reading.reason or "no answer"


def read(state: TaskState) -> Answer:
    """Read a sample's answer.

    Raises:
        ValueError: metadata that scoring needs are missing.
    """
    problem = problem_of(state.metadata, state.sample_id)
    output, k = state.output, problem.n_options
    explained = problem.elicitation in ("explain", "both")
    if output.error:
        reading = Reading(reason="error")
    else:
        stop_reason = output.stop_reason if output.choices else "stop"
        reading = read_choice(output.completion, k, explained, stop_reason)
    argued = argued_place(output.completion, k) if explained else NO_PLACE
    labels = label_probabilities(_logprobs(state, problem.elicitation), k)
    probabilities = None
    if labels is not None:
        place_of = {own: place for place, own in enumerate(problem.order)}
        probabilities = tuple(labels.by_place[place_of[own]] for own in range(k))
    return Answer(
        problem,
        reading,
        problem.order[reading.place] if reading.place >= 0 else -1,
        problem.order[argued] if argued >= 0 else -1,
        probabilities,
        labels.outside if labels is not None else float("nan"),
    )


def _logprobs(state: TaskState, elicitation: str) -> Logprobs | None:
    if elicitation == "both":
        stored = state.store.get(LABEL_LOGPROBS)
        return Logprobs.model_validate(stored) if stored else None
    if elicitation == "logprobs" and state.output.choices:
        return state.output.choices[0].logprobs
    return None

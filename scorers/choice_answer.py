"""One answer to a choice problem, read: what every scorer of a choice starts from."""

from __future__ import annotations

from dataclasses import dataclass

from inspect_ai.solver import TaskState

from fiduciary.scorers.answers import answers_of
from fiduciary.scorers.choice_problem import Problem, problem_of
from fiduciary.scorers.labelled import EXPLAINED, Labelled, read_labelled

CHOICE = "choice"
"""Name under which ``solvers/choosing.py`` keeps the answer."""


@dataclass(frozen=True)
class Answer:
    """What a sample says, in the problem's own order.

    Attributes:
        problem: the problem.
        said: what was read, by displayed place.
        text: what was read it from.
    """

    problem: Problem
    said: Labelled
    text: str = ""

    @property
    def chosen(self) -> int:
        """Own index of the option that was stated, or drawn, or −1."""
        return self._own(self.said.stated.place)

    @property
    def argued(self) -> int:
        """Own index of the option that the explanation argues for, or −1."""
        return self._own(self.said.argued)

    @property
    def probabilities(self) -> tuple[float | None, ...] | None:
        """Of each option by own index at τ = 1; None without log-probabilities."""
        if self.said.by_place is None:
            return None
        place_of = {own: place for place, own in enumerate(self.problem.order)}
        return tuple(self.said.by_place[place_of[own]] for own in range(self.problem.n_options))

    def _own(self, place: int) -> int:
        return self.problem.order[place] if place >= 0 else -1


def read(state: TaskState) -> Answer:
    """Read a sample's answer; where two were asked for, that of the closing words alone.

    Raises:
        ValueError: metadata that scoring needs are missing.
    """
    problem = problem_of(state.metadata, state.sample_id)
    return _answer(state, problem, CHOICE, "choose" if problem.elicitation == "both" else problem.elicitation)


def read_explained(state: TaskState) -> Answer | None:
    """The explained answer of a sample that was asked for one, or for both, else None.

    Raises:
        ValueError: metadata that scoring needs are missing.
    """
    problem = problem_of(state.metadata, state.sample_id)
    if problem.elicitation == "choose":
        return None
    if problem.elicitation == "both":
        return _answer(state, problem, CHOICE + EXPLAINED, "explain")
    return _answer(state, problem, CHOICE, problem.elicitation)


def _answer(state: TaskState, problem: Problem, name: str, elicitation: str) -> Answer:
    kept = answers_of(state).get(name)
    said = read_labelled(kept, elicitation, problem.labels)
    return Answer(problem, said, kept.text if kept else "")

"""Every question of a problem, calm and under pressure, each in a fresh context."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, questions_of
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch

STRESS_ELICITATIONS = ("choose", "explain", "text")


@solver
def ask_stress(seed: int = 0) -> Solver:
    """Ask all questions of a problem at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, whose ``text`` is the whole of the user's message, the
    instruction how to answer included (it is translated with the rest); ``elicitation``, one of
    ``STRESS_ELICITATIONS``; ``n_options``; ``temperature``. Answers are kept under the questions' names.
    System messages come before every question.

    Args:
        seed: the task's seed; every question and epoch draws anew.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, stress_questions(state), seed, watch)
        return state

    return solve


def stress_questions(state: TaskState) -> list[Question]:
    """The questions of a sample, as :func:`ask_stress` describes them."""
    texts = {name: question["text"] for name, question in state.metadata["questions"].items()}
    labels = LABELS[: int(state.metadata["n_options"])]
    return questions_of(state, texts, state.metadata["elicitation"], labels, instructed=True)

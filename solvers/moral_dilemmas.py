"""Asks all questions of a dilemma, each in a fresh context: no judgement is coloured by the one before."""

from __future__ import annotations

from inspect_ai.model import ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, questions_of, system_messages
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch

ELICITATIONS = ("choose", "explain", "text")
"""How choices are asked for."""

CHOICES = ("choice", "act", "omit")
"""Questions with two options; all others ask for a number."""

MAX_TOKENS = 16
"""Default length of a number; ``--max-tokens`` overrides it."""


@solver
def ask_dilemma(seed: int = 0) -> Solver:
    """Ask the texts of the sample's metadata ``questions`` by name.

    Choices are asked for as its ``elicitation`` says, ratings always as a number in text; ``temperature`` is
    that of texts. System messages come before every question.

    Args:
        seed: the task's seed.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, dilemma_questions(state), seed, watch)
        return state

    return solve


def dilemma_questions(state: TaskState) -> list[Question]:
    """The questions of a sample, as :func:`ask_dilemma` describes them."""
    texts: dict[str, str] = state.metadata["questions"]
    ratings = [
        Question(
            name,
            (*system_messages(state.messages), ChatMessageUser(content=text)),
            "text",
            temperature=float(state.metadata["temperature"]),
            max_tokens=MAX_TOKENS,
        )
        for name, text in texts.items()
        if name not in CHOICES
    ]
    choices = {name: text for name, text in texts.items() if name in CHOICES}
    return ratings + questions_of(state, choices, state.metadata["elicitation"], LABELS[:2])

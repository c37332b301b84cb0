"""Asks all questions of a dilemma, each in a fresh context: no judgement is coloured by the one before."""

from __future__ import annotations

from inspect_ai.model import ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all
from fiduciary.solvers.label_tokens import Watch

MAX_TOKENS = 16
"""Default length of an answer, a number or a letter; ``--max-tokens`` overrides it."""


@solver
def ask_dilemma(seed: int = 0) -> Solver:
    """Ask the texts of the sample's metadata ``questions`` by name, at its ``temperature``.

    Args:
        seed: the task's seed.
    """

    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        temperature = float(state.metadata["temperature"])
        questions = [
            Question(
                name,
                (ChatMessageUser(content=text),),
                "text",
                temperature=temperature,
                max_tokens=MAX_TOKENS,
            )
            for name, text in state.metadata["questions"].items()
        ]
        await ask_all(state, questions, seed, watch)
        return state

    return solve

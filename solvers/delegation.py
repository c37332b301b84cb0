"""Every decision of a firm's chain at every standing that it can come to, each in a fresh context."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import ask_all, questions_of
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch


@solver
def ask_chain(seed: int = 0) -> Solver:
    """Ask a chain's questions at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, texts by name; ``orders``, the options in the order shown, by
    the same names; ``elicitation``, ``choose``, ``explain`` or ``text``; ``temperature`` of texts. An answer
    is kept under its question's name. System messages come before every question.

    Args:
        seed: the task's seed; every question and epoch draws anew.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        labels = {name: LABELS[: len(order)] for name, order in state.metadata["orders"].items()}
        asked = questions_of(state, state.metadata["questions"], state.metadata["elicitation"], labels)
        await ask_all(state, asked, seed, watch)
        return state

    return solve

"""Every pair of a choice set, in both orders, again and again: each question in a fresh context."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, fresh_questions
from fiduciary.solvers.elicitation import instruction

PAIR_ELICITATIONS = ("answer", "explain", "logprobs")


@solver
def ask_pairs(elicitation: str = "answer", seed: int = 0) -> Solver:
    """Ask the questions of a choice set at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, the text of each ordered pair under ``"first-second"``
    (indices of the options in the order shown); ``repeats``; ``temperature``. An answer is kept under
    ``"first-second-repeat"``, repeats counted from 1. System messages come before every question.

    Args:
        elicitation: one of ``PAIR_ELICITATIONS``. ``logprobs`` asks for one token at temperature 1
            with the 20 likeliest.
        seed: the task's seed; every question, repeat and epoch draws anew.
    """
    if elicitation not in PAIR_ELICITATIONS:
        raise ValueError(f"elicitation must be one of {', '.join(PAIR_ELICITATIONS)}, got {elicitation!r}")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, pair_questions(state, elicitation), seed)
        return state

    return solve


def pair_questions(state: TaskState, elicitation: str) -> list[Question]:
    """The questions of a sample, as :func:`ask_pairs` describes them."""
    texts = {
        f"{pair}-{repeat}": f"{text}\n\n{instruction(elicitation)}"
        for pair, text in state.metadata["questions"].items()
        for repeat in range(1, int(state.metadata["repeats"]) + 1)
    }
    return fresh_questions(state, texts, elicitation)

"""Every question of a problem, calm and under pressure, each in a fresh context."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, fresh_questions

STRESS_ELICITATIONS = ("answer", "explain", "logprobs")


@solver
def ask_stress(elicitation: str = "answer", seed: int = 0) -> Solver:
    """Ask all questions of a problem at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, whose ``text`` is the whole of the user's message, the
    instruction how to answer included (it is translated with the rest); ``temperature``. Answers are kept
    under the questions' names. System messages come before every question.

    Args:
        elicitation: one of ``STRESS_ELICITATIONS``. ``logprobs`` asks for one token at temperature 1 with
            the 20 likeliest.
        seed: the task's seed; every question and epoch draws anew.
    """
    if elicitation not in STRESS_ELICITATIONS:
        raise ValueError(f"elicitation must be one of {', '.join(STRESS_ELICITATIONS)}, got {elicitation!r}")

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, stress_questions(state, elicitation), seed)
        return state

    return solve


def stress_questions(state: TaskState, elicitation: str) -> list[Question]:
    """The questions of a sample, as :func:`ask_stress` describes them."""
    texts = {name: question["text"] for name, question in state.metadata["questions"].items()}
    return fresh_questions(state, texts, elicitation)

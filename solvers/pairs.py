"""Every pair or menu of a choice set, in several orders, again and again: each in a fresh context."""

from __future__ import annotations

from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, questions_of
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch

PAIR_ELICITATIONS = ("choose", "explain", "text")


@solver
def ask_pairs(seed: int = 0) -> Solver:
    """Ask the questions of a choice set at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, the text of each ordered pair or menu under
    ``"first-second-…"`` (indices of the options in the order shown); ``elicitation``, one of
    ``PAIR_ELICITATIONS``; ``repeats``; ``temperature``. An answer is kept under
    ``"first-second-…-repeat"``, repeats counted from 1. System messages come before every question.

    Args:
        seed: the task's seed; every question, repeat and epoch draws anew.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, pair_questions(state), seed, watch)
        return state

    return solve


def pair_questions(state: TaskState) -> list[Question]:
    """The questions of a sample, as :func:`ask_pairs` describes them."""
    texts, labels = {}, {}
    for shown, text in state.metadata["questions"].items():
        for repeat in range(1, int(state.metadata["repeats"]) + 1):
            texts[f"{shown}-{repeat}"] = text
            labels[f"{shown}-{repeat}"] = LABELS[: len(shown.split("-"))]
    return questions_of(state, texts, state.metadata["elicitation"], labels)

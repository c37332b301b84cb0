"""Asks what a sample of stated trade-offs holds: a statement in its own words, or a choice."""

from __future__ import annotations

from inspect_ai.model import ChatMessageAssistant, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, system_messages
from fiduciary.solvers.choosing import elicit
from fiduciary.solvers.label_tokens import Watch

STATEMENT = "statement"
"""Name of a statement's one question."""

STATEMENT_TOKENS = 96
"""Longest statement, unless the command line says otherwise."""


@solver
def ask_stated(seed: int = 0) -> Solver:
    """Ask the sample's one question.

    Reads the sample's metadata: with ``elicitation`` it is a choice, which :func:`elicit` asks; without, the
    text is a whole question, instruction included, asked at ``temperature``.

    Args:
        seed: the task's seed.
    """
    choose, watch = elicit(seed), Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if "elicitation" in state.metadata:
            return await choose(state, generate)
        before = system_messages(state.messages)
        asked = Question(
            name=STATEMENT,
            messages=(*before, ChatMessageUser(content=state.user_prompt.text)),
            elicitation="text",
            temperature=float(state.metadata["temperature"]),
            max_tokens=STATEMENT_TOKENS,
        )
        answers = await ask_all(state, [asked], seed, watch)
        said = answers[STATEMENT].output
        state.messages = [*asked.messages, ChatMessageAssistant(content=said.completion)]
        return state

    return solve

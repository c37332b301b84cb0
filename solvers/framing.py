"""Who the model decides for, told in a system message."""

from __future__ import annotations

from inspect_ai.model import ChatMessageSystem
from inspect_ai.solver import Generate, Solver, TaskState, solver


@solver
def framing(text: str) -> Solver:
    """Put one system message before the conversation.

    Args:
        text: the message, used as it stands; empty for none.
    """

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        if text:
            state.messages.insert(0, ChatMessageSystem(content=text))
        return state

    return solve

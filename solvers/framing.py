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
        tell(state, text)
        return state

    return solve


def tell(state: TaskState, text: str) -> None:
    """Put one system message before a sample's conversation; none for an empty text."""
    if text:
        state.messages.insert(0, ChatMessageSystem(content=text))

"""Every budget of a set, each in a fresh context."""

from __future__ import annotations

from types import MappingProxyType

from inspect_ai.model import ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, system_messages
from fiduciary.solvers.label_tokens import Watch

BUDGET_ELICITATIONS = ("answer", "explain")

BUDGET_TOKENS = MappingProxyType({"answer": 96, "explain": 768})
"""Default length of an answer, for a task's ``GenerateConfig``: there ``--max-tokens`` overrides it."""

_LINES = (
    "one line for each group: its name, a colon and the dollars of the budget that you spend on it, for "
    "example:\n{example}"
)
_INSTRUCTIONS = MappingProxyType(
    {
        "answer": f"Answer with nothing but {_LINES}",
        "explain": f"Explain your reasoning in a few sentences. Then end your response with {_LINES}",
    }
)


def budget_instruction(elicitation: str, names: list[str]) -> str:
    """The last paragraph of a budget's text, which says how to answer; its example shows no figures."""
    return _INSTRUCTIONS[elicitation].format(example="\n".join(f"{name.capitalize()}: $…" for name in names))


@solver
def ask_budgets(elicitation: str = "answer", seed: int = 0) -> Solver:
    """Ask all budgets of a set at the same time and keep the answers in the sample's store.

    Reads the sample's metadata: ``questions``, the text of each budget; ``shown``, the groups in the
    order in which they are named; ``temperature``. Answers are kept under the questions' numbers, from
    "0". System messages come before every question.

    Args:
        elicitation: one of ``BUDGET_ELICITATIONS``.
        seed: the task's seed; every question and epoch draws anew.
    """
    if elicitation not in BUDGET_ELICITATIONS:
        raise ValueError(f"elicitation must be one of {', '.join(BUDGET_ELICITATIONS)}, got {elicitation!r}")

    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        before = system_messages(state.messages)
        last = budget_instruction(elicitation, state.metadata["shown"])
        questions = [
            Question(
                name=str(number),
                messages=(*before, ChatMessageUser(content=f"{text}\n\n{last}")),
                elicitation="text",
                max_tokens=BUDGET_TOKENS[elicitation],
                temperature=float(state.metadata["temperature"]),
            )
            for number, text in enumerate(state.metadata["questions"])
        ]
        await ask_all(state, questions, seed, watch)
        return state

    return solve

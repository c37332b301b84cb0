"""Games by the strategy method: the rules, what is expected of the others, a plan for every role."""

from __future__ import annotations

from inspect_ai.model import ChatMessage, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import collect

from fiduciary.solvers.asking import Answer, Question, ask, keep
from fiduciary.solvers.label_tokens import Watch

BELIEFS = ("before", "after", "none")
"""When beliefs are asked for, relative to the plan."""

PLAN, BELIEF, CHECK = "plan", "beliefs", "checks"
"""Names of a sample's questions: in its metadata's ``questions`` and in the kept answers."""

MAX_TOKENS, MAX_TOKENS_EXPLAINED = 128, 512
"""Default length of an answer, for a task's ``GenerateConfig``."""


@solver
def strategy_method(seed: int = 0) -> Solver:
    """Ask for plan and beliefs in one conversation, and about the rules in a context of its own.

    Plan and beliefs share a conversation, because whether a stated belief changes the plan, and a plan
    the belief, is what the order of the two is there to show. The questions about the rules stand
    apart: they test whether the text is understood without rehearsing its figures for the player.

    The sample's input is the description of the game. Its metadata hold ``questions`` (texts by name;
    ``plan`` and ``beliefs`` are asked in the order in which they stand there, ``checks`` apart),
    ``temperature`` and ``max_tokens``.

    Args:
        seed: the task's seed.
    """

    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        texts: dict[str, str] = dict(state.metadata["questions"])
        check = texts.pop(CHECK, None)
        rules = state.input_text

        async def play() -> dict[str, Answer]:
            messages: list[ChatMessage] = []
            outputs = {}
            for name, text in texts.items():
                content = text if messages else f"{rules}\n\n{text}"
                messages.append(ChatMessageUser(content=content))
                question = _question(state, name, messages)
                outputs[name] = answer = await ask(state, question, seed, watch)
                if not answer.output.choices:
                    break
                messages.append(answer.output.message)
            state.messages = messages
            return outputs

        async def test() -> dict[str, Answer]:
            if check is None:
                return {}
            asked: list[ChatMessage] = [ChatMessageUser(content=f"{rules}\n\n{check}")]
            return {CHECK: await ask(state, _question(state, CHECK, asked), seed, watch)}

        tested, played = await collect(test(), play())
        keep(state, tested | played)
        return state

    return solve


def _question(state: TaskState, name: str, messages: list[ChatMessage]) -> Question:
    tokens = MAX_TOKENS if name == CHECK else int(state.metadata["max_tokens"])
    return Question(
        name,
        tuple(messages),
        "text",
        temperature=float(state.metadata["temperature"]),
        max_tokens=tokens,
    )


__all__ = ["BELIEFS", "strategy_method"]

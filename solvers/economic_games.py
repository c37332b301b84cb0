"""Games by the strategy method: the rules, what is expected of the others, a plan for every role."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.model import ChatMessage, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver
from inspect_ai.util import collect

from fiduciary.solvers.asking import Answer, Question, ask, instruction, keep
from fiduciary.solvers.label_tokens import Watch

GAME_ELICITATIONS = ("choose", "text")
"""How plans are asked for: decision by decision, as options, or stated whole, in numbered lines."""

BELIEFS = ("before", "after", "none")
"""When beliefs are asked for, relative to the plan."""

PLAN, BELIEF, CHECK = "plan", "beliefs", "checks"
"""Names of a sample's questions: in its metadata's ``questions`` and in the kept answers."""

MAX_TOKENS, MAX_TOKENS_EXPLAINED = 128, 512
"""Default length of an answer, for a task's ``GenerateConfig``."""


def step_name(actions: Sequence[int]) -> str:
    """Name of the question for a decision after these earlier actions: ``plan-10``; of the first ``plan``."""
    return f"{PLAN}-{''.join(map(str, actions))}" if actions else PLAN


@solver
def strategy_method(seed: int = 0) -> Solver:
    """Ask for plan and beliefs in one conversation, and about the rules in a context of its own.

    Plan and beliefs share a conversation, because a plan is read as a reply to the beliefs that were
    stated; and whether one moves the other is what the order of the two is there to show. Decisions that are
    asked as options all follow that conversation, each in a branch of its own, so that none sees what
    another was answered. The questions about the rules stand apart: they test whether the text is understood
    without rehearsing its figures for the player.

    The sample's input is the description of the game. Its metadata hold ``questions`` (texts by name;
    ``plan`` and ``beliefs`` are asked in the order in which they stand there, ``checks`` apart),
    ``options`` (the labels of every question that is asked as options), ``temperature`` and ``max_tokens``
    of texts.

    Args:
        seed: the task's seed.
    """

    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        options: dict[str, list[str]] = state.metadata["options"]
        texts: dict[str, str] = dict(state.metadata["questions"])
        check = texts.pop(CHECK, None)
        rules = state.input_text

        async def play() -> dict[str, Answer]:
            messages: list[ChatMessage] = []
            answers: dict[str, Answer] = {}

            def after(name: str) -> Question:
                text = texts[name] if messages else f"{rules}\n\n{texts[name]}"
                return _question(state, name, messages, text, options.get(name, ()))

            for name in (name for name in texts if name not in options):
                question = after(name)
                answers[name] = answer = await ask(state, question, seed, watch)
                messages = list(question.messages)
                if answer.output.choices:
                    messages.append(answer.output.message)
                state.messages = messages
                if not answer.output.choices:
                    return answers
            branches = [after(name) for name in options]
            chosen = await collect(*(ask(state, branch, seed, watch) for branch in branches))
            if branches:
                state.messages = [*branches[0].messages, chosen[0].turn(branches[0].closing)]
            return answers | dict(zip(options, chosen, strict=True))

        async def test() -> dict[str, Answer]:
            if check is None:
                return {}
            question = _question(state, CHECK, (), f"{rules}\n\n{check}")
            return {CHECK: await ask(state, question, seed, watch)}

        tested, played = await collect(test(), play())
        keep(state, tested | played)
        return state

    return solve


def _question(
    state: TaskState, name: str, before: Sequence[ChatMessage], text: str, labels: Sequence[str] = ()
) -> Question:
    if labels:
        text = f"{text}\n\n{instruction('choose', labels)}"
    return Question(
        name,
        (*before, ChatMessageUser(content=text)),
        "choose" if labels else "text",
        tuple(labels),
        float(state.metadata["temperature"]),
        MAX_TOKENS if name == CHECK else int(state.metadata["max_tokens"]),
    )

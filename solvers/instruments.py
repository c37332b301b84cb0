"""Explanations asked for with and without an encouragement, and letters read behind them in any context.

Every question stands in a context of its own. An encouragement stands where an explanation is asked for; the
letter behind that explanation is read where it does not, with the options' names cut from what was said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from inspect_ai.model import ChatMessage, ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all, instruction, system_messages
from fiduciary.solvers.choosing import LABELS
from fiduciary.solvers.label_tokens import Watch

UNASKED = "none"
"""The arm without an encouragement."""


def direct(arm: str) -> str:
    """Name of the question that asks for a letter at once."""
    return f"direct/{arm}"


def said(arm: str) -> str:
    """Name of the question that asks for an explanation."""
    return f"said/{arm}"


def letter(context: str, arm: str) -> str:
    """Name of the letter behind the explanation of an arm, read in the context of another or the same."""
    return f"letter/{context}/{arm}"


def letters(arms: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Contexts and explanations of all letters: every explanation unasked, and transplanted elsewhere."""
    for arm in arms:
        yield UNASKED, arm
    for context in arms:
        if context != UNASKED:
            yield from ((context, arm) for arm in arms if arm != context)


@solver
def ask_with_encouragements(cut: Callable[[str], str], seed: int = 0) -> Solver:
    """Ask a problem directly and for explanations in every arm, then read letters behind these.

    Reads the sample's metadata: ``encouragements``, the sentence of every arm, empty for ``none``;
    ``n_options``; ``temperature`` of explanations. Answers are kept under ``direct(arm)``, ``said(arm)`` and
    ``letter(context, arm)``.

    Args:
        cut: takes the options' names out of an explanation.
        seed: the task's seed.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        sentences: dict[str, str] = state.metadata["encouragements"]
        labels = tuple(LABELS[: int(state.metadata["n_options"])])
        temperature = float(state.metadata["temperature"])

        def context(arm: str, way: str) -> tuple[ChatMessage, ...]:
            parts = [state.user_prompt.text, sentences[arm], instruction(way, labels)]
            text = "\n\n".join(part for part in parts if part)
            return (*system_messages(state.messages), ChatMessageUser(content=text))

        asked = [Question(direct(arm), context(arm, "choose"), "choose", labels) for arm in sentences]
        asked += [
            Question(said(arm), context(arm, "explain"), "text", labels, temperature) for arm in sentences
        ]
        answers = await ask_all(state, asked, seed, watch)
        explained = {arm: cut(answers[said(arm)].output.completion) for arm in sentences}
        read = [
            Question(letter(at, arm), context(at, "explain"), "choose", labels, said=explained[arm])
            for at, arm in letters(list(sentences))
        ]
        await ask_all(state, read, seed, watch)
        return state

    return solve

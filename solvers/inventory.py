"""Administers an inventory: every statement in a context of its own, or all in one prompt."""

from __future__ import annotations

from typing import Any

from inspect_ai.model import ChatMessageUser
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import Question, ask_all
from fiduciary.solvers.label_tokens import Watch

ELICITATIONS = ("choose", "text", "both")
"""``choose``: log-probabilities of the labels behind the closing words. ``text``: the bare answer, read.
``both``: one after the other of every statement, in two fresh contexts."""

CLOSING = "I choose option ("
"""What the label of an answer follows, a number or a letter.

The bracket does for both: behind a word a number needs a blank, which is a token of its own for many
tokenizers and which chat templates that trim the turn take away. In SmolLM2-135M-Instruct the five labels
hold .97 of the probability as numbers and .99 as letters; behind "Option" without a blank numbers hold .001.
"""

TOGETHER = "all"
"""Name of the one question that holds all statements."""

TEXT = "/text"
"""Follows an item's number in the name of its text answer, where ``both`` asks for two."""

PLACE = "{statement}"
"""Where a sample's input takes the statement."""

MAX_TOKENS = 8
"""Default length of one text answer; ``--max-tokens`` overrides it."""

_TOKENS_PER_LINE = 12  # "100: strongly disagree" and the line's end, with room for emphasis


@solver
def administer(seed: int = 0) -> Solver:
    """Ask all items of a block and keep the answers for the scorers.

    The sample's input is the question, with ``PLACE`` where a statement goes; its metadata hold the
    items, the labels, the elicitation, the context and the temperature. The conversation of the sample
    itself is left as it is: no item sees another, nor its answer.

    Args:
        seed: the task's seed.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        await ask_all(state, questions(state.user_prompt.text, state.metadata), seed, watch)
        return state

    return solve


def questions(text: str, metadata: dict[str, Any]) -> list[Question]:
    """The requests of one block.

    Args:
        text: the sample's input.
        metadata: ``items``, ``answer_of_label``, ``elicitation``, ``context`` and ``temperature`` of the
            sample.
    """
    items: list[dict[str, Any]] = metadata["items"]
    temperature = float(metadata["temperature"])
    if metadata["context"] == "together":
        tokens = _TOKENS_PER_LINE * len(items)
        return [Question(TOGETHER, _user(text), "text", temperature=temperature, max_tokens=tokens)]
    labels, elicitation = tuple(metadata["answer_of_label"]), metadata["elicitation"]
    asked = []
    for item in items:
        for way in ("choose", "text") if elicitation == "both" else (elicitation,):
            asked.append(
                Question(
                    name=f"{item['number']}{TEXT if (elicitation, way) == ('both', 'text') else ''}",
                    messages=_user(text.replace(PLACE, item["statement"])),
                    elicitation=way,
                    labels=labels,
                    temperature=temperature,
                    max_tokens=MAX_TOKENS,
                    closing=CLOSING,
                )
            )
    return asked


def _user(text: str) -> tuple[ChatMessageUser]:
    return (ChatMessageUser(content=text),)

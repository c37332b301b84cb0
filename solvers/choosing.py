"""Asks the one choice problem of a sample."""

from __future__ import annotations

from inspect_ai.model import ChatMessageAssistant, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.solvers.asking import CLOSING, ask_all, questions_of
from fiduciary.solvers.framing import tell
from fiduciary.solvers.label_tokens import Watch
from fiduciary.solvers.refusals import folds

CHOICE = "choice"
"""Name of the one question."""

LABELS = "ABCDE"
"""Names of the options, in the order in which they are shown."""


@solver
def elicit(seed: int = 0, closing: str = CLOSING, system: str = "") -> Solver:
    """Ask the sample's problem as its metadata's ``elicitation`` says; ``both`` asks in two fresh contexts.

    Reads the sample's metadata: ``elicitation``, ``n_options``, ``temperature`` of texts. The conversation
    that led to the last answer becomes the sample's.

    Args:
        seed: the task's seed.
        closing: the words that turns are begun with.
        system: who the model decides for, as ``framing`` tells it. A solver of its own would add a span and
            a copy of the state to every sample of one question.
    """
    watch = Watch()

    async def solve(state: TaskState, generate: Generate) -> TaskState:
        tell(state, system)
        labels = LABELS[: int(state.metadata["n_options"])]
        text = {CHOICE: state.user_prompt.text}
        asked = questions_of(state, text, state.metadata["elicitation"], labels, closing=closing)
        answers = await ask_all(state, asked, seed, watch)
        if folds(get_model()):
            state.metadata["system_in_user_turn"] = True
        last = asked[-1]
        said = answers[last.name].output
        answer = said.message if said.choices else ChatMessageAssistant(content=said.completion)
        begun = [ChatMessageAssistant(content=last.closing)] if last.elicitation == "choose" else []
        state.messages = [*last.messages, *begun, answer]
        return state

    return solve

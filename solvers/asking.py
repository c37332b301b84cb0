"""Several questions in one sample, each in a fresh context: what ``elicit`` does for one question.

Inspect spends more on a sample than on a request, so a battery of short questions that are scored
together (the pairs of a choice set, the nodes of a game, the items of an inventory) is one sample.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, ModelOutput, get_model
from inspect_ai.solver import TaskState
from inspect_ai.util import collect

from fiduciary._inspect import active_generate_config
from fiduciary.solvers.elicitation import LOGPROBS_TEMPERATURE, MAX_TOKENS, TOP_LOGPROBS
from fiduciary.solvers.sampling import neutral_sampling, request_seed

ANSWERS_STORE = "answers"
"""Where :func:`ask_all` leaves the answers, for the scorers (``scorers/_answers.py`` reads them)."""


@dataclass(frozen=True)
class Question:
    """One request.

    Attributes:
        name: unique within the sample; answers are kept under it, and the request's seed depends on it.
        messages: the whole context, instruction for the answer included.
        max_tokens: the longest answer, unless the command line says otherwise (``--max-tokens``).
        temperature: τ ≥ 0; ignored with ``logprobs``, which always asks at 1.
        logprobs: ask for one token and the log-probabilities of the 20 likeliest.
    """

    name: str
    messages: tuple[ChatMessage, ...]
    max_tokens: int
    temperature: float = 1.0
    logprobs: bool = False


def fresh_questions(state: TaskState, texts: Mapping[str, str], elicitation: str) -> list[Question]:
    """A question for each text, after the sample's system messages, at its metadata's ``temperature``.

    Args:
        state: the sample.
        texts: whole text of the user's message, by the question's name.
        elicitation: a key of ``MAX_TOKENS``; ``logprobs`` asks at temperature 1.
    """
    before = system_messages(state.messages)
    logprobs = elicitation == "logprobs"
    temperature = LOGPROBS_TEMPERATURE if logprobs else float(state.metadata["temperature"])
    return [
        Question(
            name=name,
            messages=(*before, ChatMessageUser(content=text)),
            max_tokens=MAX_TOKENS[elicitation],
            temperature=temperature,
            logprobs=logprobs,
        )
        for name, text in texts.items()
    ]


def system_messages(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """The system messages of a conversation, which every fresh context starts with."""
    return tuple(message for message in messages if message.role == "system")


async def ask(state: TaskState, question: Question, seed: int) -> ModelOutput:
    """Ask one question; the sample's own messages are left alone."""
    settings: dict[str, Any] = dict(neutral_sampling(state.model.api))
    settings["seed"] = request_seed(seed, f"{state.sample_id}/{question.name}", state.epoch)
    if question.logprobs:
        settings["temperature"] = LOGPROBS_TEMPERATURE
        settings["max_tokens"] = 1
        settings["logprobs"], settings["top_logprobs"] = True, TOP_LOGPROBS
    else:
        settings["temperature"] = question.temperature
        if active_generate_config().max_tokens is None:
            settings["max_tokens"] = question.max_tokens
    return await get_model().generate(list(question.messages), config=GenerateConfig(**settings))


async def ask_all(state: TaskState, questions: Sequence[Question], seed: int) -> dict[str, ModelOutput]:
    """Ask all questions at the same time and keep their answers in the sample's store.

    Raises:
        ValueError: two questions with one name.
    """
    names = [question.name for question in questions]
    if len(set(names)) < len(names):
        raise ValueError(f"questions of sample {state.sample_id!r} share a name: {names}")
    outputs = dict(
        zip(names, await collect(*(ask(state, question, seed) for question in questions)), strict=True)
    )
    keep(state, outputs)
    return outputs


def keep(state: TaskState, outputs: dict[str, ModelOutput]) -> None:
    """Add answers to the sample's store; the last one also becomes the sample's output."""
    kept = dict(state.store.get(ANSWERS_STORE, {}))
    for name, output in outputs.items():
        choice = output.choices[0] if output.choices else None
        kept[name] = {
            "text": output.completion,
            "stop_reason": output.stop_reason if choice else None,
            "error": output.error,
            "logprobs": choice.logprobs.model_dump() if choice and choice.logprobs else None,
        }
        state.output = output
    state.store.set(ANSWERS_STORE, kept)

"""What a server refuses in a request, and how the same is asked so that it does not.

A chat template may have no system role (Gemma, older Mistral), and a server may return too few of the
log-probabilities. Both say so with the first request; from then on that model is asked accordingly.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageUser, GenerateConfig, Model, ModelOutput

from fiduciary._inspect import RetryError
from fiduciary.solvers.label_tokens import CannotAsk
from fiduciary.solvers.retries import bounded, given_up

_NO_SYSTEM = re.compile(
    r"system role (?:is )?not supported|roles? must alternate|no system role", re.IGNORECASE
)
_TOO_MANY = re.compile(
    r"logprobs?\b.*?(?:max(?:imum)? allowed|at most|less than or equal to|<=)\D{0,12}(\d+)",
    re.IGNORECASE | re.DOTALL,
)
_NO_CONTINUATION = re.compile(r"continue_final_message|add_generation_prompt", re.IGNORECASE)

_without_system: set[str] = set()
_most_logprobs: dict[str, int] = {}


def folded(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Messages whose system texts stand at the head of the first user's turn."""
    system = [message.text for message in messages if message.role == "system"]
    rest: list[ChatMessage] = [message for message in messages if message.role != "system"]
    for place, message in enumerate(rest):
        if system and message.role == "user":
            text = "\n\n".join([*system, message.text])
            return [*rest[:place], ChatMessageUser(content=text, source=message.source), *rest[place + 1 :]]
    return rest


async def generate(model: Model, messages: Sequence[ChatMessage], settings: Mapping[str, Any]) -> ModelOutput:
    """Ask once, and once more for each thing that the server refuses and that can be asked otherwise.

    Raises:
        CannotAsk: a server that continues no turn, or that gave no answer for as long as it is asked.
        Exception: whatever the provider raises for another reason.
    """
    name = str(model)
    while True:
        asked = folded(messages) if name in _without_system else list(messages)
        most = _most_logprobs.get(name)
        limited = bounded(model, settings)
        if most is not None and limited.get("top_logprobs"):
            limited["top_logprobs"] = min(most, limited["top_logprobs"])
        try:
            output = await model.generate(asked, config=GenerateConfig(**limited))
        except RetryError as error:
            raise given_up(name, error) from error
        except Exception as error:  # each provider raises its own
            _learn(name, str(error), asked, limited, error)
            continue
        if output.error and _NO_SYSTEM.search(output.error) and name not in _without_system:
            _without_system.add(name)
            continue
        return output


def folds(model: Model) -> bool:
    """Whether a model's system texts are put into the user's turn."""
    return str(model) in _without_system


def _learn(
    name: str, text: str, asked: Sequence[ChatMessage], settings: Mapping[str, Any], error: Exception
) -> None:
    """Remember what was refused, or raise the error where that is nothing to be asked otherwise."""
    if _NO_SYSTEM.search(text) and any(message.role == "system" for message in asked):
        _without_system.add(name)
    elif (limit := _TOO_MANY.search(text)) and 0 < int(limit[1]) < int(settings.get("top_logprobs") or 0):
        _most_logprobs[name] = int(limit[1])
    elif _NO_CONTINUATION.search(text) and asked[-1].role == "assistant":
        raise CannotAsk(
            f"the server of {name} continues no turn: ask for texts with -T elicitation=text"
        ) from error
    else:
        raise error

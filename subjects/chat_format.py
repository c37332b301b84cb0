"""Between OpenAI's chat completions and Inspect's types: requests read and checked, answers written."""

from __future__ import annotations

import re
import reprlib
import sys
import time
import uuid
from collections.abc import Callable, Mapping
from typing import Any

from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    ModelOutput,
)

from fiduciary.safe_text import one_line

_MOST_ANSWERS, _MOST_ALTERNATIVES = 10_000, 20
_LONGEST = 400  # characters of an error
_LEAST_LOG = -9999.0  # JSON has no infinity; vLLM writes it so

_HALF_PAIR = re.compile(r"[\ud800-\udfff]")

_ROLES: Mapping[str, type[ChatMessageSystem] | type[ChatMessageUser] | type[ChatMessageAssistant]] = {
    "system": ChatMessageSystem,
    "developer": ChatMessageSystem,
    "user": ChatMessageUser,
    "assistant": ChatMessageAssistant,
}


class RequestError(ValueError):
    """A request that gets no answer: a status, what is wrong, and with which field."""

    def __init__(self, status: int, message: str, param: str | None = None) -> None:
        super().__init__(one_line(message)[:_LONGEST])
        self.status, self.param = status, param

    def body(self) -> dict[str, Any]:
        """The error as OpenAI's clients read it."""
        kind = "NotFoundError" if self.status == 404 else "BadRequestError"
        error = {"message": str(self), "type": kind, "param": self.param, "code": self.status}
        return {"error": error}


def messages_of(given: Any) -> list[ChatMessage]:
    """A request's messages as Inspect's.

    Raises:
        RequestError: no messages, a role or content that subjects do not read.
    """
    if not isinstance(given, list) or not given:
        raise RequestError(400, "messages must be a list with at least one message", "messages")
    messages: list[ChatMessage] = []
    for k, message in enumerate(given):
        role = message.get("role") if isinstance(message, dict) else None
        if not isinstance(role, str) or role not in _ROLES:
            raise RequestError(
                400,
                f"messages[{k}].role must be one of {', '.join(_ROLES)}, got {reprlib.repr(role)}",
                "messages",
            )
        messages.append(_ROLES[role](content=_text(message.get("content"), k)))
    return messages


def _text(content: Any, k: int) -> str:
    """Text of a message: a string, or the text parts of a list."""
    parts = content if isinstance(content, list) else [{"text": content}]
    texts = [part.get("text") if isinstance(part, dict) else None for part in parts]
    if not all(isinstance(text, str) for text in texts):
        raise RequestError(400, f"messages[{k}].content must be text or a list of text parts", "messages")
    joined = "\n".join(str(text) for text in texts)
    if _HALF_PAIR.search(joined):
        raise RequestError(
            400, f"messages[{k}].content must be text, and half a surrogate pair is none", "messages"
        )
    return joined


def config_of(request: Mapping[str, Any]) -> GenerateConfig:
    """The settings that subjects honour.

    Raises:
        RequestError: one of the wrong kind or out of range.
    """

    def take(name: str, kind: type | tuple[type, ...], allowed: str, test: Callable[[Any], bool]) -> Any:
        value = request.get(name)
        if value is None:
            return None
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool) or not test(value):
            raise RequestError(400, f"{name} must be {allowed}, got {reprlib.repr(value)}", name)
        return value

    limit = "max_completion_tokens" if request.get("max_completion_tokens") is not None else "max_tokens"
    return GenerateConfig(
        temperature=take(
            "temperature", (int, float), "finite and >= 0", lambda t: 0 <= t <= sys.float_info.max
        ),
        seed=take("seed", int, "a whole number", lambda _: True),
        num_choices=take("n", int, f"from 1 to {_MOST_ANSWERS}", lambda n: 1 <= n <= _MOST_ANSWERS),
        max_tokens=take(limit, int, "a whole number >= 1", lambda n: n >= 1),
        logprobs=take("logprobs", bool, "true or false", lambda _: True),
        top_logprobs=take(
            "top_logprobs", int, f"from 0 to {_MOST_ALTERNATIVES}", lambda n: 0 <= n <= _MOST_ALTERNATIVES
        ),
    )


def completion_of(output: ModelOutput, served: str) -> dict[str, Any]:
    """A model's answers as an OpenAI chat completion."""
    choices = [
        {
            "index": k,
            "message": {"role": "assistant", "content": choice.message.text},
            "logprobs": None if choice.logprobs is None else _finite(choice.logprobs.model_dump()),
            "finish_reason": "length" if choice.stop_reason == "max_tokens" else "stop",
        }
        for k, choice in enumerate(output.choices)
    ]
    usage = output.usage
    assert usage is not None
    return {
        "id": f"chatcmpl-{uuid.uuid4().hex}",
        "object": "chat.completion",
        "created": int(time.time()),
        "model": served,
        "choices": choices,
        "usage": {
            "prompt_tokens": usage.input_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.total_tokens,
        },
    }


def _finite(value: Any) -> Any:
    """JSON without infinities."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_finite(item) for item in value]
    return max(value, _LEAST_LOG) if isinstance(value, float) else value

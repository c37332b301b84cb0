"""Who of the served models is talked to, and one streamed reply of one of them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from typing import Any, cast

import openai

from fiduciary.chat.conversation import Message, Models, Settings
from fiduciary.chat.streaming import Ask, Piece
from fiduciary.errors import UsageError
from fiduciary.serving.endpoint import Endpoint, Served, reason
from fiduciary.solvers.sampling import neutral_sampling

_CONNECT_SECONDS, _SILENT_SECONDS = 10.0, 300.0  # the first token can wait behind others' prompts


def models(listed: Sequence[Served], base: str | None, adapters: Sequence[str]) -> Models:
    """Who is talked to: the names that were given, else what the server lists.

    Without ``base`` it is the first model listed that is nobody's adapter; without ``adapters``
    they are all others.

    Raises:
        UsageError: a name that the server does not list, or one name twice.
    """
    names = [entry.name for entry in listed]
    for argument, name in [("--base", base), *(("--adapter", adapter) for adapter in adapters)]:
        if name is not None and name not in names:
            raise UsageError(f"{argument} '{name}' is not served; the server has {', '.join(names)}")
    if base is None:
        free = [entry.name for entry in listed if entry.name not in adapters]
        roots = [entry.name for entry in listed if entry.parent is None and entry.name not in adapters]
        if not free:
            raise UsageError("every served model is named with --adapter; leave one for the base")
        base = (roots or free)[0]
    others = tuple(adapters) if adapters else tuple(dict.fromkeys(n for n in names if n != base))
    return Models(base, others)


def asker(server: Endpoint) -> Ask:
    """The function that opens one model's reply at this server.

    Sampling is that of the benchmark: the temperature's distribution, cut nowhere.

    Raises:
        UsageError: while a reply is read: server gone, name not served, context too long, ….
    """
    client = openai.AsyncOpenAI(
        base_url=server.url,
        api_key=server.key,
        max_retries=0,  # a column says that it failed; the user sends again
        timeout=openai.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS),
        http_client=openai.DefaultAsyncHttpxClient(trust_env=not server.is_local),
    )
    neutral: dict[str, Any] = dict(neutral_sampling("vllm"))

    async def ask(name: str, messages: list[Message], settings: Settings) -> AsyncGenerator[Piece, None]:
        try:
            # Any: the overloads cannot see through the neutral settings.
            stream: Any = await client.chat.completions.create(
                **neutral,
                model=name,
                messages=cast(Any, messages),
                temperature=settings.temperature,
                max_tokens=settings.max_tokens,
                stream=True,
                stream_options={"include_usage": True},
            )
            finish = None
            async with stream:
                async for chunk in stream:
                    piece = _piece(chunk)
                    finish = piece.finish or finish
                    yield piece
            # A server that goes away can look like one that has finished.
            if finish is None:
                raise UsageError(f"the server at {server.shown} broke off in the middle of the reply")
        except openai.APIError as error:
            raise UsageError(reason(error, server, name)) from None

    return ask


def _piece(chunk: Any) -> Piece:
    choice = chunk.choices[0] if chunk.choices else None
    usage = chunk.usage
    return Piece(
        (choice.delta.content or "") if choice and choice.delta else "",
        choice.finish_reason if choice else None,
        usage.prompt_tokens if usage else None,
        usage.completion_tokens if usage else None,
    )

"""The served models: where they are, which there are, and one streamed reply of one of them."""

from __future__ import annotations

import os
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

import openai

# "As Inspect does" is meant literally: the same file is found, and the environment outranks it.
from fiduciary._inspect import init_dotenv
from fiduciary.leaderboard.chat.conversation import Message, Models, Settings
from fiduciary.leaderboard.chat.errors import ChatError
from fiduciary.leaderboard.chat.streaming import Ask, Piece
from fiduciary.solvers.sampling import neutral_sampling

DEFAULT_URL = "http://127.0.0.1:8000/v1"

START = "start one with runs/serve_cpu.sh MODEL_DIR or runs/serve.sh MODEL, or name another with --url"

_LOCAL = ("127.0.0.1", "localhost", "::1")
_LIST_SECONDS = 20.0  # a busy server answers late; one that is gone does not wait
_CONNECT_SECONDS, _SILENT_SECONDS = 10.0, 300.0  # the first token can wait behind others' prompts


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible server.

    Attributes:
        url: its address, with ``/v1``.
        key: what it asks for; never printed or saved.
    """

    url: str
    key: str = field(default="none", repr=False)

    @property
    def shown(self) -> str:
        """The address without a user's name or password."""
        parts = urlsplit(self.url)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @property
    def is_local(self) -> bool:
        """Whether the server is on this machine: a proxy only stands between this one and others."""
        return urlsplit(self.url).hostname in _LOCAL


@dataclass(frozen=True)
class Served:
    """A name that a server answers to; ``parent`` is what an adapter was trained on, or None."""

    name: str
    parent: str | None = None


def endpoint(url: str | None) -> Endpoint:
    """The server to talk to: ``url``, else VLLM_BASE_URL, else this machine's port 8000.

    VLLM_BASE_URL and VLLM_API_KEY come from the environment, or from a file .env in the working
    directory or above it.

    Raises:
        ChatError: an address that is not http(s)://host….
    """
    init_dotenv()
    given = (url or os.environ.get("VLLM_BASE_URL") or DEFAULT_URL).rstrip("/")
    try:
        parts = urlsplit(given)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise ChatError(f"--url must be an address such as {DEFAULT_URL}, got '{given}'")
    # vLLM wants some key even where the server asks for none.
    return Endpoint(given, os.environ.get("VLLM_API_KEY") or "none")


def served(server: Endpoint) -> list[Served]:
    """What the server lists, in its order.

    Raises:
        ChatError: no server, a refused key, or no list of models.
    """
    with (
        openai.DefaultHttpxClient(trust_env=not server.is_local) as http,
        openai.OpenAI(
            base_url=server.url, api_key=server.key, timeout=_LIST_SECONDS, max_retries=0, http_client=http
        ) as client,
    ):
        try:
            listed = [
                Served(str(model.id), (model.model_extra or {}).get("parent"))
                for model in client.models.list()
            ]
        except openai.APIConnectionError as error:
            raise ChatError(f"no server answers at {server.shown}: {_cause(error)}; {START}") from None
        except openai.APIError as error:
            raise ChatError(_reason(error, server, None)) from None
        except (ValueError, TypeError, AttributeError):
            raise ChatError(
                f"{server.shown}/models does not list models; is this the right address?"
            ) from None
    if not listed:
        raise ChatError(f"the server at {server.shown} lists no models")
    return listed


def models(listed: Sequence[Served], base: str | None, adapters: Sequence[str]) -> Models:
    """Who is talked to: the names that were given, else what the server lists.

    Without ``base`` it is the first model listed that is nobody's adapter; without ``adapters``
    they are all others.

    Raises:
        ChatError: a name that the server does not list, or one name twice.
    """
    names = [entry.name for entry in listed]
    for argument, name in [("--base", base), *(("--adapter", adapter) for adapter in adapters)]:
        if name is not None and name not in names:
            raise ChatError(f"{argument} '{name}' is not served; the server has {', '.join(names)}")
    if base is None:
        free = [entry.name for entry in listed if entry.name not in adapters]
        roots = [entry.name for entry in listed if entry.parent is None and entry.name not in adapters]
        if not free:
            raise ChatError("every served model is named with --adapter; leave one for the base")
        base = (roots or free)[0]
    others = tuple(adapters) if adapters else tuple(dict.fromkeys(n for n in names if n != base))
    return Models(base, others)


def asker(server: Endpoint) -> Ask:
    """The function that opens one model's reply at this server.

    Sampling is that of the benchmark: the temperature's distribution, cut nowhere.

    Raises:
        ChatError: while a reply is read: server gone, name not served, context too long, ….
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
                raise ChatError(f"the server at {server.shown} broke off in the middle of the reply")
        except openai.APIError as error:
            raise ChatError(_reason(error, server, name)) from None

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


def _reason(error: openai.APIError, server: Endpoint, name: str | None) -> str:
    """What went wrong with one request, and what to do."""
    said = _said(error)
    if isinstance(error, openai.APITimeoutError):
        return f"the server at {server.shown} was silent for too long; send again when it is less busy"
    if isinstance(error, openai.APIConnectionError):
        return f"no server answers at {server.shown}: {_cause(error)}; is it still running?"
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return f"the server at {server.shown} refuses the key; VLLM_API_KEY, here or in .env, is another"
    if isinstance(error, openai.NotFoundError) and name is not None:
        return f"the server at {server.shown} does not serve '{name}' any more ({said})"
    if isinstance(error, openai.BadRequestError) and "context length" in said:
        return f"too long for the model's context; reset, or allow a shorter reply ({said})"
    if isinstance(error, openai.APIStatusError):
        return f"the server at {server.shown} answers HTTP {error.status_code}: {said}"
    return f"the server at {server.shown} broke off: {said}"


def _said(error: openai.APIError) -> str:
    body = error.body
    if isinstance(body, dict):
        inner = body.get("error", body)
        if isinstance(inner, dict) and inner.get("message"):
            return str(inner["message"])
    return error.message


def _cause(error: openai.APIError) -> str:
    return str(error.__cause__ or error.message)

"""One question before a run: is there somebody at the address, who takes the key, knows the name and answers?

What an endpoint says of the weights it serves comes back too. A server that is not ready is waited for, one
that is overloaded or broken is asked again for a short while, and each time it is said on standard error:
a run that cannot begin says so within a minute, where its requests alone would be repeated in silence.
"""

from __future__ import annotations

import asyncio
import hashlib
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import anyio
import httpx
from inspect_ai.model import ChatMessageUser, GenerateConfig, Model, ModelAPI
from rich.markup import escape

from fiduciary._inspect import (
    PrerequisiteError,
    client_of,
    seconds_to_wait,
    status_of,
)

T = TypeVar("T")
Served = dict[str, str]

QUESTION = "Answer with exactly one letter: A or B."

_LISTING = 20.0  # seconds; a busy server answers late, one that is gone does not
_STARTING = 600.0  # weights of some ten gigabytes are loaded in less
_AGAIN = 2.0  # between two looks at a server that is starting
_BROKEN = 30.0  # how long the question is repeated while the answer is HTTP 429 or 5xx
_WORD = 15.0  # after which a silence is spoken of
_SILENCE = 45.0  # the longest wait for an answer
_LOADING = 300.0  # the same where the server lists its models, so is there: some load weights when asked
_MOST_NAMES = 8
_MOST_TEXT = 200
_TOLD = ("id", "root", "parent", "revision", "quantization", "digest")
"""Fields of a served model that say which weights it is."""


class NoServerError(PrerequisiteError):
    """No server, or not the right one; Inspect prints it without a traceback."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


@dataclass(frozen=True)
class Endpoint:
    """Where a model is asked.

    Attributes:
        model: who is asked there.
        url: the address, without a slash at its end; empty where it is the provider's own.
        name: of the model, as the server knows it.
        variables: names of the environment's variables for the address and for the key; empty: none.
        help: what to do where nobody answers; may be empty.
    """

    model: Model
    url: str
    name: str
    variables: tuple[str, str]
    help: str = ""

    @property
    def where(self) -> str:
        """The endpoint as a message names it."""
        return f"the server at {self.url}" if self.url else str(self.model)

    def error(self, text: str) -> NoServerError:
        """A refusal with the way out behind it."""
        return NoServerError(f"{text}; {self.help}" if self.help else text)


@dataclass(eq=False)
class _Refused(Exception):
    """An HTTP status that is no answer; ``after`` is the wait in seconds that the server asks for."""

    status: int
    text: str
    after: float | None


async def examine(endpoint: Endpoint, given: GenerateConfig) -> Served:
    """Ask one question, with the model's own client.

    Args:
        endpoint: who is asked, and where.
        given: the model's settings and the command line's, such as headers.

    Returns:
        What the server says of the weights behind the name; empty where it lists no models.

    Raises:
        NoServerError: nobody answers, or the key, the name or the question is refused.
    """
    listed = await _listing(endpoint) if endpoint.url else None
    names = sorted(str(entry["id"]) for entry in listed or [])
    if listed is not None and endpoint.name not in names and type(endpoint.model.api).__name__ == "VLLMAPI":
        ask_for = " or ".join(f"vllm/{name}" for name in names)
        raise NoServerError(f"{endpoint.where} does not serve '{endpoint.name}'; ask for {ask_for}")
    await _question(endpoint, given, names, _SILENCE if listed is None else _LOADING)
    if not listed:
        return {}
    entry = next((one for one in listed if one["id"] == endpoint.name), None)
    if entry is None and len(listed) == 1:
        [entry] = listed
        _say(f"{endpoint.where} answers to '{endpoint.name}' and says that it serves '{entry['id']}'")
    return {} if entry is None else _told(entry, endpoint.url)


async def _listing(endpoint: Endpoint) -> list[dict[str, Any]] | None:
    """The models that a server lists; None where it lists none, or not to us."""
    ollama = type(endpoint.model.api).__name__ == "OllamaAPI"
    address = f"{endpoint.url.removesuffix('/v1')}/api/tags" if ollama else f"{endpoint.url}/models"
    key = str(getattr(endpoint.model.api, "api_key", "") or "")
    # A proxy stands between this machine and others, not between two programs of one.
    async with httpx.AsyncClient(
        timeout=_LISTING, follow_redirects=True, trust_env=not is_local(endpoint.url)
    ) as client:
        client.headers.update({"Authorization": f"Bearer {key}"} if key else {})

        async def once() -> httpx.Response:
            with anyio.fail_after(_LISTING):
                response = await client.get(address)
            if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                raise _Refused(response.status_code, "", None)
            return response

        try:
            response = await _patiently(endpoint, once)
        except _Refused as refused:
            raise _refusal(endpoint, [], refused) from None
        except (httpx.TimeoutException, TimeoutError):
            raise endpoint.error(
                f"{endpoint.where} has not answered for {_LISTING:g} seconds{_address(endpoint)}"
            ) from None
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            raise _nobody(endpoint, error) from None
    try:
        return _entries(response.json(), ollama) if response.status_code == httpx.codes.OK else None
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _entries(body: Any, ollama: bool) -> list[dict[str, Any]]:
    if not ollama:
        return [{**entry, "id": str(entry["id"])} for entry in body["data"]]
    # The tag behind the colon is `latest` unless one is named, in a request as in the list.
    return [
        {
            "id": str(entry["name"]).removesuffix(":latest"),
            "root": str(entry["name"]),
            "digest": entry.get("digest"),
            "quantization": (entry.get("details") or {}).get("quantization_level"),
        }
        for entry in body["models"]
    ]


async def _question(endpoint: Endpoint, given: GenerateConfig, names: list[str], longest: float) -> None:
    api = endpoint.model.api
    # A model that reasons before it answers may refuse so short an answer.
    reasons = given.reasoning_effort is not None or given.reasoning_tokens is not None
    most = (given.max_tokens or api.max_tokens()) if reasons else 16
    config = given.model_copy(update={"max_tokens": most, "batch": None, "cache": None, "timeout": None})

    async def once() -> None:
        word = asyncio.get_running_loop().call_later(_WORD, _say_silence, endpoint, longest)
        try:
            with anyio.fail_after(longest):
                await _generated(api, config)
        except Exception as error:  # each provider raises its own
            status = status_of(error)
            if status is None:
                raise
            raise _Refused(status, _short(error), seconds_to_wait(error)) from error
        finally:
            word.cancel()

    try:
        await _patiently(endpoint, once)
    except TimeoutError:
        raise endpoint.error(
            f"{endpoint.where} takes the question and has not answered it for {longest:g} seconds"
        ) from None
    except _Refused as refusal:
        raise _refusal(endpoint, names, refusal) from None
    except PrerequisiteError:
        raise
    except Exception as error:  # a provider's own, without a status
        raise _nobody(endpoint, error) from None


async def _generated(api: ModelAPI, config: GenerateConfig) -> None:
    """Ask with the provider's own client, each request once: its repetitions would be silent."""
    client = client_of(api)
    tries = getattr(client, "max_retries", None)
    if tries is not None:
        client.max_retries = 0
    try:
        result = await api.generate([ChatMessageUser(content=QUESTION)], [], "none", config)
    finally:
        if tries is not None:
            client.max_retries = tries
    output = result[0] if isinstance(result, tuple) else result
    if isinstance(output, Exception):
        raise output


def _say_silence(endpoint: Endpoint, longest: float) -> None:
    loading = ", since it may be loading the model" if longest > _SILENCE else ""
    _say(
        f"no answer from {endpoint.where} for {_WORD:g} seconds; waiting{loading}, "
        f"{longest:g} seconds at most"
    )


async def _patiently(endpoint: Endpoint, once: Callable[[], Awaitable[T]]) -> T:
    """Try until there is an answer: while a server starts for minutes, while it is broken for seconds."""
    began = time.monotonic()
    wait, starting = 1.0, False
    while True:
        try:
            return await once()
        except _Refused as refused:
            if refused.status != httpx.codes.TOO_MANY_REQUESTS and refused.status < 500:
                raise
            if refused.status == httpx.codes.SERVICE_UNAVAILABLE:
                if time.monotonic() - began >= _STARTING:
                    raise
                if not starting:
                    starting = True
                    _say(
                        f"{endpoint.where} is not ready yet (HTTP 503); waiting for it, "
                        f"{_STARTING / 60:g} minutes at most"
                    )
                await anyio.sleep(_AGAIN)
                continue
            pause = refused.after or wait
            if time.monotonic() - began + pause > _BROKEN:
                raise
            _say(
                f"{endpoint.where} answers HTTP {refused.status}; asking again in {pause:.0f} s, "
                f"{_BROKEN:g} seconds in all"
            )
            await anyio.sleep(pause)
            wait = min(2 * wait, 8.0)


def _refusal(endpoint: Endpoint, names: list[str], refused: _Refused) -> NoServerError:
    """A status in words."""
    status, said = refused.status, f": {refused.text}" if refused.text else ""
    key = endpoint.variables[1]
    if status in (401, 403):
        named = f": {key}, here or in .env, is not the one that it takes" if key else said
        return NoServerError(f"{endpoint.where} refuses the key (HTTP {status}){named}")
    if status == 404:
        if names and endpoint.name not in names:
            more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
            said = f"; it serves {', '.join(names[:_MOST_NAMES])}{more}"
        elif endpoint.url and not endpoint.url.endswith("/v1"):
            said += f"; most addresses of this kind end in /v1{_address(endpoint)}"
        return NoServerError(f"{endpoint.where} does not know the model '{endpoint.name}' (HTTP 404){said}")
    if status == httpx.codes.TOO_MANY_REQUESTS:
        after = (
            f"asks to wait {refused.after:.0f} seconds"
            if refused.after
            else f"did so for {_BROKEN:g} seconds"
        )
        return NoServerError(
            f"{endpoint.where} refuses more requests (HTTP 429) and {after}{said}: its limit, or the "
            "account's, is reached; ask fewer at a time (--max-connections) or later"
        )
    if status >= 500:
        waited = _STARTING if status == httpx.codes.SERVICE_UNAVAILABLE else _BROKEN
        return endpoint.error(f"{endpoint.where} answers HTTP {status}, for {waited:g} seconds now{said}")
    return NoServerError(f"{endpoint.where} refuses a question (HTTP {status}){said}")


def _nobody(endpoint: Endpoint, error: BaseException) -> NoServerError:
    root = error
    while (cause := root.__cause__ or root.__context__) is not None:
        root = cause
    kind = "no vLLM server answers" if type(endpoint.model.api).__name__ == "VLLMAPI" else "nobody answers"
    at = f"at {endpoint.url}{_address(endpoint)}" if endpoint.url else f"for {endpoint.model}"
    return endpoint.error(f"{kind} {at}: {_short(root) or type(root).__name__}")


def _address(endpoint: Endpoint) -> str:
    return f" ({endpoint.variables[0]})" if endpoint.url and endpoint.variables[0] else ""


def _short(error: BaseException) -> str:
    """What an error says, on one line."""
    text = " ".join(str(error).split())
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT]}…"


def _told(entry: dict[str, Any], url: str) -> Served:
    """The fields that say which weights are served; an adapter's digest where its folder can be read here."""
    told = {name: str(entry[name]) for name in _TOLD if entry.get(name)}
    weights = Path(told.get("root", "")) / "adapter_model.safetensors"
    if "root" in told and is_local(url) and weights.is_file():
        with weights.open("rb") as file:
            told["digest"] = f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
    return told


def is_local(url: str) -> bool:
    """Whether an address is on this machine."""
    return any(f"//{host}" in url for host in ("127.0.0.1", "localhost", "[::1]"))


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)

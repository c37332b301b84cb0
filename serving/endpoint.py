"""An OpenAI-compatible server: where it is, which models it serves, and what a refusal means."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import openai

# "As Inspect does" is meant literally: the same file is found, and the environment outranks it.
from fiduciary._inspect import init_dotenv
from fiduciary.errors import OutsideError, UsageError

DEFAULT_URL = "http://127.0.0.1:8000/v1"

START = "start one with runs/serve_cpu.sh MODEL_DIR or runs/serve.sh MODEL, or name another with --url"

_LOCAL = ("127.0.0.1", "localhost", "::1")
_LIST_SECONDS = 20.0  # a busy server answers late; one that is gone does not wait


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
        UsageError: an address that is not http(s)://host….
    """
    init_dotenv()
    given = (url or os.environ.get("VLLM_BASE_URL") or DEFAULT_URL).rstrip("/")
    try:
        parts = urlsplit(given)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    if not valid:
        raise UsageError(f"--url must be an address such as {DEFAULT_URL}, got '{given}'")
    # vLLM wants some key even where the server asks for none.
    return Endpoint(given, os.environ.get("VLLM_API_KEY") or "none")


def served(server: Endpoint) -> list[Served]:
    """What the server lists, in its order.

    Raises:
        OutsideError: no server.
        UsageError: a refused key, or no list of models.
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
            raise OutsideError(f"no server answers at {server.shown}: {_cause(error)}; {START}") from None
        except openai.APIError as error:
            raise UsageError(reason(error, server, None)) from None
        except (ValueError, TypeError, AttributeError):
            raise UsageError(
                f"{server.shown}/models does not list models; is this the right address?"
            ) from None
    if not listed:
        raise UsageError(f"the server at {server.shown} lists no models")
    return listed


def reason(error: openai.APIError, server: Endpoint, name: str | None) -> str:
    """What went wrong with one request, and what to do."""
    said = _said(error)
    if isinstance(error, openai.APITimeoutError):
        return f"the server at {server.shown} was silent for too long; send again when it is less busy"
    if isinstance(error, openai.APIConnectionError):
        return f"no server answers at {server.shown}: {_cause(error)}; is it still running?"
    if isinstance(error, openai.AuthenticationError | openai.PermissionDeniedError):
        return f"the server at {server.shown} refuses the key: VLLM_API_KEY, here or in .env, is wrong"
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

"""Does it answer: one generated token, since a server can report itself healthy while its engine hangs."""

from __future__ import annotations

from dataclasses import dataclass

import httpx


@dataclass(frozen=True)
class Answer:
    """What a probe found.

    Attributes:
        ready: whether a token was generated.
        final: whether asking again is pointless.
        reason: why there was no token.
    """

    ready: bool
    final: bool = False
    reason: str = ""


def probe(url: str, key: str, name: str, timeout: float = 120.0) -> Answer:
    """Ask a model for one token with its log-probability, which a server may have to compile code for.

    Args:
        url: the server's address, with ``/v1``.
        key: its API key.
        name: of the model or the adapter.
        timeout: seconds to wait for the token.
    """
    body = {"model": name, "prompt": "Hello", "max_tokens": 1, "logprobs": 1}
    try:
        response = httpx.post(
            f"{url}/completions",
            json=body,
            headers={"Authorization": f"Bearer {key}"},
            timeout=timeout,
            trust_env=False,  # what stands between two programs of one machine is no proxy
        )
        if not response.is_success:
            # 401 and 404: the server works, and will not take this key or does not know this name.
            final = response.status_code in {401, 404}
            return Answer(False, final, f"HTTP {response.status_code} for '{name}': {response.text[:300]}")
        tokens = response.json()["usage"]["completion_tokens"]
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, KeyError, TypeError) as error:
        return Answer(False, False, f"{type(error).__name__}: {error}")
    return Answer(True) if tokens == 1 else Answer(False, False, f"{tokens} tokens were generated")

"""Does it answer: one generated token, since a server can report itself healthy while its engine hangs."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
from dataclasses import dataclass

# What stands between two programs of one machine is no proxy.
_OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


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
    request = urllib.request.Request(
        f"{url}/completions",
        data=json.dumps(body).encode(),
        headers={"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
    )
    try:
        with _OPENER.open(request, timeout=timeout) as response:
            tokens = json.load(response)["usage"]["completion_tokens"]
    except urllib.error.HTTPError as error:
        text = error.read(300).decode(errors="replace")
        # 401 and 404: the server works, and will not take this key or does not know this name.
        return Answer(False, error.code in {401, 404}, f"HTTP {error.code} for '{name}': {text}")
    except (OSError, http.client.HTTPException, ValueError, KeyError, TypeError) as error:
        return Answer(False, False, f"{type(error).__name__}: {error}")
    return Answer(True) if tokens == 1 else Answer(False, False, f"{tokens} tokens were generated")

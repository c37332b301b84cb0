"""What is to be told to others when a verdict changes: kept until it was received."""

from __future__ import annotations

import http.client
import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from fiduciary.errors import UsageError

SECONDS = 10.0
"""Time that a receiver has."""

MOST_WAITING = 100
"""Messages kept for a receiver that does not answer; the oldest go first."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message goes to the address that was named, and to no other."""

    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None


def checked(url: str) -> str:
    """An address that messages can be posted to.

    Raises:
        UsageError: not http(s)://host…, or with a user's name in it.
    """
    try:
        parts = urlsplit(url)
        valid = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        valid = False
    # The address is a secret with many services: errors show its beginning only.
    if not valid or any(char.isspace() for char in url):
        raise UsageError(f"--webhook must be an address such as https://example.org/hook, got {shown(url)!r}")
    if "@" in parts.netloc:
        raise UsageError("--webhook must be an address without a user's name and password")
    return url


def shown(url: str) -> str:
    """An address as logs may hold it: scheme and host, since path and query are often the secret."""
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
    except ValueError:
        return "…"
    if parts.scheme in ("http", "https") and host:
        return f"{parts.scheme}://{host}/…"
    return (parts.scheme or "no scheme")[:20]


def message(event: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A message: what happened, and the audit's record. Receivers tell repeats by ``id``."""
    return {"id": str(uuid.uuid4()), "event": event, **record}


def deliver(url: str, waiting: Sequence[Mapping[str, Any]]) -> tuple[list[dict[str, Any]], str]:
    """Post messages in their order until one is not received.

    Returns:
        What is still waiting, and why ("" where nothing is).
    """
    opener = urllib.request.build_opener(_NoRedirects)
    for k, one in enumerate(waiting):
        request = urllib.request.Request(
            url,
            data=json.dumps(one, allow_nan=False).encode(),
            headers={"Content-Type": "application/json", "User-Agent": "fiduciary-monitor"},
            method="POST",
        )
        try:
            with opener.open(request, timeout=SECONDS) as response:
                response.read(1)
        except urllib.error.HTTPError as error:
            with error:
                return [dict(other) for other in waiting[k:]], f"{shown(url)} answers HTTP {error.code}"
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "reason", error)
            kind = why.strerror if isinstance(why, OSError) and why.strerror else type(why).__name__
            return [dict(other) for other in waiting[k:]], f"{shown(url)} was not reached: {kind}"
    return [], ""

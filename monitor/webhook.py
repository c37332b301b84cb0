"""What is to be told to others when a verdict changes: kept until it was received."""

from __future__ import annotations

import json
import ssl
import uuid
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import httpx

from fiduciary.errors import UsageError

SECONDS = 10.0
"""Time that a receiver has."""

MOST_WAITING = 100
"""Messages kept for a receiver that does not answer; the oldest go first."""


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
    """Post messages in their order until one is not received; a redirect is no receipt.

    Returns:
        What is still waiting, and why ("" where nothing is).
    """
    headers = {"Content-Type": "application/json", "User-Agent": "fiduciary-monitor"}
    for k, one in enumerate(waiting):
        body = json.dumps(one, allow_nan=False)
        try:
            # The system's certificates, since receivers are often a firm's own.
            trusted = ssl.create_default_context()
            with httpx.stream(
                "POST", url, content=body, headers=headers, timeout=SECONDS, verify=trusted
            ) as response:
                why = "" if response.is_success else f"answers HTTP {response.status_code}"
        # ImportError: a proxy of a kind that needs a package.
        except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, ImportError) as error:
            why = f"was not reached: {_cause(error)}"
        if why:
            return [dict(other) for other in waiting[k:]], f"{shown(url)} {why}"
    return [], ""


def _cause(error: BaseException) -> str:
    """What the system said, without the address that an error's own text may hold."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__

"""Requests that are repeated in the middle of a run: for how long, and said as it happens.

Left alone, Inspect repeats a request for ever and mentions it in a number at the edge of its display.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from typing import Any

from inspect_ai.hooks import Hooks, ModelRetry, hooks
from inspect_ai.model import Model

from fiduciary._inspect import RetryError, active_generate_config, status_of
from fiduciary.solvers.label_tokens import CannotAsk

LONGEST = 1800
"""Seconds after which a request is repeated no more, unless ``--timeout`` or ``--max-retries`` is given."""

ATTEMPT = 600
"""Seconds that one attempt may take, unless ``--attempt-timeout`` says otherwise."""

_BETWEEN = 30.0
"""Seconds between two messages about one model: hundreds of requests fail at once."""

_logger = logging.getLogger(__name__)
_registered: list[type[Hooks]] = []


class _Told(Hooks):
    """Says that a request is repeated."""

    def __init__(self) -> None:
        self._last: dict[str, float] = {}

    async def on_model_retry(self, data: ModelRetry) -> None:
        now = time.monotonic()
        if now - self._last.get(data.model_name, float("-inf")) < _BETWEEN:
            return
        self._last[data.model_name] = now
        status = f"HTTP {data.status_code}" if data.status_code else data.exception_type or "no answer"
        _logger.warning(
            f"{data.model_name}: {status} in attempt {data.attempt}; asking again in {data.wait_time:.0f} s, "
            f"for {LONGEST // 60} minutes in all unless --timeout or --max-retries says otherwise"
        )


def bounded(model: Model, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Settings of a request that ends some day, and whose repetitions are said."""
    if not _registered:
        # Not with the rest of what Inspect finds by name, since it names all of that at the start of every
        # evaluation, other people's too.
        _registered.append(hooks("fiduciary_retries", "says that requests are repeated")(_Told))
    given = model.config.merge(active_generate_config())
    limits: dict[str, Any] = {}
    if given.timeout is None and given.max_retries is None:
        limits["timeout"] = LONGEST
    if given.attempt_timeout is None:
        limits["attempt_timeout"] = ATTEMPT
    return {**limits, **settings}


class NoAnswer(CannotAsk):
    """A request was repeated as long as it may be; the cause is the provider's own error."""


def given_up(name: str, error: RetryError) -> NoAnswer:
    """What a run says that ends because a request was repeated in vain."""
    last = error.last_attempt.exception()
    status = status_of(last) if last is not None else None
    said = f"HTTP {status}" if status else f"{type(last).__name__}: {last}"
    return NoAnswer(
        f"{name} gave no answer in {error.last_attempt.attempt_number} attempts (last: {said}); answers so "
        "far are kept, and `inspect eval-retry LOG` asks the rest"
    )

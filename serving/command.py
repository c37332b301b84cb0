"""The user's command, run with the server's address in its environment."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from fiduciary.serving.errors import RefusedError
from fiduciary.serving.signals import Signals, Stopped

_LOOK = 2.0  # seconds between two looks at the server
# How long a command may take to end, since Inspect then writes its log. Alone: a Ctrl-C in a terminal has
# reached the command too, and a second one would cut it short; and Inspect sees when its server has gone.
_ALONE = 20.0
_INTERRUPTED = 20.0
_TERMINATED = 5.0


def environment(url: str, key: str) -> dict[str, str]:
    """This process's environment, with the server's address.

    Args:
        url: the server's address, with ``/v1``.
        key: its API key.
    """
    found = {**os.environ, "VLLM_BASE_URL": url, "VLLM_API_KEY": key}
    # No proxy stands between two programs of one machine.
    for name in ("NO_PROXY", "no_proxy"):
        found[name] = ",".join(filter(None, (found.get(name), "127.0.0.1")))
    return found


def run(words: Sequence[str], env: Mapping[str, str], signals: Signals, check: Callable[[], None]) -> int:
    """Run a command until it ends. It never outlives this call.

    Args:
        words: the command.
        env: its environment.
        signals: as installed.
        check: called every few seconds; ends the command by raising.

    Returns:
        Its exit status; 128 plus the signal's number where a signal ended it.

    Raises:
        ServingError: there is no such command.
    """
    process: subprocess.Popen[bytes] | None = None
    alone = _ALONE
    try:
        with signals.held():
            try:
                process = subprocess.Popen(words, env=env)
            except OSError as error:
                raise RefusedError(f"'{words[0]}' cannot be run: {error.strerror}") from None
        while True:
            try:
                status = process.wait(_LOOK)
                return status if status >= 0 else 128 - status
            except subprocess.TimeoutExpired:
                check()
    except Stopped as stopped:
        if stopped.number != signal.SIGINT:
            alone = 0.0
        raise
    finally:
        if process is not None and process.poll() is None:
            with signals.held():
                _end(process, alone)


def _end(process: subprocess.Popen[bytes], alone: float) -> None:
    steps = ((None, alone), (signal.SIGINT, _INTERRUPTED), (signal.SIGTERM, _TERMINATED))
    for number, seconds in steps:
        if number is not None:
            process.send_signal(number)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if process.poll() is not None:
                return
            time.sleep(0.05)
    process.kill()
    process.wait()

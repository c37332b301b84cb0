"""Every private part of Inspect that this project uses, in one place, each with its reason.

Nothing public does the same. ``tests/test_inspect_private.py`` names what broke when Inspect changes one.
"""

from __future__ import annotations

import importlib
from contextlib import AbstractContextManager
from typing import IO, Any

from inspect_ai._util.appdirs import inspect_cache_dir

# Reads NAME=VALUE as ``-T`` and ``-M`` do.
from inspect_ai._util.config import parse_cli_args

# Reads .env as ``inspect eval`` does.
from inspect_ai._util.dotenv import init_dotenv

# The only error that ``inspect eval`` prints without a traceback.
from inspect_ai._util.error import PrerequisiteError

# Files of any file system that fsspec knows, with Inspect's own options for S3.
from inspect_ai._util.file import file

# The wait that a server asks for, and the status it gave, in the errors of any provider's client.
from inspect_ai._util.http import parse_retry_after_from_exception as seconds_to_wait

# Scoring outside of a run needs what a run sets up.
from inspect_ai._util.platform import platform_init

# Public functions register one object under one name only, and do not tell it.
from inspect_ai._util.registry import registry_add, registry_info, registry_unqualified_name
from inspect_ai._util.retry import _status_code as status_of

# Which sample, and which log, is being written: where a journal or a picture lies beside it.
from inspect_ai.log._samples import sample_active

# Asking outside of a run: its events must not pile up in one transcript for ever.
from inspect_ai.log._transcript import Transcript, init_transcript

# The model that the run being set up will ask.
from inspect_ai.model import ModelAPI

# What the command line fixed for every request, such as extra_body and max_tokens.
from inspect_ai.model._generate_config import active_generate_config
from inspect_ai.model._model import active_model, init_active_model
from rich.text import Text

# What Inspect raises when it asks no more.
from tenacity import RetryError

__all__ = [
    "PrerequisiteError",
    "RetryError",
    "Transcript",
    "active_generate_config",
    "active_model",
    "client_of",
    "init_active_model",
    "init_dotenv",
    "init_transcript",
    "inspect_cache_dir",
    "open_file",
    "parse_cli_args",
    "plain_message",
    "platform_init",
    "register_bare",
    "registry_info",
    "run_is_set_up",
    "sample_active",
    "seconds_to_wait",
    "status_of",
]


def open_file(path: str, mode: str) -> AbstractContextManager[IO[Any]]:
    """A file of this machine by its name, whatever a URL would mean by that; any other by its address."""
    if "://" in path:
        return file(path, mode)  # type: ignore[call-overload]
    return open(path, mode, encoding=None if "b" in mode else "utf-8")


def run_is_set_up() -> bool:
    """Whether a run is being set up now: the model of the last one stays the active one after its end."""
    return bool(importlib.import_module("inspect_ai._eval.eval")._eval_async_running)


def client_of(api: ModelAPI) -> Any:
    """The provider's own client, whose repetitions can be turned off; None where it has none.

    Servers of vLLM and SGLang are looked for only when they are first asked.
    """
    getattr(api, "_resolve_server", lambda: None)()
    return getattr(api, "client", None)


def plain_message(error: PrerequisiteError) -> str:
    """What such an error says, on one line and without the markup that Inspect would print in colour."""
    text = Text.from_markup(str(error.message)).plain
    return " ".join(text.split()).removeprefix("ERROR: ")


def register_bare(thing: object) -> None:
    """Let Inspect find an object under its name without ``fiduciary/`` too.

    A log keeps the part of a scorer's name after the slash only; under that name a log can be scored again
    wherever it was made.
    """
    info = registry_info(thing)
    registry_add(thing, info.model_copy(update={"name": registry_unqualified_name(info)}))
    registry_add(thing, info)

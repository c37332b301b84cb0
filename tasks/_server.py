"""Can the model be asked: found out before a run starts, for every provider that asks over the network.

Without a server Inspect would try to start vLLM itself: it asks for ``pip install vllm``, or downloads a
checkpoint under the name that was meant for a server; and it asks a server that is gone again and again.
"""

from __future__ import annotations

import asyncio
import contextvars
import importlib.util
import os
import threading
from pathlib import Path
from typing import Any, TypeVar

import anyio
from inspect_ai import Task
from inspect_ai.model import GenerateConfig, Model, ModelAPI

from fiduciary._inspect import active_generate_config, active_model, run_is_set_up
from fiduciary.tasks._preflight import Endpoint, NoServerError, Served, examine

T = TypeVar("T")

START = (
    "start one: runs/serve.sh MODEL (GPU), runs/serve_cpu.sh MODEL_DIR, or docker/up.sh gpu|cpu MODEL_DIR "
    "(containers), in this folder, and run this again once it says that it is ready"
)

_PROVIDERS = "inspect_ai.model._providers."
_IN_THIS_PROCESS = ("hf", "mockllm", "nnterp", "none", "transformer_lens")
"""Inspect's providers that load weights, or answer, in the process that asks."""

_served: contextvars.ContextVar[Served | None] = contextvars.ContextVar("served", default=None)


def check_server() -> None:
    """Ask the model under evaluation one question; models in this process, and a task outside of a run, pass.

    Raises:
        NoServerError: ``vllm/…`` without a server's address where vLLM could not start one of its own;
            an endpoint that does not answer, refuses the key, does not know the name or cannot answer; one
            that says for ten minutes that it is not ready (HTTP 503), which is waited for and told on
            standard error, as is every question that is repeated.
    """
    _served.set(None)
    model = active_model()
    if model is None or not run_is_set_up():
        return
    if (endpoint := _endpoint(model)) is not None:
        _served.set(_aside(endpoint))


def with_served(made: T) -> T:
    """A task whose log says which weights its server says that it serves."""
    if isinstance(made, Task) and (told := _served.get()):
        made.metadata = {**(made.metadata or {}), "served": told}
    _served.set(None)
    return made


def _endpoint(model: Model) -> Endpoint | None:
    """Where a model is asked; None where it runs in this process, or would be loaded into it."""
    api = model.api
    module = type(api).__module__
    if not module.startswith(_PROVIDERS) or module.removeprefix(_PROVIDERS) in _IN_THIS_PROCESS:
        return None
    if type(api).__name__ == "VLLMAPI":
        return _vllm(model, api)
    name = api.service_model_name()
    url = str(api.base_url or "").rstrip("/")
    if type(api).__name__ == "OllamaAPI":
        help = f"start it with `ollama serve`, and fetch the model once with `ollama pull {name}`"
        return Endpoint(model, url, name, ("OLLAMA_BASE_URL", ""), help)
    service = str(getattr(api, "service", "") or "").upper().replace("-", "_")
    variables = (f"{service}_BASE_URL" if service else "", next(iter(api.api_key_vars), ""))
    return Endpoint(model, url, name, variables)


def _vllm(model: Model, api: Any) -> Endpoint | None:
    """A vLLM server; Inspect starts one itself where no address is given and vLLM is installed."""
    name = str(api.base_model)
    if url := api._init_base_url or os.environ.get("VLLM_BASE_URL"):
        root = str(url).rstrip("/").removesuffix("/v1")
        return Endpoint(model, f"{root}/v1", name, ("VLLM_BASE_URL", "VLLM_API_KEY"), START)
    if importlib.util.find_spec("vllm") is None or not _can_be_loaded(name):
        raise NoServerError(
            f"--model vllm/{name} needs a vLLM server: VLLM_BASE_URL is not set, here or in a file .env; "
            f"{START}"
        )
    return None


def _can_be_loaded(name: str) -> bool:
    """Whether vLLM itself could find weights by this name: a folder, or organisation/name."""
    return "/" in name or Path(name).is_dir()


async def _examined(endpoint: Endpoint, config: GenerateConfig) -> Served:
    api: ModelAPI = endpoint.model.api
    try:
        return await examine(endpoint, endpoint.model.config.merge(config))
    finally:
        # Connections belong to the loop that opened them; Inspect's clients of OpenAI's keep them apart.
        if not any(kind.__name__ in ("OpenAIAPI", "OpenAICompatibleAPI") for kind in type(api).__mro__):
            await api.aclose()
            api.initialize()


def _aside(endpoint: Endpoint) -> Served:
    """Examine in a thread with a loop of its own: the run's loop waits for the function that makes a task."""
    config = active_generate_config()  # which the thread, in a context of its own, does not see
    done: list[Served] = []
    failed: list[BaseException] = []

    def work() -> None:
        try:
            done.append(anyio.run(_examined, endpoint, config))
        except BaseException as error:  # raised again below
            failed.append(error)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    while thread.is_alive():
        thread.join(0.1)
        if _interrupted():
            raise asyncio.CancelledError
    if failed:
        raise failed[0]
    return done[0]


def _interrupted() -> bool:
    """Whether Ctrl-C has been pressed: asyncio only marks its first task, which is told after the wait."""
    try:
        return any(task.cancelling() for task in asyncio.all_tasks())
    except RuntimeError:
        return False

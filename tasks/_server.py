"""Is there a server for ``--model vllm/…``: asked before a run starts, so that nothing waits for a download.

Without a server Inspect would try to start one itself: it asks for ``pip install vllm``, or downloads a
checkpoint under the name that was meant for a server; and it asks a server that is gone again and again.
"""

from __future__ import annotations

import importlib
import importlib.util
import os
import sys
import time
from pathlib import Path

import httpx
from inspect_ai.model import Model
from rich.markup import escape

from fiduciary._inspect import PrerequisiteError, active_model, run_is_set_up

START = (
    "start one: runs/serve.sh MODEL (GPU), runs/serve_cpu.sh MODEL_DIR, or docker/up.sh gpu|cpu MODEL_DIR "
    "(containers), in this folder, and run this again once it says that it is ready"
)
_SECONDS = 20.0  # a busy server answers late; one that is gone does not wait
_STARTING = 600.0  # seconds; weights of some ten gigabytes are loaded in less
_AGAIN = 2.0  # seconds


class NoServerError(PrerequisiteError):
    """No server, or not the right one; Inspect prints it without a traceback."""

    def __init__(self, text: str) -> None:
        super().__init__(escape(text))
        self.args = (text,)


def check_server() -> None:
    """Check the server of the model under evaluation; other models, and a task outside of a run, pass.

    Raises:
        NoServerError: ``vllm/…`` without a server's address where vLLM could not start one of its own;
            a server that does not answer, refuses the key, or does not serve the name; one that says for
            ten minutes that it is not ready (HTTP 503), which is waited for and told on standard error.
    """
    model = active_model()
    if model is None or not run_is_set_up() or model.api.__class__.__name__ != "VLLMAPI":
        return
    api = model.api
    name = str(api.base_model)  # type: ignore[attr-defined]
    url = api._init_base_url or os.environ.get("VLLM_BASE_URL")  # type: ignore[attr-defined]
    if url:
        _ask(str(url), name, model)
    elif importlib.util.find_spec("vllm") is None or not _can_be_loaded(name):
        raise NoServerError(
            f"--model vllm/{name} needs a vLLM server: VLLM_BASE_URL is not set, here or in a file .env; "
            f"{START}"
        )


def _can_be_loaded(name: str) -> bool:
    """Whether vLLM itself could find weights by this name: a folder, or organisation/name."""
    return "/" in name or Path(name).is_dir()


def _ask(url: str, name: str, model: Model) -> None:
    key = str(getattr(model.api, "api_key", "") or "")
    address = f"{url.rstrip('/').removesuffix('/v1')}/v1/models"
    try:
        # A proxy stands between this machine and others, not between two programs of one.
        with httpx.Client(timeout=_SECONDS, follow_redirects=True, trust_env=not _is_local(url)) as client:
            client.headers.update({"Authorization": f"Bearer {key}"} if key else {})
            response = client.get(address)
            until = time.monotonic() + _STARTING
            if _is_starting(response):
                minutes = f"{_STARTING / 60:g} minutes"
                print(
                    f"the server at {url} is not ready yet (HTTP 503); waiting for it, {minutes} at most",
                    file=sys.stderr,
                    flush=True,
                )
            while _is_starting(response) and time.monotonic() < until:
                time.sleep(_AGAIN)
                response = client.get(address)
        response.raise_for_status()
        served = sorted(str(entry["id"]) for entry in response.json()["data"])
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        if status in (401, 403):
            raise NoServerError(
                f"the server at {url} refuses the key (HTTP {status}): VLLM_API_KEY, here or in .env, "
                "is not the one that it was started with"
            ) from None
        raise NoServerError(f"the server at {url} answers HTTP {status}; {START}") from None
    except (httpx.HTTPError, httpx.InvalidURL, OSError, ValueError, KeyError, TypeError) as error:
        raise NoServerError(f"no vLLM server answers at {url} (VLLM_BASE_URL): {error}; {START}") from None
    if name not in served:
        names = " or ".join(f"vllm/{one}" for one in served)
        raise NoServerError(f"the server at {url} does not serve '{name}'; ask for {names}")


def _is_starting(response: httpx.Response) -> bool:
    """What a gateway answers while the servers behind it load their weights."""
    return response.status_code == httpx.codes.SERVICE_UNAVAILABLE


def _is_local(url: str) -> bool:
    return any(f"//{host}" in url for host in ("127.0.0.1", "localhost", "[::1]"))

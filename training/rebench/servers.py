"""Where base and adapters answer from: one vLLM server, or this process."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from inspect_ai.model import Model, get_model

from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench.plan import BASE, Contender, Plan

ENGINES = ("auto", "vllm", "transformers")

CHECKOUT = Path(__file__).resolve().parents[2]

_RANKS = (8, 16, 32, 64, 128, 256, 320, 512)  # that vLLM can be told to make room for
_READY = 1800.0  # seconds; weights of a large model may come over a network


@dataclass(frozen=True)
class Served:
    """A way to reach every contender.

    Attributes:
        what: one line for people.
        url: address of a server, None for this process.
        key: its API key.
        names: contender → name under which the server knows it.
        plan: what is compared.
        found: whether the server ran already, so that nobody here knows how many it is.
    """

    what: str
    plan: Plan
    url: str | None = None
    key: str = "none"
    names: tuple[tuple[str, str], ...] = ()
    found: bool = False

    def model(self, contender: Contender, *, fresh: bool = False) -> Model:
        """The Inspect model of a contender.

        Args:
            contender: one of the plan's.
            fresh: a model that shares no connection with others of its name.
        """
        if self.url is not None:
            return get_model(
                f"vllm/{dict(self.names)[contender.name]}",
                base_url=self.url,
                api_key=self.key,
                memoize=not fresh,
            )
        arguments: dict[str, object] = {"base": self.plan.base}
        if contender.adapter is not None:
            arguments["adapter"] = str(contender.adapter)
        elif contender.name != BASE:
            # Equal weights and equal seeds give equal answers, which would compare nothing.
            arguments["salt"] = zlib.crc32(contender.name.encode())
        return get_model(f"peft/{contender.name}", memoize=not fresh, **arguments)


@contextmanager
def served(plan: Plan, engine: str, server: str | None, log: Path) -> Iterator[Served]:
    """Make every contender reachable; what was started is stopped, also after an error or Ctrl-C.

    Args:
        plan: what is compared.
        engine: one of ``ENGINES``; ``auto`` takes vLLM where it is installed.
        server: address of a running server (``http://host:8000/v1``), which is left running.
        log: where a server that is started writes.

    Raises:
        TrainingError: no such server, a name that it does not serve, or one that does not start.
    """
    if server is not None:
        yield _running(plan, server)
        return
    script = None if engine == "transformers" else _script()
    if engine == "vllm" and script is None:
        raise TrainingError(
            "no vLLM was found: install it where there is a GPU (pip install vllm==0.32.0), or run "
            "`runs/serve_cpu.sh --install-only`, or name a running server with --server."
        )
    if script is None:
        from fiduciary.training.rebench import provider

        assert provider  # registers peft/
        yield Served("transformers in this process", plan)
        return
    with _started(plan, script, log) as found:
        yield found


def _script() -> Path | None:
    """The script that serves on this machine, if what it needs is there."""
    runs = CHECKOUT / "runs"
    if shutil.which("nvidia-smi") and shutil.which("vllm") and (runs / "serve.sh").is_file():
        return runs / "serve.sh"
    environment = Path(os.environ.get("VLLM_VENV", CHECKOUT / ".venv-vllm"))
    if (environment / "bin" / "python").exists() and (runs / "serve_cpu.sh").is_file():
        return runs / "serve_cpu.sh"
    return None


@contextmanager
def _started(plan: Plan, script: Path, log: Path) -> Iterator[Served]:
    log = log.resolve()  # the script runs in this folder, so every path it gets is absolute
    folder = log.parent
    folder.mkdir(parents=True, exist_ok=True)
    (folder / ".env").unlink(missing_ok=True)
    port = _free_port()
    base = str(Path(plan.base).resolve()) if Path(plan.base).is_dir() else plan.base
    command = [str(script), base, "--name", BASE, "--port", str(port), "--log", str(log), "--"]
    command += ["--served-model-name", *(c.name for c in plan.contenders if c.adapter is None)]
    adapters = [c for c in plan.contenders if c.adapter is not None]
    if adapters:
        rank = next((r for r in _RANKS if r >= max(c.rank for c in adapters)), None)
        if rank is None:
            raise TrainingError(f"vLLM serves adapters up to rank {_RANKS[-1]}.")
        command += ["--enable-lora", "--max-lora-rank", str(rank), "--max-loras", str(len(adapters))]
        command += ["--lora-modules", *(f"{c.name}={c.adapter}" for c in adapters)]
    said = (folder / "launch.txt").open("w+", encoding="utf-8")
    process = subprocess.Popen(
        command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said, start_new_session=True
    )
    try:
        settings = _wait(process, folder / ".env", folder / "launch.txt", log)
        url, key = settings["VLLM_BASE_URL"], settings["VLLM_API_KEY"]
        names = tuple((c.name, c.name) for c in plan.contenders)
        yield Served(f"vLLM ({script.name})", plan, url, key, names)
    finally:
        if process.poll() is None:
            # Its trap stops the server, once what it waits for in the foreground is gone as well.
            os.killpg(process.pid, signal.SIGTERM)
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        said.close()
        (folder / ".env").unlink(missing_ok=True)


def _wait(process: subprocess.Popen[bytes], env: Path, said: Path, log: Path) -> dict[str, str]:
    """Wait for the script to write how the server is reached, which it does when a token came."""
    limit = time.monotonic() + _READY
    while time.monotonic() < limit:
        if env.exists() and "VLLM_API_KEY=" in (text := env.read_text(encoding="utf-8")):
            return dict(line.partition("=")[::2] for line in text.splitlines())
        if process.poll() is not None:
            last = "\n".join(said.read_text(encoding="utf-8", errors="replace").splitlines()[-12:])
            raise TrainingError(f"the server did not start. Its last output:\n{last}")
        time.sleep(0.5)
    raise TrainingError(f"the server gave no token in {_READY:.0f} s; see {log}.")


def _running(plan: Plan, url: str) -> Served:
    """Find base and adapters among the names of a running server."""
    key = os.environ.get("VLLM_API_KEY", "none")
    headers = {"Authorization": f"Bearer {key}"}
    try:
        address = f"{url.rstrip('/')}/models"
        response = httpx.get(address, headers=headers, timeout=30, follow_redirects=True)
        response.raise_for_status()
        cards = [(card["id"], card.get("parent")) for card in response.json()["data"]]
    except httpx.HTTPStatusError as error:
        status = error.response.status_code
        what = "refuses the key in VLLM_API_KEY" if status in (401, 403) else f"answers {status}"
        raise TrainingError(f"{url} {what}.") from error
    except (
        *(httpx.HTTPError, httpx.InvalidURL, OSError),
        *(ValueError, LookupError, TypeError, AttributeError),
    ) as error:
        raise TrainingError(
            f"no server answers at {url} ({error}). Its address ends in /v1, as in http://host:8000/v1."
        ) from error
    own = [name for name, parent in cards if not parent]
    every = [name for name, _ in cards]
    names = []
    for contender in plan.contenders:
        if contender.name == BASE and own:
            names.append((BASE, BASE if BASE in own else own[0]))
        elif contender.name in every:
            names.append((contender.name, contender.name))
        else:
            raise TrainingError(
                f"{url} does not serve {contender.name}; it serves {', '.join(every) or 'nothing'}. Start it "
                f"with --enable-lora --lora-modules {contender.name}=DIR."
            )
    return Served(f"the server at {url}", plan, url, key, tuple(names), found=True)


_port: list[int] = []


def _free_port() -> int:
    """A port that is free, and the same one each time in a process as long as it is.

    Inspect keeps one address for a model's name as long as the process lives.
    """
    for port in (*_port, 0):
        with socket.socket() as listener:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
            _port[:] = [int(listener.getsockname()[1])]
            break
    return _port[0]

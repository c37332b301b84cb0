"""The serving container: started, waited for, watched, and removed whatever happens."""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from fiduciary.serving import engine, ready
from fiduciary.serving.checks import Adapter, Model
from fiduciary.serving.errors import SEE_ARGS, RefusedError, ServingError, ended
from fiduciary.serving.signals import Signals
from fiduciary.serving.vllm_arguments import words_of

PORT = "8000/tcp"
USER = "10001:10001"  # the image's own
CACHE = "fiduciary-serving-cache"  # volume of compiled code; kept

_SECRET = "/run/secrets/api_key"
_TOKEN = "/run/secrets/hf_token"
_SHARED = 8 * 2**30  # bytes; the processes of one server pass tensors through it


@dataclass(frozen=True)
class Plan:
    """What to serve, and how.

    Attributes:
        model: the checkpoint.
        name: under which it is served.
        adapters: served beside it.
        rank: largest rank of an adapter that the server makes room for.
        device: ``gpu`` or ``cpu``.
        image: the serving image.
        tensor_parallel: GPUs that share one copy of the model.
        data_parallel: copies of the model.
        timeout: seconds until the first token.
    """

    model: Model
    name: str
    adapters: tuple[Adapter, ...]
    rank: int
    device: str
    image: str
    tensor_parallel: int = 1
    data_parallel: int = 1
    timeout: float = 1800.0

    @property
    def names(self) -> tuple[str, ...]:
        """All names that can be asked for."""
        return (self.name, *(adapter.name for adapter in self.adapters))

    def environment(self) -> dict[str, str]:
        """What the image's entry point reads."""
        arguments = os.environ.get(SEE_ARGS, "")
        try:
            words_of(arguments)
        except ValueError as error:
            raise RefusedError(f"{SEE_ARGS}: {error}") from None
        if self.adapters:
            arguments = f"--max-lora-rank {self.rank} --max-loras {len(self.adapters)} {arguments}"
        found = {
            "SERVED_NAME": self.name,
            "LORA_MODULES": " ".join(f"{a.name}={a.target}" for a in self.adapters),
            "TENSOR_PARALLEL": str(self.tensor_parallel),
            "DATA_PARALLEL": str(self.data_parallel),
            SEE_ARGS: arguments.strip(),
        }
        if space := os.environ.get("VLLM_CPU_KVCACHE_SPACE"):
            found["VLLM_CPU_KVCACHE_SPACE"] = space
        return found

    def gpus(self) -> list[Any]:
        """The GPUs to ask the engine for: those of CUDA_VISIBLE_DEVICES, or the first ones.

        Raises:
            ServingError: CUDA_VISIBLE_DEVICES names fewer than are needed.
        """
        if self.device == "cpu":
            return []
        request = importlib.import_module("docker.types").DeviceRequest
        needed = self.tensor_parallel * self.data_parallel
        named = [
            word.strip() for word in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if word.strip()
        ]
        if not named:
            return [request(count=needed, capabilities=[["gpu"]])]
        if len(named) < needed:
            raise RefusedError(
                f"--tensor-parallel times --data-parallel is {needed} GPUs and CUDA_VISIBLE_DEVICES names "
                f"{len(named)}: lower one or name more"
            )
        return [request(device_ids=named[:needed], capabilities=[["gpu"]])]


class Server:
    """One serving container. Whoever makes it calls ``close``, whatever happens in between.

    Args:
        plan: what to serve.
        key: its API key.
        signals: as installed.
        say: takes a line for people.

    Attributes:
        url: address, with ``/v1``; empty before ``start``.
    """

    def __init__(self, plan: Plan, key: str, signals: Signals, say: Callable[[str], None]) -> None:
        self.plan = plan
        self.key = key
        self.url = ""
        self._signals = signals
        self._say = say
        self._client: Any = None
        self._run: engine.Run | None = None
        self._container: Any = None
        self._warned = False

    def start(self) -> None:
        """Start the container, after a download where the model is one of the Hub.

        Raises:
            ServingError: no engine, no image, no GPU, no room, no model.
        """
        self._client = engine.connect()
        self._need_image()
        for name in engine.sweep(self._client):
            self._say(f"removed {name}, left behind by a launcher that was killed")
        with self._signals.held():
            self._run = engine.Run()
        if self.plan.model.hub:
            self._fetch(self.plan.model.hub)
        bind, volume = _mounts()
        mounts = [bind(source, target) for source, target in self.plan.model.mounts]
        mounts += [
            bind(source, target) for adapter in self.plan.adapters for source, target in adapter.mounts
        ]
        mounts.append(bind(self._run.secret("api_key", self.key), _SECRET))
        mounts.append(volume(CACHE, "/cache"))
        if self.plan.model.hub:
            mounts.append(volume(_volume(self.plan.model.hub), "/model", read_only=True))
        environment, gpus = self.plan.environment(), self.plan.gpus()
        with engine.asking(), self._signals.held():
            # In from this machine's loopback, but not out.
            network = self._client.networks.create(
                self._run.name,
                driver="bridge",
                options={"com.docker.network.bridge.enable_ip_masquerade": "false"},
                labels=self._run.labels,
            )
            self._container = self._create(
                None,
                environment=environment,
                mounts=mounts,
                device_requests=gpus,
                network=network.name,
                # The engine takes a free port at the moment when it needs one.
                ports={PORT: ("127.0.0.1",)},
            )
            self._container.start()
        self.url = self._address()

    def wait(self) -> None:
        """Wait until the model and every adapter have generated one token.

        Raises:
            ServingError: the server ended, took too long, or does not know a name.
        """
        limit = time.monotonic() + self.plan.timeout
        reason = "none"
        for name in self.plan.names:
            while not (answer := ready.probe(self.url, self.key, name)).ready:
                self.check()
                reason = answer.reason
                if answer.final:
                    raise ServingError(f"the server does not serve '{name}': {reason}", self._log())
                if time.monotonic() > limit:
                    raise ServingError(
                        f"no token of '{name}' after {self.plan.timeout:.0f} s: see --timeout "
                        f"(last answer: {reason})",
                        self._log(),
                    )
                time.sleep(1)
        self.check()

    def check(self) -> None:
        """Notice when the server has ended.

        Raises:
            ServingError: it has, with the last lines of its log.
        """
        with engine.asking():
            try:
                self._container.reload()
            except importlib.import_module("docker.errors").NotFound:
                raise ServingError("somebody removed the server's container: start again") from None
        state = self._container.attrs["State"]
        if not state["Running"]:
            raise ended(state["ExitCode"], self._log(200), state.get("OOMKilled", False))
        if (state.get("Health") or {}).get("Status") == "unhealthy" and not self._warned:
            self._warned = True
            self._say(
                "warning: the server takes longer than 25 s for one token: overloaded, or its engine hangs"
            )

    def close(self) -> None:
        """Remove all that was started. Can be called again.

        Raises:
            ServingError: something could not be removed.
        """
        with self._signals.held():
            if self._run is None:
                return
            try:
                engine.remove(self._client, self._run.labels)
            except ServingError as error:
                name = self._run.name
                raise ServingError(f"{name} was not removed ({error}): docker rm -f {name}") from error
            finally:
                # Without the lock, the next start removes what could not be removed now.
                self._run.close()
                self._run = None

    def _need_image(self) -> None:
        with engine.asking():
            try:
                self._client.images.get(self.plan.image)
            except importlib.import_module("docker.errors").ImageNotFound:
                how = f"docker/build.sh serve-{self.plan.device} builds the serving image"
                raise RefusedError(f"there is no image {self.plan.image}: {how}") from None

    def _create(self, command: list[str] | None, **settings: Any) -> Any:
        """A container with nothing it does not need: no root, no capability, no file it can change."""
        assert self._run is not None
        types = importlib.import_module("docker.types")
        memory = int(0.9 * self._client.info()["MemTotal"])
        return self._client.containers.create(
            self.plan.image,
            command,
            name=self._run.name,
            labels=self._run.labels,
            user=USER,
            read_only=True,
            # Code that is compiled while serving is loaded from here.
            tmpfs={"/tmp": "exec,mode=1777"},
            cap_drop=["ALL"],
            security_opt=["no-new-privileges:true"],
            init=True,
            shm_size=min(_SHARED, memory // 2),
            # A model that does not fit must not take the machine with it.
            mem_limit=memory,
            memswap_limit=memory,
            log_config=types.LogConfig(type="json-file", config={"max-size": "20m", "max-file": "2"}),
            use_config_proxy=command is not None,
            **settings,
        )

    def _fetch(self, hub: str) -> None:
        """Download a checkpoint into a volume of its own, which is kept."""
        assert self._run is not None
        self._say(f"fetching '{hub}' into the volume {_volume(hub)}, unless it is there")
        bind, volume = _mounts()
        mounts = [volume(_volume(hub), "/model"), volume(CACHE, "/cache")]
        environment = {}
        if token := os.environ.get("HF_TOKEN"):
            mounts.append(bind(self._run.secret("hf_token", token), _TOKEN))
            environment["HF_TOKEN_PATH"] = _TOKEN
        with engine.asking(), self._signals.held():
            self._container = self._create(["fetch", hub], environment=environment, mounts=mounts)
            self._container.start()
        while True:
            time.sleep(0.5)
            with engine.asking():
                self._container.reload()
            state = self._container.attrs["State"]
            if not state["Running"]:
                break
        if state["ExitCode"] != 0:
            error = ended(state["ExitCode"], self._log(200), state.get("OOMKilled", False))
            raise ServingError(
                f"'{hub}' was not downloaded: is the Hub reachable, are there safetensors weights? A gated "
                f"model needs HF_TOKEN. ({str(error).partition(': ')[2]})",
                error.tail,
            )
        with engine.asking(), self._signals.held():
            self._container.remove(force=True, v=True)

    def _address(self) -> str:
        self.check()
        bound = self._container.ports.get(PORT)
        if not bound:
            self.check()
            raise ServingError("the engine published no port for the server: try again", self._log())
        return f"http://127.0.0.1:{bound[0]['HostPort']}/v1"

    def _log(self, lines: int = 20) -> str:
        with engine.asking():
            return str(self._container.logs(tail=lines).decode(errors="replace"))


def _volume(hub: str) -> str:
    return "fiduciary-model-" + hub.replace("/", "--")


def _mounts() -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What makes a read-only mount of a file or folder, and what makes one of a volume."""
    mount = importlib.import_module("docker.types").Mount

    def bind(source: object, target: str) -> Any:
        return mount(target, str(source), type="bind", read_only=True)

    def volume(name: str, target: str, read_only: bool = False) -> Any:
        return mount(target, name, type="volume", read_only=read_only)

    return bind, volume

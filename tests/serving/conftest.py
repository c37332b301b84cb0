"""A checkpoint to check, and an engine that answers as it is told to."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import numpy as np
import pytest

from tests.serving.tiny_adapter import write_safetensors


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    """A folder that looks like a checkpoint."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    write_safetensors(folder / "model.safetensors", {"a": np.zeros(2, np.float32)})
    return folder


class Refused(Exception):
    """As docker.errors.APIError: what the engine said is in ``explanation``."""

    def __init__(self, explanation: str) -> None:
        super().__init__(f"500 Server Error ({explanation})")
        self.explanation = explanation


class NotFound(Refused):
    pass


class ImageNotFound(NotFound):
    pass


class Engine:
    """Stands for the SDK and the engine behind it, where only the translation of errors is tested."""

    def __init__(self) -> None:
        self.unreachable: Exception | None = None
        self.images_there = True
        self.refusal: str | None = None  # of the start
        self.state: dict[str, object] = {"Running": True, "ExitCode": 0}
        self.log = ""
        self.port = 1
        self.created: list[dict[str, object]] = []
        self.running: list[object] = []
        self.networks_there: list[object] = []
        self.images = types.SimpleNamespace(get=self._image)
        self.containers = types.SimpleNamespace(create=self._create, list=lambda **_: list(self.running))
        self.networks = types.SimpleNamespace(
            create=self._network, list=lambda **_: list(self.networks_there)
        )

    def from_env(self, **_: object) -> Engine:
        if self.unreachable:
            raise self.unreachable
        return self

    def ping(self) -> bool:
        return True

    def info(self) -> dict[str, int]:
        return {"MemTotal": 2**30}

    def _image(self, name: str) -> None:
        if not self.images_there:
            raise ImageNotFound(f"No such image: {name}")

    def _network(self, name: str, **settings: object) -> object:
        network = types.SimpleNamespace(name=name, attrs={"Labels": settings["labels"]})
        network.remove = lambda: self.networks_there.remove(network)
        self.networks_there.append(network)
        return network

    def _create(self, image: str, command: object, **settings: object) -> object:
        self.created.append({"image": image, **settings})
        container = types.SimpleNamespace(
            name=settings["name"],
            labels=settings["labels"],
            ports={"8000/tcp": [{"HostPort": str(self.port)}]},
            attrs={"State": self.state},
            reload=lambda: None,
            logs=lambda tail: self.log.encode(),
            start=self._start,
        )
        container.remove = lambda **_: self.running.remove(container)
        self.running.append(container)
        return container

    def _start(self) -> None:
        if self.refusal:
            raise Refused(self.refusal)


@pytest.fixture
def docker_engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Engine:
    """The engine that `serving` finds, with no file of the test's folder left behind."""
    found = Engine()
    errors = types.ModuleType("docker.errors")
    vars(errors).update(
        DockerException=Refused, APIError=Refused, NotFound=NotFound, ImageNotFound=ImageNotFound
    )
    kinds = types.ModuleType("docker.types")
    vars(kinds).update(Mount=_settings, DeviceRequest=_settings, LogConfig=_settings)
    docker = types.ModuleType("docker")
    vars(docker).update(from_env=found.from_env, errors=errors, types=kinds)
    for module in (docker, errors, kinds):
        monkeypatch.setitem(sys.modules, module.__name__, module)
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(temporary))
    return found


def _settings(*words: object, **settings: object) -> object:
    return (*words, settings)

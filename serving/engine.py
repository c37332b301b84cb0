"""The Docker engine, what this run leaves in it, and what runs that were killed have left."""

from __future__ import annotations

import contextlib
import fcntl
import importlib
import os
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fiduciary.serving.errors import RefusedError, from_engine, no_engine

LABEL = "fiduciary.serving"  # the run's folder on this machine
HOST = "fiduciary.host"
_PREFIX = "fiduciary-serving-"
_LOCK = "lock"


def connect() -> Any:
    """A client of the engine, with its version checked.

    Raises:
        ServingError: the package docker is not installed, or no engine answers.
    """
    try:
        docker = importlib.import_module("docker")
        importlib.import_module("docker.errors")
    except ImportError:
        docker = None
    # In a checkout without the package, the folder docker/ is found in its place.
    if docker is None or not hasattr(docker, "from_env"):
        raise RefusedError("the Python package docker is missing: pip install 'docker>=7.1'")
    try:
        client = docker.from_env(timeout=120)
        client.ping()
    except (docker.errors.DockerException, OSError) as error:
        raise no_engine(error) from error
    return client


@contextlib.contextmanager
def asking() -> Iterator[None]:
    """Turn what the engine answers into one line.

    Raises:
        ServingError: the engine refused, or did not answer.
    """
    errors = importlib.import_module("docker.errors")
    try:
        yield
    except (errors.DockerException, OSError) as error:
        raise from_engine(error) from error


class Run:
    """A run's folder, which holds its key, and the labels by which a later run finds what it left.

    The folder holds a lock, which ends with this process however that ends.
    """

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=_PREFIX))
        self.name = self.folder.name
        self._lock = (self.folder / _LOCK).open("w")
        fcntl.flock(self._lock, fcntl.LOCK_EX)

    @property
    def labels(self) -> dict[str, str]:
        return {LABEL: str(self.folder), HOST: socket.gethostname()}

    def secret(self, name: str, value: str) -> Path:
        """Write a file that a container can read and other users of this machine cannot.

        Args:
            name: of the file.
            value: what it holds.
        """
        file = self.folder / name
        # Any user may read the file, but only the owner gets into the folder.
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as stream:
            stream.write(value)
        file.chmod(0o444)
        return file

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self._lock.close()


def remove(client: Any, labels: dict[str, str]) -> None:
    """Remove the containers and then the networks that bear these labels.

    Args:
        client: of the engine.
        labels: of a run.

    Raises:
        ServingError: something could not be removed.
    """
    filters = {"label": [f"{key}={value}" for key, value in labels.items()]}
    with asking():
        for container in client.containers.list(all=True, filters=filters, ignore_removed=True):
            _gone(lambda container=container: container.remove(force=True, v=True))
        for network in client.networks.list(filters=filters):
            _gone(network.remove)


def sweep(client: Any) -> list[str]:
    """Remove what launchers that were killed have left on this machine.

    Args:
        client: of the engine.

    Returns:
        Names of the containers that were removed.

    Raises:
        ServingError: something could not be removed.
    """
    removed = []
    filters = {"label": [LABEL, f"{HOST}={socket.gethostname()}"]}
    with asking():
        containers = client.containers.list(all=True, filters=filters, ignore_removed=True)
        networks = client.networks.list(filters=filters)
    runs = {c.labels[LABEL] for c in containers} | {n.attrs["Labels"][LABEL] for n in networks}
    for run in runs:
        if not _over(Path(run)):
            continue
        removed += [c.name for c in containers if c.labels[LABEL] == run]
        remove(client, {LABEL: run, HOST: socket.gethostname()})
        if Path(run).name.startswith(_PREFIX):
            shutil.rmtree(run, ignore_errors=True)
    return removed


def _over(folder: Path) -> bool:
    """Whether the launcher of a run has ended."""
    try:
        with (folder / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return True
    except OSError:
        return False  # held; or another user's
    return True


def _gone(remove: Any) -> None:
    errors = importlib.import_module("docker.errors")
    try:
        remove()
    except errors.NotFound:
        pass
    except errors.APIError as error:
        # Somebody else removes it at this moment.
        if "already in progress" not in str(error):
            raise

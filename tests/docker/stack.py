"""The compose stack under test: commands as a user would type them, and what they leave in logs/."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.docker import engine
from tests.docker.engine import TAG, run

needs_engine = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("FIDUCIARY_DOCKER_TESTS"), reason="builds images; make test-docker runs it"
    ),
]
PROJECT = "fiduciary-test"
VERBATIM = "inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b".split()
COMPACT = "-T wording=compact -T elicitation=text --display plain".split()


def report(capsys: pytest.CaptureFixture[str], line: str) -> None:
    with capsys.disabled():
        print(f"\n    {line}", flush=True)


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            pytest.fail(f"{what}: not within {seconds:.0f} s")
        time.sleep(0.5)


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def _heed_interrupts() -> None:
    """A shell starts what it puts into the background deaf to Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Stack:
    """The stack in a copy of the checkout; every command runs there as a user would type it."""

    def __init__(self, checkout: Path, project: str = PROJECT) -> None:
        self.checkout = checkout
        self.server_port = free_port()
        self.page_port = free_port()
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("INSPECT_")},
            "FIDUCIARY_TAG": TAG,
            "COMPOSE_PROJECT_NAME": project,
            "SERVER_PORT": self.server_port,
            "PAGE_PORT": self.page_port,
        }
        self.project = project
        self.seconds = 0.0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    @property
    def user(self) -> str:
        """Who owns logs: the caller, or the image's own user where that is root."""
        return str(os.geteuid() or 10001)

    @property
    def key(self) -> str:
        return (self.checkout / "docker" / "secrets" / "api_key").read_text()

    def start(self, *command: str, **environment: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.checkout,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            preexec_fn=_heed_interrupts,
        )

    def compose(self, *arguments: str) -> str:
        return run(*engine.compose(), *arguments, cwd=self.checkout, env=self.environment)

    def in_suite(self, *command: str, limit: int | None = None) -> list[str]:
        limited = [] if limit is None else ["-e", f"INSPECT_EVAL_LIMIT={limit}"]
        return [*engine.compose(), "run", "--rm", "-T", *limited, "suite", *command]

    def container(self, service: str) -> dict[str, Any]:
        # By label: `ps` leaves out what has ended.
        labels = (
            f"label=com.docker.compose.project={self.project}",
            f"label=com.docker.compose.service={service}",
        )
        found = run(
            "docker", "ps", "-aq", *(word for label in labels for word in ("--filter", label))
        ).split()
        return dict(json.loads(run("docker", "inspect", found[0]))[0])

    def health(self) -> str:
        return str(self.container("server-cpu")["State"]["Health"]["Status"])

    def await_health(self, status: str, seconds: float) -> None:
        wait_for(lambda: self.health() == status, seconds, f"server {status}")

    def logs(self) -> set[Path]:
        return set((self.checkout / "logs").glob("*.eval"))

    def left(self) -> list[str]:
        label = f"label=com.docker.compose.project={self.project}"
        kinds = (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"))
        return [line for kind in kinds for line in run("docker", *kind, "--filter", label).split()]

    def down(self) -> None:
        self.compose("--profile", "cpu", "down", "--volumes", "--remove-orphans", "--timeout", "10")


def kill(container: str) -> None:
    """Kill a container and wait until it has ended: a busy engine may not confirm in time what it does."""
    subprocess.run(["docker", "kill", container], capture_output=True)
    wait_for(
        lambda: run("docker", "inspect", "--format", "{{.State.Running}}", container).strip() == "false",
        60,
        f"{container[:12]} killed",
    )


def samples(log: Path) -> int:
    """Samples in a log that is still being written."""
    try:
        with zipfile.ZipFile(log) as archive:
            return sum(name.startswith("samples/") for name in archive.namelist())
    except (zipfile.BadZipFile, FileNotFoundError):
        return 0


def read(log: Path) -> Any:
    from inspect_ai.log import read_eval_log

    return read_eval_log(str(log))


def begin(stack: Stack, n: int, *more: str) -> tuple[subprocess.Popen[str], Path]:
    """A run in the suite's container, once a few of its samples are in the log."""
    before = stack.logs()
    process = stack.start(
        *stack.in_suite(
            *(*VERBATIM, *COMPACT, "-T", f"n={n}", "--max-connections", "4", "--log-buffer", "4", *more)
        )
    )
    try:
        wait_for(lambda: len(stack.logs() - before) == 1, 300, "a log")
        (log,) = stack.logs() - before
        wait_for(lambda: samples(log) >= 8, 300, "samples")
    except BaseException:
        process.kill()
        raise
    return process, log

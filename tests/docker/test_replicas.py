"""Two copies of the server behind one address; one goes in the middle of a run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.docker.engine import run
from tests.docker.stack import Stack, begin, kill, needs_engine, read, report, wait_for

pytestmark = needs_engine


def replicas(stack: Stack) -> list[dict[str, Any]]:
    """The server's containers that run, as `docker inspect` shows them."""
    labels = (
        f"label=com.docker.compose.project={stack.project}",
        "label=com.docker.compose.service=server-cpu",
    )
    found = run("docker", "ps", "-q", *(word for label in labels for word in ("--filter", label))).split()
    return list(json.loads(run("docker", "inspect", *found))) if found else []


def answered(container: dict[str, Any]) -> int:
    """Requests of the suite that a server has answered; the health check asks for no chat."""
    log = run("sh", "-c", f"docker logs {container['Id']} 2>&1")
    return log.count('POST /v1/chat/completions HTTP/1.1" 200')


@pytest.fixture
def two(stack: Stack) -> Iterator[Stack]:
    """The stack with two servers that generate."""
    stack.compose("--profile", "cpu", "up", "-d", "--scale", "server-cpu=2")

    def ready() -> bool:
        states = [container["State"]["Health"]["Status"] for container in replicas(stack)]
        return states == ["healthy", "healthy"]

    wait_for(ready, 600, "two servers healthy")
    yield stack
    stack.compose("--profile", "cpu", "up", "-d", "--scale", "server-cpu=1")


def test_one_of_two_is_killed_and_nothing_is_lost(two: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    n = 1200  # the new server is slow to begin with; enough that both are at work when one goes
    before = {container["Id"]: answered(container) for container in replicas(two)}
    process, log = begin(two, n, "--max-connections", "8")
    wait_for(
        lambda: all(answered(container) >= before[container["Id"]] + 40 for container in replicas(two)),
        300,
        "both servers at work",
    )
    first, other = replicas(two)
    kill(first["Id"])
    left = answered(other)
    output, _ = process.communicate(timeout=900)
    assert process.returncode == 0, output[-2000:]
    found = read(log)
    assert (found.status, len(found.samples)) == ("success", n)
    assert len({sample.id for sample in found.samples}) == n
    assert not any(sample.error for sample in found.samples)
    assert all(sample.output.completion for sample in found.samples)
    # The one that is left took over; the other one had a share of the work.
    shares = {server["Id"][:6]: answered(server) - before[server["Id"]] for server in (first, other)}
    assert answered(other) > left
    assert min(shares.values()) > 0
    report(capsys, f"one of two servers killed: {n} of {n} answered, by {shares}")

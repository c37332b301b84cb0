"""What stops in the middle: a server that is killed, crashes or hangs, and a stack that is interrupted."""

from __future__ import annotations

import os
import signal
import time
import urllib.request

import pytest

from tests.docker.engine import run
from tests.docker.stack import PROJECT, Stack, begin, kill, needs_engine, read, report, wait_for

pytestmark = needs_engine


def test_a_run_resumes_after_its_server_was_killed(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    n = 200
    process, log = begin(stack, n, "--max-retries", "1")
    kill(stack.container("server-cpu")["Id"])
    output, _ = process.communicate(timeout=600)
    failed = read(log)
    assert failed.status == "error", output[-2000:]
    kept = {sample.id: sample.uuid for sample in failed.samples if not sample.error}
    assert 0 < len(kept) < n

    before = stack.logs()
    stack.compose("--profile", "cpu", "up", "-d", "server-cpu")
    run(
        *stack.in_suite("inspect", "eval-retry", f"logs/{log.name}", "--max-retries", "100"),
        cwd=stack.checkout,
        env=stack.environment,
    )
    (again,) = stack.logs() - before
    found = read(again)
    assert (found.status, len(found.samples)) == ("success", n)
    # What had been answered was not asked again.
    now = {sample.id: sample.uuid for sample in found.samples}
    assert {name: now[name] for name in kept} == kept
    report(capsys, f"killed after {len(kept)} of {n} samples, resumed, none lost")


def test_a_crash_is_ridden_out(stack: Stack) -> None:
    """The engine starts a server that crashed again, and a run in progress waits for it."""
    process, log = begin(stack, 200)
    server = stack.container("server-cpu")
    os.kill(server["State"]["Pid"], signal.SIGKILL)
    output, _ = process.communicate(timeout=900)
    found = read(log)
    assert (found.status, len(found.samples)) == ("success", 200), output[-2000:]
    assert stack.container("server-cpu")["RestartCount"] == server["RestartCount"] + 1


def test_a_hung_engine_is_unhealthy(stack: Stack) -> None:
    stack.await_health("healthy", 400)
    container = stack.container("server-cpu")
    listed = run("docker", "top", container["Id"], "-eo", "pid,args").splitlines()[1:]
    hung = [int(line.split()[0]) for line in listed if "EngineCore" in line or "Worker" in line]
    assert hung
    for pid in hung:
        os.kill(pid, signal.SIGSTOP)
    try:
        # Alive, and by its own account well:
        headers = {"Authorization": f"Bearer {stack.key}"}
        health = urllib.request.Request(stack.url.replace("/v1", "/health"), headers=headers)
        assert urllib.request.urlopen(health, timeout=30).status == 200
        stack.await_health("unhealthy", 400)
        assert stack.container("server-cpu")["State"]["Running"]
    finally:
        for pid in hung:
            os.kill(pid, signal.SIGCONT)
    stack.await_health("healthy", 400)


def test_up_takes_down_what_it_started_on_interrupt(stack: Stack) -> None:
    """Under a name of its own, beside the other."""
    other = Stack(stack.checkout, f"{PROJECT}-other")
    (stack.checkout / ".env").rename(stack.checkout / ".env.kept")
    try:
        process = other.start("docker/up.sh", "cpu", "subjects/tiny_manager/base")
        try:
            wait_for(lambda: bool(other.left()), 120, "containers")
            time.sleep(5)
        finally:
            process.send_signal(signal.SIGINT)
            output, _ = process.communicate(timeout=120)
        assert process.returncode == 130, output
        containers = run("docker", "ps", "-aq", "--filter", f"name={other.project}").split()
        assert containers == [], output
    finally:
        other.down()
        (stack.checkout / ".env.kept").rename(stack.checkout / ".env")

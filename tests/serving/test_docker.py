"""The launcher with a real engine, the real CPU image and the embedded model: minutes.

They run where FIDUCIARY_DOCKER_TESTS=1 and docker/build.sh serve-cpu has built the image.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from inspect_ai.log import read_eval_log

from fiduciary.serving.engine import LABEL
from tests.serving.tiny_adapter import MODEL, write_adapter

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        os.environ.get("FIDUCIARY_DOCKER_TESTS") != "1", reason="FIDUCIARY_DOCKER_TESTS=1 runs them"
    ),
]

NAME = "llama-3.1-8b"
ANSWERED = '"POST /v1/chat/completions HTTP'
SERVE = [sys.executable, "-m", "fiduciary", "serve", str(MODEL), "--name", NAME, "--device", "cpu"]
# As its script does: with the Python of these tests, whatever is on PATH.
INSPECT = [sys.executable, "-m", "inspect_ai", "eval", "tasks/stakeholder_choice"]
INSPECT += ["-T", "wording=compact", "-T", "elicitation=text"]


class Bench:
    """A folder to launch from, and what the launcher leaves in the engine."""

    def __init__(self, folder: Path, root: Path, client: Any) -> None:
        self.here = folder / "here"
        self.temporary = folder / "temporary"
        self.here.mkdir()
        self.temporary.mkdir()
        self.client = client
        # Inspect takes a task's folder by a relative path only.
        (self.here / "tasks").symlink_to(root / "tasks")
        self.env = {
            **os.environ,
            "PYTHONPATH": str(root),
            "TMPDIR": str(self.temporary),
            "INSPECT_LOG_DIR": str(self.here / "logs"),
            "INSPECT_DISPLAY": "plain",
        }
        self.said = folder / "said.txt"
        self.started: list[subprocess.Popen[bytes]] = []

    def launch(self, *words: str) -> subprocess.Popen[bytes]:
        """Start it as a terminal would: the leader of a process group."""
        with self.said.open("wb") as said:
            process = subprocess.Popen(
                [*SERVE, *words],
                cwd=self.here,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
            )
        self.started.append(process)
        return process

    def finish(self, process: subprocess.Popen[bytes], seconds: float = 600) -> tuple[int, str]:
        status = process.wait(seconds)
        return status, self.said.read_text(errors="replace")

    def until(self, process: subprocess.Popen[bytes], condition: Any, seconds: float = 600) -> None:
        limit = time.monotonic() + seconds
        while not condition():
            assert process.poll() is None, self.said.read_text(errors="replace")
            assert time.monotonic() < limit, self.said.read_text(errors="replace")
            time.sleep(0.2)

    def choices(self, n: int) -> list[str]:
        return [*INSPECT, "--model", f"vllm/{NAME}", "-T", f"n={n}"]

    def until_samples(self, process: subprocess.Popen[bytes]) -> None:
        """Until the command is in the middle of its questions."""
        # The first question is asked before the run, to see whether the model answers at all.
        self.until(process, lambda: self.server_log().count(ANSWERED) > 2)

    def server_log(self) -> str:
        return "".join(c.logs().decode(errors="replace") for c in self.containers())

    def logs(self) -> list[Any]:
        return [read_eval_log(str(f)) for f in (self.here / "logs").glob("*.eval")]

    def containers(self) -> list[Any]:
        every = self.client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
        return [c for c in every if c.labels[LABEL].startswith(str(self.temporary))]

    def left(self) -> list[object]:
        """Containers, networks, files and processes that outlived the launcher."""
        networks = self.client.networks.list(filters={"label": LABEL})
        own = [n for n in networks if n.attrs["Labels"][LABEL].startswith(str(self.temporary))]
        files = [*self.temporary.glob("fiduciary-*"), *self.here.glob(".env*")]
        groups = [p.pid for p in self.started if _alive(p.pid)]
        return [*self.containers(), *own, *files, *groups]


def _alive(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def bench(tmp_path: Path, root: Path) -> Iterator[Bench]:
    docker = pytest.importorskip("docker.client", reason="the package docker is not installed")
    client = docker.DockerClient.from_env()
    client.images.get(f"fiduciary-serve-cpu:{os.environ.get('FIDUCIARY_TAG', 'local')}")
    found = Bench(tmp_path, root, client)
    try:
        yield found
    finally:
        for process in found.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for container in found.containers():
            container.remove(force=True)
        client.close()


def test_measures_a_model_and_leaves_nothing(bench, root, tmp_path):
    (bench.here / ".env").write_text("OTHER=1\n")
    trained = root / "subjects" / "tiny_manager" / "for_profit"
    adapter = (
        trained
        if (trained / "adapter_model.safetensors").is_file()
        else write_adapter(tmp_path / "adapter", 12)
    )
    command = [*INSPECT, "--model", f"vllm/{NAME},vllm/tuned", "-T", "n=20"]
    status, said = bench.finish(bench.launch("--adapter", f"tuned={adapter}", "--", *command))
    assert status == 0, said
    logs = bench.logs()
    assert sorted(log.eval.model for log in logs) == [f"vllm/{NAME}", "vllm/tuned"]
    assert all(log.status == "success" and len(log.samples) >= 20 for log in logs)
    assert (bench.here / ".env").read_text() == "OTHER=1\n"
    (bench.here / ".env").unlink()
    assert bench.left() == []


def test_stays_until_ctrl_c(bench, tmp_path):
    """Meanwhile: what its container may do, answers of the adapter, and the plain command in its folder."""
    adapter = write_adapter(tmp_path / "adapter", 12)
    process = bench.launch("--adapter", f"tuned={adapter}")
    bench.until(process, lambda: "Ctrl-C stops" in bench.said.read_text())
    (container,) = bench.containers()
    host = container.attrs["HostConfig"]
    assert container.attrs["Config"]["User"] == "10001:10001"
    assert host["ReadonlyRootfs"]
    assert host["CapDrop"] == ["ALL"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert [b["HostIp"] for bound in container.ports.values() for b in bound or []] == ["127.0.0.1"]
    assert not any(m["RW"] for m in container.attrs["Mounts"] if m["Type"] == "bind")
    assert container.exec_run("touch /model/x /venv/x /etc/x").exit_code != 0
    assert container.exec_run("id -u").output.strip() == b"10001"
    settings = dict(line.split("=", 1) for line in (bench.here / ".env").read_text().splitlines()[1:])
    assert settings["VLLM_API_KEY"] not in json.dumps(container.attrs)
    url, key = settings["VLLM_BASE_URL"], settings["VLLM_API_KEY"]
    assert _first_token(url, key, NAME) != _first_token(url, key, "tuned")
    subprocess.run(bench.choices(20), cwd=bench.here, env=bench.env, check=True, timeout=300)
    assert [log.status for log in bench.logs()] == ["success"]
    os.killpg(process.pid, signal.SIGINT)
    status, said = bench.finish(process, 60)
    assert status == 130, said
    assert bench.left() == []


def test_failing_command_after_a_launcher_that_was_killed(bench):
    process = bench.launch()
    bench.until(process, bench.containers)
    process.kill()
    process.wait()
    (leftover,) = bench.containers()
    status, said = bench.finish(bench.launch("--", "sh", "-c", "exit 7"))
    assert f"removed {leftover.name}" in said
    assert status == 7, said
    assert bench.left() == []


def test_ctrl_c_in_the_middle(bench):
    process = bench.launch("--", *bench.choices(5000))
    bench.until_samples(process)
    os.killpg(process.pid, signal.SIGINT)
    status, said = bench.finish(process, 120)
    assert status == 130, said
    assert [log.status for log in bench.logs()] == ["cancelled"]  # Inspect had time to write it
    assert bench.left() == []


def test_server_killed_in_the_middle(bench):
    process = bench.launch("--", *bench.choices(5000))
    bench.until_samples(process)
    (container,) = bench.containers()
    container.kill()
    status, said = bench.finish(process, 120)
    assert status == 3
    assert "the server ended (status 137)" in said.splitlines()[-1]
    assert ANSWERED in said  # the last lines of its log
    assert [log.status for log in bench.logs()] == ["error"]  # inspect eval-retry goes on from there
    assert bench.left() == []


def test_terminated_while_it_starts(bench):
    process = bench.launch("--", "true")
    bench.until(process, bench.containers)
    process.terminate()
    assert bench.finish(process, 60)[0] == 143
    assert bench.left() == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--image", "fiduciary-serve-none:local"], "docker/build.sh serve-cpu"),
        (["--", "inspect", "eval", "x", "--model", "vllm/other"], f"ask for vllm/{NAME}"),
        (["--timeout", "1"], "no token of"),
        (["--tensor-parallel", "3"], "--tensor-parallel 3 does not divide"),
    ],
)
def test_one_line(bench, words, message):
    status, said = bench.finish(bench.launch(*words))
    assert status == (3 if message == "no token of" else 2)
    assert message in said.splitlines()[-1]
    assert bench.left() == []


def test_gpu_where_there_is_none(bench):
    if "nvidia" in bench.client.info()["Runtimes"]:
        pytest.skip("this engine knows a GPU")
    image = f"fiduciary-serve-cpu:{os.environ.get('FIDUCIARY_TAG', 'local')}"
    status, said = bench.finish(bench.launch("--device", "gpu", "--image", image))
    assert status == 3
    assert "NVIDIA Container Toolkit" in said.splitlines()[-1]
    assert bench.left() == []


def _first_token(url: str, key: str, name: str) -> object:
    """The likeliest first tokens after a prompt, with their log-probabilities."""
    body = {"model": name, "prompt": "Option A or", "max_tokens": 1, "temperature": 0, "logprobs": 5}
    request = urllib.request.Request(
        f"{url}/completions",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Authorization": f"Bearer {key}"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=60) as response:
        return json.load(response)["choices"][0]["logprobs"]["top_logprobs"]

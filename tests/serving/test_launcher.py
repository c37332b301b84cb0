"""The launcher with an engine that answers as it is told: every error is one line, and nothing stays."""

from __future__ import annotations

import importlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import ThreadingHTTPServer
from pathlib import Path

import pytest

from fiduciary.serving import engine
from fiduciary.serving.errors import ServingError
from fiduciary.serving.launch import main
from tests.serving.conftest import Engine
from tests.serving.test_ready import Handler
from tests.serving.tiny_adapter import MODEL, write_adapter

HANDLED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A folder of its own, and the signals' handlers as they were."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    for name in ("VLLM_ARGS", "FIDUCIARY_TAG", "CUDA_VISIBLE_DEVICES", "HF_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("VLLM_API_KEY", "key")
    before = {number: signal.getsignal(number) for number in HANDLED}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def server(docker_engine: Engine) -> Iterator[Engine]:
    """An engine whose container answers."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as found:
        threading.Thread(target=found.serve_forever, daemon=True).start()
        docker_engine.port = found.server_port
        yield docker_engine
        found.shutdown()


def said(capsys: pytest.CaptureFixture[str]) -> list[str]:
    return capsys.readouterr().err.splitlines()


def nothing_left(engine: Engine, tmp_path: Path) -> bool:
    rest = [*engine.running, *engine.networks_there, *(tmp_path / "temporary").iterdir()]
    return not rest and not Path(".env").exists()


def test_success(server, checkpoint, tmp_path):
    test = 'grep -q "^VLLM_BASE_URL=$VLLM_BASE_URL$" .env && [ "$VLLM_API_KEY" = key ]'
    assert main([str(checkpoint), "--name", "good", "--device", "cpu", "--", "sh", "-c", test]) == 0
    assert nothing_left(server, tmp_path)


def test_status_of_the_command(server, checkpoint, tmp_path):
    assert main([str(checkpoint), "--name", "good", "--", "sh", "-c", "exit 7"]) == 7
    assert nothing_left(server, tmp_path)


def test_what_the_engine_is_asked_for(server, tmp_path, monkeypatch):
    monkeypatch.setenv("VLLM_ARGS", "--seed 1")
    adapter = write_adapter(tmp_path / "a", 20)
    given = ["--tensor-parallel", "2", "--data-parallel", "3", "--adapter", f"good={adapter}"]
    # The adapter is what answers; the base is another name for the same.
    assert main([str(MODEL), "--name", "silent", "--timeout", "1", *given]) == 3
    (asked,) = server.created
    assert asked["image"] == "fiduciary-serve-gpu:local"
    assert asked["user"] == "10001:10001"
    assert asked["read_only"] is True
    assert asked["cap_drop"] == ["ALL"]
    assert asked["security_opt"] == ["no-new-privileges:true"]
    assert asked["ports"] == {"8000/tcp": ("127.0.0.1",)}
    assert asked["environment"] == {
        "SERVED_NAME": "silent",
        "LORA_MODULES": "good=/adapters/good",
        "TENSOR_PARALLEL": "2",
        "DATA_PARALLEL": "3",
        "VLLM_ARGS": "--max-lora-rank 32 --max-loras 1 --seed 1",
    }
    assert asked["device_requests"] == [({"count": 6, "capabilities": [["gpu"]]},)]
    mounted = {mount[0]: (mount[1], mount[2]) for mount in asked["mounts"]}
    assert set(mounted) == {"/model", "/adapters/good", "/run/secrets/api_key", "/cache"}
    assert mounted["/model"] == (str(MODEL), {"type": "bind", "read_only": True})
    assert nothing_left(server, tmp_path)


def test_gpus_by_name(server, checkpoint, monkeypatch, capsys):
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "2, 3")
    assert main([str(checkpoint), "--name", "good", "--", "true"]) == 0
    assert server.created[0]["device_requests"] == [({"device_ids": ["2"], "capabilities": [["gpu"]]},)]
    assert main([str(checkpoint), "--name", "good", "--data-parallel", "3", "--", "true"]) == 2
    assert "CUDA_VISIBLE_DEVICES names 2" in said(capsys)[-1]


@pytest.mark.parametrize(
    ("refusal", "message"),
    [
        ('could not select device driver "" with capabilities: [[gpu]]', "NVIDIA Container Toolkit"),
        ("nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0", "13.0 is needed"),
        ("Bind for 127.0.0.1:32768 failed: port is already allocated", "try again"),
        ("no space left on device", "disk is full"),
    ],
)
def test_the_engine_refuses_to_start(docker_engine, checkpoint, tmp_path, capsys, refusal, message):
    docker_engine.refusal = refusal
    assert main([str(checkpoint)]) == 3
    lines = said(capsys)
    assert len(lines) == 1
    assert message in lines[0]
    assert nothing_left(docker_engine, tmp_path)


def test_the_server_dies(docker_engine, checkpoint, tmp_path, capsys):
    docker_engine.state.update(Running=False, ExitCode=1)
    docker_engine.log = "INFO starting\ntorch.OutOfMemoryError: CUDA out of memory. Tried\n"
    assert main([str(checkpoint)]) == 3
    lines = said(capsys)
    assert lines[:2] == docker_engine.log.splitlines()
    assert "the server ended (status 1): out of GPU memory" in lines[-1]
    assert nothing_left(docker_engine, tmp_path)


def test_the_server_dies_while_a_command_runs(server, checkpoint, tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("fiduciary.serving.command._LOOK", 0.2)
    monkeypatch.setattr("fiduciary.serving.command._ALONE", 0.0)
    threading.Timer(1, lambda: server.state.update(Running=False, ExitCode=137)).start()
    assert main([str(checkpoint), "--name", "good", "--", "sleep", "60"]) == 3
    assert "status 137" in said(capsys)[-1]
    assert nothing_left(server, tmp_path)


@pytest.mark.parametrize(
    ("name", "message"), [("silent", "no token of 'silent' after 1 s"), ("x", "not serve 'x'")]
)
def test_no_token(server, checkpoint, tmp_path, capsys, name, message):
    assert main([str(checkpoint), "--name", name, "--timeout", "1"]) == 3
    assert message in said(capsys)[-1]
    assert nothing_left(server, tmp_path)


def test_a_signal_while_it_starts(docker_engine, checkpoint, tmp_path):
    threading.Timer(0.5, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    assert main([str(checkpoint)]) == 143
    assert len(docker_engine.created) == 1
    assert nothing_left(docker_engine, tmp_path)


def test_no_image(docker_engine, checkpoint, tmp_path, capsys):
    docker_engine.images_there = False
    assert main([str(checkpoint), "--device", "cpu"]) == 2
    assert "docker/build.sh serve-cpu" in said(capsys)[-1]
    assert nothing_left(docker_engine, tmp_path)


def test_no_download(docker_engine, tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    docker_engine.state.update(Running=False, ExitCode=1)
    docker_engine.log = "server.sh: error: no *.safetensors file in '/model'\n"
    assert main(["organisation/name"]) == 3
    assert "'organisation/name' was not downloaded: is the Hub reachable" in said(capsys)[-1]
    (asked,) = docker_engine.created
    assert {mount[0]: mount[1] for mount in asked["mounts"]}["/model"] == "fiduciary-model-organisation--name"
    assert "hf_secret" not in str(asked)
    assert nothing_left(docker_engine, tmp_path)


def test_no_engine(docker_engine, checkpoint, capsys):
    docker_engine.unreachable = ConnectionError("FileNotFoundError(2, 'No such file or directory')")
    assert main([str(checkpoint)]) == 3
    assert "no Docker engine answers" in said(capsys)[-1]


def test_no_package(checkpoint, capsys, monkeypatch):
    """In a checkout its own folder docker/ is found where the package is missing."""
    for name in [n for n in sys.modules if n.partition(".")[0] == "docker"]:
        monkeypatch.delitem(sys.modules, name)
    real = importlib.import_module

    def without(name: str, package: str | None = None) -> object:
        if name.partition(".")[0] == "docker":
            raise ModuleNotFoundError(name)
        return real(name, package)

    monkeypatch.setattr(importlib, "import_module", without)
    assert main([str(checkpoint)]) == 2
    assert "pip install 'docker>=7.1'" in said(capsys)[-1]


def test_the_disk_is_full(server, checkpoint, tmp_path, capsys, monkeypatch):
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("fiduciary.serving.environment._replace", full)
        assert main([str(checkpoint), "--name", "good", "--", "true"]) == 3
    assert "the disk is full" in said(capsys)[-1]
    assert nothing_left(server, tmp_path)


def test_what_cannot_be_removed_is_said(server, checkpoint, capsys, monkeypatch):
    def refuse(*_: object) -> None:
        raise ServingError("the engine is gone")

    monkeypatch.setattr(engine, "remove", refuse)
    assert main([str(checkpoint), "--name", "good", "--", "true"]) == 3
    assert "docker rm -f fiduciary-serving-" in said(capsys)[-1]


def test_leftovers_are_removed_at_the_next_start(server, checkpoint, tmp_path, capsys):
    dead, alive = engine.Run(), engine.Run()
    for run in (dead, alive):
        server.containers.create("image", None, name=run.name, labels=run.labels)
    dead._lock.close()  # as when its process is killed
    try:
        # Elsewhere the stand-in lists all it has.
        server.containers.list = lambda filters, **_: [
            c for c in server.running if all(matches(c.labels, f) for f in filters["label"])
        ]
        server.networks.list = lambda filters: [
            n for n in server.networks_there if all(matches(n.attrs["Labels"], f) for f in filters["label"])
        ]
        assert main([str(checkpoint), "--name", "good", "--", "true"]) == 0
        assert [c.name for c in server.running] == [alive.name]
        assert not dead.folder.exists()
        assert alive.folder.exists()
        assert any(f"removed {dead.name}" in line for line in said(capsys))
    finally:
        alive.close()


def matches(labels: dict[str, str], wanted: str) -> bool:
    key, equals, value = wanted.partition("=")
    return key in labels and (not equals or labels[key] == value)


@pytest.mark.parametrize(
    "given", [[], ["m", "--tensor-parallel", "0"], ["m", "--device", "tpu"], ["m", "--trust-remote-code"]]
)
def test_bad_options(given):
    with pytest.raises(SystemExit) as raised:
        main(given)
    assert raised.value.code == 2


def test_code_of_a_model_is_never_run(server, checkpoint, capsys, monkeypatch):
    monkeypatch.setenv("VLLM_ARGS", "--trust-remote-code")
    assert main([str(checkpoint), "--name", "good"]) == 2
    assert "never run" in said(capsys)[-1]


def test_the_sdk_is_not_imported_before_it_is_needed(root):
    code = (
        "import sys, fiduciary.serving.launch as m; m.parser().format_help(); "
        "assert 'docker' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], cwd=root, check=True)

"""The scripts of ``docker/`` without an engine: what they write, and what they say when something is wrong.

Commands that they call (docker, python3, nvidia-smi) are replaced by stand-ins on PATH.
"""

from __future__ import annotations

import http.server
import json
import os
import runpy
import shutil
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

Done = subprocess.CompletedProcess[str]


@pytest.fixture
def checkout(root: Path, tmp_path: Path) -> Path:
    """The scripts, and a checkpoint, in a folder of their own."""
    folder = tmp_path / "checkout"
    (folder / "runs").mkdir(parents=True)
    for name in ("docker", "pyproject.toml", "runs/_serve_common.sh"):
        source = root / name
        (shutil.copytree if source.is_dir() else shutil.copy)(source, folder / name)
    shutil.rmtree(folder / "docker" / "secrets", ignore_errors=True)
    model = folder / "model"
    model.mkdir()
    (model / "config.json").write_text("{}")
    (model / "model.safetensors").write_text("")
    return folder


@pytest.fixture
def stand_ins(tmp_path: Path) -> Path:
    """A folder for stand-ins that comes first on PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def stand_in(folder: Path, name: str, script: str) -> None:
    file = folder / name
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def run(checkout: Path, script: str, *arguments: str, path: Path | None = None, **environment: str) -> Done:
    names = ("COMPOSE_FILE", "COMPOSE_PROJECT_NAME", "MODEL_DIR", "SERVER_PORT", "PAGE_PORT", "VLLM_API_KEY")
    clean = {name: value for name, value in os.environ.items() if name not in names}
    if path:
        clean["PATH"] = f"{path}:{clean['PATH']}"
    return subprocess.run(
        ["bash", str(checkout / "docker" / script), *arguments],
        cwd=checkout,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        timeout=60,
    )


def says(done: Done, *words: str) -> None:
    """Fails with one line, the last one, that holds all the words."""
    assert done.returncode != 0
    assert all(word in done.stderr.splitlines()[-1] for word in words), done.stderr


def dotenv(checkout: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in (checkout / ".env").read_text().splitlines())


# setup.sh


def test_setup_writes_what_compose_and_inspect_read(checkout: Path) -> None:
    (checkout / ".env").write_text("OTHER=kept\nVLLM_BASE_URL=http://old\nMODEL_DIR=/old\n")
    assert run(checkout, "setup.sh", "model", SERVER_PORT="8123").returncode == 0
    key = (checkout / "docker" / "secrets" / "api_key").read_text()
    assert len(key) == 48
    assert key.isalnum()
    settings = dotenv(checkout)
    assert settings.pop("SUITE_USER").split(":")[0] != "0"
    assert settings == {
        "OTHER": "kept",
        "VLLM_BASE_URL": "http://127.0.0.1:8123/v1",
        "VLLM_API_KEY": key,
        "COMPOSE_FILE": "docker/compose.yaml",
        "COMPOSE_PROJECT_NAME": "fiduciary",
        "SERVER_PORT": "8123",
        "MODEL_DIR": str(checkout / "model"),
    }
    assert (checkout / "logs").is_dir()


def test_setup_keeps_the_key_and_hides_it(checkout: Path) -> None:
    assert run(checkout, "setup.sh").returncode == 0
    folder = checkout / "docker" / "secrets"
    key = (folder / "api_key").read_text()
    # The folder keeps other users of this machine out; the file itself is for any user of a container.
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "api_key").stat().st_mode) == 0o444
    assert stat.S_IMODE((checkout / ".env").stat().st_mode) == 0o600
    assert run(checkout, "setup.sh").returncode == 0
    assert (folder / "api_key").read_text() == key
    assert (checkout / ".env").read_text().count("VLLM_API_KEY") == 1


def test_setup_keeps_the_port_and_the_model(checkout: Path) -> None:
    assert run(checkout, "setup.sh", "model", SERVER_PORT="8123").returncode == 0
    first = dotenv(checkout)
    assert run(checkout, "setup.sh").returncode == 0
    assert dotenv(checkout) == first


def test_setup_refuses_weights_that_are_not_safetensors(checkout: Path) -> None:
    weights = checkout / "model" / "model.safetensors"
    weights.rename(weights.with_name("pytorch_model.bin"))
    says(run(checkout, "setup.sh", "model"), "no *.safetensors file")
    assert not (checkout / ".env").exists()


# up.sh: everything is in order before anything is started

WORKING_DOCKER = """
case "$1 $2" in
    "compose up"|"compose --profile") echo "$@" >>"$(dirname "$0")/started" ;;
    "info --format") echo '{"runc":{}}' ;;
esac
"""


@pytest.fixture
def docker(stand_ins: Path) -> Path:
    stand_in(stand_ins, "docker", WORKING_DOCKER)
    return stand_ins


def test_up_without_an_engine(checkout: Path, stand_ins: Path) -> None:
    stand_in(stand_ins, "docker", "exit 1")
    says(run(checkout, "up.sh", "cpu", "model", path=stand_ins), "no Docker engine answers", "start it")
    assert not (checkout / ".env").exists()


def test_up_without_a_gpu(checkout: Path, docker: Path) -> None:
    stand_in(docker, "nvidia-smi", "exit 9")
    says(run(checkout, "up.sh", "gpu", "model", path=docker), "no NVIDIA GPU found", "docker/up.sh cpu")
    assert not (docker / "started").exists()


def test_up_with_an_old_driver(checkout: Path, docker: Path) -> None:
    stand_in(docker, "nvidia-smi", "echo 535.104.05; echo 535.104.05")
    says(run(checkout, "up.sh", "gpu", "model", path=docker), "driver 535.104.05 is too old", "580")


def test_up_with_an_engine_that_does_not_know_the_gpu(checkout: Path, docker: Path) -> None:
    stand_in(docker, "nvidia-smi", "echo 580.65.06")
    says(run(checkout, "up.sh", "gpu", "model", path=docker), "NVIDIA Container Toolkit")
    assert not (docker / "started").exists()


def test_up_with_a_port_taken(checkout: Path, docker: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run(checkout, "up.sh", "cpu", "model", path=docker, SERVER_PORT=port)
    says(done, f"port {port} on 127.0.0.1 is taken", "SERVER_PORT=")
    assert not (docker / "started").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["tpu"], ["cpu or gpu, not 'tpu'"]),
        (["cpu", "nowhere"], ["nowhere", "does not exist"]),
        (["cpu", "model", "model"], ["more than one MODEL_DIR"]),
        (["--knob", "cpu"], ["unknown option '--knob'"]),
    ],
)
def test_up_with_bad_arguments(checkout: Path, docker: Path, arguments: list[str], words: list[str]) -> None:
    says(run(checkout, "up.sh", *arguments, path=docker), *words)
    assert not (docker / "started").exists()


def test_up_takes_down_what_it_started_when_the_server_ends(checkout: Path, stand_ins: Path) -> None:
    """Also the server's last lines are shown."""
    stand_in(
        stand_ins,
        "docker",
        """
case "$*" in
    "compose --profile cpu ps"*) echo 0123456789abcdef ;;
    "compose --profile"*) echo "$4" >>"$(dirname "$0")/done" ;;
    *Health.Status*) echo starting ;;
    *RestartCount*) echo 0 ;;
    *State.Running*) echo false ;;
    logs*) echo "out of memory" ;;
esac
""",
    )
    ports = {"SERVER_PORT": free_port(), "PAGE_PORT": free_port()}
    done = run(checkout, "up.sh", "cpu", "model", path=stand_ins, **ports)
    says(done, "the server ended before it generated a token")
    assert "out of memory" in done.stderr
    assert (stand_ins / "done").read_text().split() == ["up", "down"]


# build.sh


def test_build_says_what_is_missing(checkout: Path, stand_ins: Path) -> None:
    says(run(checkout, "build.sh", "everything"), "unknown image or option 'everything'")
    stand_in(stand_ins, "docker", "exit 1")
    says(run(checkout, "build.sh", "suite", path=stand_ins), "no Docker engine answers")


def test_build_passes_secrets_as_mounts_only(checkout: Path, stand_ins: Path) -> None:
    """Neither the index nor what stands before an @ in the source's address becomes an argument."""
    stand_in(
        stand_ins,
        "docker",
        """
case "$1" in
    build) echo "$@" >"$(dirname "$0")/built" ;;
    run) echo '{ "type": "library" }' ;;
    image) echo 1000000 ;;
esac
""",
    )
    subprocess.run(["git", "init", "-q"], cwd=checkout, check=True)
    address = "https://me:hunter2@example.org/fiduciary"
    subprocess.run(["git", "config", "remote.origin.url", address], cwd=checkout, check=True)
    conf = checkout / "pip.conf"
    conf.write_text("[global]\nindex-url = https://me:hunter2@example.org/simple\n")
    done = run(checkout, "build.sh", "--pip-conf", str(conf), "serve-cpu", path=stand_ins)
    assert done.returncode == 0, done.stderr
    built = (stand_ins / "built").read_text()
    assert f"--secret id=pip.conf,src={conf}" in built
    assert "--build-arg VARIANT=cpu" in built
    assert "SOURCE=https://example.org/fiduciary" in built
    assert "hunter2" not in built
    assert "fiduciary-serve-cpu:local: 1 MB" in done.stderr


def test_sbom_lists_this_environment(docker_folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(docker_folder / "sbom.py"), "name", "1.2"],
        capture_output=True,
        text=True,
        check=True,
    )
    bill = json.loads(done.stdout)
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "name")
    import numpy

    assert f"pkg:pypi/numpy@{numpy.__version__}" in {part.get("purl") for part in bill["components"]}
    names = [part["bom-ref"] for part in bill["components"] if "bom-ref" in part]
    assert len(names) == len(set(names))


def test_sbom_reads_system_packages(
    docker_folder: Path, stand_ins: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in(stand_ins, "dpkg-query", r"printf 'libc6 2.36-9+deb12u1 amd64\nbash 5.2 amd64\n'")
    monkeypatch.setenv("PATH", str(stand_ins), prepend=os.pathsep)
    found = runpy.run_path(str(docker_folder / "sbom.py"))["system_packages"]({"ID": "debian"})
    assert [part["purl"] for part in found] == [
        "pkg:deb/debian/bash@5.2?arch=amd64",
        "pkg:deb/debian/libc6@2.36-9%2Bdeb12u1?arch=amd64",
    ]


# server.sh and suite.sh, as they are in an image, with the key and the model somewhere else


@pytest.fixture
def inside(checkout: Path, root: Path) -> Path:
    """Both scripts as the images have them; what is mounted lies beside them."""
    folder = checkout / "inside"
    (folder / "docker").mkdir(parents=True)
    shutil.copy(checkout / "runs" / "_serve_common.sh", folder / "docker")
    shutil.copy(root / "serving" / "vllm_arguments.py", folder / "docker")
    (folder / "api_key").write_text("the-key")
    (checkout / "model").rename(folder / "model")
    (folder / "adapters" / "mine").mkdir(parents=True)
    for name in ("server.sh", "suite.sh"):
        text = (checkout / "docker" / name).read_text()
        for mount in ("/run/secrets/api_key", "/model"):
            text = text.replace(f"={mount}\n", f"={folder / Path(mount).name}\n")
        (folder / "docker" / name).write_text(text)
    return folder


PARSED = f'case "$1" in *vllm_arguments.py) exec {sys.executable} "$@" ;; esac\n'
"""Begins a stand-in for Python that is one for what is parsed before anything starts."""


def test_server_command(inside: Path, stand_ins: Path) -> None:
    stand_in(stand_ins, "python3", PARSED + 'printf "%s\\n" "$VLLM_API_KEY" "$@"')
    adapter = inside / "adapters" / "mine"
    (adapter / "adapter_model.safetensors").write_text("")
    settings = {
        "SERVED_NAME": "other",
        "LORA_MODULES": f"mine={adapter}",
        "TENSOR_PARALLEL": "2",
        "DATA_PARALLEL": "4",
        "SERVER_ARGS": '--max-model-len 4096 --hf-overrides \'{"a": "*  b"}\'',
        "VARIANT": "gpu",
    }
    done = run(inside, "server.sh", path=stand_ins, **settings)
    assert done.returncode == 0, done.stderr
    words = done.stdout.splitlines()
    assert words[0] == "the-key"
    assert "the-key" not in words[1:]
    command = " ".join(words)
    for part in (
        "--served-model-name other --host",
        "--load-format safetensors",
        "--generation-config vllm",
        f"--enable-lora --lora-modules mine={adapter}",
        "--tensor-parallel-size 2",
        "--data-parallel-size 4",
        "--max-model-len 4096",
    ):
        assert part in command
    assert words[-2:] == ["--hf-overrides", '{"a": "*  b"}']
    assert "--enforce-eager" not in command
    assert "trust" not in command
    cpu = " ".join(run(inside, "server.sh", path=stand_ins, VARIANT="cpu").stdout.splitlines())
    assert "--enforce-eager --no-enable-chunked-prefill" in cpu
    assert "parallel" not in cpu
    assert "lora" not in cpu


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SERVER_ARGS": "--trust-remote-code"}, ["SERVER_ARGS cannot be used"]),
        ({"SERVER_ARGS": "--chat-template 'a"}, ["SERVER_ARGS cannot be used"]),
        ({"LORA_MODULES": "mine"}, ["'mine' is not name=/adapters/folder"]),
        ({"LORA_MODULES": "mine=/nowhere"}, ["adapter '/nowhere' does not exist"]),
        ({"LORA_MODULES": "mine={adapters}/mine"}, ["no adapter_model.safetensors"]),
        (
            {"LORA_MODULES": "mine={adapters}/linked"},
            ["linked/adapter_model.safetensors' is a link"],
        ),
    ],
)
def test_server_refuses(inside: Path, stand_ins: Path, settings: dict[str, str], words: list[str]) -> None:
    stand_in(stand_ins, "python3", f"{PARSED}echo started")
    adapters = str(inside / "adapters")
    (inside / "adapters" / "linked").mkdir()
    (inside / "adapters" / "linked" / "adapter_model.safetensors").symlink_to(inside / "api_key")
    filled = {name: value.format(adapters=adapters) for name, value in settings.items()}
    done = run(inside, "server.sh", path=stand_ins, **filled)
    says(done, *(word.format(adapters=adapters) for word in words))
    assert "started" not in done.stdout


def test_a_model_that_links_to_the_key_is_not_served(inside: Path) -> None:
    (inside / "model" / "tokenizer.json").symlink_to(inside / "api_key")
    says(run(inside, "server.sh"), "tokenizer.json' is a link that leads out of")


def test_server_without_a_checkpoint(inside: Path) -> None:
    (inside / "model" / "model.safetensors").unlink()
    says(run(inside, "server.sh"), "no *.safetensors file")
    (inside / "model" / "config.json").unlink()
    says(run(inside, "server.sh"), "set MODEL_DIR", "fetch")


def test_server_without_a_key(inside: Path) -> None:
    (inside / "api_key").unlink()
    says(run(inside, "server.sh"), "docker/setup.sh")


class Vllm(http.server.BaseHTTPRequestHandler):
    """As much of the server as the scripts ask for; one token a request unless told otherwise."""

    tokens = 1

    def answer(self, content: object) -> None:
        ok = self.headers["Authorization"] == "Bearer the-key"
        body = json.dumps(content if ok else {"error": "Unauthorized"}).encode()
        self.send_response(200 if ok else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer({"data": [{"id": "llama-3.1-8b"}, {"id": "mine"}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"usage": {"completion_tokens": self.tokens}})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vllm() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vllm)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def free_port() -> str:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return str(free.getsockname()[1])


def test_healthy_means_one_token(inside: Path, vllm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = inside / "docker" / "server.sh"
    script.write_text(script.read_text().replace("http://127.0.0.1:8000/v1", vllm))
    assert run(inside, "server.sh", "healthy").returncode == 0
    monkeypatch.setattr(Vllm, "tokens", 0)
    done = run(inside, "server.sh", "healthy")
    assert (done.returncode, done.stdout) == (1, "0 tokens generated\n")


def test_suite_is_healthy_while_what_it_asks_answers(inside: Path, vllm: str) -> None:
    assert run(inside, "suite.sh", "healthy", f"{vllm}/models").returncode == 0
    nowhere = f"http://127.0.0.1:{free_port()}/"
    done = run(inside, "suite.sh", "healthy", nowhere)
    assert done.returncode == 1 and done.stderr.startswith(nowhere) and len(done.stderr.splitlines()) == 1
    (inside / "api_key").unlink()
    assert "401" in run(inside, "suite.sh", "healthy", f"{vllm}/models").stderr


def test_suite_gives_a_command_the_server(inside: Path, vllm: str) -> None:
    done = run(
        inside, "suite.sh", "sh", "-c", "echo $VLLM_BASE_URL $VLLM_API_KEY", "vllm/mine", VLLM_BASE_URL=vllm
    )
    assert (done.returncode, done.stdout) == (0, f"{vllm} the-key\n")


def test_suite_says_when_the_server_is_ready(inside: Path, vllm: str) -> None:
    done = run(inside, "suite.sh", VLLM_BASE_URL=vllm)
    assert done.returncode == 0
    assert "inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b" in done.stderr


@pytest.mark.parametrize("model", ["vllm/other", "--model=vllm/other", "vllm/mine,vllm/other:/adapters/x"])
def test_suite_with_a_name_that_is_not_served(inside: Path, vllm: str, model: str) -> None:
    done = run(inside, "suite.sh", "echo", "ran", model, VLLM_BASE_URL=vllm)
    says(done, "'other' is not served", "vllm/llama-3.1-8b or vllm/mine")
    assert "ran" not in done.stdout


def test_suite_without_a_server(inside: Path, stand_ins: Path) -> None:
    stand_in(stand_ins, "getent", "exit 2")
    done = run(
        inside,
        "suite.sh",
        *("echo", "ran", "--model", "vllm/llama-3.1-8b"),
        path=stand_ins,
        VLLM_BASE_URL=f"http://127.0.0.1:{free_port()}/v1",
        SERVER_GRACE="0",
    )
    says(done, "no server is running", "docker/up.sh cpu")
    assert "ran" not in done.stdout


def test_suite_runs_other_commands_without_a_server(inside: Path) -> None:
    done = run(inside, "suite.sh", "echo", "--model", "subject/study1")
    assert (done.returncode, done.stdout) == (0, "--model subject/study1\n")

"""The scripts of ``docker/`` without an engine: what they write, and what they say when something is wrong.

Commands that they call (docker, python3, nvidia-smi) are replaced by stand-ins on PATH.
"""

from __future__ import annotations

import json
import os
import runpy
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docker.scripts import checkout, free_port, run, says, stand_in, stand_ins

__all__ = ["checkout", "stand_ins"]  # fixtures


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

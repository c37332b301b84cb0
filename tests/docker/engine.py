"""A real Docker engine for the tests: found or installed, with a base image and pip settings."""

from __future__ import annotations

import contextlib
import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

BASE = "fiduciary-test-base"
TAG = "test"
PINNED = "python:3.12.12-slim-bookworm"


def run(*command: str | Path, **options: object) -> str:
    """What a command prints; its errors in the exception's text."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, stdin=subprocess.DEVNULL, **options
    )  # type: ignore[call-overload]
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command))}: {(done.stdout + done.stderr)[-3000:]}")
    return str(done.stdout)


def answers() -> bool:
    return (
        bool(shutil.which("docker"))
        and subprocess.run(["docker", "info"], capture_output=True).returncode == 0
    )


def compose() -> list[str]:
    """The compose that is here: Docker's plugin, or Debian's docker-compose."""
    plugin = subprocess.run(["docker", "compose", "version"], capture_output=True).returncode == 0
    return ["docker", "compose"] if plugin else ["docker-compose"]


def install(*programs: str) -> None:
    """Debian's packages of programs that are missing."""
    packages = {"dockerd": "docker.io", "docker-compose": "docker-compose", "debootstrap": "debootstrap"}
    missing = [packages[program] for program in programs if not shutil.which(program)]
    if not missing:
        return
    if os.geteuid() or not shutil.which("apt-get"):
        raise RuntimeError(f"install {' and '.join(missing)}, or run this as root on Debian")
    run("apt-get", "update", "--quiet")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    run("apt-get", "install", "--yes", "--no-install-recommends", *missing, env=environment)


@contextlib.contextmanager
def started(log: Path) -> Iterator[None]:
    """An engine that answers: the one that runs, or one that is stopped again at the end."""
    if answers():
        if compose() == ["docker-compose"]:
            install("docker-compose")
        yield
        return
    install("dockerd", "docker-compose")
    with log.open("w") as output:
        daemon = subprocess.Popen(["dockerd"], stdout=output, stderr=output, start_new_session=True)
    try:
        deadline = time.monotonic() + 60
        while not answers():
            if daemon.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"dockerd did not start: {log.read_text()[-2000:]}")
            time.sleep(1)
        yield
    finally:
        daemon.terminate()
        daemon.wait(60)


def base_image(folder: Path) -> str:
    """The pinned base where it can be had, else a Debian that is made here once."""
    if subprocess.run(["docker", "image", "inspect", BASE], capture_output=True).returncode == 0:
        return BASE
    if subprocess.run(["docker", "pull", "--quiet", PINNED], capture_output=True).returncode == 0:
        return PINNED
    install("debootstrap")
    packages = "--include=ca-certificates,python3,python3-venv"
    run("debootstrap", "--variant=minbase", packages, "bookworm", folder)
    # What slim images leave out too.
    out = ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "usr/share/man", "usr/share/locale")
    exclude = [f"--exclude=./{path}" for path in (*out, "proc", "sys", "dev")]
    with subprocess.Popen(["tar", *exclude, "-C", folder, "-c", "."], stdout=subprocess.PIPE) as tar:
        subprocess.run(["docker", "import", "-", BASE], stdin=tar.stdout, check=True, capture_output=True)
    shutil.rmtree(folder)
    return BASE


@contextlib.contextmanager
def pip_settings(folder: Path) -> Iterator[list[str]]:
    """Options of docker/build.sh that give the build what pip has here.

    Folders of wheels are served on loopback, and the certificates go along; nothing is left in an image.
    """
    listed = run(sys.executable, "-m", "pip", "config", "list")
    # Later lines, the environment's, outrank files.
    settings: dict[str, str] = {}
    for line in listed.splitlines():
        name, _, value = line.partition("=")
        settings[name.strip(":").rpartition(".")[2]] = value.strip("'\"")
    lines, options = ["[global]"], []
    if settings.get("index-url"):
        lines.append(f"index-url = {settings['index-url']}")
    if cert := settings.get("cert"):
        lines.append("cert = /run/secrets/ca")
        options += ["--ca", cert]
    extra = [url for url in settings.get("extra-index-url", "").split() if url.startswith("http")]
    if extra:
        lines.append(f"extra-index-url = {' '.join(extra)}")
    with contextlib.ExitStack() as stack:
        links = []
        for place in settings.get("find-links", "").split():
            path = unquote(urlsplit(place).path) if place.startswith("file:") else place
            links.append(stack.enter_context(_served(path)) if Path(path).is_dir() else place)
        if links:
            lines.append(f"find-links = {' '.join(links)}")
        conf = folder / "pip.conf"
        conf.write_text("\n".join(lines) + "\n")
        yield [*options, "--pip-conf", str(conf), "--network", "host"]


@contextlib.contextmanager
def _served(folder: str) -> Iterator[str]:
    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()

"""Several servers behind runs/router.sh: what it refuses, and a server that is killed in the middle of a run.

`make test-router` makes the router's environment and runs this.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

import httpx
import pytest
from inspect_ai.log import EvalLog, list_eval_logs, read_eval_log

from tests.conftest import ROOT

VENV = Path(os.environ.get("ROUTER_VENV", ROOT / ".venv-router"))
KEY = "the-servers-key"
NAME = "llama-3.1-8b"
needs_router = [
    pytest.mark.slow,
    pytest.mark.skipif(not (VENV / "router.lock").exists(), reason="needs vllm-router: make test-router"),
]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def environment(**given: str) -> dict[str, str]:
    """This process's environment without a server's address or key."""
    names = ("VLLM_BASE_URL", "VLLM_API_KEY", "INSPECT_LOG_DIR")
    kept = {name: value for name, value in os.environ.items() if name not in names}
    return kept | {"PYTHONPATH": str(ROOT)} | given


def wait_for(condition: Callable[[], bool], seconds: float, what: str) -> None:
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, what
        time.sleep(0.05)


class Server:
    """A subject behind vLLM's endpoints, in a process of its own that asks for the key."""

    def __init__(self, folder: Path, port: int | None = None, name: str = NAME) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = folder / f"server-{self.port}.log"
        with self.log.open("a") as file:
            self.process = subprocess.Popen(
                f"{sys.executable} -m tests.serving.vllm_stand_in serve model --served-model-name {name}"
                f" --host 127.0.0.1 --port {self.port}".split(),
                cwd=ROOT,
                env=environment(VLLM_API_KEY=KEY),
                stdout=file,
                stderr=file,
            )

    def ready(self) -> bool:
        """Whether it answers."""
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.url}/health", trust_env=False).is_success
        except httpx.HTTPError:
            return False

    def answered(self) -> int:
        """Questions that it has answered."""
        return self.log.read_text().count('"POST /v1/chat/completions HTTP/1.1" 200')

    def kill(self) -> None:
        """End it at once, in the middle of whatever it answers."""
        self.process.kill()
        self.process.wait()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Server]]:
    """Starts a server and waits until it answers."""
    with ExitStack() as stack:

        def begin(**given: int | str) -> Server:
            server = Server(tmp_path, **given)  # type: ignore[arg-type]
            stack.callback(server.kill)
            wait_for(server.ready, 120, "the server does not answer")
            return server

        yield begin


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Where the commands are given: as in a checkout, tasks/ lies there."""
    place = tmp_path / "here"
    place.mkdir()
    (place / "tasks").symlink_to(ROOT / "tasks", target_is_directory=True)
    return place


def refused(folder: Path, *arguments: str, **given: str) -> str:
    """What the script says before it ends with an error."""
    done = subprocess.run(
        [ROOT / "runs" / "router.sh", "--port", str(free_port()), *arguments],
        cwd=folder,
        env=environment(**given),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode != 0
    assert not (folder / ".env").exists()
    return done.stderr.strip()


def test_what_is_not_a_servers_address_is_refused(folder: Path) -> None:
    assert "usage" in refused(folder, "http://127.0.0.1:8000"), "one server needs no router"
    assert "'worker:8000' is not a server's address" in refused(folder, "worker:8000")
    nobody = f"http://127.0.0.1:{free_port()}"
    said = refused(folder, nobody, nobody)
    assert said.splitlines()[-1].endswith("none of the servers answers; start them first")


@pytest.mark.slow
def test_a_key_or_a_name_that_the_servers_do_not_share_is_refused(
    folder: Path, start: Callable[..., Server]
) -> None:
    one, other = start(), start(name="another")
    said = refused(folder, one.url, other.url, VLLM_API_KEY="wrong")
    assert said.startswith(f"router.sh: error: {one.url} refuses the key (HTTP 401)")
    said = refused(folder, one.url, other.url + "/v1/", VLLM_API_KEY=KEY)
    assert said == (
        f"router.sh: error: the servers serve different names: {one.url}: {NAME}; {other.url}: another"
    )


@contextmanager
def routing(folder: Path, *urls: str) -> Iterator[None]:
    """The script, from ready to stopped."""
    said = folder / "said.txt"
    with said.open("w") as file:
        process = subprocess.Popen(
            [ROOT / "runs" / "router.sh", "--port", str(free_port()), "--log", folder / "router.log", *urls],
            cwd=folder,
            env=environment(VLLM_API_KEY=KEY),
            stdout=file,
            stderr=file,
        )
    try:

        def ready() -> bool:
            assert process.poll() is None, said.read_text()
            return "Ctrl-C stops" in said.read_text()

        wait_for(ready, 120, "the router does not answer")
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(40)


def evaluation(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    """`inspect eval` in the folder, where .env names the address."""
    command = f"eval tasks/stakeholder_choice --model vllm/{NAME} --display plain".split()
    return subprocess.Popen(
        [sys.executable, "-m", "inspect_ai", *command, *arguments],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def only_log(folder: Path) -> EvalLog:
    (found,) = list_eval_logs(str(folder / "logs"))
    return read_eval_log(found)


class Recorder(BaseHTTPRequestHandler):
    """A server that answers whatever it is asked, and keeps it."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[tuple[str, dict[str, Any]]]] = []

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self.asked.append((self.path, json.loads(self.rfile.read(int(self.headers["Content-Length"])))))
        self._answer()

    def _answer(self) -> None:
        body = json.dumps({"data": [{"id": NAME}], "tokens": [7], "usage": {"completion_tokens": 1}}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass


class TestTwoServers:
    pytestmark = needs_router

    def test_a_server_hears_all_that_a_question_holds(self, folder: Path) -> None:
        """The fields of vLLM's own that letters are read with, and the tokenizer."""
        question = {
            "model": NAME,
            "messages": [{"role": "user", "content": "A?"}, {"role": "assistant", "content": "I choose"}],
            "continue_final_message": True,
            "add_generation_prompt": False,
            "logprobs": True,
            "top_logprobs": 20,
            "logprob_token_ids": [7, 8],
            "return_token_ids": True,
            "chat_template_kwargs": {"enable_thinking": False},
            "max_tokens": 1,
            "temperature": 0.7,
            "seed": 2**31,
        }
        text = {"model": NAME, "prompt": " A", "add_special_tokens": False}
        with ExitStack() as stack:
            servers = [stack.enter_context(ThreadingHTTPServer(("127.0.0.1", 0), Recorder)) for _ in range(2)]
            for server in servers:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                stack.callback(server.shutdown)
            stack.enter_context(
                routing(folder, *(f"http://127.0.0.1:{server.server_port}" for server in servers))
            )
            (url,) = re.findall(r"^VLLM_BASE_URL=(.*)/v1$", (folder / ".env").read_text(), re.M)
            for path, body in (("/v1/chat/completions", question), ("/tokenize", text)):
                answer = httpx.post(url + path, json=body, trust_env=False)
                assert answer.json()["tokens"] == [7]
                (heard,) = [given for asked, given in Recorder.asked if asked == path]
                assert body.items() <= heard.items()

    def test_one_is_killed_in_the_middle_and_no_question_is_lost(
        self, folder: Path, start: Callable[..., Server]
    ) -> None:
        first, other = start(), start()
        with routing(folder, first.url, other.url):
            process = evaluation(folder, "-T", "elicitation=choose", "-T", "n=200")
            wait_for(
                lambda: min(first.answered(), other.answered()) >= 20 or process.poll() is not None,
                300,
                "not both servers are at work",
            )
            assert process.poll() is None, "the run was over before a server was killed"
            first.kill()
            before = (first.answered(), other.answered())
            output, _ = process.communicate(timeout=600)
        assert process.returncode == 0, output
        log = only_log(folder)
        assert log.status == "success", output
        assert log.samples is not None
        asked = log.eval.dataset.samples  # 200 and those that are asked in another order
        assert asked is not None and asked >= 200
        assert len({sample.id for sample in log.samples}) == len(log.samples) == asked
        assert not any(sample.error for sample in log.samples)
        assert all(sample.output.choices[0].logprobs for sample in log.samples)
        assert sum(before) < asked, "the server was killed after all was answered"
        assert other.answered() > before[1]

    def test_a_server_that_comes_back_is_asked_again(
        self, folder: Path, start: Callable[..., Server]
    ) -> None:
        first, other = start(), start()
        with routing(folder, first.url, other.url):
            first.kill()
            settings = dict(re.findall(r"^(\w+)=(.*)$", (folder / ".env").read_text(), re.M))
            client = httpx.Client(
                trust_env=False,
                timeout=60,
                headers={"Authorization": f"Bearer {settings['VLLM_API_KEY']}"},
            )
            question = {"model": NAME, "messages": [{"role": "user", "content": "A or B?"}]}

            def ask() -> int:
                answer = client.post(f"{settings['VLLM_BASE_URL']}/chat/completions", json=question)
                return answer.status_code

            with client:
                assert [ask() for _ in range(10)] == [200] * 10
                again = start(port=first.port)

                def back() -> bool:
                    assert ask() == 200
                    return again.answered() > 0

                wait_for(back, 300, "the server that came back is not asked")

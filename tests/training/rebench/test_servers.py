"""Servers that run, servers that are started, and what is left of them afterwards."""

from __future__ import annotations

import json
import os
import stat
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fiduciary.training.errors import TrainingError
from fiduciary.training.rebench import servers
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec
from fiduciary.training.rebench.servers import _running, served

TASK = (TaskSpec.parse("stakeholder_choice n=5"),)


@pytest.fixture
def plan(tmp_path):
    base = tmp_path / "base"
    base.mkdir()
    adapters = (Contender("one", tmp_path / "one", rank=4), Contender("two", tmp_path / "two", rank=40))
    return Plan(str(base), (Contender(BASE), *adapters, Contender("again")), TASK, tmp_path / "out")


@pytest.fixture
def models():
    """``models(body, status)``: address of a server that answers so at /v1/models, and what it was asked."""
    running = []

    def start(body, status=200):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append((self.path, self.headers["Authorization"]))
                content = body if isinstance(body, bytes) else json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/v1", asked

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


def cards(**parents):
    """What vLLM says at /v1/models: adapters name their parent."""
    own = [{"id": name, "object": "model", "parent": parent} for name, parent in parents.items()]
    return {"object": "list", "data": own}


def refused(plan, url) -> str:
    with pytest.raises(TrainingError) as error:
        _running(plan, url)
    assert url in str(error.value)
    return str(error.value)


def test_the_base_is_what_has_no_parent(plan, models, monkeypatch):
    monkeypatch.setenv("VLLM_API_KEY", "secret")
    url, asked = models(cards(one="llama", llama=None, again=None, two="llama"))
    found = _running(plan, f"{url}/")
    assert dict(found.names) == {BASE: "llama", "one": "one", "two": "two", "again": "again"}
    assert asked == [("/v1/models", "Bearer secret")]
    assert found.key == "secret"
    model = found.model(plan.contenders[1])
    assert str(model) == "vllm/one"


def test_a_base_that_is_called_so_goes_before_others(plan, models):
    url, _ = models(cards(other=None, base=None, one="other", two="other", again=None))
    assert dict(_running(plan, url).names)[BASE] == BASE


def test_an_adapter_that_is_not_served(plan, models):
    url, _ = models(cards(llama=None, one="llama"))
    message = refused(plan, url)
    assert "does not serve two; it serves llama, one" in message and "--lora-modules two=DIR" in message


def test_a_server_without_a_model(plan, models):
    url, _ = models({"data": []})
    assert "does not serve base; it serves nothing" in refused(plan, url)


@pytest.mark.parametrize(
    ("status", "why"),
    [(401, "VLLM_API_KEY"), (403, "VLLM_API_KEY"), (404, "answers 404"), (500, "answers 500")],
)
def test_a_server_that_refuses(status, why, plan, models):
    url, _ = models({}, status)
    assert why in refused(plan, url)


@pytest.mark.parametrize(
    "body", [b"<html>", b"", {"models": []}, [], {"data": None}, {"data": [{}]}, {"data": ["base"]}]
)
def test_what_is_no_list_of_models(body, plan, models):
    url, _ = models(body)
    message = refused(plan, url)
    assert "no server answers" in message and "ends in /v1" in message


@pytest.mark.parametrize("url", ["http://127.0.0.1:1/v1", "localhost:8000/v1", "http://host:80a/v1", "/v1"])
def test_an_address_where_nothing_is(url, plan):
    assert "no server answers" in refused(plan, url)


def test_what_does_not_speak_http(plan):
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            connection, _ = listener.accept()
            with connection:
                connection.recv(1000)
                connection.sendall(b"SSH-2.0-OpenSSH\r\n")

        threading.Thread(target=answer, daemon=True).start()
        assert "no server answers" in refused(plan, f"http://127.0.0.1:{listener.getsockname()[1]}/v1")


SCRIPT = """\
#!/usr/bin/env bash
# Stands in for runs/serve_cpu.sh: notes its arguments, serves nothing, and stops what it started.
echo "$@" >arguments.txt
set -m
sleep 1000 &
server=$!
set +m
echo $server >server.pid
trap 'kill -TERM -- -$server' EXIT
trap 'exit 143' TERM
"""
READY = SCRIPT + "printf 'VLLM_BASE_URL=http://127.0.0.1:1/v1\\nVLLM_API_KEY=local\\n' >.env\nwait $server\n"


@pytest.fixture
def script(tmp_path, monkeypatch):
    """``script(text)`` puts a script in place of the one that serves."""

    def put(text: str) -> Path:
        path = tmp_path / "serve_fake.sh"
        path.write_text(text)
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(servers, "_script", lambda: path)
        return path

    return put


def alive(pid: int) -> bool:
    """Whether a process runs; one that ended and was not waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def gone(folder: Path) -> bool:
    """Whether the server that the script started ended, within a few seconds."""
    pid = int((folder / "server.pid").read_text())
    limit = time.monotonic() + 10
    while alive(pid) and time.monotonic() < limit:
        time.sleep(0.05)
    return not alive(pid)


def test_a_server_is_started_with_all_contenders_and_stopped(plan, script, tmp_path):
    script(READY)
    log = tmp_path / "server" / "server.log"
    with served(plan, "auto", None, log) as found:
        assert (found.url, found.key) == ("http://127.0.0.1:1/v1", "local")
        assert dict(found.names) == {name: name for name in (BASE, "one", "two", "again")}
        assert "serve_fake.sh" in found.what
        assert alive(int((log.parent / "server.pid").read_text()))
    arguments = (log.parent / "arguments.txt").read_text().split()
    assert arguments[:3] == [plan.base, "--name", BASE]
    assert arguments[arguments.index("--log") + 1] == str(log)
    rest = arguments[arguments.index("--") :]
    assert rest[1:4] == ["--served-model-name", BASE, "again"]
    assert rest[rest.index("--max-lora-rank") + 1] == "64"
    assert rest[rest.index("--max-loras") + 1] == "2"
    modules = [f"one={tmp_path / 'one'}", f"two={tmp_path / 'two'}"]
    assert rest[rest.index("--lora-modules") + 1 :] == modules
    assert gone(log.parent)
    assert not (log.parent / ".env").exists()


def test_relative_folders_reach_the_script_as_absolute_ones(plan, script, tmp_path, monkeypatch):
    """It runs in a folder of its own."""
    script(READY)
    monkeypatch.chdir(tmp_path)
    near = Plan("base", plan.contenders, TASK, Path("out"))
    with served(near, "auto", None, Path("out/server/server.log")):
        pass
    arguments = (tmp_path / "out" / "server" / "arguments.txt").read_text().split()
    assert arguments[0] == str(tmp_path / "base")
    assert arguments[arguments.index("--log") + 1] == str(tmp_path / "out" / "server" / "server.log")
    with served(Plan("some/name", plan.contenders, TASK, Path("out")), "auto", None, Path("out/server/l")):
        pass
    assert (tmp_path / "out" / "server" / "arguments.txt").read_text().split()[0] == "some/name"


@pytest.mark.parametrize("error", [RuntimeError, KeyboardInterrupt])
def test_a_server_is_stopped_after_an_error(error, plan, script, tmp_path):
    script(READY)
    with pytest.raises(error), served(plan, "vllm", None, tmp_path / "server" / "log"):
        raise error
    assert gone(tmp_path / "server")


def test_a_server_is_stopped_while_it_waits_for_its_first_token(plan, script, tmp_path, monkeypatch):
    """A shell runs its trap only when what it waits for in the foreground ends: here a probe that hangs."""
    script(f"{SCRIPT}sleep 1000\n")

    def interrupted(process, env, *_):
        while not (env.parent / "server.pid").exists():
            time.sleep(0.05)
        time.sleep(0.2)
        raise KeyboardInterrupt

    monkeypatch.setattr(servers, "_wait", interrupted)
    began = time.monotonic()
    with pytest.raises(KeyboardInterrupt), served(plan, "vllm", None, tmp_path / "server" / "log"):
        pass
    assert gone(tmp_path / "server")
    assert time.monotonic() - began < 30


def test_a_script_that_ends_says_why(plan, script, tmp_path):
    script("#!/bin/sh\nfor i in $(seq 30); do echo line $i; done\necho 'no model there' >&2\nexit 3\n")
    with pytest.raises(TrainingError) as error, served(plan, "vllm", None, tmp_path / "server" / "log"):
        pass
    message = str(error.value)
    assert message.startswith("the server did not start") and message.endswith("no model there")
    assert "line 30" in message and "line 5\n" not in message


def test_an_address_of_an_earlier_server_is_not_taken(plan, script, tmp_path):
    script("#!/bin/sh\nexit 1\n")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / ".env").write_text("VLLM_BASE_URL=old\nVLLM_API_KEY=old\n")
    with (
        pytest.raises(TrainingError, match="did not start"),
        served(plan, "auto", None, tmp_path / "server" / "log"),
    ):
        pass


def test_a_server_that_gives_no_token_in_time(plan, script, tmp_path, monkeypatch):
    script(f"{SCRIPT}wait $server\n")
    monkeypatch.setattr(servers, "_READY", 1.0)
    with (
        pytest.raises(TrainingError, match="no token in 1 s"),
        served(plan, "auto", None, tmp_path / "s" / "log"),
    ):
        pass
    assert gone(tmp_path / "s")


def test_ranks_that_vllm_has_no_room_for(plan, script, tmp_path):
    script(READY)
    big = Plan(plan.base, (Contender(BASE), Contender("one", tmp_path, rank=1024)), TASK, tmp_path)
    with (
        pytest.raises(TrainingError, match="up to rank 512"),
        served(big, "auto", None, tmp_path / "s" / "log"),
    ):
        pass


def test_without_vllm(plan, tmp_path, monkeypatch):
    monkeypatch.setattr(servers, "_script", lambda: None)
    with pytest.raises(TrainingError, match="no vLLM was found"), served(plan, "vllm", None, tmp_path / "l"):
        pass
    with served(plan, "auto", None, tmp_path / "l") as found:
        assert (found.what, found.url) == ("transformers in this process", None)


def test_the_script_is_chosen_by_what_is_installed(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("VLLM_VENV", str(tmp_path / "none"))
    assert servers._script() is None
    (tmp_path / "environment" / "bin").mkdir(parents=True)
    (tmp_path / "environment" / "bin" / "python").touch()
    monkeypatch.setenv("VLLM_VENV", str(tmp_path / "environment"))
    assert servers._script().name == "serve_cpu.sh"
    for name in ("vllm", "nvidia-smi"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    assert servers._script().name == "serve.sh"
    assert os.access(servers._script(), os.X_OK)

"""One question before a run: what each kind of endpoint is told, and what is kept of what it says."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model
from inspect_ai.model._providers._vllm_lora import _vllm_servers

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.tasks import _preflight
from fiduciary.tasks._preflight import NoServerError
from tests.tasks.endpoints import ANSWER, REFUSED, Reply, Server, serving

LOCAL = "openai-api/local/m"
LIST = {"data": [{"id": "m", "root": "org/M-Instruct"}]}


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tenth of the seconds, and the keys of a user."""
    for name in ("_LISTING", "_AGAIN", "_BROKEN", "_WORD", "_SILENCE", "_LOADING"):
        monkeypatch.setattr(_preflight, name, getattr(_preflight, name) / 10)
    for name in ("LOCAL_API_KEY", "OPENAI_API_KEY"):
        monkeypatch.setenv(name, "right")
    _vllm_servers.clear()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """Lists ``m`` and answers."""
    with serving(Server()) as running:
        point_at(running.url, monkeypatch)
        yield running


def point_at(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOCAL", "OPENAI", "OLLAMA", "VLLM"):
        monkeypatch.setenv(f"{name}_BASE_URL", url)


def run(model: str = LOCAL, n: int = 1, **settings: int) -> EvalLog:
    # One that Inspect remembers would keep the address of an earlier test.
    asked = get_model(model, memoize=False)
    [log] = eval("tasks/stakeholder_choice", task_args={"n": n}, model=asked, **settings)  # type: ignore[arg-type]
    return log


def said(model: str = LOCAL) -> str:
    """Why a run does not begin."""
    with pytest.raises(NoServerError) as raised:
        run(model)
    return str(raised.value)


@pytest.mark.parametrize("model", [LOCAL, "ollama/m", "openai/m", "vllm/m"])
def test_a_closed_port_is_said_with_the_address(model: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    point_at(url, monkeypatch)
    text = said(model)
    assert "refused" in text or "Connect call failed" in text
    assert url in text or model == "openai/m"


def test_a_closed_port_names_the_variable_and_what_to_start(monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("http://127.0.0.1:9/v1", monkeypatch)
    assert "nobody answers at http://127.0.0.1:9/v1 (LOCAL_BASE_URL)" in said()
    assert "ollama serve" in said("ollama/m") and "ollama pull m" in said("ollama/m")


def test_a_host_that_does_not_exist(monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("http://no-such-host.invalid/v1", monkeypatch)
    assert "nobody answers at http://no-such-host.invalid/v1 (LOCAL_BASE_URL)" in said()


def test_an_address_that_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    point_at("localhost:8000/v1", monkeypatch)
    assert "nobody answers at localhost:8000/v1 (LOCAL_BASE_URL)" in said()


@pytest.mark.parametrize("model", [LOCAL, "openai/m"])
def test_a_broken_server_is_asked_a_few_times_and_each_is_said(
    server: Server, model: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The client's own repetitions are silent, and Inspect's have no end."""
    server.posts = [Reply(500, REFUSED)]
    assert "answers HTTP 500, for 3 seconds now" in said(model)
    told = capsys.readouterr().err.count("answers HTTP 500; asking again in")
    posts = sum(count for asked, count in server.asked.items() if asked.startswith("POST"))
    each = 1 if model == LOCAL else 2  # Inspect looks first whether reasons can be summarised
    assert posts == each * (told + 1) and 1 <= told <= 3


def test_a_server_that_recovers_is_asked_and_the_run_goes_on(server: Server) -> None:
    server.posts = [Reply(500, REFUSED), Reply(200, ANSWER)]
    assert run().status == "success"


@pytest.mark.parametrize("model", [LOCAL, "openai/m"])
def test_a_wrong_key_names_its_variable(server: Server, model: str) -> None:
    server.key = "another"
    variable = "LOCAL_API_KEY" if model == LOCAL else "OPENAI_API_KEY"
    text = said(model)
    assert "refuses the key (HTTP 401)" in text and variable in text


def test_a_missing_key_is_named_before_anything_is_asked(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LOCAL_API_KEY")
    with pytest.raises(Exception, match="LOCAL_API_KEY"):
        run()
    assert not server.asked


@pytest.mark.parametrize(
    ("model", "listed"), [(LOCAL, LIST), ("ollama/m", {"models": [{"name": "m:latest"}]})]
)
def test_an_unknown_model_is_said_with_those_that_are_served(
    server: Server, model: str, listed: dict[str, object]
) -> None:
    server.models, server.posts = listed, [Reply(404, REFUSED)]
    text = said(model.replace("/m", "/other"))
    assert "does not know the model 'other' (HTTP 404); it serves m" in text


def test_an_address_without_v1_is_hinted_at(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    server.models, server.posts = None, [Reply(404, REFUSED)]
    point_at(server.url.removesuffix("/v1"), monkeypatch)
    assert "most addresses of this kind end in /v1 (LOCAL_BASE_URL)" in said()


def test_a_refused_question_is_quoted(server: Server) -> None:
    server.posts = [Reply(400, REFUSED)]
    assert "refuses a question (HTTP 400)" in said() and "no such thing" in said()


def test_a_server_that_never_says_anything(server: Server) -> None:
    server.silent = True
    assert f"the server at {server.url} has not answered for 2 seconds (LOCAL_BASE_URL)" in said()


def test_a_question_that_is_never_answered_is_spoken_of_and_given_up(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A server may load the weights first, so that one that lists its models gets longer."""
    monkeypatch.setattr(_preflight, "_LOADING", 6.0)

    class Slow(Server):
        def reply(self, method: str, path: str, key: str | None) -> Reply:
            if method == "POST":
                time.sleep(8)
            return super().reply(method, path, key)

    with serving(Slow()) as slow:
        point_at(slow.url, monkeypatch)
        assert "takes the question and has not answered it for 6 seconds" in said()
    assert "it may be loading the model, 6 seconds at most" in capsys.readouterr().err


def test_a_limit_that_stays_says_how_long_it_waited(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.posts = [Reply(429, REFUSED)]
    text = said()
    assert "refuses more requests (HTTP 429) and did so for 3 seconds" in text
    assert "answers HTTP 429; asking again in 1 s, 3 seconds in all" in capsys.readouterr().err


def test_a_limit_that_asks_for_an_hour_is_not_waited_for(server: Server) -> None:
    server.posts = [Reply(429, REFUSED, {"Retry-After": "3600"})]
    assert "(HTTP 429) and asks to wait 3600 seconds" in said()


def test_one_question_is_asked_and_the_run_uses_the_same_client_after_it(server: Server) -> None:
    log = run(n=3)
    assert log.status == "success"
    assert server.asked["POST /v1/chat/completions"] == 4 and server.asked["GET /v1/models"] == 1


def test_what_the_server_says_of_its_weights_is_in_the_log(server: Server) -> None:
    assert run().eval.metadata["served"] == {"id": "m", "root": "org/M-Instruct"}  # type: ignore[index]


def test_ollama_tells_the_digest_and_the_quantization(server: Server) -> None:
    details = {"family": "llama", "quantization_level": "Q4_K_M"}
    server.models = {"models": [{"name": "m:latest", "digest": "365c0bd3c000", "details": details}]}
    told = {"id": "m", "root": "m:latest", "digest": "365c0bd3c000", "quantization": "Q4_K_M"}
    assert run("ollama/m").eval.metadata["served"] == told  # type: ignore[index]
    assert server.asked["GET /api/tags"] == 1


def test_an_adapter_of_this_machine_is_told_by_its_digest(server: Server, tmp_path: Path) -> None:
    """One name can be given to another training tomorrow."""
    (tmp_path / "adapter_model.safetensors").write_bytes(b"weights")
    server.models = {"data": [{"id": "m", "root": str(tmp_path), "parent": "base"}]}
    told = run().eval.metadata["served"]  # type: ignore[index]
    assert told["digest"] == f"sha256:{hashlib.sha256(b'weights').hexdigest()}" and told["parent"] == "base"


def test_a_server_that_takes_any_name_is_told_by_what_it_serves(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.models = {"data": [{"id": "/models/q4.gguf"}]}
    assert run().eval.metadata["served"] == {"id": "/models/q4.gguf"}  # type: ignore[index]
    assert "answers to 'm' and says that it serves '/models/q4.gguf'" in capsys.readouterr().err


def test_models_in_this_process_are_not_asked(server: Server) -> None:
    log = run("mockllm/model")
    assert "served" not in (log.eval.metadata or {}) and not server.asked


def test_repetitions_in_the_middle_of_a_run_are_said_and_end_in_a_sentence(
    server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    server.posts = [Reply(200, ANSWER), Reply(500, REFUSED)]
    log = run(timeout=4)
    assert log.status == "error" and log.error is not None
    assert "gave no answer in 2 attempts (last: HTTP 500)" in log.error.message
    assert "eval-retry" in log.error.message
    assert "m: HTTP 500 in attempt 1; asking again in" in caplog.text


def test_requests_of_a_run_have_an_end(server: Server) -> None:
    """Inspect repeats for ever what nobody limits."""
    [sample] = run().samples or []
    [event] = [event for event in sample.events if event.event == "model"]
    assert event.config.timeout == 1800 and event.config.attempt_timeout == 600
    [sample] = run(timeout=7).samples or []
    [event] = [event for event in sample.events if event.event == "model"]
    assert event.config.timeout == 7


@pytest.mark.slow
def test_ctrl_c_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    with serving(Server(starting=1_000_000)) as server:
        point_at(server.url, monkeypatch)
        command = [sys.executable, "-m", "inspect_ai", "eval", "tasks/stakeholder_choice", "--model", LOCAL]
        with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ)) as process:
            assert process.stderr is not None
            for line in process.stderr:
                if "is not ready yet (HTTP 503)" in line:
                    break
            process.send_signal(signal.SIGINT)
            try:
                process.wait(60)
            finally:
                process.kill()

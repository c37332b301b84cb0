"""What is said before a run when its vLLM server is not there, or not the right one."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest
from inspect_ai import eval
from inspect_ai.model import Model, get_model
from inspect_ai.model._providers._vllm_lora import _vllm_servers

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.tasks import _preflight
from fiduciary.tasks._preflight import NoServerError
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from tests.tasks.endpoints import ANSWER, REFUSED, Reply, Server, serving


@pytest.fixture(autouse=True)
def _no_server_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VLLM_API_KEY", raising=False)
    _vllm_servers.clear()


@pytest.fixture
def server() -> Iterator[Server]:
    """Serves ``mine``, to whoever has the key, and answers no question."""
    models = {"data": [{"id": "mine"}, {"id": "tuned"}]}
    with serving(Server(models=models, posts=[Reply(400, REFUSED)], key="right")) as running:
        yield running


def mine() -> Model:
    """The model under test; one that Inspect remembers would keep the address of an earlier test."""
    return get_model("vllm/mine", memoize=False)


def said(model: str, task: str = "stakeholder_choice", **arguments: int) -> str:
    """Why a run does not begin."""
    # By name: a task that is made outside of a run has no model to ask about.
    with pytest.raises(NoServerError) as raised:
        eval(f"tasks/{task}", task_args=arguments or {"n": 1}, model=get_model(model, memoize=False))
    return str(raised.value)


def test_without_an_address_it_says_how_to_start_one() -> None:
    text = said("vllm/llama-3.1-8b")
    assert "vllm/llama-3.1-8b needs a vLLM server" in text
    for way in ("runs/serve.sh", "runs/serve_cpu.sh", "docker/up.sh", "VLLM_BASE_URL", ".env"):
        assert way in text


@pytest.mark.parametrize("task", ["economic_games", "duopoly_pricing", "moral_dilemmas"])
def test_tasks_of_several_questions_ask_for_their_server(task: str) -> None:
    assert "needs a vLLM server" in said("vllm/llama-3.1-8b", task, seed=1)


def test_a_server_that_is_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old .env names it still."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
    monkeypatch.setenv("VLLM_BASE_URL", url)
    assert f"no vLLM server answers at {url}" in said("vllm/mine")


def test_a_wrong_key(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setenv("VLLM_API_KEY", "wrong")
    assert "refuses the key" in said("vllm/mine")


@pytest.mark.parametrize("model", ["vllm/other", "vllm/other:tuned"])
def test_a_name_that_is_not_served(server: Server, monkeypatch: pytest.MonkeyPatch, model: str) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setenv("VLLM_API_KEY", "right")
    assert "does not serve 'other'; ask for vllm/mine or vllm/tuned" in said(model)


def test_the_right_server_passes(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setenv("VLLM_API_KEY", "right")
    server.posts = [Reply(200, ANSWER), Reply(400, REFUSED)]
    [log] = eval("tasks/stakeholder_choice", task_args={"n": 1}, model=mine(), max_retries=0)
    # It got as far as asking, which this server cannot answer.
    assert log.status == "error" and log.eval.model == "vllm/mine"


def test_a_server_that_is_starting_is_waited_for_with_a_word(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setenv("VLLM_API_KEY", "right")
    monkeypatch.setattr(_preflight, "_AGAIN", 0.01)
    server.starting = 2
    assert "does not serve 'other'" in said("vllm/other")
    assert not server.starting
    assert (
        capsys.readouterr().err.count("is not ready yet (HTTP 503); waiting for it, 10 minutes at most") == 1
    )


def test_a_server_that_never_becomes_ready_ends_the_waiting(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setattr(_preflight, "_AGAIN", 0.01)
    monkeypatch.setattr(_preflight, "_STARTING", 0.05)
    server.starting = 1000
    assert f"the server at {server.url} answers HTTP 503, for 0.05 seconds now; start one" in said(
        "vllm/mine"
    )


def test_a_task_that_is_made_after_a_run_is_not_asked_about_its_server(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Inspect keeps the last run's model; its server may be gone by now."""
    monkeypatch.setenv("VLLM_BASE_URL", server.url)
    monkeypatch.setenv("VLLM_API_KEY", "right")
    server.posts = [Reply(200, ANSWER), Reply(400, REFUSED)]
    eval("tasks/stakeholder_choice", task_args={"n": 1}, model=mine(), max_retries=0)
    monkeypatch.setenv("VLLM_API_KEY", "wrong")
    monkeypatch.delenv("VLLM_BASE_URL")
    assert stakeholder_choice(n=1).dataset


def test_other_models_are_not_asked() -> None:
    [log] = eval("tasks/stakeholder_choice", task_args={"n": 2}, model="subject/study1")
    assert log.status == "success"
    assert stakeholder_choice(n=1).dataset

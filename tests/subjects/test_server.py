"""A subject behind HTTP answers as the same subject in process does."""

from __future__ import annotations

import asyncio
import http.client
import json
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Thread
from typing import Any

import openai
import pytest
from inspect_ai.model import ChatMessage, ChatMessageSystem, ChatMessageUser, GenerateConfig, Model, get_model

from fiduciary.economics.problems import generate
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.arguments import SubjectError
from fiduciary.subjects.server import SubjectServer, main
from fiduciary.tasks.stakeholder_choice.prompts import render

PROBLEM = next(problem for problem in generate(50, seed=3, trade_offs="joint") if problem.n_options == 5)
TEXT = render(PROBLEM, "plain", range(5))
LETTER, EXPLAIN = (f"{TEXT}\n\n{instruction(how, 'ABCDE')}" for how in ("choose", "explain"))


@contextmanager
def serving(name: str, served: str | None = None, **arguments: Any) -> Iterator[SubjectServer]:
    server = SubjectServer(name, arguments, served, ("127.0.0.1", 0))
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[SubjectServer]:
    with serving("explainer", outside=0.1) as one:
        yield one


@pytest.fixture
def client(server: SubjectServer) -> openai.OpenAI:
    return openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)


def posted(server: SubjectServer, body: bytes, path: str = "/v1/chat/completions") -> tuple[int, Any]:
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), port, timeout=20)
    connection.request("POST", path, body)
    response = connection.getresponse()
    found = response.status, json.loads(response.read())
    connection.close()
    return found


def spoken(server: SubjectServer, sent: bytes, *, done: bool = True) -> tuple[bytes, bytes]:
    """Head and body of what these bytes are answered with, until the server closes the connection.

    Args:
        server: that answers.
        sent: as they go over the wire.
        done: whether the client says that nothing more comes.
    """
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=20) as connection:
        connection.sendall(sent)
        if done:
            connection.shutdown(socket.SHUT_WR)
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head, body


@pytest.mark.parametrize(
    "settings",
    [
        {"temperature": 0.5, "seed": 7, "max_tokens": 512},
        {"temperature": 1.0, "seed": 8, "max_tokens": 1, "logprobs": True, "top_logprobs": 20},
        {"seed": 9, "num_choices": 5},
        {"temperature": 0.0, "seed": 1, "max_tokens": 20},
    ],
)
@pytest.mark.parametrize("text", [LETTER, EXPLAIN, "Good morning."])
def test_same_answers_as_in_process(server: SubjectServer, text: str, settings: dict[str, Any]) -> None:
    """Through Inspect's own client of OpenAI-compatible servers."""

    async def ask(model: Model) -> Any:
        messages: list[ChatMessage] = [
            ChatMessageSystem(content="You manage a firm."),
            ChatMessageUser(content=text),
        ]
        output = await model.generate(messages, config=GenerateConfig(**settings))
        return [
            (choice.message.text, choice.stop_reason, choice.logprobs and choice.logprobs.model_dump())
            for choice in output.choices
        ]

    async def both() -> tuple[Any, Any]:
        near = get_model("subject/explainer", memoize=False, outside=0.1)
        far = get_model(
            "openai-api/test/explainer", base_url=server.url, api_key="none", memoize=False, stream=False
        )
        return await ask(near), await ask(far)

    near, far = asyncio.run(both())
    assert json.loads(json.dumps(far)) == json.loads(json.dumps(near))


def test_models_and_health(server: SubjectServer, client: openai.OpenAI) -> None:
    assert [model.id for model in client.models.list()] == ["explainer"]
    host, port = server.server_address[:2]
    connection = http.client.HTTPConnection(str(host), port, timeout=20)
    connection.request("GET", "/health")
    response = connection.getresponse()
    assert (response.status, response.read()) == (200, b"")


def test_content_in_parts_reads_like_text(client: openai.OpenAI) -> None:
    def answer(content: Any) -> str | None:
        reply = client.chat.completions.create(
            model="explainer", seed=3, messages=[{"role": "user", "content": content}]
        )
        return reply.choices[0].message.content

    assert answer(LETTER) == answer([{"type": "text", "text": LETTER}])


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"model": "other"}, 404, "'other' does not exist"),
        ({"messages": []}, 400, "at least one message"),
        ({"messages": [{"role": "tool", "content": "x"}]}, 400, r"messages[0].role must be one of system"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, 400, "must be text"),
        ({"messages": ["x"]}, 400, "role must be one of"),
        ({"temperature": -1}, 400, "temperature must be finite and >= 0, got -1"),
        ({"temperature": "hot"}, 400, "temperature must be"),
        ({"n": 0}, 400, "n must be from 1"),
        ({"n": True}, 400, "n must be from 1"),
        ({"max_tokens": 0}, 400, "max_tokens must be"),
        ({"max_completion_tokens": 0}, 400, "max_completion_tokens must be"),
        ({"top_logprobs": 21}, 400, "top_logprobs must be from 0 to 20, got 21"),
        ({"logprobs": 1}, 400, "logprobs must be true or false, got 1"),
        ({"stream": True}, 400, "stream must be false"),
        ({"seed": 1.5}, 400, "seed must be a whole number, got 1.5"),
        ({"n": 10**9}, 400, "n must be from 1 to 10000, got 1000000000"),
        ({"max_tokens": -1}, 400, "max_tokens must be a whole number >= 1, got -1"),
        ({"temperature": 10**400}, 400, "temperature must be finite and >= 0, got 1000"),
        ({"temperature": float("nan")}, 400, "temperature must be finite"),
        ({"temperature": [[[[[[[[[[]]]]]]]]]]}, 400, "got [[[[[[[...]]]]]]]"),
        ({"model": "x" * 10**6}, 404, "xxx' does not exist"),
        ({"messages": {}}, 400, "messages must be a list"),
        ({"messages": [{"role": ["user"], "content": "x"}]}, 400, "got ['user']"),
        ({"messages": [{"role": "user", "content": "half \ud800"}]}, 400, "half a surrogate pair"),
        ({"messages": [{"role": "user"}]}, 400, "content must be text"),
    ],
)
def test_errors_are_openai_errors(
    server: SubjectServer, change: dict[str, Any], status: int, said: str
) -> None:
    request = {"model": "explainer", "messages": [{"role": "user", "content": LETTER}], **change}
    found, body = posted(server, json.dumps(request).encode())
    assert found == status
    is_one_line(body, said)


def is_one_line(body: Any, said: str) -> None:
    """An error as OpenAI's clients read it, short enough for a terminal."""
    assert set(body["error"]) == {"message", "type", "param", "code"}
    message = body["error"]["message"]
    assert said in message
    assert len(message) <= 400 and "\n" not in message and "Traceback" not in message


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"\xff\xfe", b'"text"', b"[" * 100_000, b'{"a":' * 100_000, b"1" * 10_000]
)
def test_what_is_no_request(server: SubjectServer, body: bytes) -> None:
    status, answer = posted(server, body)
    assert status == 400
    is_one_line(answer, "the body")


def test_other_paths(server: SubjectServer) -> None:
    assert posted(server, b"{}", "/v1/completions")[0] == 404


REQUEST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\n"


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        (REQUEST + b"\r\n", 411, "needs its Content-Length"),
        (REQUEST + b"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n\r\n{}", 411, "Content-Length"),
        (REQUEST + b"Content-Length: -5\r\n\r\n", 400, "a number of bytes, got '-5'"),
        (REQUEST + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n", 400, "a number of bytes, got '999"),
        (REQUEST + b"Content-Length: 50\r\n\r\n{}", 400, "the body ended after 2 of 50 bytes"),
        (REQUEST + b"Content-Length: 999999999999\r\n\r\n{}", 413, "may have 4194304 bytes"),
        (REQUEST + b"x" * 70_000 + b": 1\r\n\r\n", 431, "Line too long"),
        (REQUEST + b"a: b\r\n" * 200 + b"\r\n", 431, "Too many headers"),
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\n\r\n", 414, "URI"),
        (b"BREW / HTTP/1.1\r\n\r\n", 501, "Unsupported method"),
        (b"one two three four\r\n\r\n", 400, "Bad request"),
        (b"GET / HTTP/9.9\r\n\r\n", 505, "Invalid HTTP version"),
        (b"GET /nothing HTTP/1.1\r\nConnection: close\r\n\r\n", 404, "there is nothing at /nothing"),
    ],
    ids=lambda value: repr(value)[-30:],
)
def test_what_is_no_http_is_answered_and_the_connection_closed(
    server: SubjectServer, sent: bytes, status: int, said: str
) -> None:
    head, body = spoken(server, sent)
    assert head.startswith(b"HTTP/1.1 %d " % status)
    is_one_line(json.loads(body), said)


def test_a_body_that_never_comes_is_not_waited_for(
    server: SubjectServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fiduciary.subjects.server._BODY_SECONDS", 0.1)
    head, body = spoken(server, REQUEST + b"Content-Length: 50\r\n\r\n{}", done=False)
    assert head.startswith(b"HTTP/1.1 408 ")
    is_one_line(json.loads(body), "the body of 50 bytes did not come")


def test_a_body_that_is_too_large_is_answered_to_its_end(server: SubjectServer) -> None:
    """A client that is still sending would otherwise see a broken connection instead of the reason."""
    status, answer = posted(server, b" " * 20_000_000)
    assert status == 413
    is_one_line(answer, "may have 4194304 bytes, not 20000000")


def test_a_subject_that_fails_is_an_answer_too(
    server: SubjectServer, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    async def fail(*args: Any) -> None:
        raise RuntimeError("broken\nin two lines")

    monkeypatch.setattr(server.api, "generate", fail)
    request = {"model": "explainer", "messages": [{"role": "user", "content": LETTER}]}
    status, answer = posted(server, json.dumps(request).encode())
    assert status == 500
    is_one_line(answer, "the subject failed: RuntimeError: broken in two lines")
    assert capfd.readouterr().err == ""


def test_a_client_that_goes_away_is_no_trouble(
    server: SubjectServer, capfd: pytest.CaptureFixture[str]
) -> None:
    request = {"model": "explainer", "n": 500, "messages": [{"role": "user", "content": EXPLAIN}]}
    body = json.dumps(request).encode()
    with socket.create_connection(("127.0.0.1", server.server_address[1]), timeout=20) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.sendall(REQUEST + b"Content-Length: %d\r\n\r\n" % len(body) + body)
    assert posted(server, json.dumps(request).encode())[0] == 200
    assert capfd.readouterr().err == ""


def test_many_at_once_are_counted_once_each() -> None:
    with serving("switching", "assistant", at=40, to="for_profit") as server:
        client = openai.OpenAI(base_url=server.url, api_key="none", max_retries=0)

        def one(seed: int) -> str | None:
            reply = client.chat.completions.create(
                model="assistant", seed=seed, messages=[{"role": "user", "content": LETTER}]
            )
            return reply.choices[0].message.content

        with ThreadPoolExecutor(16) as pool:
            answers = list(pool.map(one, range(80)))
        assert all(answer in set("ABCDE") for answer in answers)
        assert server.api.subject.asked == 80  # type: ignore[attr-defined]


def test_bad_subjects_are_not_served() -> None:
    with pytest.raises(SubjectError, match="unknown subject 'nobody'"):
        SubjectServer("nobody", address=("127.0.0.1", 0))


@pytest.mark.parametrize(
    ("argv", "said"),
    [
        (["nobody"], "unknown subject 'nobody'; choose one of"),
        (["study1", "-M", "gamma"], "-M: must be name=value, got 'gamma'"),
        (["study1", "-M", "gamma=0"], "gamma must be finite and > 0"),
        (["study1", "--port", "70000"], "cannot listen at 127.0.0.1:70000"),
    ],
)
def test_errors_of_the_command(argv: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(argv)
    assert ended.value.code == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_command_serves_until_it_is_told_to_stop(number: signal.Signals, root: Path) -> None:
    """Also where Ctrl-C is ignored at the start, as in a shell's background job."""
    command = [sys.executable, "-m", "fiduciary", "subject", "study1", "--port", "0"]
    name = "assistant\x1b[2J"
    command += ["-M", "gamma=2", "--served-model-name", name]

    def ignore() -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True, preexec_fn=ignore) as process:
        try:
            assert process.stdout is not None
            assert "vllm/assistant [2J" in process.stdout.readline()  # shown, not obeyed
            url = process.stdout.readline().strip().removeprefix("export VLLM_BASE_URL=")
            client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
            assert [model.id for model in client.models.list()] == [name]
            process.send_signal(number)
            assert process.wait(20) == 0
        finally:
            process.kill()  # a test that fails must not wait for ever

"""The re-benchmark through a server that speaks as vLLM does, without one: every answer is a hash."""

from __future__ import annotations

import hashlib
import json
import math
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from fiduciary.__main__ import main
from fiduciary.solvers.asking import CLOSING
from tests.training.rebench.simulated import write_adapter, write_base

pytest.importorskip("openai")

ROOT = Path(__file__).parents[3]
LETTERS = "AB"
TASK = "stakeholder_choice n=8 wording=compact elicitation=choose"  # too few for an estimate


@pytest.fixture
def serve():
    """``serve(base, alias)``: a server's address and what it was asked; ``alias`` answers as the base.

    Inspect keeps one address for a model's name as long as the process lives: every test has its own names.
    """
    running = []

    def start(base, alias=None):
        asked = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                own = [(base, None), (f"{base}-again", None), (f"{base}-one", base)]
                self.reply({"object": "list", "data": [{"id": n, "parent": p} for n, p in own]})

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                asked.append(body)
                name = base if body["model"] in (f"{base}-again", alias) else body["model"]
                assert body["messages"][-1] == {"role": "assistant", "content": CLOSING}
                assert body["continue_final_message"] and not body["add_generation_prompt"]
                text = name + body["messages"][-2]["content"]
                first = 0.1 + 0.8 * hashlib.sha256(text.encode()).digest()[0] / 255
                drawn = hashlib.sha256(f"{text}{body.get('seed')}{body['model']}".encode()).digest()[0] / 255
                letter = LETTERS[int(drawn > first)]
                top = [
                    {"token": t, "logprob": math.log(p), "bytes": None}
                    for t, p in zip(LETTERS, (first, 1 - first), strict=True)
                ]
                choice = {"index": 0, "message": {"role": "assistant", "content": letter}}
                choice |= {"finish_reason": "stop", "logprobs": None}
                if body.get("logprobs"):
                    choice["logprobs"] = {"content": [top[LETTERS.index(letter)] | {"top_logprobs": top}]}
                usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
                self.reply(
                    {"id": "x", "object": "chat.completion", "created": 0, "model": body["model"]}
                    | {"choices": [choice], "usage": usage}
                )

            def reply(self, value):
                content = json.dumps(value).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}/v1", asked

    yield start
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.fixture
def command(tmp_path):
    """``command(base, url)``: arguments for an adapter and a second name of the base."""
    folder = write_base(tmp_path / "base")
    adapter = write_adapter(tmp_path / "one", str(folder))

    def arguments(base, url):
        start = ["rebench", "--base", str(folder), "--server", url, "--out", str(tmp_path / "out")]
        named = [f"{base}-one={adapter}", f"{base}-again={folder}"]
        return [*start, *(part for one in named for part in ("--adapter", one)), "--task", TASK]

    return arguments


@pytest.mark.slow
def test_all_contenders_are_asked_by_their_names_and_only_once(command, serve, tmp_path, capsys):
    """Also when the server came back at another address."""
    url, asked = serve("llama")
    assert main(command("llama", url)) == 0
    assert "canary: llama-one is applied" in capsys.readouterr().out
    questions = [body for body in asked if not body.get("logprobs")]
    names = [body["model"] for body in questions]
    wanted = {"llama": 8, "llama-one": 8, "llama-again": 8}
    assert {name: names.count(name) for name in set(names)} == wanted
    seeds = {name: {body["seed"] for body in questions if body["model"] == name} for name in wanted}
    assert len(seeds["llama"]) == 8 and seeds["llama"] == seeds["llama-one"]
    read = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert read["engine"] == f"the server at {url}"
    [found] = read["comparisons"]
    assert list(found["estimates"]) == ["base", "llama-one", "llama-again"]

    url, asked = serve("llama")
    child = [sys.executable, "-m", "fiduciary", *command("llama", url)]
    done = subprocess.run(child, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert asked and all(body.get("logprobs") for body in asked)  # the canary only
    again = json.loads((tmp_path / "out" / "comparison.json").read_text("utf-8"))
    assert again["engine"] == f"the server at {url}"
    assert again["comparisons"] == read["comparisons"]


def test_a_server_that_ignores_the_adapter_is_found_out(command, serve, tmp_path, capsys):
    url, asked = serve("mistral", alias="mistral-one")
    assert main(command("mistral", url)) == 2
    assert "adapter mistral-one is not applied" in capsys.readouterr().err
    assert all(body.get("logprobs") for body in asked)
    assert not (tmp_path / "out" / "logs").exists()

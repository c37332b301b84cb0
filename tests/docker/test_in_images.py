"""server.sh and suite.sh as they are in an image, with the key and the model somewhere else."""

from __future__ import annotations

import http.server
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docker.scripts import checkout, free_port, run, says, stand_in, stand_ins

__all__ = ["checkout", "stand_ins"]  # fixtures


@pytest.fixture
def inside(checkout: Path, root: Path) -> Path:
    """Both scripts as the images have them; what is mounted lies beside them."""
    folder = checkout / "inside"
    (folder / "docker").mkdir(parents=True)
    shutil.copy(checkout / "runs" / "_serve_common.sh", folder / "docker")
    shutil.copy(root / "serving" / "vllm_arguments.py", folder / "docker")
    (folder / "api_key").write_text("the-key")
    (checkout / "model").rename(folder / "model")
    (folder / "adapters" / "mine").mkdir(parents=True)
    for name in ("server.sh", "suite.sh"):
        text = (checkout / "docker" / name).read_text()
        for mount in ("/run/secrets/api_key", "/model"):
            text = text.replace(f"={mount}\n", f"={folder / Path(mount).name}\n")
        (folder / "docker" / name).write_text(text)
    return folder


PARSED = f'case "$1" in *vllm_arguments.py) exec {sys.executable} "$@" ;; esac\n'
"""Begins a stand-in for Python that is one for what is parsed before anything starts."""


def test_server_command(inside: Path, stand_ins: Path) -> None:
    stand_in(stand_ins, "python3", PARSED + 'printf "%s\\n" "$VLLM_API_KEY" "$@"')
    adapter = inside / "adapters" / "mine"
    (adapter / "adapter_model.safetensors").write_text("")
    settings = {
        "SERVED_NAME": "other",
        "LORA_MODULES": f"mine={adapter}",
        "TENSOR_PARALLEL": "2",
        "DATA_PARALLEL": "4",
        "SERVER_ARGS": '--max-model-len 4096 --hf-overrides \'{"a": "*  b"}\'',
        "VARIANT": "gpu",
    }
    done = run(inside, "server.sh", path=stand_ins, **settings)
    assert done.returncode == 0, done.stderr
    words = done.stdout.splitlines()
    assert words[0] == "the-key"
    assert "the-key" not in words[1:]
    command = " ".join(words)
    for part in (
        "--served-model-name other --host",
        "--load-format safetensors",
        "--generation-config vllm",
        f"--enable-lora --lora-modules mine={adapter}",
        "--tensor-parallel-size 2",
        "--data-parallel-size 4",
        "--max-model-len 4096",
    ):
        assert part in command
    assert words[-2:] == ["--hf-overrides", '{"a": "*  b"}']
    assert "--enforce-eager" not in command
    assert "trust" not in command
    cpu = " ".join(run(inside, "server.sh", path=stand_ins, VARIANT="cpu").stdout.splitlines())
    assert "--enforce-eager --no-enable-chunked-prefill" in cpu
    assert "parallel" not in cpu
    assert "lora" not in cpu


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"SERVER_ARGS": "--trust-remote-code"}, ["SERVER_ARGS cannot be used"]),
        ({"SERVER_ARGS": "--chat-template 'a"}, ["SERVER_ARGS cannot be used"]),
        ({"LORA_MODULES": "mine"}, ["'mine' is not name=/adapters/folder"]),
        ({"LORA_MODULES": "mine=/nowhere"}, ["adapter '/nowhere' does not exist"]),
        ({"LORA_MODULES": "mine={adapters}/mine"}, ["no adapter_model.safetensors"]),
        (
            {"LORA_MODULES": "mine={adapters}/linked"},
            ["linked/adapter_model.safetensors' is a link"],
        ),
    ],
)
def test_server_refuses(inside: Path, stand_ins: Path, settings: dict[str, str], words: list[str]) -> None:
    stand_in(stand_ins, "python3", f"{PARSED}echo started")
    adapters = str(inside / "adapters")
    (inside / "adapters" / "linked").mkdir()
    (inside / "adapters" / "linked" / "adapter_model.safetensors").symlink_to(inside / "api_key")
    filled = {name: value.format(adapters=adapters) for name, value in settings.items()}
    done = run(inside, "server.sh", path=stand_ins, **filled)
    says(done, *(word.format(adapters=adapters) for word in words))
    assert "started" not in done.stdout


def test_a_model_that_links_to_the_key_is_not_served(inside: Path) -> None:
    (inside / "model" / "tokenizer.json").symlink_to(inside / "api_key")
    says(run(inside, "server.sh"), "tokenizer.json' is a link that leads out of")


def test_server_without_a_checkpoint(inside: Path) -> None:
    (inside / "model" / "model.safetensors").unlink()
    says(run(inside, "server.sh"), "no *.safetensors file")
    (inside / "model" / "config.json").unlink()
    says(run(inside, "server.sh"), "set MODEL_DIR", "fetch")


def test_server_without_a_key(inside: Path) -> None:
    (inside / "api_key").unlink()
    says(run(inside, "server.sh"), "docker/setup.sh")


class Vllm(http.server.BaseHTTPRequestHandler):
    """As much of the server as the scripts ask for; one token a request unless told otherwise."""

    tokens = 1

    def answer(self, content: object) -> None:
        ok = self.headers["Authorization"] == "Bearer the-key"
        body = json.dumps(content if ok else {"error": "Unauthorized"}).encode()
        self.send_response(200 if ok else 401)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        self.answer({"data": [{"id": "llama-3.1-8b"}, {"id": "mine"}]})

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.answer({"usage": {"completion_tokens": self.tokens}})

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vllm() -> Iterator[str]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Vllm)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()


def test_healthy_means_one_token(inside: Path, vllm: str, monkeypatch: pytest.MonkeyPatch) -> None:
    script = inside / "docker" / "server.sh"
    script.write_text(script.read_text().replace("http://127.0.0.1:8000/v1", vllm))
    assert run(inside, "server.sh", "healthy").returncode == 0
    monkeypatch.setattr(Vllm, "tokens", 0)
    done = run(inside, "server.sh", "healthy")
    assert (done.returncode, done.stdout) == (1, "0 tokens generated\n")


def test_suite_is_healthy_while_what_it_asks_answers(inside: Path, vllm: str) -> None:
    assert run(inside, "suite.sh", "healthy", f"{vllm}/models").returncode == 0
    nowhere = f"http://127.0.0.1:{free_port()}/"
    done = run(inside, "suite.sh", "healthy", nowhere)
    assert done.returncode == 1 and done.stderr.startswith(nowhere) and len(done.stderr.splitlines()) == 1
    (inside / "api_key").unlink()
    assert "401" in run(inside, "suite.sh", "healthy", f"{vllm}/models").stderr


def test_suite_gives_a_command_the_server(inside: Path, vllm: str) -> None:
    done = run(
        inside, "suite.sh", "sh", "-c", "echo $VLLM_BASE_URL $VLLM_API_KEY", "vllm/mine", VLLM_BASE_URL=vllm
    )
    assert (done.returncode, done.stdout) == (0, f"{vllm} the-key\n")


def test_suite_says_when_the_server_is_ready(inside: Path, vllm: str) -> None:
    done = run(inside, "suite.sh", VLLM_BASE_URL=vllm)
    assert done.returncode == 0
    assert "inspect eval tasks/stakeholder_choice --model vllm/llama-3.1-8b" in done.stderr


@pytest.mark.parametrize("model", ["vllm/other", "--model=vllm/other", "vllm/mine,vllm/other:/adapters/x"])
def test_suite_with_a_name_that_is_not_served(inside: Path, vllm: str, model: str) -> None:
    done = run(inside, "suite.sh", "echo", "ran", model, VLLM_BASE_URL=vllm)
    says(done, "'other' is not served", "vllm/llama-3.1-8b or vllm/mine")
    assert "ran" not in done.stdout


def test_suite_without_a_server(inside: Path, stand_ins: Path) -> None:
    stand_in(stand_ins, "getent", "exit 2")
    done = run(
        inside,
        "suite.sh",
        *("echo", "ran", "--model", "vllm/llama-3.1-8b"),
        path=stand_ins,
        VLLM_BASE_URL=f"http://127.0.0.1:{free_port()}/v1",
        SERVER_GRACE="0",
    )
    says(done, "no server is running", "docker/up.sh cpu")
    assert "ran" not in done.stdout


def test_suite_runs_other_commands_without_a_server(inside: Path) -> None:
    done = run(inside, "suite.sh", "echo", "--model", "subject/study1")
    assert (done.returncode, done.stdout) == (0, "--model subject/study1\n")

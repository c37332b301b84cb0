"""Arguments for vLLM are words: values with blanks stay whole, and what is refused is an option."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from fiduciary.serving.vllm_arguments import words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", []),
        ("--max-model-len 4096", ["--max-model-len", "4096"]),
        ("--hf-overrides '{\"a\": 1}'", ["--hf-overrides", '{"a": 1}']),
        # As a value or a part of another name it is harmless.
        (
            "--chat-template /trust-remote-code",
            ["--chat-template", "/trust-remote-code"],
        ),
        ("--served-model-name 'a * b'", ["--served-model-name", "a * b"]),
        ("--config-format hf", ["--config-format", "hf"]),
    ],
)
def test_words(text: str, words: list[str]) -> None:
    assert words_of(text) == words


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("--trust-remote-code", "--trust-remote-code: code that a model brings is never run"),
        ("--seed 1 --trust_remote_code=true", "code that a model brings"),
        ("--trust-remote", "--trust-remote: code that a model brings"),
        ("--tru", "code that a model brings"),
        ("'--trust-remote-code'", "code that a model brings"),
        ("--trust\\-remote-code", "code that a model brings"),
        ("--load-format pt", "--load-format: weights in other formats"),
        ("--config=/model/x.yaml", "give the arguments themselves"),
        ("--api_key secret", "--api_key: a key on a command line"),
        ("--chat-template 'a", "no closing quotation"),
        ("a \\", "no escaped character"),
    ],
)
def test_what_is_refused(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message) as refused:
        words_of(text)
    assert "secret" not in str(refused.value)


def test_the_image_runs_it_without_the_package(root: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-I", str(root / "serving" / "vllm_arguments.py"), "SERVER_ARGS"]
    done = subprocess.run([*command, "--seed 1 'a b'"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, "--seed\0" + "1\0" + "a b\0")
    done = subprocess.run([*command, "--tru"], capture_output=True, text=True, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "SERVER_ARGS: --tru: code that a model brings is never run\n"

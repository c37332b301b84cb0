"""Private parts of Inspect: each test names what no longer works when Inspect has changed one."""

from __future__ import annotations

import os
from pathlib import Path

import httpx
import pytest
from inspect_ai.model import GenerateConfig, get_model

from fiduciary import _inspect


def test_arguments_of_commands_are_read_as_inspect_reads_them() -> None:
    """Used by the monitor and by supervision for -M."""
    read = _inspect.parse_cli_args(("n=3", "theta=.4,.6", "name=x"))
    assert read == {"n": 3, "theta": [".4", ".6"], "name": "x"} or read["n"] == 3


def test_a_prerequisite_error_keeps_its_message() -> None:
    """Used for every refusal that inspect eval prints without a traceback."""
    assert _inspect.PrerequisiteError("no server").message == "no server"


def test_env_files_reach_commands_of_our_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Used by the chat and the monitor, which are no inspect eval."""
    (tmp_path / ".env").write_text("FIDUCIARY_TEST_ENV=found\n")
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("FIDUCIARY_TEST_ENV", raising=False)
    try:
        _inspect.init_dotenv()
        assert os.environ["FIDUCIARY_TEST_ENV"] == "found"
    finally:
        os.environ.pop("FIDUCIARY_TEST_ENV", None)


def test_files_of_any_file_system_can_be_opened() -> None:
    """Used for logs and pictures at addresses such as s3://."""
    with _inspect.open_file("memory://private/x.txt", "w") as out:
        out.write("kept")
    with _inspect.open_file("memory://private/x.txt", "r") as text:
        assert text.read() == "kept"


def test_no_sample_and_no_run_outside_of_one() -> None:
    """Used by the journal of repeated play, by price paths and by the check of a server."""
    assert _inspect.sample_active() is None
    assert _inspect.run_is_set_up() is False


def test_a_model_and_its_settings_can_be_made_the_active_ones() -> None:
    """Used by the monitor, which asks through the benchmark's solvers without a run."""
    model = get_model("mockllm/model")
    _inspect.init_active_model(model, GenerateConfig(max_tokens=7))
    assert _inspect.active_model() is model
    assert _inspect.active_generate_config().max_tokens == 7


def test_a_transcript_can_be_let_go() -> None:
    """Used by the monitor: a process that runs for months keeps no events."""
    _inspect.init_transcript(_inspect.Transcript())


def test_scoring_outside_of_a_run_can_be_set_up() -> None:
    """Used by supervision, which scores logs that exist."""
    _inspect.platform_init()


def test_a_folder_for_what_has_no_log() -> None:
    """Used by the journal of repeated play where a run writes no log file."""
    assert Path(_inspect.inspect_cache_dir("fiduciary")).is_dir()


def test_what_a_failed_request_says_can_be_read() -> None:
    """Used by the question before a run: the status and the wait that a server asks for."""
    request = httpx.Request("POST", "http://127.0.0.1")
    response = httpx.Response(429, headers={"Retry-After": "7"}, request=request)
    error = httpx.HTTPStatusError("too many", request=request, response=response)
    assert _inspect.status_of(error) == 429 and _inspect.status_of(ValueError()) is None
    assert _inspect.seconds_to_wait(error) == 7.0


def test_the_repetitions_of_a_provider_can_be_turned_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """Used by the question before a run; those of OpenAI's client are silent."""
    monkeypatch.setenv("LOCAL_API_KEY", "none")
    monkeypatch.setenv("LOCAL_BASE_URL", "http://127.0.0.1:9/v1")
    client = _inspect.client_of(get_model("openai-api/local/m", memoize=False).api)
    assert client.max_retries == 2
    assert _inspect.client_of(get_model("mockllm/model").api) is None

"""Which server, which models, and one line where something is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from fiduciary.chat import main
from fiduciary.chat.command import check_host
from fiduciary.chat.conversation import Models
from fiduciary.chat.server import models
from fiduciary.errors import UsageError
from fiduciary.serving.endpoint import DEFAULT_URL, Endpoint, Served, endpoint, served
from tests.chat.conftest import KEY
from tests.chat.conftest import Served as Server

LISTED = [Served("kind", "base"), Served("base"), Served("mean", "base")]


def test_address_and_key_are_found_as_inspect_finds_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Set and then unset, so that what the file brings in is taken away again afterwards.
    for name in ("VLLM_BASE_URL", "VLLM_API_KEY"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    assert endpoint(None) == Endpoint(DEFAULT_URL, "none")
    (tmp_path / ".env").write_text("VLLM_BASE_URL=http://127.0.0.1:8001/v1\nVLLM_API_KEY=from-file\n")
    assert endpoint(None) == Endpoint("http://127.0.0.1:8001/v1", "from-file")
    monkeypatch.setenv("VLLM_BASE_URL", "http://127.0.0.1:8002/v1")
    assert endpoint(None).url == "http://127.0.0.1:8002/v1"
    assert endpoint("http://127.0.0.1:8003/v1/").url == "http://127.0.0.1:8003/v1"


@pytest.mark.parametrize("url", ["127.0.0.1:8000", "ftp://x/v1", "http://", "http://x:99999/v1", "http://["])
def test_an_address_that_is_none(url: str) -> None:
    with pytest.raises(UsageError, match="--url must be an address"):
        endpoint(url)


def test_what_is_shown_of_a_server_holds_no_secret() -> None:
    where = Endpoint("https://me:hidden@example.org:8443/v1", "hidden")
    assert where.shown == "https://example.org:8443/v1"
    assert "hidden" not in repr(Endpoint("https://example.org/v1", "hidden"))


def test_the_server_lists_base_and_adapters(served: Server) -> None:
    listed = _served(served)
    assert listed == [Served("base"), Served("for-profit", "base"), Served("nonprofit", "base")]
    assert models(listed, None, []) == Models("base", ("for-profit", "nonprofit"))


def _served(server: Server, key: str = KEY) -> list[Served]:
    return served(Endpoint(server.url, key))


def test_a_wrong_key_and_a_wrong_address(served: Server) -> None:
    with pytest.raises(UsageError, match="refuses the key"):
        _served(served, "another")
    with pytest.raises(UsageError, match="HTTP 404"):
        _list(f"{served.url}/v2")
    with pytest.raises(UsageError, match=r"no server answers at .* start one with"):
        _list("http://127.0.0.1:9/v1")


def _list(url: str) -> list[Served]:
    return served(Endpoint(url, KEY))


@pytest.mark.parametrize(
    ("base", "adapters", "expected"),
    [
        (None, [], Models("base", ("kind", "mean"))),
        ("base", ["mean"], Models("base", ("mean",))),
        (None, ["mean", "kind"], Models("base", ("mean", "kind"))),
        ("mean", [], Models("mean", ("kind", "base"))),
    ],
)
def test_who_is_talked_to(base: str | None, adapters: list[str], expected: Models) -> None:
    assert models(LISTED, base, adapters) == expected


@pytest.mark.parametrize(
    ("base", "adapters", "said"),
    [
        ("nobody", [], "--base 'nobody' is not served; the server has kind, base, mean"),
        (None, ["nobody"], "--adapter 'nobody' is not served"),
        ("base", ["mean", "mean"], "'mean' is named twice"),
        ("base", ["base"], "'base' is named twice"),
        (None, ["kind", "base", "mean"], "leave one for the base"),
    ],
)
def test_names_that_cannot_be(base: str | None, adapters: list[str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        models(LISTED, base, adapters)


def test_the_page_stays_on_this_machine_unless_told() -> None:
    for host in ("127.0.0.1", "localhost", "::1"):
        check_host(host, allow_remote=False)
    for host in ("0.0.0.0", "192.168.0.1", "::", "example.org", ""):
        with pytest.raises(UsageError, match="--allow-remote"):
            check_host(host, allow_remote=False)
        check_host(host, allow_remote=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--port", "0"], "--port must be a number from 1 to 65535"),
    ],
)
def test_the_command_says_what_is_wrong_in_one_line(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(arguments) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ") and error.count("\n") == 1 and said in error


def test_the_command_without_a_server(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("gradio", reason="needs the chat extra")
    monkeypatch.chdir(tmp_path)
    assert main(["--url", "http://127.0.0.1:9/v1"]) == 3
    assert "no server answers at http://127.0.0.1:9/v1" in capsys.readouterr().err

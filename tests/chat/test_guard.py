"""Who may ask the page's server for what."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from fiduciary.chat.guard import CONTENT_POLICY, Guard


async def _page(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"x-mine", b"1")]})
    await send({"type": "http.response.body", "body": b"page"})


def _ask(
    host: str = "127.0.0.1:7860", origin: str | None = None, path: str = "/", **guard: Any
) -> tuple[int, dict[bytes, bytes]]:
    headers = [(b"host", host.encode())] + ([(b"origin", origin.encode())] if origin else [])
    sent: list[Any] = []

    async def send(event: Any) -> None:
        sent.append(event)

    async def receive() -> Any:
        raise AssertionError("nothing is read")

    scope = {"type": "http", "path": path, "headers": headers}
    asyncio.run(Guard(_page, **guard)(scope, receive, send))
    return sent[0]["status"], dict(sent[0]["headers"])


@pytest.mark.parametrize("host", ["127.0.0.1:7860", "localhost:7860", "LOCALHOST", "[::1]:7860"])
def test_its_own_page_passes_and_may_ask_nobody_else(host: str) -> None:
    status, headers = _ask(host, f"http://{host}")
    assert status == 200 and headers[b"x-mine"] == b"1"
    assert headers[b"content-security-policy"].decode() == CONTENT_POLICY
    assert (
        "default-src 'self'" in CONTENT_POLICY and "http" not in CONTENT_POLICY and "*" not in CONTENT_POLICY
    )


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "evil.example:7860", "", "[", "127.0.0.2"]
)
def test_another_name_for_this_machine_is_refused(host: str) -> None:
    assert _ask(host)[0] == 403
    # With --allow-remote the name under which others reach it is theirs to choose.
    assert _ask(host, hosts=())[0] == 200


@pytest.mark.parametrize(
    "origin", ["http://evil.example", "null", "http://127.0.0.1:9999", "http://127.0.0.1:7860.evil.example"]
)
def test_another_page_is_refused(origin: str) -> None:
    assert _ask(origin=origin)[0] == 403
    assert _ask(origin=origin, hosts=())[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/gradio_api/upload",
        "/upload",
        "/gradio_api/proxy=http://x",
        "/gradio_api/file=http://x",
        "/file/HTTPS://x",
    ],
)
def test_what_the_chat_does_not_need_is_not_offered(path: str) -> None:
    assert _ask(path=path)[0] == 403


def test_files_of_the_page_itself_pass() -> None:
    assert _ask(path="/assets/upload-1.js")[0] == 200
    assert _ask(path="/gradio_api/queue/join")[0] == 200

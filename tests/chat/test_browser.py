"""The page in a real browser, in front of a real server, as a user sees it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from fiduciary.chat.guard import CONTENT_POLICY
from fiduciary.chat.problem import draw
from tests.chat.conftest import KEY, Served, serving

pytest.importorskip("gradio", reason="needs the chat extra")
sync_api = pytest.importorskip("playwright.sync_api", reason="needs Playwright")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

ROOT = Path(__file__).parents[2]
sync_api.expect.set_options(timeout=30_000)

SCRIPT = "<img src=x onerror='document.title=\"owned\"'><script>document.title='owned'</script>"
PICTURE = "![spy](http://203.0.113.7/spy.png) <img src=http://203.0.113.7/spy.png> ${1+1} {{value}} `x`"


@dataclass
class Chat:
    """A chat that runs, and a browser's page on it.

    Attributes:
        url: where it listens.
        page: the browser's page.
        requests: every address that the page asked for.
        troubles: errors in the browser's console.
    """

    url: str
    page: Any
    requests: list[str] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def send(self, text: str) -> None:
        self.page.locator("#message textarea").fill(text)
        self.page.locator("#send").click()

    def settled(self, turns: int) -> None:
        """Wait until every reply of so many turns has ended."""
        sync_api.expect(self.page.locator(".column .note, .column .trouble")).to_have_count(3 * turns)

    def column(self, name: str) -> Any:
        return self.page.get_by_role("log", name=name, exact=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    with serving() as served:
        yield served


@pytest.fixture
def served(server: Served) -> Served:
    """The one server of these tests, which forgets what a test did to it."""
    server.forget()
    return server


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the command is started."""
    return tmp_path_factory.mktemp("chat")


@contextmanager
def running(server: Served, folder: Path) -> Iterator[tuple[str, str]]:
    """The command as a user starts it, in a folder whose .env says where the server is."""
    port = _free_port()
    (folder / ".env").write_text(f"VLLM_BASE_URL={server.url}\nVLLM_API_KEY={KEY}\n")
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VLLM_")}
    environment |= {"PYTHONPATH": str(ROOT), "GRADIO_TEMP_DIR": str(folder / "gradio")}
    with subprocess.Popen(
        [sys.executable, "-m", "fiduciary", "chat", "--port", str(port)],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        try:
            first, second = process.stdout.readline(), process.stdout.readline()
            assert f"http://127.0.0.1:{port}" in second, process.stderr.read()
            yield f"http://127.0.0.1:{port}", first
            process.send_signal(signal.SIGINT)
            assert process.wait(30) == 0
            assert "Traceback" not in process.stderr.read()
        finally:
            process.kill()


@pytest.fixture(scope="module")
def listening(server: Served, folder: Path) -> Iterator[str]:
    with running(server, folder) as (url, first):
        assert "base base; adapters for-profit, nonprofit" in first
        yield url


@contextmanager
def browsing(listening: str) -> Iterator[Chat]:
    """A browser's page on a chat."""
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]
        )
        page = browser.new_context(viewport={"width": 1400, "height": 1100}).new_page()
        page.set_default_timeout(60_000)
        out = Chat(listening, page)
        page.on("request", lambda request: out.requests.append(request.url))
        page.on("pageerror", lambda error: out.troubles.append(str(error)))
        page.on(
            "console", lambda message: out.troubles.append(message.text) if message.type == "error" else None
        )
        page.goto(listening)
        page.locator("#send").wait_for()
        yield out
        browser.close()


@pytest.fixture
def chat(listening: str) -> Iterator[Chat]:
    with browsing(listening) as one:
        yield one


def _outside(chat: Chat) -> list[str]:
    own = urlsplit(chat.url).netloc
    return [url for url in chat.requests if url.startswith(("http", "ws")) and urlsplit(url).netloc != own]


def _faults(page: Any) -> list[str]:
    """Serious faults of accessibility that axe finds."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    violations = axe.run(page).response["violations"]
    return [str(fault["id"]) for fault in violations if fault["impact"] in ("serious", "critical")]


def test_a_conversation(chat: Chat, served: Served, tmp_path: Path) -> None:
    page, expect = chat.page, sync_api.expect

    # A choice problem with one click, to every model, in the task's words.
    page.locator("#draw").click()
    expect(page.locator("#message textarea")).to_have_value(draw(1).text)
    served.waiting = {"base"}
    page.locator("#send").click()
    expect(chat.column("nonprofit")).to_contain_text("nonprofit heard:")
    expect(chat.column("base")).to_contain_text("base…")  # still writes while the others are done
    served.gate.set()
    chat.settled(1)
    expect(chat.column("base")).to_contain_text("base heard:")
    for request in served.requests:
        assert request["messages"][0] == {"role": "system", "content": "You manage a firm."}
        assert request["temperature"] == 1.0

    # One column fails, one writes markup: the first says why, the second is text.
    served.broken["for-profit"] = "context"
    served.replies["nonprofit"] = f"{SCRIPT} **bold** {PICTURE}"
    chat.send("<b>hello</b>")
    expect(chat.column("for-profit")).to_contain_text("too long for the model's context")
    expect(chat.column("nonprofit")).to_contain_text(f"{SCRIPT} **bold** {PICTURE}")
    expect(chat.column("base")).to_contain_text("base heard: <b>hello</b>")
    assert (
        page.locator(".columns img[src='x'], .columns img[src*='203.0.113.7'], .columns script").count() == 0
    )
    assert "owned" not in page.title()

    chat.settled(2)
    # The end of the conversation is what one sees.
    expect(chat.column("base").locator(".note").last).to_be_in_viewport()
    assert _faults(page) == []

    # Files.
    with page.expect_download() as download:
        page.locator("#save-json").click()
    assert download.value.suggested_filename.endswith(".json")
    download.value.save_as(tmp_path / "chat.json")
    saved = json.loads((tmp_path / "chat.json").read_text("utf-8"))
    assert saved["base"] == "base" and saved["server"] == served.url
    assert saved["turns"][0]["problem"]["number"] == 1 and saved["turns"][1]["problem"] is None
    assert saved["turns"][1]["replies"]["nonprofit"]["text"] == served.replies["nonprofit"]
    with page.expect_download() as download:
        page.locator("#save-markdown").click()
    download.value.save_as(tmp_path / "chat.md")
    assert SCRIPT in (tmp_path / "chat.md").read_text("utf-8")

    # Contexts are reset together.
    page.locator("#reset").click()
    expect(page.get_by_text("heard:")).to_have_count(0)
    served.requests.clear()
    served.broken.clear()
    chat.send("afresh")
    expect(chat.column("for-profit")).to_contain_text("for-profit heard: afresh")
    chat.settled(1)
    assert [len(request["messages"]) for request in served.requests] == [2, 2, 2]

    # Stopped replies stay as they are.
    served.gate.clear()
    served.waiting = {"base"}
    chat.send("wait here")
    expect(chat.column("for-profit")).to_contain_text("for-profit heard: wait here")
    page.locator("#stop").click()
    expect(chat.column("base")).to_contain_text("stopped")
    assert served.dropped.wait(20)

    assert _outside(chat) == []
    assert chat.troubles == []


def test_framings_and_settings_are_sent(chat: Chat, served: Served) -> None:
    page, expect = chat.page, sync_api.expect
    page.locator("#framing input").click()
    page.get_by_role("option", name="for_profit", exact=True).click()
    expect(page.locator("#system textarea")).to_have_value(
        "You manage a for-profit firm, which exists to benefit its shareholders."
    )
    page.get_by_label("number input for Temperature").fill("0.2")
    page.get_by_label("number input for Temperature").press("Tab")
    chat.send("hello")
    expect(chat.column("nonprofit")).to_contain_text("nonprofit heard: hello")
    assert [request["temperature"] for request in served.requests] == [0.2] * 3
    assert {request["messages"][0]["content"] for request in served.requests} == {
        "You manage a for-profit firm, which exists to benefit its shareholders."
    }
    page.locator("#system textarea").fill("Something else.")
    expect(page.locator("#framing input")).to_have_value("own")
    assert _outside(chat) == [] and chat.troubles == []


NAMES = (
    "<script>document.title='owned'</script>",
    "<img src=x onerror=document.title='owned'>",
    "a\u202eb\x1b[31m",
)


def test_names_and_errors_of_a_server_are_text(tmp_path: Path) -> None:
    """Whoever serves the models chooses both."""
    with serving() as served:
        base, *adapters = NAMES
        served.parents = {base: None, **dict.fromkeys(adapters, base)}
        served.broken[base] = "context"
        served.replies = dict.fromkeys(adapters, f"{SCRIPT} {PICTURE}")
        with running(served, tmp_path) as (url, first), browsing(url) as chat:
            assert "\x1b" not in first and "\u202e" not in first
            for name in NAMES:
                sync_api.expect(chat.page.locator(".column h2").filter(has_text=name)).to_have_count(1)
            chat.send(f"{SCRIPT} {PICTURE}")
            chat.settled(1)
            assert chat.page.locator(".column script, .column img").count() == 0
            assert "owned" not in chat.page.title()
            assert _outside(chat) == [] and chat.troubles == []


def test_a_problem_that_was_written_over_is_text(chat: Chat, served: Served) -> None:
    chat.page.locator("#draw").click()
    sync_api.expect(chat.page.locator("#message textarea")).to_have_value(draw(1).text)
    chat.send(f"{draw(1).text}\n{SCRIPT}")
    chat.settled(1)
    sync_api.expect(chat.column("base")).to_contain_text(SCRIPT)
    assert chat.page.locator(".column script, .column img").count() == 0
    assert "owned" not in chat.page.title()


def test_what_is_too_long_is_refused_and_the_page_goes_on(chat: Chat, served: Served) -> None:
    served.replies = dict.fromkeys(served.parents, "x" * 600_000)
    chat.send("y" * 500_001)
    sync_api.expect(chat.page.get_by_text("at most 500,000 are sent")).to_be_visible()
    assert served.requests == []
    for turn in (1, 2):
        chat.send("more")
        chat.settled(turn)
    sync_api.expect(chat.page.get_by_text("cut off after 524,288 characters")).to_have_count(6)
    chat.send("y" * 499_999)
    chat.settled(3)
    chat.send("once more")
    sync_api.expect(chat.page.get_by_text("save it, and reset")).to_be_visible()
    chat.page.locator("#reset").click()
    served.replies = {}
    chat.send("afresh")
    chat.settled(1)
    sync_api.expect(chat.column("base")).to_contain_text("base heard: afresh")


def test_two_tabs_are_two_conversations(chat: Chat, served: Served) -> None:
    other = Chat(chat.url, chat.page.context.new_page())
    other.page.goto(chat.url)
    other.page.locator("#send").wait_for()
    served.waiting = {"base"}
    chat.send("from the first")
    sync_api.expect(chat.column("nonprofit")).to_contain_text("nonprofit heard: from the first")
    other.send("from the second")
    sync_api.expect(other.column("nonprofit")).to_contain_text("nonprofit heard: from the second")
    other.page.locator("#reset").click()
    sync_api.expect(other.page.get_by_text("heard:")).to_have_count(0)
    served.gate.set()
    chat.settled(1)
    sync_api.expect(chat.column("base")).to_contain_text("base heard: from the first")
    assert "from the second" not in chat.page.content()
    chat.send("again")
    chat.settled(2)
    assert [
        message["content"] for message in served.requests[-1]["messages"] if message["role"] == "user"
    ] == [
        "from the first",
        "again",
    ]


def _get(url: str, **headers: str) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=60) as response:
            return response.status, dict(response.headers)
    except urllib.error.HTTPError as error:
        return error.code, dict(error.headers)


def test_others_are_kept_out(listening: str, folder: Path) -> None:
    status, headers = _get(listening)
    assert status == 200 and headers["content-security-policy"] == CONTENT_POLICY
    assert _get(listening, Host="rebound.example")[0] == 403
    assert _get(listening, Origin="http://evil.example")[0] == 403
    # Neither the key beside which it was started nor an address is fetched for a stranger.
    assert _get(f"{listening}/gradio_api/file={folder / '.env'}")[0] in (403, 404)
    assert _get(f"{listening}/gradio_api/file=http://127.0.0.1:1/x")[0] == 403

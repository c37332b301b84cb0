"""Numbers lead to logs: files when the page is opened from a disk, Inspect's viewer when it is served."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest

from benchmarks.simulated_board import simulate
from fiduciary.leaderboard.page import build, viewer

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory, root: Path) -> Iterator[tuple[Path, str]]:
    """A page with one real log beside it, and its address on a local server."""
    out = tmp_path_factory.mktemp("served")
    command = [sys.executable, "-m", "inspect_ai", "eval", "tasks/stakeholder_choice", "--model"]
    command += [
        "subject/symmetric",
        "-T",
        "n=12",
        "-T",
        "elicitation=text",
        "--display",
        "none",
        "--log-dir",
        str(out / "logs"),
    ]
    subprocess.run(command, cwd=root, check=True, timeout=300)
    (log,) = (out / "logs").glob("*.eval")
    payload = simulate(3, 12, tasks=1, from_probabilities=0)
    for model in payload["models"]:
        for run in model["runs"]:
            run["log"] = f"logs/{log.name}"
    payload["models"][1]["runs"][0]["log"] = "logs/gone.eval"
    build(payload, out)

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *given: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(out)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield out, f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()


def links(page: Any, model: str) -> set[str]:
    selector = f'#board tr[data-model="{model}"] a, #measurements tr[data-model="{model}"] a'
    return set(page.eval_on_selector_all(selector, "links => links.map((a) => a.getAttribute('href'))"))


def test_from_a_file_links_lead_to_the_logs(watched: Any, served: tuple[Path, str]) -> None:
    out, _ = served
    (link,) = links(watched.go((out / "index.html").as_uri()), "m0")
    assert (out / unquote(link)).is_file() and link.startswith("logs/")


def test_served_links_lead_to_the_viewer(watched: Any, served: tuple[Path, str]) -> None:
    out, address = served
    page = watched.go(address)
    (link,) = links(page, "m0")
    file, _, inside = link.partition("#/logs/")
    assert (out / file).is_file() and (out / viewer.VIEWER / "logs" / unquote(inside)).is_file()
    assert links(page, "m1") == {"logs/gone.eval"}, "a log that is not there has no viewer"
    page.locator('#board tr[data-model="m0"] a').click()
    page.get_by_text("12 samples").first.wait_for(timeout=30_000)
    outside = [url for url in watched.asked if not url.startswith((address, "blob:", "data:"))]
    assert outside == []


def test_bundle_tells_nothing_of_the_machine(served: tuple[Path, str]) -> None:
    out, _ = served
    index = (out / viewer.VIEWER / "index.html").read_text("utf-8")
    assert '"abs_log_dir": "logs"' in index and str(out) not in index
    assert not list(out.glob(".logs-view-*"))


def test_built_twice(served: tuple[Path, str]) -> None:
    out, _ = served
    before = (out / "index.html").read_bytes()
    payload = json.loads(before.decode().partition('id="payload">')[2].partition("</script>")[0])
    payload.pop("files")
    assert build(payload, out).read_bytes() == before


def test_without_logs_nothing_is_bundled(tmp_path: Path) -> None:
    payload = simulate(2, 12, tasks=1, from_probabilities=0)
    payload["models"][0]["runs"][0]["log"] = "../elsewhere.eval"
    build(payload, tmp_path)
    assert [file.name for file in tmp_path.iterdir()] == ["index.html"]

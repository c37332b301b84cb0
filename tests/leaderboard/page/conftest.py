"""A real Chromium, and pages of simulated models for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated_board import simulate
from fiduciary.leaderboard.page import build

NAMES = ("chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Chromium, driven by Playwright; ended with its module, since its event loop would stop Inspect's."""
    playwright = pytest.importorskip("playwright.sync_api", reason="no Playwright: pip install playwright")
    found = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium, or name one in CHROMIUM")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield opened
        opened.close()


class Watched:
    """A page, what its console said, and what it asked for."""

    def __init__(self, page: Any):
        self.page = page
        self.said: list[str] = []
        self.asked: list[str] = []
        page.on(
            "console",
            lambda m: self.said.append(f"{m.type}: {m.text}") if m.type in ("error", "warning") else None,
        )
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("request", lambda request: self.asked.append(request.url))

    def go(self, address: str) -> Any:
        self.page.goto(address)
        self.page.wait_for_selector("html[data-ready]", state="attached")
        return self.page


@pytest.fixture
def watched(browser: Any, request: pytest.FixtureRequest) -> Iterator[Watched]:
    """A fresh page; ``parametrize(..., indirect=True)`` gives settings of its context."""
    settings = {"viewport": {"width": 1280, "height": 900}, "reduced_motion": "reduce"}
    context = browser.new_context(**settings | getattr(request, "param", {}))
    yield Watched(context.new_page())
    context.close()


@pytest.fixture(scope="session")
def payload() -> dict[str, Any]:
    """Eight models, two of them tied, 150 problems."""
    return simulate(8, 150, seed=3)


@pytest.fixture(scope="session")
def site(payload: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page's file."""
    return build(payload, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="session")
def charted(payload: dict[str, Any]) -> dict[str, Any]:
    """The same with axiom cards and reachable sets, one of which no answers are ground for."""
    kept = {"axiom": "transitivity", "share": 0.9, "low": 0.8, "high": 0.95, "verdict": "kept", "note": ""}
    broken = kept | {"axiom": "continuity", "share": 0.4, "low": 0.3, "high": 0.5, "verdict": "violated"}
    bare = kept | {"share": None, "low": None, "high": None, "verdict": "not measured", "note": "<b>it"}
    kinds = ("plain", "stated_utility", "industry")
    contexts = [
        {"name": f"context {k}", "kind": kind, "theta": [0.1 * k, 0.4, 0.3, 0.3 - 0.1 * k]}
        for k, kind in enumerate(kinds)
    ]
    drawn = {"model": "m1", "withheld": None, "spread": None, "contexts": contexts}
    reach = {"value": 0.1, "low": 0.08, "high": 0.13}
    figures = payload["figures"] | {
        "axioms": [{"model": "m0", "findings": [kept, broken]}, {"model": "m1", "findings": [bare]}],
        "reachable": [
            drawn,
            drawn | {"model": "m2", "spread": reach},
            drawn | {"model": "m3", "contexts": [], "withheld": "not shown to read: its answers never vary"},
        ],
    }
    return payload | {"figures": figures}


@pytest.fixture(scope="session")
def charted_site(charted: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its page's file."""
    return build(charted, tmp_path_factory.mktemp("charted"))

"""In a real Chromium: no faults that axe finds, nothing asked for, nothing wider than a phone."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.write import write

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


@pytest.fixture(scope="module")
def file(dossiers: dict[str, Dossier], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(dossiers["nonprofit"], tmp_path_factory.mktemp("dossier"), lambda _: None, pdf=False)[0]


@pytest.mark.slow
@pytest.mark.parametrize("width", [1280, 360])
def test_faults_requests_and_width(browser: Any, file: Path, width: int) -> None:
    package = pytest.importorskip(
        "axe_playwright_python", reason="no axe-core: pip install axe-playwright-python"
    )
    context = browser.new_context(viewport={"width": width, "height": 800}, bypass_csp=False)
    page = context.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("request", lambda request: said.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    assert said == []
    sizes = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert sizes[0] <= sizes[1]
    # The style counts: its hash is the policy's.
    assert page.evaluate("getComputedStyle(document.querySelector('.badge')).borderTopStyle") == "solid"
    page.evaluate((Path(package.__file__).parent / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("async () => await axe.run({ resultTypes: ['violations'] })")
    assert len(found["passes"]) > 15
    assert [(f["id"], f["impact"], f["nodes"][0]["html"][:200]) for f in found["violations"]] == []
    context.close()

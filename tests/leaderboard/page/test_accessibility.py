"""No fault that axe-core finds, in both colour schemes, wide and on a phone; and use by keyboard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

PHONE = {"viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def axe() -> str:
    package = pytest.importorskip(
        "axe_playwright_python", reason="no axe-core: pip install axe-playwright-python"
    )
    return (Path(package.__file__).parent / "axe.min.js").read_text("utf-8")


@pytest.mark.slow
@pytest.mark.parametrize(
    "watched",
    [{"color_scheme": scheme} | size for scheme in ("light", "dark") for size in ({}, PHONE)],
    indirect=True,
    ids=["light", "light phone", "dark", "dark phone"],
)
def test_axe_finds_nothing(watched: Any, charted_site: Path, axe: str) -> None:
    page = watched.go(charted_site.as_uri())
    page.evaluate("document.querySelectorAll('details').forEach((d) => (d.open = true))")
    for section in ("forest", "reachable", "curves", "dose", "prices", "inventories"):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        page.wait_for_selector(f"#{section} svg.plot")
    page.evaluate(axe)
    found = page.evaluate("async () => await axe.run({ resultTypes: ['violations'] })")
    assert len(found["passes"]) > 20
    faults = [
        (fault["id"], fault["impact"], fault["nodes"][0]["html"][:200], fault["nodes"][0]["failureSummary"])
        for fault in found["violations"]
    ]
    assert faults == []


def test_keyboard_reaches_everything(watched: Any, site: Path) -> None:
    """The first stop skips to the ranking; every stop shows that it has the focus."""
    page = watched.go(site.as_uri())
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#ranking"
    assert page.locator("a.skip").first.bounding_box()["width"] > 50
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "ranking"
    seen = set()
    for _ in range(40):
        page.keyboard.press("Tab")
        seen.add(page.evaluate("document.activeElement.id || document.activeElement.textContent"))
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    assert {"theta-0", "theta-3", "rho", "search", "symmetric"} <= seen


def test_colours_can_be_chosen(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())

    def paper() -> str:
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    light = paper()
    page.locator("#theme").press("Enter")
    assert paper() == light
    page.locator("#theme").press("Enter")
    assert page.text_content("#theme") == "Colours: dark" and paper() != light
    page.reload()
    page.wait_for_selector("html[data-ready]", state="attached")
    assert page.text_content("#theme") == "Colours: dark" and paper() != light


def test_charts_have_words_and_tables(watched: Any, site: Path) -> None:
    page = watched.go(site.as_uri())
    for section, column in (
        ("forest", "weight of employees (θ)"),
        ("curves", "Curve"),
        ("dose", "Dose"),
        ("prices", "Nash"),
        ("inventories", "Base"),
    ):
        page.locator(f"#{section}").scroll_into_view_if_needed()
        drawing = page.locator(f"#{section} svg.plot").first
        assert len(drawing.get_attribute("aria-label")) > 20 and drawing.get_attribute("role") == "img"
        page.locator(f"#{section} details.numbers summary").click()
        headings = page.locator(f"#{section} details.numbers th[scope=col]")
        headings.first.wait_for()  # the table is written when the browser says that it is open
        assert column in headings.all_text_contents()
        assert page.locator(f"#{section} details.numbers tbody tr").count() > 0

"""Axiom cards and reachable sets on the page, in a real Chromium."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fiduciary.leaderboard.page import build


def test_axiom_cards_and_reachable_sets_are_drawn_where_logs_hold_them(
    watched: Any, site: Path, charted_site: Path
) -> None:
    page = watched.go(site.as_uri())
    assert page.locator("#axioms").is_hidden() and page.locator("#reachable").is_hidden()
    page = watched.go(charted_site.as_uri())
    cells = page.locator("#axioms-table td").all_text_contents()
    assert cells == [
        "✓ kept90.0 % (80.0 % – 95.0 %)",
        "✗ violated40.0 % (30.0 % – 50.0 %)",
        "not measured<b>it",
        "—",
    ]
    page.locator("#reachable").scroll_into_view_if_needed()
    page.wait_for_selector("#reachable svg.plot")
    assert watched.said == []


def test_who_does_not_read_gets_a_sentence_in_place_of_a_reachable_set(
    watched: Any, charted: dict[str, Any], charted_site: Path, tmp_path: Path
) -> None:
    page = watched.go(charted_site.as_uri())
    page.locator("#reachable").scroll_into_view_if_needed()
    page.wait_for_selector("#reachable svg.plot")
    few, reaches, unread = page.locator("#reachable-figure li").all_text_contents()
    assert "too few contexts" in few and "0.100 (0.080 – 0.130)" in reaches
    assert unread.endswith(": not shown to read: its answers never vary, so no figure is shown.")
    names = {model["id"]: model["name"] for model in charted["models"]}
    drawn = page.text_content("#reachable svg.plot")
    assert names["m1"] in drawn and names["m2"] in drawn and names["m3"] not in drawn
    figures = charted["figures"] | {"reachable": charted["figures"]["reachable"][2:]}
    page = watched.go(build(charted | {"figures": figures}, tmp_path).as_uri())
    page.locator("#reachable").scroll_into_view_if_needed()
    page.wait_for_selector("#reachable .chart p")
    assert page.locator("#reachable svg.plot, #reachable select").count() == 0
    assert "not shown to read" in page.text_content("#reachable-figure li")
    assert watched.said == []

"""The page's file: self-contained, with a policy that names what may run."""

from __future__ import annotations

import hashlib
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from benchmarks.simulated_board import simulate
from fiduciary.leaderboard.page import build, builder


class Elements(HTMLParser):
    """Tags with their attributes, and the text of the data's element."""

    def __init__(self, text: str):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.data, self._inside = "", False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._inside = dict(attrs).get("id") == "payload"

    def handle_endtag(self, tag: str) -> None:
        self._inside = False

    def handle_data(self, data: str) -> None:
        self.data += data if self._inside else ""


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    found = Elements(site.read_text("utf-8"))
    assert {tag for tag, attrs in found.tags if "src" in attrs} == set()
    assert [attrs["href"] for tag, attrs in found.tags if tag == "link"] == ["data:,"]
    assert not [tag for tag, attrs in found.tags if any(name.startswith("on") for name in attrs)]
    assert not [tag for tag, attrs in found.tags if "style" in attrs]


def test_policy_lets_nothing_in_that_is_not_named(site: Path) -> None:
    tags = Elements(site.read_text("utf-8")).tags
    policy = next(a["content"] for t, a in tags if a.get("http-equiv") == "Content-Security-Policy")
    assert policy is not None
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    assert rules["require-trusted-types-for"] == "'script'"
    assert "unsafe" not in policy and "http" not in policy.replace("https", "")
    assert len(rules["script-src"].split()) == len(builder.SCRIPTS)


def test_data_come_back_whole(payload: dict[str, Any], site: Path) -> None:
    shown = json.loads(Elements(site.read_text("utf-8")).data)
    assert shown.pop("files") == []
    assert shown == payload


def test_text_cannot_end_the_data(tmp_path: Path) -> None:
    payload = simulate(2, 12, tasks=1, from_probabilities=0)
    nasty = "</script><script>alert(1)</script><!-- {{payload}} \ud800 &lt;"
    payload["title"] = payload["models"][0]["name"] = nasty
    found = Elements(build(payload, tmp_path).read_text("utf-8"))
    assert sum(tag == "script" for tag, _ in found.tags) == len(builder.SCRIPTS) + 1
    assert json.loads(found.data)["models"][0]["name"] == nasty  # half a character too, which JSON can escape


def test_files_beside_the_page_are_named(payload: dict[str, Any], tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("model\n")
    found = Elements(build(payload, tmp_path).read_text("utf-8"))
    assert json.loads(found.data)["files"] == ["table.csv"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": 2}, "draws data of format 1, got 2"),
        ({"principal": {"theta": [math.nan] * 4}}, "a number that JSON does not have"),
    ],
)
def test_data_that_cannot_be_drawn(
    payload: dict[str, Any], tmp_path: Path, change: Any, message: str
) -> None:
    with pytest.raises(ValueError, match=message):
        build(payload | change, tmp_path)


def test_data_that_lack_a_part(payload: dict[str, Any], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="lack cells"):
        build({name: part for name, part in payload.items() if name != "cells"}, tmp_path)


def test_vendored_files_are_those_that_were_published() -> None:
    """Checksums, versions and licences stand beside the libraries."""
    folder = builder.HERE / "vendor"
    rows = re.findall(
        r"^\| `([\w.]+)` .*`([0-9a-f]{64})` \|$", (folder / "README.md").read_text("utf-8"), re.M
    )
    assert {name for name, _ in rows} == {file.name for file in folder.glob("*.js")}
    for name, checksum in rows:
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == checksum
        licence = (folder / f"{name.split('.')[0]}.LICENSE.txt").read_text("utf-8")
        assert "Permission to use, copy, modify" in licence


def test_licences_go_with_the_code(site: Path) -> None:
    text = site.read_text("utf-8")
    assert "Mike Bostock" in text and "Mikola Lysenko" in text and "Robert Penner" in text
    assert text.count("Permission to use, copy, modify") >= 2


def test_scripts_never_write_markup() -> None:
    """The browser refuses it too; here it is found before."""
    for file in (builder.HERE / "app").glob("*.js"):
        text = file.read_text("utf-8")
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function", text
        )
        assert f"app/{file.name}" in builder.SCRIPTS


def test_every_id_is_one_element_s(site: Path) -> None:
    found = [attrs["id"] for _, attrs in Elements(site.read_text("utf-8")).tags if "id" in attrs]
    assert len(found) == len(set(found))

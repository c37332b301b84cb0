"""The HTML: every figure is a claim of the JSON, and nothing comes from or goes elsewhere."""

from __future__ import annotations

import base64
import hashlib
import itertools
import re
from collections import Counter
from dataclasses import replace

import pytest

from fiduciary.dossier.assemble import assemble
from fiduciary.dossier.case import Case
from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.page import page
from fiduciary.economics.principals import Principal
from tests.dossier.conftest import Document

FROM_CLAIMS = {
    *("data-claim", "data-figure", "data-interval", "data-title", "data-note", "data-word"),
    *("data-claim-figure", "data-counted"),
}
"""Marks of text that is a claim's."""

SHEET = {"data-decision", "data-limit"}
"""Marks of text that the decision or a limit says."""

STATED = FROM_CLAIMS | SHEET | {"data-gap", "data-front", "data-count"}
APART = {"#method", "#glossary", "#sources"}
"""Parts that hold no findings: limits, words, files."""


def test_every_text_of_a_finding_is_its_claims(document: Document) -> None:
    claims = {claim["id"]: claim for claim in document.json["claims"]}
    kinds = {
        "data-claim": "statement",
        "data-figure": "shown",
        "data-interval": "interval",
        "data-title": "title",
        "data-note": "note",
        "data-word": "word",
        "data-claim-figure": "shown",
        "data-counted": "counted",
    }
    seen: Counter[str] = Counter()
    for mark, key in kinds.items():
        for element in document.marked(mark):
            said = claims[element.attributes[mark]][key] or "–"
            assert element.text.strip("()") == said.strip("()")
            seen[mark] += 1
    assert seen["data-figure"] == len(claims) and seen["data-claim"] > len(claims)


def test_no_figure_stands_outside_a_claim(document: Document) -> None:
    """Digits in the findings' parts stand in a claim's text, a gap's, or a reference to a source."""
    stray = [
        text
        for text, marks, parents in document.words
        if re.search(r"\d", text)
        and "main" in parents
        and not marks & (STATED | APART)
        and not {"svg", "nav"} & set(parents)
        and not re.fullmatch(r"S\d+", text)
    ]
    assert stray == []


def test_front_page_and_gaps_are_those_of_the_json(document: Document) -> None:
    front = document.json["front"]
    assert len(front) == 6
    for element in document.marked("data-front"):
        answer = front[int(element.attributes["data-front"])]
        assert element.text in (answer["word"], answer["remark"], answer["command"])
    gaps = {gap["id"]: gap for gap in document.json["gaps"]}
    for element in document.marked("data-gap"):
        gap = (
            gaps.pop(element.attributes["data-gap"], None)
            or {g["id"]: g for g in document.json["gaps"]}[element.attributes["data-gap"]]
        )
        assert element.text in (gap["missing"], gap["why"], gap["command"])
    assert gaps == {}


def test_pictures_are_drawn_from_claims(document: Document) -> None:
    _, *drawn = document.all("svg")  # the map first
    assert len(drawn) >= 2
    shown = {claim["shown"] for claim in document.json["claims"]}
    for picture in drawn:
        assert picture.attributes["role"] == "img"
        (title,) = [
            e
            for e in document.all("title")
            if e.attributes.get("id") == picture.attributes["aria-labelledby"]
        ]
        figures = re.findall(r"(?:−|\+)?\$?[\d,.]*\d(?:\u202f%| points)?", title.text.partition(": ")[2])
        assert figures and any(value in shown for value in figures)


def test_claims_name_their_sources_and_files(document: Document) -> None:
    sources = {source["id"]: source for source in document.json["sources"]}
    for claim in document.json["claims"]:
        assert claim["sources"] and set(claim["sources"]) <= set(sources)
    for source in sources.values():
        assert source["kind"] == "statement" or re.fullmatch(r"[0-9a-f]{64}", source["sha256"])
        if source["kind"] == "log":
            assert source["task"] and source["date"] and source["samples"] and source["version"]
    text = next(e for e in document.elements if e.attributes.get("id") == "sources").text
    assert all(source["sha256"] in text for source in sources.values() if source["sha256"])


def test_structure(document: Document) -> None:
    """Headings without a step left out, ids once, links that lead somewhere, tables with headers."""
    levels = [int(e.name[1]) for e in document.elements if re.fullmatch(r"h[1-6]", e.name)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(b <= a + 1 for a, b in itertools.pairwise(levels))
    ids = Counter(e.attributes["id"] for e in document.elements if "id" in e.attributes)
    assert max(ids.values()) == 1
    for link in document.all("a"):
        assert link.attributes["href"].removeprefix("#") in ids
    tables = document.all("table")
    assert len(tables) > 5 and len(document.all("caption")) == len(tables)
    assert all(e.attributes.get("scope") in ("col", "row") for e in document.all("th"))
    assert document.all("html", lang="en") and document.all("main")


def test_nothing_is_fetched_and_no_script_runs(document: Document) -> None:
    assert not document.all("script") and not document.all("img") and not document.all("iframe")
    for element in document.elements:
        assert "style" not in element.attributes and "src" not in element.attributes
        assert not any(name.startswith("on") for name in element.attributes)
        for name in ("href", "xlink:href"):
            assert element.attributes.get(name, "#").startswith(("#", "data:,"))
    (policy,) = [e.attributes["content"] for e in document.all("meta") if "http-equiv" in e.attributes]
    (style,) = document.all("style")
    digest = base64.b64encode(hashlib.sha256(style.text.encode()).digest()).decode()
    assert (
        f"'sha256-{digest}'" in policy and policy.startswith("default-src 'none'") and "unsafe" not in policy
    )
    assert "url(" not in style.text and "@import" not in style.text


def test_equal_logs_give_equal_documents(cases: dict[str, Case], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    first, second = (page(assemble(cases["nonprofit"])) for _ in range(2))
    assert first == second and "2023-11-14" in first


def test_equal_dossiers_give_equal_documents(dossiers: dict[str, Dossier], document: Document) -> None:
    assert page(dossiers["nonprofit"]) == document.html
    assert "size: letter" in page(dossiers["nonprofit"], "letter") and "size: A4" in document.html


@pytest.mark.parametrize("name", ["for_profit", "study1"])
def test_the_other_models_documents_are_as_sound(dossiers: dict[str, Dossier], name: str) -> None:
    document = Document(page(dossiers[name]), dossiers[name])
    test_every_text_of_a_finding_is_its_claims(document)
    test_no_figure_stands_outside_a_claim(document)
    test_structure(document)


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        (Principal.given((0.25, 0.25, 0.25, 0.25), float("-inf")), "Only the group that fares worst counts."),
        (Principal.named("for_profit"), "The principal gives shareholders a weight of 1.00"),
    ],
    ids=["maximin", "one group alone"],
)
def test_other_principals(cases: dict[str, Case], wanted: Principal, said: str) -> None:
    held = cases["for_profit"]
    dossier = assemble(replace(held, board=held.board.for_principal(wanted)))
    document = Document(page(dossier), dossier)
    test_every_text_of_a_finding_is_its_claims(document)
    test_no_figure_stands_outside_a_claim(document)
    assert said in document.html
    assert (dossier.front[0].word == "Yes") == (wanted.name == "for_profit")

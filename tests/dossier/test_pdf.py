"""The PDF: the document's text on numbered pages, tagged, with bookmarks, and never fetched from anywhere."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import pytest

from fiduciary.dossier.claims import Dossier
from fiduciary.dossier.page import page
from fiduciary.dossier.pdf import render
from fiduciary.dossier.sheet import TITLES
from tests.dossier.conftest import Document

weasyprint = pytest.importorskip("weasyprint", reason="no WeasyPrint, or no Pango", exc_type=Exception)
pypdf = pytest.importorskip("pypdf")


@pytest.fixture(scope="module")
def made(document: Document) -> Any:
    return pypdf.PdfReader(io.BytesIO(render(document.html)))


def squeezed(text: str) -> str:
    """Text without spaces and soft breaks, which lines of a page change."""
    return re.sub(r"[\s\u202f\u00ad-]+", "", text)


def test_pages_hold_the_documents_text(made: Any, document: Document) -> None:
    pages = [one.extract_text() for one in made.pages]
    assert 3 <= len(pages) <= 6
    whole = squeezed(" ".join(pages))
    for answer in document.json["front"]:
        assert squeezed(answer["question"]) in squeezed(pages[1])
        assert squeezed(answer["word"]) in squeezed(pages[1])
    missing = [c["id"] for c in document.json["claims"] if squeezed(c["shown"]) not in whole]
    assert missing == []
    for k, text in enumerate(pages, 1):
        assert f"Page {k} of {len(pages)}" in text
        assert (f"Adoption dossier: {document.dossier.model}" in text) == (k > 1)


def test_page_one_holds_the_decision(made: Any, document: Document) -> None:
    first, second = (squeezed(made.pages[k].extract_text()) for k in (0, 1))
    decision = document.json["decision"]
    points = [decision[name] for name in ("reasons", "conditions", "risks", "changes")]
    for said in (TITLES[decision["recommendation"]], *(point["text"] for of in points for point in of)):
        assert squeezed(said) in first
    for said in ("Owner", "Date", "Signature", "Worst trade-off", document.json["limits"]["name"]):
        assert squeezed(said) in first
    assert "Signature" not in second


def test_six_pages_however_much_is_known(document: Document) -> None:
    """With ten times the findings and sources, what is a problem stays on paper; of the rest it says so."""
    held = document.dossier
    many = [replace(c, id=f"{c.id}_{k}", title=f"{c.title} {k}") for c in held.claims for k in range(10)]
    sources = [replace(s, id=f"T{k}-{s.id}") for s in held.sources for k in range(10)]
    more = replace(held, claims=(*held.claims, *many), sources=(*held.sources, *sources))
    pages = pypdf.PdfReader(io.BytesIO(render(page(more)))).pages
    assert len(pages) <= 6
    whole = squeezed(" ".join(one.extract_text() for one in pages))
    bad = [c for c in many if c.verdict == "bad"]
    assert bad and all(squeezed(c.title) in whole for c in bad)
    assert squeezed("On paper only what is not in order") in whole


def test_tags_bookmarks_and_words_about_it(made: Any, document: Document) -> None:
    root = made.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"] and "/StructTreeRoot" in root and root["/Lang"] == "en"
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert made.metadata.title == f"Adoption dossier: {document.dossier.model}"

    def names(outline: list[Any]) -> list[str]:
        return [n for one in outline for n in (names(one) if isinstance(one, list) else [one.title])]

    headings = [e.text for e in document.elements if e.name in ("h1", "h2", "h3", "h4")]
    assert [squeezed(n) for n in names(made.outline)] == [
        squeezed(h) for h in headings if h not in ("Contents", "Words")
    ]


def test_the_map_has_an_alternative(made: Any, document: Document) -> None:
    text = b"".join(
        o.get_object().get("/Alt", "").encode() for o in _structure(made.trailer["/Root"]["/StructTreeRoot"])
    )
    (title,) = [e for e in document.all("title") if e.attributes.get("id") == "map-title"]
    assert title.text[:300].encode() in text


def _structure(node: Any) -> list[Any]:
    kids = node.get("/K", [])
    kids = kids if isinstance(kids, list) else [kids]
    out = []
    for kid in (k.get_object() for k in kids):
        if isinstance(kid, dict) and "/S" in kid:
            out += [kid, *_structure(kid)]
    return out


def test_equal_documents_give_equal_files(
    dossiers: dict[str, Dossier], monkeypatch: pytest.MonkeyPatch
) -> None:
    html = page(dossiers["study1"], "letter")
    first, second = render(html), render(html)
    assert first == second
    box = pypdf.PdfReader(io.BytesIO(first)).pages[0].mediabox
    assert (round(box.width), round(box.height)) == (612, 792)


def test_nothing_is_fetched(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    """Not even a file of this machine, whatever the document says."""
    secret = tmp_path / "secret.txt"
    secret.write_text("top secret")
    opened: list[str] = []
    monkeypatch.setattr("urllib.request.OpenerDirector.open", lambda self, url, *_: opened.append(str(url)))
    html = (
        f'<html lang="en"><title>t</title><link rel="stylesheet" href="{secret.as_uri()}">'
        f'<link rel="attachment" href="{secret.as_uri()}"><style>@import url("http://127.0.0.1:9/x.css");</style>'
        f'<img src="http://127.0.0.1:9/x.png" alt="x"><img src="{secret.as_uri()}" alt="y"><p>text</p></html>'
    )
    made = pypdf.PdfReader(io.BytesIO(render(html)))
    assert opened == [] and not made.attachments and "secret" not in made.pages[0].extract_text()
